import fc from 'fast-check'
import { expect, it } from 'vitest'
import { grant, type LimitPlan, type LimitState } from './limit.ts'

const fresh: LimitState = { running: 0, nextAt: 0, blockedUntil: 0 }
const limit = (count: number, perMs: number, burst = 1, concurrency: number | null = null): LimitPlan => ({
  name: 'l',
  rate: { count, perMs, burst },
  concurrency,
})

it('spaces starts evenly, as far ahead as it is asked', () => {
  const { startsAt, after, againAt } = grant(limit(10, 1000), fresh, { wanted: 9, now: 5000, aheadMs: 250 })
  expect(startsAt).toEqual([5000, 5100, 5200])
  expect(againAt).toBe(5050)
  expect(grant(limit(10, 1000), after, { wanted: 1, now: 5010, aheadMs: 0 }).startsAt).toEqual([])
  expect(grant(limit(10, 1000), after, { wanted: 1, now: 5300, aheadMs: 0 }).startsAt).toEqual([5300])
})

it('gives a burst after a rest, and no more', () => {
  const { startsAt } = grant(limit(10, 1000, 3), fresh, { wanted: 9, now: 5000, aheadMs: 100 })
  expect(startsAt).toEqual([5000, 5000, 5000, 5100])
})

it('holds to the concurrency, and waits for an end then', () => {
  const { startsAt, againAt, after } = grant(limit(1000, 1, 1, 2), fresh, { wanted: 5, now: 10, aheadMs: 100 })
  expect([startsAt.length, againAt, after.running]).toEqual([2, null, 2])
  expect(grant(limit(1000, 1, 1, 2), after, { wanted: 5, now: 20, aheadMs: 0 }).startsAt).toEqual([])
})

it('gives nothing before it was told to come back', () => {
  const blocked = { ...fresh, blockedUntil: 9000 }
  const early = grant(limit(10, 1000), blocked, { wanted: 2, now: 5000, aheadMs: 100 })
  expect([early.startsAt, early.againAt]).toEqual([[], 8900])
  expect(grant({ ...limit(1, 1), rate: null }, blocked, { wanted: 2, now: 9000, aheadMs: 0 }).startsAt).toEqual([
    9000, 9000,
  ])
})

it('never gives more than the rate in any window, whoever asks when', () => {
  const asks = fc.array(
    fc.record({
      passMs: fc.integer({ min: 0, max: 400 }),
      wanted: fc.integer({ min: 0, max: 30 }),
      block: fc.option(fc.integer({ min: 0, max: 900 })),
    }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(asks, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 4 }), (steps, count, burst) => {
      const plan = limit(count, 1000, burst)
      let state: LimitState = fresh
      let now = 0
      const starts: number[] = []
      for (const { passMs, wanted, block } of steps) {
        now += passMs
        if (block !== null) state = { ...state, blockedUntil: Math.max(state.blockedUntil, now + block) }
        const given = grant(plan, state, { wanted, now, aheadMs: 100 })
        state = given.after
        for (const at of given.startsAt) expect(at).toBeGreaterThanOrEqual(Math.max(now, state.blockedUntil))
        starts.push(...given.startsAt)
        // What is said to help must help: an alarm that rings for nothing would ring for ever.
        if (given.againAt !== null) {
          expect(grant(plan, state, { wanted: 1, now: given.againAt, aheadMs: 100 }).startsAt).toHaveLength(1)
        }
      }
      expect(starts).toEqual(starts.toSorted((a, b) => a - b))
      for (const from of starts) {
        const inside = starts.filter((at) => at >= from && at < from + 1000 - 1e-6)
        expect(inside.length).toBeLessThanOrEqual(count + burst - 1)
      }
    }),
    { numRuns: process.env['TEST_LONG'] === undefined ? 300 : 5000 },
  )
})
