import fc from 'fast-check'
import { expect, it } from 'vitest'
import { grant, type LimitPlan, type LimitRecord, type LimitState } from './limit.ts'

const fresh: LimitState = { running: 0, nextAt: 0, blockedUntil: 0 }
function limit(plan: Partial<LimitPlan>, state: Partial<LimitState> = {}): LimitRecord {
  return { plan: { name: 'l', rate: null, concurrency: null, ...plan }, state: { ...fresh, ...state } }
}
const rate = (count: number, perMs: number, burst = 1) => ({ rate: { count, perMs, burst } })

it('spaces starts evenly, as far ahead as it is asked', () => {
  const ten = limit(rate(10, 1000))
  expect(grant([ten], { wanted: 9, now: 5000, aheadMs: 250 })).toEqual({
    startsAt: [5000, 5100, 5200],
    short: { limit: 'l', againAt: 5050 },
  })
  expect(grant([ten], { wanted: 1, now: 5010, aheadMs: 0 }).startsAt).toEqual([])
  expect(grant([ten], { wanted: 1, now: 5300, aheadMs: 0 })).toEqual({ startsAt: [5300], short: null })
})

it('gives a burst after a rest, and no more', () => {
  const given = grant([limit(rate(10, 1000, 3))], { wanted: 9, now: 5000, aheadMs: 100 })
  expect(given.startsAt).toEqual([5000, 5000, 5000, 5100])
})

it('holds to the concurrency, and waits for an end then', () => {
  const two = limit({ concurrency: 2 })
  expect(grant([two], { wanted: 5, now: 10, aheadMs: 100 })).toEqual({
    startsAt: [10, 10],
    short: { limit: 'l', againAt: null },
  })
  expect(grant([two], { wanted: 5, now: 20, aheadMs: 0 }).startsAt).toEqual([])
})

it('gives nothing before it was told to come back', () => {
  const blocked = limit({}, { blockedUntil: 9000 })
  expect(grant([blocked], { wanted: 2, now: 5000, aheadMs: 100 })).toEqual({
    startsAt: [],
    short: { limit: 'l', againAt: 8900 },
  })
  expect(grant([blocked], { wanted: 2, now: 9000, aheadMs: 0 }).startsAt).toEqual([9000, 9000])
})

it('gives of several only what each of them gives, and takes nothing of one that another refuses', () => {
  const fast = limit({ name: 'fast', ...rate(100, 1000) })
  const slow = limit({ name: 'slow', ...rate(2, 1000) })
  const none = limit({ name: 'none', concurrency: 1 }, { running: 1 })
  expect(grant([fast, slow], { wanted: 9, now: 0, aheadMs: 100 })).toEqual({
    startsAt: [0],
    short: { limit: 'slow', againAt: 400 },
  })
  const before = fast.state
  expect(grant([fast, none], { wanted: 1, now: 50, aheadMs: 100 }).short).toEqual({ limit: 'none', againAt: null })
  expect(fast.state).toBe(before)
})

const ask = fc.record({
  passMs: fc.integer({ min: 0, max: 400 }),
  wanted: fc.integer({ min: 0, max: 30 }),
  block: fc.option(fc.integer({ min: 0, max: 900 })),
  second: fc.boolean(),
})

it('never gives more than a rate in any window, whoever asks when, alone or with another limit', () => {
  fc.assert(
    fc.property(
      fc.array(ask, { maxLength: 60 }),
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 4 }),
      (asks, count, burst) => {
        const watched = limit(rate(count, 1000, burst))
        const other = limit({ name: 'o', ...rate(7, 300, 5) })
        let now = 0
        const starts: number[] = []
        for (const { passMs, wanted, block, second } of asks) {
          now += passMs
          if (block !== null)
            watched.state = { ...watched.state, blockedUntil: Math.max(watched.state.blockedUntil, now + block) }
          const { startsAt, short } = grant(second ? [watched, other] : [watched], { wanted, now, aheadMs: 100 })
          for (const at of startsAt) expect(at).toBeGreaterThanOrEqual(Math.max(now, watched.state.blockedUntil))
          starts.push(...startsAt)
          // What is said to help must help: an alarm that rings for nothing would ring for ever.
          if (short?.againAt != null) {
            const copies = [watched, ...(second ? [other] : [])].map((one) => ({ ...one }))
            expect(grant(copies, { wanted: 1, now: short.againAt, aheadMs: 100 }).startsAt).toHaveLength(1)
          }
        }
        expect(starts).toEqual(starts.toSorted((a, b) => a - b))
        for (const from of starts) {
          const inside = starts.filter((at) => at >= from && at < from + 1000 - 1e-6)
          expect(inside.length).toBeLessThanOrEqual(count + burst - 1)
        }
      },
    ),
    { numRuns: process.env['TEST_LONG'] === undefined ? 300 : 5000 },
  )
})
