/** Tabs that share, with real Web Locks and BroadcastChannels, on a server that says what the test wants. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Core } from '../core.ts'
import type { ClientOptions } from '../options.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { EPOCH, RawHub } from '../testing/raw-hub.ts'
import { SharedRoute } from './shared-route.ts'

let hub: RawHub
let clock: FakeClock
const tabs: Core[] = []

beforeEach(async () => {
  hub = await RawHub.start()
  clock = new FakeClock()
})

afterEach(async () => {
  for (const tab of tabs.splice(0)) tab.close()
  await hub.close()
})

/** A tab of its own: past the registry, which knows one core per page. */
function open(options: ClientOptions = {}): Core {
  const tab = new Core(
    hub.url,
    { clock, random: () => 0.5, ...options },
    (owner, marker) => new SharedRoute(owner, marker),
  )
  tabs.push(tab)
  return tab
}

function follow(tab: Core, topic: string, cursor?: string) {
  const seen = { offsets: [] as unknown[], gaps: [] as unknown[], snapshots: [] as unknown[] }
  const leave = tab.subscribe(topic, {
    cursor,
    onEvent: ({ offset }) => seen.offsets.push(offset),
    onGap: ({ from, to }) => seen.gaps.push([from, to]),
    onSnapshot: ({ data }) => seen.snapshots.push(data),
  })
  return { ...seen, leave }
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5000, interval: 2 })
const ranks = () => tabs.map((tab) => tab.route.info().role).toSorted()
const status = (tab: Core) => tab.route.info().status

describe('tabs of one user', () => {
  it('have one stream, and each tab gets what it asked for, once and in order', async () => {
    const [a, b, c] = [open(), open(), open()]
    const seen = [follow(a, 'orders'), follow(b, 'orders'), follow(c, 'others')]
    await until(() => expect(ranks()).toEqual(['follower', 'follower', 'leader']))
    await until(() => expect(tabs.map(status)).toEqual(['open', 'open', 'open']))
    await until(() =>
      expect(
        new Set(
          hub.last.topics
            .map(({ topic }) => topic)
            .concat(
              hub.patches.flatMap(({ body }) =>
                (body as { subscribe: { topic: string }[] }).subscribe.map(({ topic }) => topic),
              ),
            ),
        ),
      ).toEqual(new Set(['orders', 'others'])),
    )
    await until(() =>
      expect(tabs.every((tab) => [...tab.topics.entries()].every(({ sub }) => sub.phase === 'on'))).toBe(true),
    )
    for (let i = 1; i <= 50; i += 1) hub.last.event('orders', i)
    hub.last.event('others', 1)
    await until(() => expect(seen.map(({ offsets }) => offsets.length)).toEqual([50, 50, 1]))
    expect(seen[1]?.offsets).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    expect([hub.streams.length, hub.peak]).toEqual([1, 1])
    expect(tabs.map((tab) => tab.route.active).toSorted()).toEqual([0, 0, 1])
  })

  it('go on without loss when the leader closes', async () => {
    const [a, b] = [open(), open()]
    const first = follow(a, 'orders')
    await until(() => expect(a.route.info().role).toBe('leader'))
    const second = follow(b, 'orders')
    await until(() => expect(status(b)).toBe('open'))
    await until(() => expect([...b.topics.entries()].every(({ sub }) => sub.phase === 'on')).toBe(true))
    hub.last.event('orders', 1)
    await until(() => expect([first.offsets, second.offsets]).toEqual([[1], [1]]))
    tabs.splice(0, 1)
    a.close()
    await until(() => expect(hub.streams).toHaveLength(2))
    expect(hub.last.topics).toEqual([{ topic: 'orders', cursor: `${EPOCH}:1` }])
    hub.last.event('orders', 2)
    await until(() => expect(second.offsets).toEqual([1, 2]))
    expect(hub.streams.map(({ marker }) => marker)).toEqual([hub.last.marker, hub.last.marker])
    expect(hub.peak).toBe(1)
  })
})
