import type { Run } from '@monofil/protocol'
import { FakeClock } from '@monofil/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RunStates } from './run-states.ts'

const runOf = (id: string, offset: number, status: Run['status'] = 'running'): Run => ({ id, offset, status }) as Run

function setup() {
  const clock = new FakeClock()
  const sent: { id: string; offset: number; at: number }[] = []
  const states = new RunStates(clock, 100, (run) =>
    sent.push({ id: run.id, offset: run.offset, at: clock.monotonic() }),
  )
  return { clock, sent, states }
}

test('a lone change goes out at once, many are paced, the last always comes', () => {
  const { clock, sent, states } = setup()
  for (let offset = 1; offset <= 50; offset += 1) {
    states.changed(runOf('a', offset), offset)
    clock.advance(7)
  }
  clock.advance(1_000)
  expect(sent[0]).toEqual({ id: 'a', offset: 1, at: 0 })
  expect(sent.at(-1)?.offset).toBe(50)
  expect(sent.length).toBeLessThanOrEqual(5)
  states.changed(runOf('a', 51), 51)
  expect(sent.at(-1)).toEqual({ id: 'a', offset: 51, at: clock.monotonic() })
})

test('an end goes out at once and nothing older after it', () => {
  const { clock, sent, states } = setup()
  states.changed(runOf('a', 1), 1)
  states.changed(runOf('a', 2), 2)
  states.changed(runOf('a', 3, 'completed'), 3)
  clock.advance(1_000)
  expect(sent.map((state) => state.offset)).toEqual([1, 3])
})

test('whatever comes when: at most ten a second and run, in order, and the newest is always the last', () => {
  const change = fc.record({ id: fc.constantFrom('a', 'b', 'c'), wait: fc.nat({ max: 180 }) })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 80 }), (changes) => {
      const { clock, sent, states } = setup()
      const newest = new Map<string, number>()
      changes.forEach(({ id, wait }, index) => {
        newest.set(id, index + 1)
        states.changed(runOf(id, index + 1), index + 1)
        clock.advance(wait)
      })
      clock.advance(10_000)
      for (const [id, offset] of newest) {
        const own = sent.filter((state) => state.id === id)
        expect(own.at(-1)?.offset).toBe(offset)
        for (let i = 1; i < own.length; i += 1) {
          const [before, after] = [own[i - 1], own[i]] as [(typeof own)[0], (typeof own)[0]]
          expect(after.at - before.at).toBeGreaterThanOrEqual(100)
          expect(after.offset).toBeGreaterThan(before.offset)
        }
      }
    }),
  )
})
