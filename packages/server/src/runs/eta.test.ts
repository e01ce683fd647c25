import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addEnd, type Eta, etaOf } from './eta.ts'
import type { LimitPlan } from './limit.ts'
import { externalStep } from './plan.ts'
import type { RunRecord, StepRecord } from './records.ts'
import { emptyTally, newStep, noUsage } from './records.ts'

const rate = (name: string, count: number, burst = 1): LimitPlan => ({
  name,
  rate: { count, perMs: 1000, burst },
  concurrency: null,
})

interface Given {
  readonly gaps?: readonly number[]
  readonly left: number
  readonly limits?: readonly LimitPlan[]
  readonly plan?: Partial<StepRecord['plan']>
  readonly state?: Partial<StepRecord>
}

/** A step over items that ended after these gaps, with so many left. */
function paced(position: number, { gaps = [], left, limits = [], plan = {}, state = {} }: Given): StepRecord {
  const step = newStep(position, { ...externalStep(`s${position}`), each: 'list', limits, ...plan })
  Object.assign(step, { begun: true, status: 'running', startedAt: 0, totalIsFinal: true }, state)
  let now = 0
  for (const gap of gaps) {
    now += gap
    addEnd(step.pace, now, 0)
  }
  if (state.tally === undefined) Object.assign(step.tally, { completed: gaps.length, queued: left })
  return step
}

function run(steps: readonly StepRecord[], lastSeenAt = 0): RunRecord {
  const list = newStep(0, { ...externalStep('list') })
  Object.assign(list, { begun: true, status: 'completed', totalIsFinal: true })
  return {
    ...{ seq: 1, id: 'r', workflow: 'w', external: false, status: 'running', round: 1, progress: 0, wanted: 'run' },
    ...{ inputJson: 'null', resultJson: null, error: null, tags: [], owner: 'a', roles: [], key: null },
    ...{
      usage: noUsage(),
      budgetJson: null,
      sample: null,
      ranMs: 0,
      runningSince: null,
      parentId: null,
      heartbeatMs: null,
      createdAt: 0,
      startedAt: 0,
    },
    ...{ finishedAt: null, lastSeenAt, stalledSince: null, steps: [list, ...steps] },
  } as RunRecord
}

const EVEN = [10, 10, 10, 10, 10]
const wait = (until: number) => ({ short: { limit: 'api', until } })

describe('time left under limits', () => {
  it('is no less than the slots of the slowest rate, less a burst and what is at work', () => {
    const limits = [rate('api', 10), rate('slow', 2)]
    expect(etaOf(run([paced(1, { gaps: EVEN, left: 11, limits })]))).toEqual({ lowMs: 5000, highMs: 5000 })
    const burst = [rate('api', 2, 4)]
    expect(etaOf(run([paced(1, { gaps: EVEN, left: 11, limits: burst })]))).toEqual({ lowMs: 3500, highMs: 3500 })
    const atWork = { tally: { ...emptyTally(), completed: 5, queued: 5, running: 6 } }
    expect(etaOf(run([paced(1, { gaps: EVEN, left: 11, limits, state: atWork })]))?.lowMs).toBe(2000)
  })

  it('is that of the items where these are slower', () => {
    const limits = [rate('api', 100)]
    const slow = paced(1, { gaps: EVEN.map((gap) => gap * 100), left: 4, limits })
    expect(etaOf(run([slow]))).toEqual({ lowMs: 4000, highMs: 4000 })
  })

  it('has the wait that a limit is known to last, as of the last sign of life', () => {
    const limits = [rate('api', 10)]
    const held = paced(1, { gaps: EVEN, left: 3, limits, state: wait(31_000) })
    expect(etaOf(run([held], 1000))).toEqual({ lowMs: 30_200, highMs: 30_200 })
    expect(etaOf(run([held], 31_500))).toEqual({ lowMs: 200, highMs: 200 })
    const slow = paced(1, { gaps: EVEN.map((gap) => gap * 100), left: 3, limits, state: wait(31_000) })
    expect(etaOf(run([slow], 1000))).toEqual({ lowMs: 30_200, highMs: 33_000 })
  })

  it('shares the slots of a limit among the steps that name it', () => {
    const limits = [rate('api', 10)]
    const steps = [1, 2].map((at) => paced(at, { gaps: EVEN, left: 10, limits, plan: { after: [] } }))
    expect(etaOf(run(steps))).toEqual({ lowMs: 1900, highMs: 1900 })
  })

  it('asks no slot for an item that may be skipped', () => {
    const step = paced(1, { gaps: EVEN, left: 11, limits: [rate('api', 1)], plan: { conditional: true } })
    expect(etaOf(run([step]))).toEqual({ lowMs: 110, highMs: 110 })
  })

  it('stays unknown of a step that nobody has measured, and while an answer is waited for', () => {
    const measured = paced(1, { gaps: EVEN, left: 2 })
    const unmeasured = paced(2, { left: 20, limits: [rate('api', 10)] })
    expect(etaOf(run([measured, unmeasured]))).toBeNull()
    const signal = { kind: 'approval', roles: [] } as const
    const asked = paced(2, { left: 1, plan: { each: null, after: ['s1'], signal }, state: { begun: false } })
    expect(etaOf(run([measured, asked]))).toBeNull()
    expect(etaOf(run([measured, { ...asked, status: 'completed' }]))).not.toBeNull()
  })
})

const given = fc.record({
  gaps: fc.array(fc.nat(5000), { minLength: 5, maxLength: 40 }),
  left: fc.nat(500),
  limits: fc.array(fc.record({ count: fc.integer({ min: 1, max: 100 }), burst: fc.integer({ min: 1, max: 20 }) }), {
    maxLength: 3,
  }),
  waitMs: fc.nat(60_000),
})

describe('any time left', () => {
  const etaFor = ({ gaps, left, limits, waitMs }: typeof given extends fc.Arbitrary<infer T> ? T : never): Eta => {
    const plans = limits.map(({ count, burst }, i) => rate(`l${i}`, count, burst))
    const state = { short: { limit: 'l0', until: 1000 + waitMs } }
    const eta = etaOf(run([paced(1, { gaps, left, limits: plans, state })], 1000))
    if (eta === null) throw new Error('a measured step has one')
    return eta
  }

  it('is a range above what the limits forbid, the same whoever asks', () => {
    fc.assert(
      fc.property(given, (one) => {
        const eta = etaFor(one)
        expect(etaFor(one)).toEqual(eta)
        expect(eta.lowMs).toBeLessThanOrEqual(eta.highMs)
        const spacing = one.limits.map(({ count, burst }) => ((one.left - burst) * 1000) / count)
        const least = one.left === 0 ? 0 : one.waitMs + Math.max(0, ...spacing)
        expect(eta.lowMs).toBeGreaterThanOrEqual(Math.floor(least))
      }),
    )
  })

  it('does not become shorter with more items, another limit or a longer wait', () => {
    fc.assert(
      fc.property(given, fc.integer({ min: 1, max: 100 }), (one, more) => {
        const { lowMs, highMs } = etaFor(one)
        expect(etaFor({ ...one, left: one.left + more }).highMs).toBeGreaterThanOrEqual(highMs)
        expect(etaFor({ ...one, waitMs: one.waitMs + more }).lowMs).toBeGreaterThanOrEqual(lowMs)
        const limited = etaFor({ ...one, limits: [...one.limits, { count: more, burst: 1 }] })
        expect(limited.lowMs).toBeGreaterThanOrEqual(lowMs)
        expect(limited.highMs).toBeGreaterThanOrEqual(highMs)
      }),
    )
  })
})
