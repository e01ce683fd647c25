import type { Envelope, Item, Run } from '@monofil/protocol'
import { describe, expect, it } from 'vitest'
import { pastItems, pastOf } from './past-run.ts'
import { RunTape } from './run-tape.ts'
import { sampleItem, sampleRun, sampleStep } from './samples.ts'

const STEPS = [sampleStep({ name: 'list' }), sampleStep({ name: 'work', after: ['list'] })]
const run: Run = { ...sampleRun({ steps: STEPS, status: 'completed' }), input: { a: 1 }, result: 'done' }
const START = Date.parse('2026-01-01T00:00:01.000Z')

/** Events of a log, a second apart, from offset `first` on. */
function log(entries: readonly (readonly [string, unknown])[], first = 1): Envelope[] {
  return entries.map(([type, data], index) => ({
    topic: 'run:run-1',
    epoch: 'abcdefgh',
    offset: first + index,
    type,
    data,
    at: new Date(START + (first + index - 1) * 1000).toISOString(),
  }))
}
const item = (id: string, status: Item['status'], step = 'work') => sampleItem({ id, step, status, index: Number(id) })
const seen = (tape: RunTape, event: number) => {
  const past = pastOf(tape, run, event)
  return { past, items: pastItems(tape, past.frame).list.map(({ id, status }) => `${id} ${status}`) }
}

const story = log([
  ['status', { status: 'running', round: 1 }],
  ['item', [item('2', 'queued'), item('1', 'queued')]],
  ['step', { ...STEPS[1], status: 'running', startedAt: '2026-01-01T00:00:03.000Z' }],
  ['item', [item('1', 'completed'), item('2', 'failed')]],
  ['log', { level: 'info', message: 'a line', step: null, item: null, at: '' }],
  ['status', { status: 'paused', round: 1 }],
  ['status', { status: 'running', round: 1 }],
  ['failed', { ...sampleRun({ status: 'failed', steps: STEPS }), result: null, progress: 99.9 }],
  ['status', { status: 'queued', round: 2 }],
  ['item', [item('2', 'completed')]],
  ['complete', { ...sampleRun({ status: 'completed', round: 2 }), result: 'done', progress: 100 }],
])

describe('a moment', () => {
  const tape = new RunTape(run)
  tape.add(story)

  it('before the first event has the run queued and nothing in it', () => {
    const { past, items } = seen(tape, -1)
    expect([past.run.status, past.run.counts.total, past.run.progress, items]).toEqual(['queued', 0, 0, []])
    expect(past.run.steps.map(({ status }) => status)).toEqual(['queued', 'queued'])
  })

  it('has the states, counts and progress of then', () => {
    expect(seen(tape, 1).items).toEqual(['1 queued', '2 queued'])
    const { past, items } = seen(tape, 3)
    expect(items).toEqual(['1 completed', '2 failed'])
    expect(past.run).toMatchObject({ status: 'running', result: null, progress: 50, startedAt: story[0]?.at })
    expect(past.run.counts).toMatchObject({ completed: 1, failed: 1, total: 2 })
    expect(past.run.steps[1]?.status).toBe('running')
    expect(pastItems(tape, past.frame).get('2', 'work')?.status).toBe('failed')
  })

  it('has an end only from its event to the next round', () => {
    expect(seen(tape, 7).past.run).toMatchObject({ status: 'failed', progress: 99.9 })
    expect(seen(tape, 8).past.run).toMatchObject({ status: 'queued', round: 2, finishedAt: null, result: null })
    expect(seen(tape, 10).past.run).toMatchObject({ status: 'completed', result: 'done', progress: 100 })
  })

  it('is found by time and by offset', () => {
    expect([tape.eventAt(START - 1), tape.eventAt(START), tape.eventAt(START + 2500)]).toEqual([-1, 0, 2])
    expect([tape.eventOf(0), tape.eventOf(4), tape.eventOf(99)]).toEqual([-1, 3, 10])
  })

  it('is marked where something happened', () => {
    expect(tape.marks.map(({ kind, offset, count }) => `${kind} ${offset} ${count}`)).toEqual([
      'failure 4 1',
      'pause 6 0',
      'resume 7 0',
      'end 8 0',
      'round 9 0',
      'end 11 0',
    ])
  })
})

it('seeks to the same as playing from the start, to and fro, over many kept frames', () => {
  const tape = new RunTape(run)
  const many = 9000
  const states = ['queued', 'running', 'completed'] as const
  tape.add(
    log(
      states.flatMap((status) =>
        Array.from({ length: many / 100 }, (_, page) => {
          const items = Array.from({ length: 100 }, (_, i) => item(String(page * 100 + i), status))
          return ['item', items] as const
        }),
      ),
    ),
  )
  const tallyOf = (event: number) => [...(pastOf(tape, run, event).frame.tallies[1] ?? [])]
  for (const event of [269, 3, 140, 89, 90, 200, -1, 41]) {
    const done = (event + 1) * 100
    const of = (state: number) => Math.max(0, Math.min(many, done - state * many))
    expect([event, ...tallyOf(event).slice(0, 2), tallyOf(event)[3]]).toEqual([
      event,
      of(0) - of(1),
      of(1) - of(2),
      of(2),
    ])
  }
  const near = pastOf(tape, run, 100).frame
  expect(pastOf(tape, run, 105, near).frame).toEqual(pastOf(tape, run, 105).frame)
})

it('begins with what had not changed since where the oldest events are gone', () => {
  const old = sampleItem({ id: '7', step: 'work', index: 7, status: 'completed', offset: 5 })
  const newer = sampleItem({ id: '8', step: 'work', index: 8, status: 'completed', offset: 12 })
  const tape = new RunTape(run, 10, [old, newer])
  tape.add(log([['item', [item('8', 'running')]]], 11))
  expect(seen(tape, -1).items).toEqual(['7 completed'])
  expect(seen(tape, 0).items).toEqual(['7 completed', '8 running'])
  expect(pastOf(tape, run, -1).offset).toBe(10)
})
