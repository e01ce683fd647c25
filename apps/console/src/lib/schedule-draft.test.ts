import { MonofilError } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { emptyDraft, fieldOf, requestOf } from './schedule-draft.ts'

const draft = { ...emptyDraft(), workflow: 'w', timezone: 'Asia/Tokyo' }

it('asks for what the form says, a cron or a time and never both', () => {
  const rest = { workflow: 'w', input: {}, overlap: 'skip', missed: 'one' }
  expect(requestOf(draft)).toEqual({ ...rest, cron: '0 9 * * *', timezone: 'Asia/Tokyo' })
  const at = requestOf({ ...draft, kind: 'at', at: '2999-01-01T10:00', id: 'x', input: ' ' })
  expect(at).toEqual({ ...rest, input: null, id: 'x', at: new Date('2999-01-01T10:00').toISOString() })
})

it('asks for nothing while something is missing', () => {
  expect(requestOf({ ...draft, workflow: '' })).toBeNull()
  expect(requestOf({ ...draft, cron: ' ' })).toBeNull()
  expect(requestOf({ ...draft, kind: 'at' })).toBeNull()
  expect(requestOf({ ...draft, input: '{' })).toBe('input')
})

it('finds the field that a refusal is about', () => {
  expect(fieldOf(new MonofilError('invalid_request', 'no', { field: 'cron' }))).toBe('cron')
  expect(fieldOf(new MonofilError('invalid_request', 'no', { field: 'roles[1]' }))).toBeNull()
  expect(fieldOf(new Error('no'))).toBeNull()
})
