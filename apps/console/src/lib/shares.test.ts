import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sampleCounts } from './samples.ts'
import { doneOf, openOf, sharesOf } from './shares.ts'

const count = fc.nat({ max: 100_000 })
const counts = fc
  .record({ queued: count, running: count, retrying: count, completed: count, failed: count, cancelled: count })
  .map((known) => sampleCounts(known))

it('fills the bar exactly, with a piece for each state that has items', () => {
  fc.assert(
    fc.property(counts, (given) => {
      const shares = sharesOf(given)
      expect(shares.every((share) => share.count > 0)).toBe(true)
      expect(shares.reduce((sum, share) => sum + share.count, 0)).toBe(given.total)
      if (given.total > 0) expect(shares.reduce((sum, share) => sum + share.percent, 0)).toBeCloseTo(100)
    }),
  )
})

it('keeps one failure among thousands in sight', () => {
  const failed = sharesOf(sampleCounts({ completed: 4999, failed: 1 })).find(({ state }) => state === 'failed')
  expect(failed?.percent).toBeGreaterThan(0.5)
})

it('counts announced but unmentioned items as waiting', () => {
  expect(sharesOf(sampleCounts({ completed: 1, total: 10 })).at(-1)).toMatchObject({ state: 'queued', count: 9 })
})

it('has no pieces for nothing', () => {
  expect(sharesOf(sampleCounts())).toEqual([])
})

it('counts as done what was worked to an end, not what was cancelled', () => {
  expect(doneOf(sampleCounts({ completed: 3, failed: 2, cancelled: 1, running: 9 }))).toBe(5)
})

it('counts as open what is neither done nor cancelled, announced items too', () => {
  expect(openOf(sampleCounts({ completed: 3, cancelled: 1, retrying: 2, total: 10 }))).toBe(6)
})
