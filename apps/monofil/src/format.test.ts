import { describe, expect, test } from 'vitest'
import { formatCount, formatDuration, formatEta, formatPercent, formatRate, shortId } from './format.ts'
import { createPainter } from './paint.ts'
import { RateMeter } from './rate.ts'
import { oneLine, renderSummary, type SummaryRun } from './summary.ts'

test.each([
  [0, '0.0 s'],
  [840, '0.8 s'],
  [9_960, '10 s'],
  [42_000, '42 s'],
  [59_600, '1 min'],
  [72_000, '1 min 12 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [273_600_000, '3 d 4 h'],
])('%i ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [{ lowMs: 30_200, highMs: 41_000 }, '31–41 s left'],
  [{ lowMs: 1_500, highMs: 3_000 }, '2–3 s left'],
  [{ lowMs: 58_000, highMs: 69_000 }, '58 s–1 min 9 s left'],
  [{ lowMs: 60_000, highMs: 120_000 }, '1–2 min left'],
  [{ lowMs: 10, highMs: 20 }, '1 s left'],
  [null, 'time left unknown'],
])('the range %j is %s', (eta, text) => {
  expect(formatEta(eta)).toBe(text)
})

test('rates, counts, percents and ids', () => {
  expect([formatRate(1234.4), formatRate(12.3), formatRate(3.44), formatRate(0.2), formatRate(0.01)]).toEqual([
    '1,234/s',
    '12/s',
    '3.4/s',
    '12/min',
    '0.6/min',
  ])
  expect(formatCount(12_500)).toBe('12,500')
  expect([formatPercent(0), formatPercent(99.99), formatPercent(100)]).toEqual(['0.0 %', '99.9 %', '100 %'])
  expect([shortId('short'), shortId('01jd4zq8x5k2m9')]).toEqual(['short', '01jd4zq8…'])
})

describe('RateMeter', () => {
  test('knows nothing in its first second, then the rate of the last 15', () => {
    const meter = new RateMeter()
    meter.add(0, 0)
    meter.add(900, 9)
    expect(meter.perSecond()).toBeNull()
    meter.add(1000, 10)
    expect(meter.perSecond()).toBe(10)
    for (let second = 2; second <= 60; second++) meter.add(second * 1000, 10)
    expect(meter.perSecond()).toBe(0)
  })

  test('a new round starts over', () => {
    const meter = new RateMeter()
    meter.add(0, 0)
    meter.add(2000, 100)
    meter.add(3000, 0)
    expect(meter.perSecond()).toBeNull()
  })

  test('keeps a bounded number of samples', () => {
    const meter = new RateMeter()
    for (let i = 0; i < 100_000; i++) meter.add(i, i)
    expect(meter.perSecond()).toBeNull()
    meter.add(102_000, 100_100)
    expect(meter.perSecond()).toBeGreaterThan(0)
  })
})

describe('renderSummary', () => {
  const run: SummaryRun = {
    id: 'r1',
    workflow: 'photos',
    status: 'partial',
    counts: { queued: 0, running: 0, retrying: 0, completed: 498, failed: 2, cancelled: 0, total: 500 },
    totalIsFinal: true,
    startedAt: '2026-11-01T10:00:00.000Z',
    finishedAt: '2026-11-01T10:01:12.000Z',
    href: '/console/runs/r1',
    error: null,
  }
  const view = { paint: createPainter(false), page: 'http://127.0.0.1:4000/console/runs/r1' }

  test('says how it ended, what failed and where its page is', () => {
    const failures = [{ step: 'analyse', code: 'not_an_image', message: 'notes.jpg is\nno image', count: 2 }]
    expect(renderSummary(run, failures, view)).toEqual([
      '▲ partial  photos r1  500 of 500 in 1 min 12 s, 2 failed',
      '  2 × not_an_image in analyse  notes.jpg is no image',
      '  http://127.0.0.1:4000/console/runs/r1',
    ])
  })

  test('a failed run says why; many causes are counted', () => {
    const failures = Array.from({ length: 7 }, (_, i) => ({ step: 's', code: 'error', message: `m${i}`, count: 1 }))
    const error = { code: 'error', message: 'no such folder' }
    const lines = renderSummary({ ...run, status: 'failed', error }, failures, { ...view, page: null })
    expect(lines[0]).toContain('✖ failed')
    expect(lines[1]).toBe('  error: no such folder')
    expect(lines.at(-1)).toBe("  and 2 more causes on the run's page")
    expect(lines).toHaveLength(8)
  })

  test('text from outside cannot steer the terminal', () => {
    expect(oneLine('a\u001b[2Jb\u2028c\r\n\u0000d')).toBe('a [2Jb c d')
    expect(oneLine('x'.repeat(300))).toHaveLength(200)
  })
})
