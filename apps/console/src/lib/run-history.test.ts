import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { holdBack, mergeRuns } from './merge-runs.ts'
import { EMPTY_HISTORY, LIVE_RUNS, leftLive, nextHistory } from './run-history.ts'
import { sampleRun } from './samples.ts'

const runAt = (minute: number) =>
  sampleRun({ id: `run-${minute}`, createdAt: new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString() })
const windowAt = (newest: number, size = LIVE_RUNS) => Array.from({ length: size }, (_, index) => runAt(newest - index))
const idsOf = (runs: readonly { id: string }[]) => runs.map(({ id }) => id)

describe('runs that leave the live window', () => {
  it('were pushed out when the window is full and they are the oldest', () => {
    const { pushedOut, gone } = leftLive(windowAt(100), windowAt(103))
    expect(idsOf(pushedOut)).toEqual(['run-53', 'run-52', 'run-51'])
    expect(gone.size).toBe(0)
  })

  it('are gone when the window has room', () => {
    const before = windowAt(100, 5)
    expect(leftLive(before, before.slice(1)).gone).toEqual(new Set(['run-100']))
  })

  it('are gone when one in the middle is missing', () => {
    const before = windowAt(100)
    const after = [...before.filter(({ id }) => id !== 'run-80'), runAt(50)]
    expect(leftLive(before, after)).toEqual({ pushedOut: [], gone: new Set(['run-80']) })
  })
})

describe('history under the live runs', () => {
  it('has no hole however many runs arrive after a page was read', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 12 }), (arrivals) => {
        let live = windowAt(200)
        let history = nextHistory(EMPTY_HISTORY, { kind: 'page', runs: windowAt(150), cursor: 'c', at: 1 })
        for (const count of arrivals) {
          const after = windowAt(Number(live[0]?.id.slice(4)) + count)
          history = nextHistory(history, { kind: 'live', before: live, after })
          live = after
        }
        const newest = 200 + arrivals.reduce((sum, count) => sum + count, 0)
        const expected = Array.from({ length: newest - 100 }, (_, index) => `run-${newest - index}`)
        expect(idsOf(mergeRuns(live, history.runs))).toEqual(expected)
      }),
    )
  })

  it('believes the live run over the one that was read', () => {
    const [merged] = mergeRuns([sampleRun({ status: 'completed' })], [sampleRun({ status: 'running' })])
    expect(merged?.status).toBe('completed')
  })

  it('is at its end when there is no further page', () => {
    expect(nextHistory(EMPTY_HISTORY, { kind: 'page', runs: [], cursor: null, at: 1 }).state).toBe('end')
  })

  it('keeps its rows when a page fails', () => {
    const read = nextHistory(EMPTY_HISTORY, { kind: 'page', runs: [runAt(1)], cursor: 'c', at: 1 })
    const failed = nextHistory(read, { kind: 'failed', error: new Error('no') })
    expect(failed).toMatchObject({ state: 'failed', cursor: 'c', runs: [{ id: 'run-1' }] })
  })

  it('stays the same object when nothing left', () => {
    const live = windowAt(100)
    expect(nextHistory(EMPTY_HISTORY, { kind: 'live', before: live, after: live })).toBe(EMPTY_HISTORY)
  })
})

describe('rows that wait behind the pill', () => {
  it('are those above the one that was on top', () => {
    expect(holdBack(windowAt(10, 5), 'run-8')).toMatchObject({ held: 2, shown: [{ id: 'run-8' }, {}, {}] })
  })

  it('are none at the top, or when that row is gone', () => {
    expect(holdBack(windowAt(10, 5), null).held).toBe(0)
    expect(holdBack(windowAt(10, 5), 'run-99').held).toBe(0)
  })
})
