import type { Envelope, Gap } from '@monofil/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  initialSubscription,
  nextSubscription,
  type Phase,
  type SubscriptionInput,
  type SubscriptionState,
  type TopicKind,
  type Verdict,
} from './subscription-state.ts'

const epoch = 'abcdefgh1234'
const topic = 'orders'

function eventAt(offset: number | null, of = epoch): Envelope {
  return { topic, epoch: offset === null ? null : of, offset, type: 't', data: offset, at: '2026-01-01T00:00:00.000Z' }
}

/** A subscription that remembers what it showed. */
class Sub {
  state: SubscriptionState
  readonly shown: number[] = []
  readonly gaps: Gap[] = []
  now = 1000

  constructor(kind: TopicKind, cursor: SubscriptionState['cursor'] = null) {
    this.state = initialSubscription(kind, cursor)
  }

  input(input: SubscriptionInput): Verdict {
    const step = nextSubscription(this.state, input)
    this.state = step.state
    if (step.gap) this.gaps.push(step.gap)
    if (input.type === 'event' && step.verdict === 'show' && input.event.offset !== null)
      this.shown.push(input.event.offset)
    return step.verdict
  }

  event(offset: number, of = epoch): Verdict {
    return this.input({ type: 'event', event: eventAt(offset, of), now: this.now })
  }

  answer(offset: number, recovered: boolean | null = null, late = false): Verdict {
    return this.input({ type: 'answer', answer: { topic, epoch, offset, recovered }, late })
  }

  gap(gap: Partial<Gap>): Verdict {
    return this.input({ type: 'gap', gap: { topic, epoch, from: null, to: null, reason: 'retention', ...gap } })
  }

  snapshot(offset: number, more = false, of = epoch): Verdict {
    return this.input({
      type: 'snapshot',
      snapshot: { topic, epoch: of, offset, data: null, ...(more ? { more } : {}) },
    })
  }
}

describe('a log topic', () => {
  it('without cursor begins at the head it is told', () => {
    const sub = new Sub('log')
    sub.input({ type: 'ask' })
    sub.answer(7)
    expect(sub.state.cursor).toEqual({ epoch, offset: 7 })
    expect([sub.event(7), sub.event(8), sub.event(8), sub.event(9)]).toEqual(['skip', 'show', 'skip', 'show'])
  })

  it('takes events that come before their answer, and a late answer does not skip what is on its way', () => {
    const early = new Sub('log')
    early.input({ type: 'ask' })
    expect(early.event(8)).toBe('show')
    early.answer(7)
    expect([early.event(9), early.state.cursor]).toEqual(['show', { epoch, offset: 9 }])
    const late = new Sub('log')
    late.input({ type: 'ask' })
    late.answer(10, null, true)
    expect(late.event(8)).toBe('show')
  })

  it('asks for what is missing once, waits for it, and goes on', () => {
    const sub = new Sub('log', { epoch, offset: 3 })
    sub.input({ type: 'ask' })
    sub.answer(3, true)
    expect([sub.event(6), sub.event(7)]).toEqual(['repair', 'skip'])
    sub.input({ type: 'ask' })
    for (const offset of [4, 5, 6, 7]) sub.event(offset)
    expect(sub.shown).toEqual([4, 5, 6, 7])
    expect(sub.state.phase).toBe('on')
  })

  it('announces a loss that no repair closes, rather than being silent for ever', () => {
    const sub = new Sub('log', { epoch, offset: 3 })
    sub.input({ type: 'ask' })
    sub.answer(3, true)
    const verdicts = [sub.event(9)]
    for (let i = 0; i < 10 && sub.gaps.length === 0; i += 1) {
      sub.now += 11_000
      const verdict = sub.event(9)
      verdicts.push(verdict)
      if (verdict === 'reopen') {
        sub.input({ type: 'lost' })
        sub.input({ type: 'ask' })
        sub.answer(9, true)
      }
    }
    expect(verdicts.filter((verdict) => verdict === 'reopen').length).toBeLessThanOrEqual(3)
    expect(sub.gaps).toEqual([{ topic, epoch, from: 4, to: 8, reason: 'retention' }])
    expect(sub.event(10)).toBe('show')
    expect(sub.shown).toEqual([9, 10])
  })

  it('goes on behind a gap, also one whose end is unknown', () => {
    const sub = new Sub('log', { epoch, offset: 3 })
    sub.input({ type: 'ask' })
    sub.answer(20, false)
    expect([sub.gap({ from: 4, to: 9 }), sub.event(10)]).toEqual(['show', 'show'])
    expect([sub.gap({ reason: 'epoch', epoch: 'zzzzzzzz' }), sub.event(5, 'zzzzzzzz')]).toEqual(['show', 'show'])
    expect(sub.event(7, 'zzzzzzzz')).toBe('repair')
  })

  it('shows ephemeral events, which have no place', () => {
    const sub = new Sub('log')
    sub.input({ type: 'ask' })
    expect(sub.input({ type: 'event', event: eventAt(null), now: 0 })).toBe('show')
    expect(sub.state.cursor).toBeNull()
  })
})

