import { expect, it } from 'vitest'
import { knownZones, marksOf, readAgainIn, timeIn } from './schedule-times.ts'

it('says a time in the zone of its schedule, seconds only where it has some', () => {
  expect(timeIn('2026-10-25T00:30:00.000Z', 'en-GB', 'Europe/Berlin')).toMatch(/^Sun,? 25 Oct,? (at )?02:30$/)
  expect(timeIn('2026-10-25T00:30:05.000Z', 'en-GB', 'UTC')).toMatch(/00:30:05$/)
  expect(timeIn('2026-10-25T22:00:00.000Z', 'fr', 'Europe/Paris')).toContain('23:00')
})

it('knows zones, its own first', () => {
  const zones = knownZones()
  expect(zones).toContain('Europe/Berlin')
  expect(new Set(zones).size).toBe(zones.length)
})

it('reads again a moment after the next tick, never at once and never without one', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const at = (time: string | null) => ({ nextAt: time })
  expect(readAgainIn([at(null)], now)).toBeNull()
  expect(readAgainIn([at('2026-01-01T01:00:00Z'), at(null), at('2026-01-01T00:01:00Z')], now)).toBe(61_500)
  expect(readAgainIn([at('2026-01-01T00:00:00Z')], now)).toBe(2_000)
  expect(readAgainIn([at('2036-01-01T00:00:00Z')], now)).toBe(2 ** 31 - 1)
})

it('marks runs of schedules only, and changes when one begins or ends', () => {
  const run = (id: string, tag: string, finishedAt: string | null = null) => ({ id, tags: [tag], finishedAt })
  expect(marksOf([run('a', 'x'), run('b', 'schedule:s')])).toBe('b open')
  expect(marksOf([run('b', 'schedule:s', '2026-01-01T00:00:00Z')])).toBe('b over')
})
