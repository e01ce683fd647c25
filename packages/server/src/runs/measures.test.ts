import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, hasAttemptLeft, jitterOf } from './backoff.ts'
import { addEnd, etaOf } from './eta.ts'
import { barriersOf, externalStep, isStreamed, itemIdOf } from './plan.ts'
import { expectedItems, isProgressKnown, progressOf } from './progress.ts'
import type { RunRecord, StepRecord } from './records.ts'
import { newStep, noUsage } from './records.ts'
import { addUsage, formatMoney, parseMoney, usageView } from './usage.ts'

function step(position: number, name: string, plan: Partial<StepRecord['plan']>, state: Partial<StepRecord> = {}) {
  return Object.assign(newStep(position, { ...externalStep(name), ...plan }), { begun: true }, state)
}

function run(...steps: StepRecord[]): RunRecord {
  return {
    seq: 1,
    id: 'r',
    workflow: 'w',
    external: false,
    status: 'running',
    round: 1,
    progress: 0,
    wanted: 'run',
    inputJson: 'null',
    resultJson: null,
    error: null,
    tags: [],
    owner: 'a',
    roles: [],
    key: null,
    usage: noUsage(),
    budgetJson: null,
    sample: null,
    ranMs: 0,
    runningSince: null,
    parentId: null,
    heartbeatMs: null,
    createdAt: 0,
    startedAt: 0,
    finishedAt: null,
    lastSeenAt: null,
    stalledSince: null,
    steps,
  }
}

const tally = (counts: Partial<StepRecord['tally']>) => ({
  ...{ queued: 0, running: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0 },
  ...counts,
})

describe('progress', () => {
  it('is the weighted share of what is done, rounded down to a tenth', () => {
    const a = step(0, 'a', { weight: 1 }, { totalIsFinal: true, tally: tally({ completed: 1 }) })
    const b = step(1, 'b', { weight: 2 }, { totalIsFinal: true, tally: tally({ completed: 1, failed: 1, queued: 1 }) })
    expect(progressOf(run(a, b))).toBe(777)
    expect(progressOf(run(step(0, 'c', {}, { totalIsFinal: true, tally: tally({ completed: 3, queued: 7 }) })))).toBe(
      300,
    )
  })

  it('never falls, and is 1000 exactly at a good end', () => {
    const open = step(0, 'a', {}, { totalIsFinal: true, tally: tally({ completed: 1, queued: 9 }) })
    expect(progressOf({ ...run(open), progress: 500 })).toBe(500)
    const done = step(0, 'a', {}, { totalIsFinal: true, tally: tally({ completed: 10 }) })
    expect(progressOf(run(done))).toBe(999)
    expect(progressOf({ ...run(done), status: 'failed' })).toBe(999)
    expect(progressOf({ ...run(open), status: 'partial' })).toBe(1000)
  })

  it('counts an unknown total 0 and says so', () => {
    const known = step(0, 'a', {}, { totalIsFinal: true, tally: tally({ completed: 1 }) })
    const unknown = step(1, 'b', { each: 'a' }, { tally: tally({ completed: 5 }) })
    expect(progressOf(run(known, unknown))).toBe(500)
    expect(isProgressKnown(run(known, unknown))).toBe(false)
    expect(isProgressKnown(run())).toBe(false)
    expect(isProgressKnown(run(known))).toBe(true)
  })

  it('knows a streamed step’s total by its source', () => {
    const list = step(0, 'list', {}, { totalIsFinal: true, tally: tally({ completed: 1 }) })
    const load = step(
      1,
      'load',
      { each: 'list' },
      { totalIsFinal: true, tally: tally({ completed: 2, failed: 1, queued: 7 }) },
    )
    const score = step(2, 'score', { each: 'load' }, { tally: tally({ completed: 1, running: 1 }) })
    expect(expectedItems([list, load, score], score)).toBe(9)
  })
})

