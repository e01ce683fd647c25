import type { NoticePreferences } from '@monofil/protocol'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PREFERENCES, judge, quietUntil } from './preferences.ts'

const at = (text: string): number => Date.parse(text)
const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString().slice(0, 16))

describe('quiet hours', () => {
  const night = { from: '22:00', to: '07:00', timezone: 'Europe/Paris' }
  test.each([
    ['2026-01-15T20:59:59Z', null],
    ['2026-01-15T21:00:00Z', '2026-01-16T06:00'],
    ['2026-01-16T05:59:30Z', '2026-01-16T06:00'],
    ['2026-01-16T06:00:00Z', null],
    // In summer the same hours are an hour earlier in UTC.
    ['2026-07-15T20:00:00Z', '2026-07-16T05:00'],
    ['2026-07-15T19:59:00Z', null],
  ])('over midnight, in the zone: %s', (now, until) => {
    expect(iso(quietUntil(night, at(now)))).toBe(until)
  })

  test.each([
    // The clock is put on at 2:00 on 29 March: that night is an hour shorter.
    ['2026-03-28T22:30:00Z', '07:00', '2026-03-29T05:00'],
    // And back at 3:00 on 25 October: that one is an hour longer.
    ['2026-10-24T21:30:00Z', '07:00', '2026-10-25T06:00'],
    // 2:30 is not there that night: what is after it begins at 3:00.
    ['2026-03-28T22:30:00Z', '02:30', '2026-03-29T01:00'],
    ['2026-03-29T00:59:00Z', '02:30', '2026-03-29T01:00'],
    ['2026-03-29T02:00:00Z', '07:00', '2026-03-29T05:00'],
  ])('end by the clock on the wall, also in the night when it is put on or back: %s to %s', (now, to, until) => {
    expect(iso(quietUntil({ ...night, to }, at(now)))).toBe(until)
  })

  test('of a zone that this machine does not know are none', () => {
    expect(quietUntil({ ...night, timezone: 'Mars/Olympus' }, at('2026-01-15T22:00:00Z'))).toBeNull()
  })

  test('within a day, on the days on which they begin', () => {
    const noon = { from: '12:00', to: '14:00', timezone: 'UTC', days: [1] }
    expect(iso(quietUntil(noon, at('2026-01-12T12:30:00Z')))).toBe('2026-01-12T14:00')
    expect(quietUntil(noon, at('2026-01-13T12:30:00Z'))).toBeNull()
    const friday = { ...night, timezone: 'UTC', days: [5] }
    expect(iso(quietUntil(friday, at('2026-01-17T03:00:00Z')))).toBe('2026-01-17T07:00')
    expect(quietUntil(friday, at('2026-01-17T23:00:00Z'))).toBeNull()
    expect(quietUntil(friday, at('2026-01-16T03:00:00Z'))).toBeNull()
  })
})

describe('what preferences make of a notice', () => {
  const notice = { severity: 'info', module: 'orders', isDigest: false } as const
  const moment = (recent = 0) => ({ now: at('2026-01-15T23:00:00Z'), recent: () => recent })
  const of = (some: Partial<NoticePreferences>, what: object = {}, recent = 0) =>
    judge({ ...DEFAULT_PREFERENCES, ...some }, { ...notice, ...what }, moment(recent))
  const quietHours = { from: '22:00', to: '07:00', timezone: 'UTC' }

  test('nothing said: all of it', () => {
    expect(of({})).toEqual({ inbox: true, quiet: null, push: true, pushAfter: null })
  })
  test('a mute without channels ends it; with them it silences those', () => {
    expect(of({ mute: [{ module: 'orders' }] })).toMatchObject({ inbox: false, push: false })
    expect(of({ mute: [{ module: 'other' }] })).toMatchObject({ inbox: true, quiet: null })
    expect(of({ mute: [{ severity: 'info', channels: ['live'] }] })).toMatchObject({ quiet: 'muted', push: true })
    expect(of({ mute: [{ module: 'orders', severity: 'error' }] })).toMatchObject({ quiet: null })
    expect(of({ mute: [{ severity: 'info', channels: ['push'] }] })).toMatchObject({ quiet: null, push: false })
  })
  test('quiet hours keep a push until they end; critical passes them and digests, not a mute', () => {
    const end = at('2026-01-16T07:00:00Z')
    expect(of({ quietHours })).toEqual({ inbox: true, quiet: 'quiet_hours', push: true, pushAfter: end })
    expect(of({ quietHours, digest: { after: 1, windowMs: 1 } }, { severity: 'critical' }, 9)).toMatchObject({
      quiet: null,
      pushAfter: null,
    })
    expect(of({ mute: [{ severity: 'critical' }] }, { severity: 'critical' })).toMatchObject({ inbox: false })
  })
  test('a digest silences what comes after the first ones, and never itself', () => {
    const digest = { after: 3, windowMs: 60_000 }
    expect(of({ digest }, {}, 2).quiet).toBeNull()
    expect(of({ digest }, {}, 3)).toMatchObject({ quiet: 'digest', push: false })
    expect(of({ digest }, { isDigest: true }, 9).quiet).toBeNull()
  })
})
