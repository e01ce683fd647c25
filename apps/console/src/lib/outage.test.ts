import type { ConnectionInfo } from '@monofil/client'
import { expect, it } from 'vitest'
import { outageOf } from './outage.ts'

const NOW = 1_000_000
const info = (status: ConnectionInfo['status'], behindSince: number | null) => ({ status, behindSince })

it('says nothing of a loss in its first three seconds', () => {
  expect(outageOf(info('waiting', NOW - 2999), NOW, true)).toEqual({ kind: 'live' })
  expect(outageOf(info('connecting', NOW - 3000), NOW, true)).toEqual({ kind: 'behind', behindMs: 3000 })
})

it('counts whole seconds behind', () => {
  expect(outageOf(info('waiting', NOW - 12_900), NOW, true)).toEqual({ kind: 'behind', behindMs: 12_000 })
})

it('tells the first connect from a loss', () => {
  expect(outageOf(info('connecting', NOW - 100), NOW, false)).toEqual({ kind: 'connecting' })
  expect(outageOf(info('idle', null), NOW, false)).toEqual({ kind: 'connecting' })
})

it('is failed when the client has given up', () => {
  expect(outageOf(info('failed', NOW), NOW, true)).toEqual({ kind: 'failed' })
})

it('is live while open', () => {
  expect(outageOf(info('open', null), NOW, false)).toEqual({ kind: 'live' })
})
