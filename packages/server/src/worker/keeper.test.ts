import { MonofilError } from '@monofil/protocol'
import { FakeClock } from '@monofil/testkit/contracts'
import { beforeEach, describe, expect, it } from 'vitest'
import { LeaseKeeper } from './keeper.ts'

const LEASE_MS = 15_000

describe('the lease keeper', () => {
  let clock: FakeClock
  let renewals: { readonly at: number; readonly fences: readonly number[] }[]
  let timedOut: number[]
  let lost: number[]
  let gone: readonly number[]
  let away: boolean
  let keeper: LeaseKeeper

  beforeEach(() => {
    clock = new FakeClock()
    renewals = []
    timedOut = []
    lost = []
    gone = []
    away = false
    keeper = new LeaseKeeper({
      leaseMs: LEASE_MS,
      clock,
      renew: async (fences) => {
        renewals.push({ at: clock.monotonic(), fences })
        if (away) throw new MonofilError('store_unavailable', 'away')
        return gone
      },
      events: { timedOut: (fence) => timedOut.push(fence), lost: (fences) => lost.push(...fences) },
    })
  })

  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 50) {
      clock.advance(Math.min(50, left))
      // Answers of the store arrive between two moments of the clock.
      for (let i = 0; i < 10; i++) await Promise.resolve()
    }
  }

  it('renews all it holds every third of a lease, and nothing when it holds nothing', async () => {
    keeper.hold([1, 2])
    await pass(5_000)
    keeper.hold([3])
    keeper.drop([1])
    await pass(5_000)
    keeper.drop([2, 3])
    await pass(20_000)
    expect(renewals).toEqual([
      { at: 5_000, fences: [1, 2] },
      { at: 10_000, fences: [2, 3] },
    ])
  })

  it('begins anew after an idle time: the first renewal is a third of a lease after the claim', async () => {
    keeper.hold([1])
    keeper.drop([1])
    await pass(12_345)
    keeper.hold([2])
    await pass(5_000)
    expect(renewals).toEqual([{ at: 17_345, fences: [2] }])
  })

  it('no longer renews an attempt whose time is up, and says so once', async () => {
    keeper.hold([1, 2])
    keeper.start(1, 7_000)
    await pass(30_000)
    expect(timedOut).toEqual([1])
    expect(renewals.filter(({ fences }) => fences.includes(1)).map(({ at }) => at)).toEqual([5_000])
    expect(renewals).toHaveLength(6)
  })

  it('counts time from the start of the handler, and not after its end', async () => {
    keeper.hold([1, 2])
    await pass(60_000)
    keeper.start(1, 1_000)
    keeper.start(2, 1_000)
    await pass(900)
    keeper.finish(1)
    await pass(60_000)
    expect(timedOut).toEqual([2])
    expect(renewals.at(-1)?.fences).toEqual([1])
  })

  it('keeps short time-outs that come after long ones', async () => {
    keeper.hold([1, 2])
    keeper.start(1, 60_000)
    keeper.start(2, 100)
    await pass(100)
    expect(timedOut).toEqual([2])
  })

  it('says which leases are lost and forgets them', async () => {
    keeper.hold([1, 2])
    gone = [2]
    await pass(5_000)
    gone = []
    await pass(5_000)
    expect(lost).toEqual([2])
    expect(renewals.at(-1)?.fences).toEqual([1])
  })

  it('tries again every 250 ms while the store is away: a new owner waits 2 s', async () => {
    keeper.hold([1])
    away = true
    await pass(6_000)
    expect(renewals.map(({ at }) => at)).toEqual([5_000, 5_250, 5_500, 5_750, 6_000])
    away = false
    await pass(10_000)
    expect(renewals.slice(5).map(({ at }) => at)).toEqual([6_250, 11_250])
  })

  it('leaves nothing behind when it is closed', async () => {
    keeper.hold([1])
    keeper.start(1, 1_000)
    await keeper.close()
    await pass(60_000)
    expect([renewals, timedOut]).toEqual([[], []])
  })
})
