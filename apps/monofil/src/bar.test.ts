import { stripVTControlCharacters } from 'node:util'
import { RUN_STATUSES } from '@monofil/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BarRun, type BarView, renderBar, renderPlain } from './bar.ts'
import { createPainter, wantsColours } from './paint.ts'

const counts = { queued: 360, running: 8, retrying: 0, completed: 128, failed: 4, cancelled: 0, total: 500 }
const running: BarRun = {
  id: '01jd4zq8x5k2m9',
  workflow: 'photos',
  status: 'running',
  progress: 26.4,
  progressKnown: true,
  counts,
  totalIsFinal: true,
  eta: { lowMs: 30_200, highMs: 41_000 },
  waiting: null,
  stalledSince: null,
}
const plain = createPainter(false)

function at(columns: number, run: BarRun = running, more: Partial<BarView> = {}): string {
  return renderBar(run, { columns, paint: plain, perSecond: 12.3, behindMs: null, ...more })
}

describe('a run that holds itself', () => {
  test.each([
    [{ reason: 'sample', until: null, limit: null }, 'sample done: monofil resume goes on'],
    [{ reason: 'budget', until: null, limit: 'cost' }, 'budget of cost reached'],
  ] as const)('says what it waits for: %j', (waiting, words) => {
    const held = { ...running, status: 'paused', waiting } as const
    expect(at(120, held)).toContain(words)
    expect(renderPlain(held, { perSecond: null, behindMs: null })).toContain(words)
  })
})

describe('renderBar', () => {
  test('at 120 columns it says everything', () => {
    expect(at(120)).toBe('● photos  ━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 26.4 %  132 of 500  12/s  31–41 s left  4 failed')
  })

  test('at 80 columns it still says everything, with a shorter bar', () => {
    expect(at(80)).toBe('● photos  ━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌ 26.4 %  132 of 500  12/s  31–41 s left  4 failed')
  })

  test('at 40 columns bar, percent, count and what went wrong stay', () => {
    expect(at(40)).toBe('● ━━╌╌╌╌╌╌ 26.4 %  132 of 500  4 failed')
    expect(at(30)).toBe('● ━━╌╌╌╌╌╌ 26.4 %  132 of 500')
  })

  test.each([40, 80, 120])('at %i columns nothing moves but the bar and the numbers', (columns) => {
    const lines = [0, 1, 10, 99, 100, 499].map((completed) =>
      at(columns, { ...running, progress: completed / 5, counts: { ...counts, completed, failed: 0 } }),
    )
    for (const mark of ['━', ' %', ' of 500']) {
      expect(new Set(lines.slice(1).map((line) => line.indexOf(mark))).size).toBe(1)
    }
    const filled = lines.map((line) => line.split('━').length)
    expect(filled).toEqual([...filled].sort((a, b) => a - b))
  })

  test('an unknown time left says so; a total that may grow has a plus', () => {
    expect(at(120, { ...running, eta: null })).toContain('time left unknown')
    expect(at(120, { ...running, totalIsFinal: false })).toContain('132 of 500+')
  })

  test('what it waits for is said instead of the time left', () => {
    const waiting = { reason: 'backoff', until: null, limit: null } as const
    expect(at(120, { ...running, waiting })).toContain('waiting: backoff')
    expect(at(120, { ...running, stalledSince: '2026-11-01T10:00:00.000Z' })).toContain('stalled')
    expect(at(120, { ...running, status: 'paused' })).toContain('‖ photos')
  })

  test('a lost connection is said after three seconds, not before', () => {
    expect(at(120, running, { behindMs: 2900 })).not.toContain('reconnecting')
    expect(at(120, running, { behindMs: 12_400 })).toContain('reconnecting, 12 s behind')
  })

  test.each(RUN_STATUSES)('the end and every other state is told by a word: %s', (status) => {
    const line = at(120, { ...running, status, progress: status === 'completed' ? 100 : 26.4 })
    if (status !== 'running') expect(line).toContain(status)
    expect(line).not.toBe(at(120, { ...running, status: status === 'failed' ? 'partial' : 'failed' }))
  })

  test('100 % is shown only for 100, and a little progress is seen', () => {
    expect(at(80, { ...running, progress: 99.99 })).toContain('99.9 %')
    expect(at(80, { ...running, progress: 100 })).toContain('100 %')
    expect(at(40, { ...running, progress: 0.1 })).toContain('━╌')
  })

  test('never wider than the terminal from 30 columns on, whatever the run', () => {
    const run = fc.record({
      id: fc.constant('x'),
      workflow: fc.stringMatching(/^[a-z][a-z0-9]{0,127}$/),
      status: fc.constantFrom(...RUN_STATUSES),
      progress: fc.double({ min: 0, max: 100, noNaN: true }),
      progressKnown: fc.boolean(),
      counts: fc.record({
        queued: fc.nat(),
        running: fc.nat(),
        retrying: fc.nat(),
        completed: fc.nat(),
        failed: fc.nat(),
        cancelled: fc.nat(),
        total: fc.nat(),
      }),
      totalIsFinal: fc.boolean(),
      eta: fc.option(fc.record({ lowMs: fc.nat(), highMs: fc.nat() })),
      waiting: fc.constant(null),
      stalledSince: fc.constant(null),
    })
    fc.assert(
      fc.property(run, fc.integer({ min: 30, max: 200 }), fc.option(fc.nat()), (one, columns, perSecond) => {
        const line = at(columns, one, { perSecond, behindMs: perSecond })
        expect(line.length).toBeLessThanOrEqual(columns)
      }),
    )
  })

  test('colours change nothing but colours', () => {
    const coloured = renderBar(running, { columns: 80, paint: createPainter(true), perSecond: 12.3, behindMs: null })
    expect(coloured).not.toBe(at(80))
    expect(stripVTControlCharacters(coloured)).toBe(at(80))
  })
})

describe('renderPlain', () => {
  test('is one line in words', () => {
    expect(renderPlain(running, { perSecond: 12.3, behindMs: null })).toBe(
      'photos 01jd4zq8x5k2m9: running, 26.4 %, 132 of 500, 12/s, 31–41 s left, 4 failed',
    )
    expect(renderPlain({ ...running, status: 'completed', progress: 100 }, { perSecond: 1, behindMs: null })).toBe(
      'photos 01jd4zq8x5k2m9: completed, 100 %, 132 of 500, 4 failed',
    )
  })
})

describe('wantsColours', () => {
  test('only on a terminal that was not told otherwise', () => {
    expect(wantsColours({ isTTY: true }, {})).toBe(true)
    expect(wantsColours({ isTTY: true }, { NO_COLOR: '1' })).toBe(false)
    expect(wantsColours({ isTTY: true }, { TERM: 'dumb' })).toBe(false)
    expect(wantsColours({}, {})).toBe(false)
  })
})