describe('time left', () => {
  const paced = (gaps: number[], left: number, plan: Partial<StepRecord['plan']> = { each: 'x' }) => {
    const one = step(0, 's', plan, { startedAt: 0, status: 'running', totalIsFinal: true })
    let now = 0
    for (const gap of gaps) {
      now += gap
      addEnd(one.pace, now, 0)
    }
    one.tally.completed = gaps.length
    one.tally.queued = left
    return one
  }

  it('is unknown before 5 items or 10 s, and while a later total is', () => {
    expect(etaOf(run(paced([10, 10, 10, 10], 5)))).toBeNull()
    expect(etaOf(run(paced([10_000], 5)))).not.toBeNull()
    const measured = paced([10, 10, 10, 10, 10], 5)
    expect(etaOf(run(measured))).toEqual({ lowMs: 50, highMs: 50 })
    const later = step(1, 'later', { each: 's', after: ['s'] }, { begun: false })
    expect(etaOf(run({ ...measured, position: 0 }, later))).toBeNull()
    expect(etaOf({ ...run(measured), status: 'paused' })).toBeNull()
  })

  it('is wider the less even the gaps are, and holds the mean', () => {
    const even = etaOf(run(paced([90, 110, 90, 110, 90, 110], 20)))
    const uneven = etaOf(run(paced([10, 190, 10, 190, 10, 190], 20)))
    for (const eta of [even, uneven]) {
      expect(eta?.lowMs).toBeLessThanOrEqual(2000)
      expect(eta?.highMs).toBeGreaterThanOrEqual(2000)
    }
    expect((uneven?.highMs ?? 0) - (uneven?.lowMs ?? 0)).toBeGreaterThan((even?.highMs ?? 0) - (even?.lowMs ?? 0))
  })

  it('keeps the mean and deviation of any gaps', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 2, maxLength: 50 }), (gaps) => {
        const { pace } = paced(gaps, 1)
        const mean = gaps.reduce((a, b) => a + b) / gaps.length
        const spread = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0)
        expect(pace.meanMs).toBeCloseTo(mean, 4)
        expect(Math.abs(pace.spread - spread)).toBeLessThanOrEqual(1e-6 * Math.max(1, spread))
      }),
    )
  })
})

describe('plans', () => {
  it('say what a step waits for', () => {
    const steps = [
      step(0, 'list', {}),
      step(1, 'load', { each: 'list' }),
      step(2, 'score', { each: 'load' }),
      step(3, 'rank', { each: 'load', after: ['score'] }),
      step(4, 'end', {}),
    ]
    expect(steps.map((one) => barriersOf(steps, one))).toEqual([[], ['list'], [], ['score'], ['rank']])
    expect(steps.map((one) => isStreamed(steps, one))).toEqual([false, false, true, true, false])
    expect(steps.map((one) => itemIdOf(one.plan, 1))).toEqual(['list', 'load:1', 'score:1', 'rank:1', 'end'])
  })
})

describe('backoff', () => {
  const backoff = { minMs: 1000, maxMs: 10_000, factor: 2 }
  it('doubles up to its most, between half and all of it', () => {
    expect([1, 2, 3, 4, 5, 50].map((failures) => backoffMs(backoff, failures, 0.9999999))).toEqual([
      1000, 2000, 4000, 8000, 10_000, 10_000,
    ])
    expect(backoffMs(backoff, 1, 0)).toBe(500)
  })

  it('is spread over fences and the same for one', () => {
    const jitters = Array.from({ length: 100 }, (_, fence) => jitterOf(fence + 1))
    for (const jitter of jitters) expect(jitter >= 0 && jitter < 1).toBe(true)
    expect(new Set(jitters.map((jitter) => Math.floor(jitter * 10))).size).toBe(10)
    expect(jitterOf(7)).toBe(jitterOf(7))
  })

  it('does not count deaths of the process as attempts', () => {
    const plan = { ...externalStep('s'), attempts: 2 }
    expect(hasAttemptLeft(plan, { attempts: 4, interruptions: 3 })).toBe(true)
    expect(hasAttemptLeft(plan, { attempts: 4, interruptions: 2 })).toBe(false)
  })
})

describe('money', () => {
  it('is exact, and written as short as it can be', () => {
    for (const text of ['0', '1', '0.1', '0.000001', '999999999999999.999999', '10.5']) {
      expect(formatMoney(parseMoney(text) ?? -1n)).toBe(text)
    }
    for (const text of ['', '-1', '1.', '.5', '1.0000001', '1e3', '1,5', ' 1']) expect(parseMoney(text)).toBeUndefined()
    expect(formatMoney(parseMoney('1.500') ?? 0n)).toBe('1.5')
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10 ** 12 }), { maxLength: 30 }), (micros) => {
        const where = { runId: 'r', field: 'usage' }
        const sum = micros.reduce((all, m) => addUsage(all, { cost: formatMoney(BigInt(m)) }, where), noUsage())
        expect(sum.micros ?? 0n).toBe(micros.reduce((a, b) => a + BigInt(b), 0n))
      }),
    )
  })

  it('keeps one currency', () => {
    const where = { runId: 'r', field: 'reports[0].usage' }
    const euros = addUsage(noUsage(), { cost: '1', currency: 'EUR', tokens: 3 }, where)
    expect(usageView(addUsage(euros, { cost: '0.5' }, where))).toEqual({ tokens: 3, cost: '1.5', currency: 'EUR' })
    expect(() => addUsage(euros, { currency: 'USD' }, where)).toThrow(
      expect.objectContaining({ code: 'currency_mismatch' }),
    )
    expect(() => addUsage(euros, { cost: 'x' }, where)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
    expect(usageView(noUsage())).toEqual({})
  })
})
