import type { NoticePreferences } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { draftOf, emptyMute, preferencesOf, refusedPath } from './preferences-draft.ts'

const plain: NoticePreferences = { language: null, mute: [], quietHours: null, digest: null }
const full: NoticePreferences = {
  language: 'fr',
  mute: [{ module: 'orders', channels: ['live'] }, { severity: 'info' }],
  quietHours: { from: '23:00', to: '06:30', timezone: 'Europe/Paris', days: [1, 5] },
  digest: { after: 3, windowMs: 30_000 },
}

it('gives back what it was given', () => {
  for (const known of [plain, full]) expect(preferencesOf(draftOf(known, 'UTC'))).toEqual(known)
})

it('offers the browser’s zone, and keeps what is switched off', () => {
  const draft = draftOf(plain, 'Asia/Tokyo')
  expect(preferencesOf({ ...draft, isQuiet: true }).quietHours).toEqual({
    from: '22:00',
    to: '07:00',
    timezone: 'Asia/Tokyo',
  })
  const off = { ...draftOf(full, 'UTC'), isQuiet: false }
  expect([preferencesOf(off).quietHours, off.timezone]).toEqual([null, 'Europe/Paris'])
})

it('leaves what is no number to the hub to refuse', () => {
  expect(preferencesOf({ ...draftOf(full, 'UTC'), after: 'few', window: '1.5' }).digest).toEqual({
    after: 0,
    windowMs: 0,
  })
})

it('has a key of its own for each line', () => {
  const { mutes } = draftOf(full, 'UTC')
  expect(emptyMute(mutes).key).toBe(2)
  expect(emptyMute([]).key).toBe(0)
})

it('finds what a refusal names', () => {
  expect(refusedPath(Object.assign(new Error('x'), { details: { field: 'digest.after' } }))).toBe('digest.after')
  expect([refusedPath(new Error('x')), refusedPath(null)]).toEqual([null, null])
})
