import type { RunState } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { newestFirst, nextSeen, type SeenRuns, withoutEnded } from './my-runs.ts'

const run = (id: string, status: RunState['status'], owner = 'ann', createdAt = '2026-11-22T10:00:00.000Z') =>
  ({ id, status, owner, createdAt, workflow: 'w' }) as RunState
const ids = (seen: SeenRuns) => [...seen.values()].map(({ id, status }) => `${id} ${status}`)
const none: SeenRuns = new Map()

it('takes up what is not over, of one owner or of all', () => {
  const runs = [run('a', 'running'), run('b', 'completed'), run('c', 'queued', 'bob')]
  expect(ids(nextSeen(none, runs, 'ann'))).toEqual(['a running'])
  expect(ids(nextSeen(none, runs, null))).toEqual(['a running', 'c queued'])
})

it('keeps what ended before the eyes, also when the hub says nothing of it any more', () => {
  const seen = nextSeen(none, [run('a', 'running'), run('b', 'running')], 'ann')
  const ended = nextSeen(seen, [run('a', 'failed'), run('b', 'running')], 'ann')
  expect(ids(ended)).toEqual(['a failed', 'b running'])
  // What is not over and is not told of is deleted, or out of sight.
  expect(ids(nextSeen(ended, [], 'ann'))).toEqual(['a failed'])
})

it('forgets what was dismissed, and takes it up again when it runs again', () => {
  const runs = [run('a', 'failed'), run('b', 'completed'), run('c', 'running')]
  const seen: SeenRuns = new Map(runs.map((one) => [one.id, one]))
  expect(ids(withoutEnded(seen, 'a'))).toEqual(['b completed', 'c running'])
  const left = withoutEnded(seen, null)
  expect(ids(left)).toEqual(['c running'])
  expect(ids(nextSeen(left, runs, 'ann'))).toEqual(['c running'])
  expect(ids(nextSeen(left, [run('a', 'running'), run('c', 'running')], 'ann'))).toEqual(['a running', 'c running'])
})

it('is the same object while nothing changed, so that nobody renders for it', () => {
  const runs = [run('a', 'running')]
  const seen = nextSeen(none, runs, 'ann')
  expect(nextSeen(seen, runs, 'ann')).toBe(seen)
})

it('shows the newest first', () => {
  const runs = [run('a', 'running'), run('b', 'running', 'ann', '2026-11-22T11:00:00.000Z'), run('c', 'running')]
  expect(newestFirst(runs).map(({ id }) => id)).toEqual(['b', 'c', 'a'])
})
