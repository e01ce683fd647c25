import type { LogLine } from '@monofil/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { tailAfter } from './merge-logs.ts'

const line = (second: number, message = `line ${second}`): LogLine => ({
  level: 'info',
  message,
  step: null,
  item: null,
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
})

it('gives each written line once, in order, wherever the tail and what was read overlap', () => {
  fc.assert(
    fc.property(fc.nat({ max: 40 }), fc.nat({ max: 40 }), (a, b) => {
      const written = Array.from({ length: 40 }, (_, second) => line(second))
      const read = written.slice(0, Math.max(a, b))
      expect([...read, ...tailAfter(read, written.slice(Math.min(a, b)))]).toEqual(written)
    }),
  )
})

it('keeps a line that was really written twice', () => {
  expect(tailAfter([line(1, 'x')], [line(1, 'x'), line(1, 'x')])).toHaveLength(1)
})
