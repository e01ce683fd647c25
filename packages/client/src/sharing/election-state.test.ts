/** The table on its own; election.test.ts has many tabs with it. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AWAY,
  type ElectionInput,
  type ElectionSettings,
  type ElectionState,
  electionDeadline,
  nextElection,
} from './election-state.ts'
import type { Lead } from './words.ts'

const settings: ElectionSettings = { silenceMs: 10_000, answerMs: 4000, stealMs: 60_000, handOverMs: 10_000 }
const START = 1_000_000
const leadOf = (fields: Partial<Lead> = {}): Lead => ({
  term: START,
  tab: 'x',
  marker: 'mx',
  visible: true,
  stolen: false,
  ...fields,
})

class Machine {
  state: ElectionState = AWAY
  now = START

  constructor(visible = true) {
    this.is({ type: 'visible', visible })
  }

  is(...inputs: ElectionInput[]): this {
    for (const input of inputs) this.state = nextElection(this.state, input, { now: this.now, settings })
    return this
  }

  /** Lets time pass; the alarm rings when it is due. */
  pass(ms: number): this {
    const end = this.now + ms
    for (;;) {
      const at = electionDeadline(this.state, settings)
      if (at === null || at > end) break
      this.now = Math.max(this.now, at)
      this.is({ type: 'tick' })
    }
    this.now = end
    return this
  }

  join(): this {
    return this.is({ type: 'join' })
  }

  follow(fields: Partial<Lead> = {}): this {
    return this.join().is({ type: 'lead', lead: leadOf(fields) })
  }

  lead(): this {
    return this.join().is({ type: 'granted' })
  }
}

describe('seeking', () => {
  it('asks at once, and leads when the lock comes', () => {
    const machine = new Machine().join()
    expect(machine.state).toMatchObject({ phase: 'seeking', askedAt: START, echoed: false })
    expect(machine.is({ type: 'granted' }).state).toMatchObject({ phase: 'leading', term: START, stolen: false })
  })

  it('takes the lead by force from a holder of the lock that does not answer', () => {
    const machine = new Machine().join().is({ type: 'echo' }).pass(3999)
    expect(machine.state).toMatchObject({ taking: null })
    expect(machine.pass(1).state).toMatchObject({ phase: 'seeking', taking: 'force', stolenAt: START + 4000 })
    expect(machine.is({ type: 'granted' }).state).toMatchObject({ phase: 'leading', stolen: true })
  })

  it('is alone when it does not hear itself, twice in a row', () => {
    expect(new Machine().join().pass(4000).state).toMatchObject({ phase: 'seeking', misses: 1 })
    expect(new Machine().join().pass(8000).state).toMatchObject({ phase: 'alone' })
    expect(new Machine().join().pass(4000).is({ type: 'echo' }).state).toMatchObject({ misses: 0 })
  })

  it('hidden, waits in line and does nothing else', () => {
    const machine = new Machine(false).join()
    expect(electionDeadline(machine.state, settings)).toBeNull()
    expect(machine.pass(1e9).is({ type: 'tick' }).state).toMatchObject({ phase: 'seeking', taking: null })
  })
})

