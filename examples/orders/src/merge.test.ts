import { expect, test } from 'vitest'
import { merge } from './merge.ts'

const BASE = { customer: 'Ann', article: 'Chair', quantity: 1, unitPrice: 100, status: 'new', note: '' } as const

test('what only others changed is taken over, what only I typed stays', () => {
  const mine = { ...BASE, note: 'Ring twice' }
  const theirs = { ...BASE, quantity: 3, status: 'packed' } as const
  expect(merge(BASE, mine, theirs)).toEqual({
    ...{ fields: { ...theirs, note: 'Ring twice' }, clashes: [], taken: ['quantity', 'status'] },
  })
})

test('what both changed stays as I typed it and is named, unless both mean the same', () => {
  const mine = { ...BASE, quantity: 2, customer: 'Anna' }
  const theirs = { ...BASE, quantity: 3, customer: 'Anna' }
  expect(merge(BASE, mine, theirs)).toEqual({ fields: mine, clashes: ['quantity'], taken: [] })
})
