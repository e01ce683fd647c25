import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { firstTick, newestTick, nextTick, nextTicks, runIdOfTick } from './schedule.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)

function ticks(cron: string, timezone: string, after: string, count: number): string[] {
  return nextTicks({ cron, timezone, at: null }, Date.parse(after), count).map((ms) => new Date(ms).toISOString())
}

describe('the time of day when the clocks change, in Berlin', () => {
  test.each([
    [
      'a time that the day does not have comes at the end of the gap, once',
      '30 2 * * *',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z'],
    ],
    [
      'two times of the gap are one',
      '0,30 2 * * *',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:00:00.000Z', '2026-03-30T00:00:00.000Z'],
    ],
    [
      'a time that comes twice counts once, the first time',
      '30 2 * * *',
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ],
    [
      'and not again from the hour that comes twice',
      '30 2 * * *',
      '2026-10-25T00:59:59Z',
      ['2026-10-26T01:30:00.000Z'],
    ],
    [
      'every half hour goes through both hours',
      '*/30 * * * *',
      '2026-10-25T00:00:00Z',
      ['2026-10-25T00:30:00.000Z', '2026-10-25T01:00:00.000Z', '2026-10-25T01:30:00.000Z', '2026-10-25T02:00:00.000Z'],
    ],
    [
      'every hour leaves out none',
      '0 * * * *',
      '2026-03-28T23:30:00Z',
      ['2026-03-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-29T02:00:00.000Z'],
    ],
  ])('%s', (_what, cron, after, expected) => {
    expect(ticks(cron, 'Europe/Berlin', after, expected.length)).toEqual(expected)
  })
})

describe('what a cron may be', () => {
  test.each([
    ['@daily', '2026-01-02T00:00:00.000Z'],
    ['@hourly', '2026-01-01T01:00:00.000Z'],
    ['*/10 * * * * *', '2026-01-01T00:00:10.000Z'],
    ['0 9 * * MON-FRI', '2026-01-01T09:00:00.000Z'],
    ['0 0 L * *', '2026-01-31T00:00:00.000Z'],
    ['0 0 29 2 *', '2028-02-29T00:00:00.000Z'],
  ])('%s', (cron, first) => {
    expect(ticks(cron, 'UTC', '2026-01-01T00:00:00Z', 1)).toEqual([first])
  })

  test.each([
    ['0 0 31 2 *', 'UTC', 'cron', 'never comes'],
    ['61 * * * *', 'UTC', 'cron', 'minute'],
    ['* * * *', 'UTC', 'cron', '4 fields'],
    ['0 0 0 1 1 * 2030', 'UTC', 'cron', '7 fields'],
    ['2026-01-01T00:00:00', 'UTC', 'cron', '1 fields'],
    ['@reboot', 'UTC', 'cron', '@reboot'],
    ['', 'UTC', 'cron', 'fields'],
    ['* * * * *', 'Europe/Atlantis', 'timezone', 'no time zone'],
    ['* * * * *', '+02:00', 'timezone', 'no time zone'],
  ])('%j in %s is refused', (cron, timezone, field, words) => {
    expect(() => firstTick({ cron, timezone, at: null }, START)).toThrow(
      expect.objectContaining({ code: 'invalid_request', details: { field }, message: expect.stringContaining(words) }),
    )
  })

  test('a time that is over is refused', () => {
    const at = { cron: null, timezone: null } as const
    expect(firstTick({ ...at, at: START + 1 }, START)).toBe(START + 1)
    expect(() => firstTick({ ...at, at: START }, START)).toThrow(expect.objectContaining({ details: { field: 'at' } }))
  })
})

test('a run has the id of its tick', () => {
  expect(runIdOfTick('nightly', Date.parse('2026-10-25T00:30:00Z'))).toBe('nightly.20261025T003000Z')
  expect(runIdOfTick('once', Date.parse('2026-10-25T00:30:00.300Z'))).toBe('once.20261025T003000.300Z')
})