describe('following', () => {
  it('asks a silent leader, and goes on when it answers', () => {
    const machine = new Machine().follow().pass(9999)
    expect(machine.state).toMatchObject({ askedAt: null })
    expect(machine.pass(1).state).toMatchObject({ askedAt: START + 10_000 })
    machine.is({ type: 'echo' }).pass(2000).is({ type: 'lead', lead: leadOf() })
    expect(machine.state).toMatchObject({ phase: 'following', askedAt: null, heardAt: START + 12_000 })
  })

  it('counts whatever its leader says as life, and nothing of another term', () => {
    const machine = new Machine().follow().pass(12_000)
    const asked = machine.state
    expect(machine.is({ type: 'heard', term: 5 }).state).toBe(asked)
    expect(machine.is({ type: 'heard', term: START }).state).toMatchObject({ askedAt: null, heardAt: START + 12_000 })
  })

  it('takes the lead 14 s after the last word, and not again within a minute of any force', () => {
    const machine = new Machine().follow().pass(10_000).is({ type: 'echo' }).pass(4000)
    expect(machine.state).toMatchObject({ taking: 'force' })
    const late = new Machine().follow({ term: START + 1, stolen: true })
    late.pass(10_000)
    for (let i = 0; i < 12; i += 1) late.is({ type: 'echo' }).pass(4000)
    expect(late.now - START).toBe(58_000)
    expect(late.state).toMatchObject({ phase: 'following', taking: null })
    late.is({ type: 'echo' }).pass(4000)
    expect(late.state).toMatchObject({ taking: 'force' })
  })

  it('begs a hidden leader once it was looked at for 10 s, once', () => {
    const machine = new Machine().follow({ visible: false }).pass(5000).is({ type: 'heard', term: START }).pass(4999)
    expect(machine.state).toMatchObject({ begged: false })
    const begged = machine.pass(1).state
    expect(begged).toMatchObject({ begged: true })
    expect(machine.is({ type: 'yours' }).state).toMatchObject({ taking: 'given', stolenAt: Number.NEGATIVE_INFINITY })
    expect(machine.is({ type: 'granted' }).state).toMatchObject({ phase: 'leading', stolen: false })
    const shown = new Machine().follow().pass(5000).is({ type: 'heard', term: START }).pass(5000)
    expect(shown.state).toMatchObject({ begged: false, askedAt: null })
  })

  it('believes the higher term, then the higher tab', () => {
    const machine = new Machine().follow({ tab: 'm' })
    const before = machine.state
    expect(machine.is({ type: 'lead', lead: leadOf({ tab: 'a' }) }).state).toBe(before)
    expect(machine.is({ type: 'lead', lead: leadOf({ tab: 'z', term: START - 1 }) }).state).toBe(before)
    expect(machine.is({ type: 'lead', lead: leadOf({ tab: 'z' }) }).state).toMatchObject({ lead: { tab: 'z' } })
    expect(machine.is({ type: 'lead', lead: leadOf({ tab: 'a', term: START + 1 }) }).state).toMatchObject({
      lead: { tab: 'a' },
      term: START + 1,
    })
  })

  it('takes over the name of the stream with the lead', () => {
    expect(new Machine().follow({ marker: 'mine' }).is({ type: 'granted' }).state).toMatchObject({ marker: 'mine' })
  })

  it('does not judge by an alarm that is late: this tab slept', () => {
    const machine = new Machine().follow().pass(10_000).is({ type: 'echo' })
    machine.now += 60_000
    expect(machine.is({ type: 'tick' }).state).toMatchObject({
      phase: 'following',
      taking: null,
      askedAt: START + 70_000,
    })
  })

  it('asks at once when it is looked at again', () => {
    const machine = new Machine(false).follow()
    machine.now += 500_000
    expect(machine.is({ type: 'visible', visible: true }).state).toMatchObject({ askedAt: START + 500_000 })
  })
})

describe('leading', () => {
  it('has a term above every one it heard of, also when the clock was set back', () => {
    expect(new Machine().follow({ term: START * 2 }).is({ type: 'granted' }).state.term).toBe(START * 2 + 1)
  })

  it('yields to a higher term only', () => {
    const machine = new Machine().lead()
    const before = machine.state
    expect(machine.is({ type: 'lead', lead: leadOf({ term: START, tab: 'zz' }) }).state).toBe(before)
    expect(machine.is({ type: 'lead', lead: leadOf({ term: START + 1 }) }).state).toMatchObject({ phase: 'following' })
  })

  it('hidden, gives the lead to one that begs, and takes it back if nobody came', () => {
    const machine = new Machine(false).lead().is({ type: 'yield' })
    expect(machine.state).toMatchObject({ phase: 'leading', yieldedAt: START })
    const given = machine.state
    machine.now += 1000
    expect(machine.is({ type: 'yield' }).state).toBe(given)
    expect(machine.pass(3000).state).toMatchObject({ phase: 'leading', yieldedAt: null })
    const shown = new Machine().lead()
    expect(shown.is({ type: 'yield' }).state).toMatchObject({ yieldedAt: null })
  })

  it('that was taken from it at once, twice, after it took it by force, is not worth taking', () => {
    const machine = new Machine().join()
    for (let i = 0; i < 2; i += 1) {
      expect(machine.state.phase).toBe('seeking')
      machine.is({ type: 'echo' })
      while (!('taking' in machine.state && machine.state.taking)) machine.pass(4000).is({ type: 'echo' })
      machine.is({ type: 'granted' }).pass(1000).is({ type: 'ousted' })
    }
    expect(machine.state).toMatchObject({ phase: 'alone', reason: 'the tabs fought over the lead' })
    expect(machine.is({ type: 'leave' }).join().state).toMatchObject({ phase: 'seeking', losses: 0 })
  })

  it('that was given away, or held for long, is no fight', () => {
    const given = new Machine(false).lead().is({ type: 'yield' }, { type: 'ousted' })
    expect(given.state).toMatchObject({ phase: 'seeking', losses: 0 })
  })
})

