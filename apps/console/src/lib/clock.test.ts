import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createClock } from './clock.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('has one timer for all, and none when nobody looks', () => {
  const clock = createClock()
  const seen: number[] = []
  const stop = [1, 2, 3].map((n) => clock.subscribe(() => seen.push(n)))
  seen.length = 0
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(1000)
  expect(seen).toEqual([1, 2, 3])
  for (const end of stop) end()
  expect(vi.getTimerCount()).toBe(0)
})

it('stands still in a hidden tab and is right at once when it is seen again', () => {
  const clock = createClock()
  const stop = clock.subscribe(() => undefined)
  const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  document.dispatchEvent(new Event('visibilitychange'))
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(60_000)
  visibility.mockReturnValue('visible')
  document.dispatchEvent(new Event('visibilitychange'))
  expect(clock.now()).toBe(Date.now())
  expect(vi.getTimerCount()).toBe(1)
  stop()
  visibility.mockRestore()
})