/** One field of a cron with the set of numbers it stands for. */
function field(min: number, max: number): fc.Arbitrary<{ text: string; has: (n: number) => boolean; all: boolean }> {
  const number = fc.integer({ min, max })
  return fc.oneof(
    fc.constant({ text: '*', has: () => true, all: true }),
    number.map((n) => ({ text: String(n), has: (x: number) => x === n, all: false })),
    fc.tuple(number, number).map(([a, b]) => {
      const [low, high] = a < b ? [a, b] : [b, a]
      return { text: `${low}-${high}`, has: (x: number) => x >= low && x <= high, all: false }
    }),
    fc.uniqueArray(number, { minLength: 2, maxLength: 4 }).map((numbers) => ({
      text: numbers.join(','),
      has: (x: number) => numbers.includes(x),
      all: false,
    })),
    fc
      .integer({ min: 2, max: 20 })
      .filter((step) => step <= max - min)
      .map((step) => ({
        text: `*/${step}`,
        has: (x: number) => (x - min) % step === 0,
        all: false,
      })),
  )
}

// Mostly of every month, so that most of them come within days.
const months = fc.oneof({ arbitrary: fc.constant({ text: '*', has: () => true, all: true }), weight: 4 }, field(1, 12))
const crons = fc.tuple(field(0, 59), field(0, 23), field(1, 31), months, field(0, 6))
const moments = fc.integer({ min: 0, max: 400 * DAY }).map((ms) => START + ms)

describe('properties', () => {
  test('in UTC it is what looking at every minute of four days finds', () => {
    fc.assert(
      fc.property(crons, moments, ([minute, hour, day, month, weekday], after) => {
        const matches = (ms: number): boolean => {
          const at = new Date(ms)
          const isDay = day.has(at.getUTCDate())
          const isWeekday = weekday.has(at.getUTCDay())
          // Where neither is a plain `*`, one of them is enough.
          const onDay = day.all || weekday.all ? isDay && isWeekday : isDay || isWeekday
          return (
            minute.has(at.getUTCMinutes()) && hour.has(at.getUTCHours()) && onDay && month.has(at.getUTCMonth() + 1)
          )
        }
        const end = after + 4 * DAY
        let found: number | undefined
        for (let ms = (Math.floor(after / MINUTE) + 1) * MINUTE; ms <= end && found === undefined; ms += MINUTE) {
          if (matches(ms)) found = ms
        }
        const cron = [minute, hour, day, month, weekday].map(({ text }) => text).join(' ')
        const next = nextTick(cron, 'UTC', after)
        expect(next !== null && next <= end ? next : undefined, cron).toBe(found)
      }),
      { numRuns: 300 },
    )
  })

  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu')
  const text = crons.map((fields) => fields.map((one) => one.text).join(' '))

  test('it is after what was asked, never falls, and leaves none out, in every zone', () => {
    fc.assert(
      fc.property(text, zones, moments, fc.integer({ min: 0, max: 3 * DAY }), (cron, zone, a, distance) => {
        const first = nextTick(cron, zone, a)
        if (first === null) return
        expect(first).toBeGreaterThan(a)
        const later = nextTick(cron, zone, a + distance)
        if (later !== null) expect(later).toBeGreaterThanOrEqual(first)
        // From anywhere before it, the next one is the same.
        if (a + distance < first) expect(later).toBe(first)
      }),
      { numRuns: 500 },
    )
  })

  test('the newest tick up to now is the one that walking finds', () => {
    fc.assert(
      fc.property(text, zones, moments, fc.integer({ min: 0, max: 2 * DAY }), (cron, zone, after, distance) => {
        const due = nextTick(cron, zone, after)
        if (due === null) return
        const now = due + distance
        let walked = due
        for (let tick = nextTick(cron, zone, due); tick !== null && tick <= now; tick = nextTick(cron, zone, tick)) {
          walked = tick
        }
        expect(newestTick({ cron, timezone: zone }, due, now)).toBe(walked)
      }),
      { numRuns: 60 },
    )
  })

  test('a year of seconds is found at once', () => {
    const begun = performance.now()
    expect(newestTick({ cron: '* * * * * *', timezone: 'UTC' }, START, START + 365 * DAY + 500)).toBe(START + 365 * DAY)
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})