const lead = fc.record({
  term: fc.integer({ min: START - 5, max: START + 300_000 }),
  tab: fc.constantFrom('a', 'x', 'z'),
  marker: fc.constantFrom('m1', 'm2'),
  visible: fc.boolean(),
  stolen: fc.boolean(),
})
const input: fc.Arbitrary<ElectionInput> = fc.oneof(
  fc.constantFrom('join', 'leave', 'granted', 'ousted', 'echo', 'yours', 'yield', 'tick').map((type) => ({ type })),
  lead.map((lead) => ({ type: 'lead' as const, lead })),
  fc.integer({ min: START, max: START + 1000 }).map((term) => ({ type: 'heard' as const, term })),
  fc.boolean().map((visible) => ({ type: 'visible' as const, visible })),
  fc.constant({ type: 'tick' as const }),
)
/** What takes a tab to another phase; whatever else comes leaves it where it is. */
const MOVES: Record<string, readonly string[]> = {
  'away join': ['seeking'],
  'seeking leave': ['away'],
  'following leave': ['away'],
  'leading leave': ['away'],
  'alone leave': ['away'],
  'seeking granted': ['leading'],
  'following granted': ['leading'],
  'seeking lead': ['following', 'seeking'],
  'following lead': ['following'],
  'leading lead': ['following', 'leading'],
  'leading ousted': ['seeking', 'alone'],
  'seeking tick': ['seeking', 'alone'],
  'following tick': ['following', 'alone'],
}

it('keeps its promises under any sequence of inputs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(input, fc.constantFrom(0, 0, 1, 900, 4000, 10_000, 61_000)), { maxLength: 80 }),
      (steps) => {
        const machine = new Machine(false)
        for (const [one, ms] of steps) {
          const due = electionDeadline(machine.state, settings)
          machine.now += ms
          const before = machine.state
          const after = machine.is(one).state
          expect(MOVES[`${before.phase} ${one.type}`] ?? [before.phase]).toContain(after.phase)
          expect(after.term).toBeGreaterThanOrEqual(before.term)
          if (after.phase === 'leading' && before.phase !== 'leading') expect(after.term).toBeGreaterThan(before.term)
          // An alarm that rings when it is due has changed something, and is not due again at once.
          if (one.type === 'tick' && due !== null && due <= machine.now) {
            expect(after).not.toBe(before)
            machine.is({ type: 'tick' })
            expect(electionDeadline(machine.state, settings) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(machine.now)
          }
          if (one.type === 'tick' && (due === null || due > machine.now)) expect(after).toBe(before)
          // By force only after a minute, by one that is looked at and hears.
          const takes =
            'taking' in after && after.taking === 'force' && !('taking' in before && before.taking === 'force')
          if (takes) {
            expect(one.type).toBe('tick')
            expect(before).toMatchObject({ visibleSince: expect.any(Number), echoed: true })
            expect(machine.now - before.stolenAt).toBeGreaterThanOrEqual(settings.stealMs)
          }
        }
      },
    ),
  )
})
