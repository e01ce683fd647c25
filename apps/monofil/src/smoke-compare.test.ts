import type { Envelope, Item, Run } from '@monofil/protocol'
import { describe, expect, test } from 'vitest'
import { compareEvidence, type Evidence, itemKey } from './smoke-compare.ts'

const counts = { queued: 0, running: 0, retrying: 0, completed: 1, failed: 0, cancelled: 0, total: 1 }
const last: Run = {
  id: 'r1',
  workflow: 'smoke',
  external: true,
  status: 'completed',
  round: 1,
  progress: 100,
  progressKnown: true,
  counts,
  totalIsFinal: true,
  steps: [],
  waiting: null,
  wanted: 'run',
  controls: [],
  input: { a: 1 },
  result: { checked: true },
  error: null,
  tags: [],
  owner: 'dev',
  roles: [],
  key: null,
  usage: { projected: null },
  budget: null,
  sample: null,
  eta: null,
  parentId: null,
  createdAt: '2026-11-01T10:00:00.000Z',
  startedAt: null,
  finishedAt: null,
  lastSeenAt: null,
  stalledSince: null,
  epoch: 'abcdefgh',
  offset: 2,
  href: '/console/runs/r1',
}
const first: Run = { ...last, status: 'running', progress: 50, offset: 1 }
const item: Item = {
  id: 'i1',
  runId: 'r1',
  step: 'main',
  index: 0,
  status: 'completed',
  attempts: 1,
  skipped: false,
  input: null,
  result: 1,
  error: null,
  usage: {},
  startedAt: null,
  finishedAt: null,
  waiting: null,
  offset: 1,
}

function stateOf(run: Run) {
  const { input: _input, result: _result, ...state } = run
  return state
}

function event(offset: number): Envelope {
  return { topic: 'run:r1', epoch: 'abcdefgh', offset, type: 'item', data: [], at: '2026-11-01T10:00:00.000Z' }
}

function evidence(): Evidence {
  const { input: _input, ...end } = last
  const seen = { states: [stateOf(first)], items: new Map([[itemKey(item), item]]), end }
  const connection = { ...seen, events: [event(1), event(2)] }
  return { rest: [first, last], restItems: [item], stream: seen, connection }
}

describe('compareEvidence', () => {
  test('finds nothing where all agree, and says how many states it compared', () => {
    expect(compareEvidence(evidence())).toEqual({ states: 2, mismatches: [] })
  })

  test('states at offsets REST was not asked at are not compared', () => {
    const all = evidence()
    const stream = { ...all.stream, states: [{ ...stateOf(first), offset: 7, progress: 3 }] }
    expect(compareEvidence({ ...all, stream })).toEqual({ states: 1, mismatches: [] })
  })

  test.each<[string, (all: Evidence) => Evidence]>([
    [
      'own stream, state at offset 1: progress is 3, REST says 50',
      (all) => ({
        ...all,
        stream: { ...all.stream, states: [{ ...stateOf(first), progress: 3 }] },
      }),
    ],
    [
      'connection: offsets are [1,1,2], REST says 1 to 2',
      (all) => ({
        ...all,
        connection: { ...all.connection, events: [event(1), event(1), event(2)] },
      }),
    ],
    [
      'connection: offsets are [2], REST says 1 to 2',
      (all) => ({
        ...all,
        connection: { ...all.connection, events: [event(2)] },
      }),
    ],
    ['own stream: no terminal event came', (all) => ({ ...all, stream: { ...all.stream, end: undefined } })],
    [
      'connection: item main/i1 never came',
      (all) => ({
        ...all,
        connection: { ...all.connection, items: new Map([['main/other', item]]) },
      }),
    ],
    [
      'connection: 0 items, REST has 1',
      (all) => ({
        ...all,
        connection: { ...all.connection, items: new Map() },
      }),
    ],
    [
      'own stream, item main/i1: status is "failed", REST says "completed"',
      (all) => ({
        ...all,
        stream: { ...all.stream, items: new Map([[itemKey(item), { ...item, status: 'failed' }]]) },
      }),
    ],
    ['REST never answered the run', (all) => ({ ...all, rest: [] })],
  ])('says: %s', (words, change) => {
    expect(compareEvidence(change(evidence())).mismatches).toContain(words)
  })

  test('a field that only one side has is a difference', () => {
    const all = evidence()
    const { result: _result, ...end } = all.stream.end ?? last
    const found = compareEvidence({ ...all, stream: { ...all.stream, end: end as Run } }).mismatches
    expect(found).toEqual(['own stream, terminal event: result is missing, REST says {"checked":true}'])
  })
})
