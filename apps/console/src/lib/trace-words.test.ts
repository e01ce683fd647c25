import type { QueuedNotice, TraceLine } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { notificationsEn } from '../text/notifications-en.ts'
import { absentWords, traceWords } from './trace-words.ts'

const words = {
  n: notificationsEn,
  when: (at: string) => `at ${at}`,
  amount: (count: number) => ({ count, text: `${count}` }),
}
const line: TraceLine = {
  ...{ user: 'ann', rule: 'named', outcome: 'inbox', quiet: null, live: { state: 'sent', at: '3' }, push: null },
  ...{ deliveredAt: '1', seenAt: null, readAt: null },
}
const said = (more: Partial<TraceLine>) =>
  traceWords({ ...line, ...more }, words).map(({ like, text }) => `${like}: ${text}`)

it('says in order what was decided, and ends with what the reader did', () => {
  expect(said({ seenAt: '4', readAt: '5' })).toEqual([
    'open: Named by the sender',
    'good: Put into the inbox at 1',
    'good: Shown in a tab at 3',
    'open: No push was tried',
    'good: Read at 5',
  ])
  const push = { state: 'failed', attempts: 3, nextAt: null, lastError: 'HTTP 500' } as const
  expect(said({ rule: 'role ops', quiet: 'quiet_hours', live: { state: 'inboxed', at: null }, push })).toEqual([
    'open: Sent to the role ops, which they hold',
    'good: Put into the inbox at 1',
    'held: No toast: it came in their quiet hours',
    'held: No tab said within 10 s that it showed it',
    'bad: The push failed after 3 attempts: HTTP 500',
    'open: Not seen yet',
  ])
})

it('ends where a mute kept it out, and says of a role that is gone', () => {
  const live = { state: 'skipped', at: null } as const
  expect(said({ outcome: 'muted', live })).toEqual([
    'open: Named by the sender',
    'held: Kept out of the inbox: a mute of theirs fits it',
  ])
  expect(said({ rule: 'a role that they no longer hold, or never showed', outcome: 'hidden' }).slice(0, 2)).toEqual([
    'open: Sent to a role that they no longer hold, or never showed',
    'held: Hidden from the inbox: they no longer hold the role',
  ])
})

it('says why somebody is no recipient', () => {
  const to = { users: ['bob'], roles: [], topics: [], all: false, except: [] }
  const why = (more: Partial<QueuedNotice['to']>, rest: object = {}) =>
    absentWords(
      { status: 'sent', ended: null, ...rest, to: { ...to, ...more } } as unknown as QueuedNotice,
      'ann',
      words,
    )
  const { notGivenWhy } = notificationsEn.trace
  expect(why({})).toBe(notGivenWhy.none)
  expect(why({ all: true, except: ['ann'] })).toBe(notGivenWhy.except)
  expect(why({ all: true })).toBe(notGivenWhy.all)
  expect(why({ roles: ['ops'] })).toBe(notGivenWhy.role('ops'))
  expect(why({ roles: ['ops'] }, { ended: 'retracted' })).toBe(notGivenWhy.over)
  expect(why({ all: true }, { status: 'pending' })).toBe(notGivenWhy.pending)
})
