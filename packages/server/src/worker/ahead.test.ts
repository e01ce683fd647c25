import { FakeClock } from '@monofil/testkit/contracts'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Lease } from '../seams/store.ts'
import { LeasesAhead } from './ahead.ts'

function lease(fence: number): Lease {
  const place = { runId: 'r', workflow: 'w', step: 's', itemId: `s:${fence}`, index: fence, attempt: 1 }
  return { fence, ...place, inputJson: 'null', runInputJson: 'null', timeoutMs: 1_000, ask: null, startInMs: 0 }
}

describe('leases ahead', () => {
  let clock: FakeClock
  let back: number[]
  let due: number[]
  let ahead: LeasesAhead
  beforeEach(() => {
    clock = new FakeClock()
    back = []
    due = []
    ahead = new LeasesAhead({
      clock,
      concurrency: 8,
      giveBack: (leases) => back.push(...leases.map(({ fence }) => fence)),
      onDue: () => due.push(clock.monotonic()),
    })
  })

  it('wait for their time, each, and the next is asked for when it has come', () => {
    const began = clock.monotonic()
    ahead.push([{ ...lease(1), startInMs: 80 }, lease(2), { ...lease(3), startInMs: 40 }])
    expect([ahead.shift()?.fence, ahead.shift()]).toEqual([2, undefined])
    clock.advance(40)
    expect(due).toEqual([began + 40])
    expect([ahead.shift()?.fence, ahead.shift()]).toEqual([3, undefined])
    clock.advance(40)
    expect([due.length, ahead.shift()?.fence]).toEqual([2, 1])
    ahead.push([{ ...lease(4), startInMs: 10 }])
    expect(ahead.shift()).toBeUndefined()
    ahead.drain()
    clock.advance(100)
    expect(due).toHaveLength(2)
  })

  function handlersTook(ms: number, times = 200): void {
    for (let i = 0; i < times; i++) ahead.took(ms)
  }

  it('are none until handlers have been short, then 50 ms of work, 400 at most', () => {
    expect(ahead.room).toBe(0)
    handlersTook(100)
    expect(ahead.room).toBe(3)
    handlersTook(10)
    expect(ahead.room).toBe(39)
    handlersTook(0)
    expect(ahead.room).toBe(400)
    ahead.push([lease(1)])
    expect(ahead.room).toBe(399)
    handlersTook(5_000)
    expect(ahead.room).toBeLessThanOrEqual(0)
  })

  it('are fetched again only when half of them are gone', () => {
    handlersTook(0)
    ahead.push(Array.from({ length: 201 }, (_, n) => lease(n)))
    expect(ahead.room).toBe(0)
    ahead.shift()
    expect(ahead.room).toBe(200)
  })

  it('go back when none was taken for a second, and no more are held until handlers are short again', () => {
    handlersTook(1)
    ahead.push([lease(1), lease(2), lease(3)])
    ahead.watch()
    clock.advance(900)
    expect(ahead.shift()?.fence).toBe(1)
    clock.advance(999)
    expect(back).toEqual([])
    clock.advance(1_001)
    expect(back).toEqual([2, 3])
    expect(ahead.room).toBe(0)
    clock.advance(10_000)
    expect(back).toEqual([2, 3])
  })

  it('are forgotten when lost, and given out in order', () => {
    ahead.push([lease(1), lease(2), lease(3)])
    ahead.remove(new Set([2]))
    expect([ahead.has(1), ahead.has(2)]).toEqual([true, false])
    expect([ahead.shift()?.fence, ahead.shift()?.fence, ahead.shift()]).toEqual([1, 3, undefined])
  })

  it('leave no timer behind', () => {
    ahead.push([lease(1)])
    ahead.watch()
    expect(ahead.drain()).toHaveLength(1)
    clock.advance(10_000)
    expect(back).toEqual([])
  })
})
