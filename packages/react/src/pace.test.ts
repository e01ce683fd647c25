import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Pace } from './pace.ts'

let calls = 0
const turn = () => Promise.resolve()

beforeEach(() => {
  calls = 0
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

it('calls at the end of the turn, then at most once in its time, and once after the last', async () => {
  const pace = new Pace(100, () => {
    calls += 1
  })
  for (let i = 0; i < 10; i += 1) pace.ask()
  expect(calls).toBe(0)
  await turn()
  expect(calls).toBe(1)
  for (let ms = 0; ms < 250; ms += 10) {
    pace.ask()
    await turn()
    vi.advanceTimersByTime(10)
  }
  expect(calls).toBe(3)
  vi.advanceTimersByTime(1000)
  expect([calls, vi.getTimerCount()]).toEqual([4, 0])
  pace.ask()
  await turn()
  expect(calls).toBe(5)
})

it('closed, it calls nothing and keeps no timer', async () => {
  const pace = new Pace(100, () => {
    calls += 1
  })
  pace.ask()
  pace.close()
  await turn()
  expect(calls).toBe(0)
  pace.ask()
  await turn()
  pace.ask()
  pace.close()
  vi.advanceTimersByTime(1000)
  expect([calls, vi.getTimerCount()]).toEqual([1, 0])
})
