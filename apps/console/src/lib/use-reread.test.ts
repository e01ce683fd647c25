import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useReread } from './use-reread.ts'

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms))

it('reads at once, then for news only, at most so often, the last of a burst included', async () => {
  let reads = 0
  const read = async () => ++reads
  const { result, rerender } = renderHook(({ reason }) => useReread(read, reason, 2000), {
    initialProps: { reason: 0 },
  })
  await pass(0)
  expect(result.current.value).toBe(1)
  await pass(60_000)
  expect(reads).toBe(1)
  rerender({ reason: 1 })
  await pass(0)
  expect(result.current.value).toBe(2)
  for (const reason of [2, 3, 4]) rerender({ reason })
  await pass(1999)
  expect(reads).toBe(2)
  await pass(1)
  expect(result.current.value).toBe(3)
  await pass(60_000)
  expect(reads).toBe(3)
})

it('keeps what it knew when a reading fails, and forgets the error with the next one', async () => {
  let fails = false
  const read = async () => {
    if (fails) throw new Error('gone')
    return 'known'
  }
  const { result } = renderHook(() => useReread(read, 0, 2000))
  await pass(0)
  fails = true
  await act(async () => result.current.refresh())
  expect([result.current.value, result.current.error?.message]).toEqual(['known', 'gone'])
  fails = false
  await act(async () => result.current.refresh())
  expect(result.current.error).toBeNull()
})

it('reads one at a time, rests three times as long as a reading took, and does not wait for ever', async () => {
  const answers: (() => void)[] = []
  const read = () => new Promise<number>((resolve) => answers.push(() => resolve(answers.length)))
  const { result, rerender } = renderHook(({ reason }) => useReread(read, reason, 2000), {
    initialProps: { reason: 0 },
  })
  await pass(0)
  rerender({ reason: 1 })
  await pass(5000)
  await act(async () => answers[0]?.())
  await pass(14_000)
  expect(answers).toHaveLength(1)
  await pass(1000)
  expect(answers).toHaveLength(2)
  await act(async () => answers[1]?.())
  expect(result.current.value).toBe(2)
  rerender({ reason: 2 })
  await pass(2000)
  expect(answers).toHaveLength(3)
  rerender({ reason: 3 })
  await pass(29_000)
  expect(answers).toHaveLength(3)
  await pass(1000)
  expect(answers).toHaveLength(4)
})

it('asks for another thing at once, and takes no answer to what was asked before', async () => {
  const answers: (() => void)[] = []
  const reader = (value: string) => () => new Promise<string>((resolve) => answers.push(() => resolve(value)))
  const { result, rerender } = renderHook(({ read }) => useReread(read, 0, 2000), {
    initialProps: { read: reader('few') },
  })
  await pass(0)
  rerender({ read: reader('many') })
  await pass(0)
  expect(answers).toHaveLength(2)
  await act(async () => answers[0]?.())
  expect(result.current.value).toBeNull()
  await act(async () => answers[1]?.())
  expect(result.current.value).toBe('many')
})

it('ignores an answer that a later reading has overtaken, and reads no more once it is gone', async () => {
  const answers: ((value: string) => void)[] = []
  const read = () => new Promise<string>((resolve) => answers.push(resolve))
  const { result, rerender, unmount } = renderHook(({ reason }) => useReread(read, reason, 2000), {
    initialProps: { reason: 0 },
  })
  await pass(0)
  act(() => result.current.refresh())
  await act(async () => answers[1]?.('second'))
  await act(async () => answers[0]?.('first'))
  expect(result.current.value).toBe('second')
  rerender({ reason: 1 })
  unmount()
  await pass(10_000)
  expect(answers).toHaveLength(2)
})
