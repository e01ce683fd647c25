import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Piecework, type Task } from './piecework.ts'

let now: number
beforeEach(() => {
  vi.useFakeTimers()
  now = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** Every step takes 5 ms. */
const COUNTING: Task<string, string> = {
  *begin(wish, last) {
    for (let step = 0; step < 10; step += 1) {
      now += 5
      steps.push(wish)
      yield
    }
    return `${wish} after ${last}`
  },
  isUrgent: (wish, before) => wish.startsWith('!') && wish !== before,
}
const steps: string[] = []

function begin() {
  steps.length = 0
  const done: string[] = []
  return { done, work: new Piecework(COUNTING, (result) => done.push(result)) }
}

it('gives the page a turn after each piece, and does the newest wish after a rest', async () => {
  const { done, work } = begin()
  work.want('a')
  vi.advanceTimersToNextTimer()
  expect(steps).toHaveLength(2)
  work.want('b')
  work.want('c')
  await vi.advanceTimersByTimeAsync(100)
  expect(done).toEqual(['a after null'])
  expect(steps).toHaveLength(10)
  await vi.advanceTimersByTimeAsync(400)
  expect(done).toEqual(['a after null', 'c after a after null'])
  work.close()
})

it('gives up what it does for an urgent wish, not for one that only follows', async () => {
  const { done, work } = begin()
  work.want('a')
  vi.advanceTimersToNextTimer()
  work.want('!b')
  vi.advanceTimersToNextTimer()
  expect(steps).toEqual(['a', 'a', '!b', '!b'])
  await vi.advanceTimersByTimeAsync(100)
  expect(done).toEqual(['!b after null'])
  work.close()
})

it('does nothing more once it is closed', async () => {
  const { done, work } = begin()
  work.want('a')
  vi.advanceTimersToNextTimer()
  work.close()
  await vi.advanceTimersByTimeAsync(1000)
  expect([steps.length, done]).toEqual([2, []])
})