describe('a topic that begins with a snapshot', () => {
  it('moves its cursor with the last part only', () => {
    const sub = new Sub('folded')
    sub.input({ type: 'ask' })
    sub.answer(12)
    sub.snapshot(12, true)
    expect(sub.state.cursor).toBeNull()
    sub.snapshot(12)
    expect([sub.state.cursor, sub.event(12), sub.event(13)]).toEqual([{ epoch, offset: 12 }, 'skip', 'show'])
  })

  it('never goes back behind what it has shown', () => {
    const sub = new Sub('folded')
    sub.input({ type: 'ask' })
    sub.snapshot(5)
    for (const offset of [6, 7, 8]) sub.event(offset)
    sub.snapshot(6)
    for (const offset of [7, 8, 9]) sub.event(offset)
    expect(sub.shown).toEqual([6, 7, 8, 9])
  })

  it('after a gap takes the place the new snapshot has, even an earlier one', () => {
    const sub = new Sub('folded', 'start')
    sub.input({ type: 'ask' })
    sub.answer(50, true)
    for (const offset of [1, 2, 3]) sub.event(offset)
    sub.gap({ epoch: 'zzzzzzzz', reason: 'epoch' })
    sub.snapshot(2, false, 'zzzzzzzz')
    expect(sub.event(3, 'zzzzzzzz')).toBe('show')
  })

  it('shows no state older than the last', () => {
    const sub = new Sub('folded', 'start')
    sub.input({ type: 'ask' })
    const at = (offset: number, of = epoch) => sub.input({ type: 'state', at: { epoch: of, offset } })
    expect([at(4), at(4), at(3), at(5), at(1, 'zzzzzzzz')]).toEqual(['show', 'show', 'skip', 'show', 'show'])
  })
})

it('tells once why it is over, and asks again with the next connection', () => {
  const sub = new Sub('folded')
  sub.input({ type: 'ask' })
  expect(sub.input({ type: 'end', code: 'not_found' })).toBe('show')
  expect(sub.input({ type: 'end', code: 'not_found' })).toBe('skip')
  expect(sub.event(1)).toBe('skip')
  sub.input({ type: 'lost' })
  sub.input({ type: 'ask' })
  expect(sub.state.phase).toBe('asking')
  expect(sub.input({ type: 'end', code: 'not_found' })).toBe('skip')
})

it('ignores what arrives for a topic that is off', () => {
  const sub = new Sub('log', { epoch, offset: 1 })
  expect([sub.event(2), sub.snapshot(5), sub.gap({ to: 4 })]).toEqual(['skip', 'skip', 'skip'])
  expect(sub.state.cursor).toEqual({ epoch, offset: 1 })
})

/** A network that loses, repeats and reorders by reconnecting, with a hub that replays from the cursor it is given. */
const fault = fc.constantFrom('next', 'next', 'next', 'drop', 'repeat', 'jump', 'cut', 'append')

it('shows every event once and in order, whatever is lost, repeated or cut', () => {
  fc.assert(
    fc.property(fc.array(fault, { maxLength: 200 }), (faults) => {
      const sub = new Sub('log', 'start')
      let head = 20
      let sent = 0
      const connect = () => {
        sub.input({ type: 'lost' })
        sub.input({ type: 'ask' })
        sub.answer(head, true)
        sent = typeof sub.state.cursor === 'object' ? (sub.state.cursor?.offset ?? 0) : 0
      }
      const resubscribe = () => {
        sub.input({ type: 'ask' })
        sent = typeof sub.state.cursor === 'object' ? (sub.state.cursor?.offset ?? 0) : 0
      }
      const send = (offset: number) => {
        const verdict = sub.event(offset)
        if (verdict === 'repair') resubscribe()
        if (verdict === 'reopen') connect()
      }
      connect()
      for (const one of faults) {
        sub.now += 700
        if (one === 'append') head += 3
        else if (one === 'cut') connect()
        else if (one === 'repeat' && sent > 0) send(Math.max(1, sent - 2))
        else if (one === 'drop') sent = Math.min(head, sent + 1)
        else if (one === 'jump' && sent + 4 <= head) send(sent + 4)
        else if (sent < head) {
          sent += 1
          send(sent)
        }
      }
      connect()
      while (sent < head) {
        sent += 1
        send(sent)
      }
      expect(sub.gaps).toEqual([])
      expect(sub.shown).toEqual(Array.from({ length: head }, (_, i) => i + 1))
    }),
    { numRuns: 500 },
  )
})

it('decides every pair of phase and input without throwing, and stays in its phases', () => {
  const inputs: SubscriptionInput[] = [
    { type: 'ask' },
    { type: 'answer', answer: { topic, epoch, offset: 5, recovered: null } },
    { type: 'answer', answer: { topic, epoch: null, offset: null, recovered: null } },
    { type: 'end', code: 'forbidden' },
    { type: 'gap', gap: { topic, epoch, from: 1, to: 3, reason: 'retention' } },
    { type: 'snapshot', snapshot: { topic, data: [] } },
    { type: 'event', event: eventAt(4), now: 1 },
    { type: 'state', at: null },
    { type: 'lost' },
  ]
  const phases: Phase[] = ['off', 'asking', 'on', 'repairing', 'over']
  for (const kind of ['log', 'folded', 'state'] as const) {
    for (const phase of phases) {
      for (const input of inputs) {
        const { state } = nextSubscription({ ...initialSubscription(kind, { epoch, offset: 3 }), phase }, input)
        expect(phases).toContain(state.phase)
      }
    }
  }
})
