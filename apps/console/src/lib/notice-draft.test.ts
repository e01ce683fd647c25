import { MonofilError } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { emptyNotice, noticeFieldOf, requestOf } from './notice-draft.ts'

const draft = emptyNotice('Hello')

it('asks for what was written, and for nothing that was left empty', () => {
  expect(requestOf(draft, 'ann')).toEqual({ request: { to: { users: ['ann'] }, severity: 'info', title: 'Hello' } })
  const more = { kind: 'users', users: ' bob, eve,, ', template: 'hi', values: '{"n":2}' } as const
  expect(requestOf({ ...draft, ...more, ttl: '1.5', store: false, sendAt: '2998-01-02T03:04' }, 'ann')).toEqual({
    request: {
      ...{ to: { users: ['bob', 'eve'] }, severity: 'info', template: 'hi', values: { n: 2 }, ttlMs: 1_500 },
      ...{ sendAt: new Date('2998-01-02T03:04').toISOString(), store: false },
    },
  })
  expect(requestOf({ ...draft, kind: 'roles', roles: 'ops' }, 'ann')).toMatchObject({
    request: { to: { roles: ['ops'] } },
  })
  expect(requestOf({ ...draft, kind: 'all' }, 'ann')).toMatchObject({ request: { to: { all: true } } })
})

it('says what cannot be read', () => {
  for (const values of ['{', '[1]', '"text"'])
    expect(requestOf({ ...draft, values }, 'a')).toEqual({ unreadable: 'values' })
  for (const ttl of ['0', '-3', 'soon']) expect(requestOf({ ...draft, ttl }, 'a')).toEqual({ unreadable: 'ttl' })
})

it('finds the field that a refusal names', () => {
  const of = (field: string) => noticeFieldOf(new MonofilError('invalid_request', 'no', { field }))
  expect(['to.users[0]', 'to', 'ttlMs', 'link', 'values.n', '', 'actions[0]'].map(of)).toEqual([
    'to',
    'to',
    'ttl',
    'link',
    'values',
    null,
    null,
  ])
  expect(noticeFieldOf(new Error('x'))).toBeNull()
})
