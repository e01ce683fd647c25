/** What a tab that follows gets and may do, with real Web Locks and BroadcastChannels. */
import { MonofilError } from '@monofil/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EPOCH, RawHub } from '../testing/raw-hub.ts'
import { debug, follow, settled, Tabs, until } from '../testing/tabs.ts'

let hub: RawHub
let tabs: Tabs

beforeEach(async () => {
  hub = await RawHub.start()
  tabs = new Tabs(hub.url)
})

afterEach(async () => {
  tabs.closeAll()
  await hub.close()
})

const snapshotOf = (offset: number) => ({
  topic: 'run:r1',
  epoch: EPOCH,
  offset,
  data: {
    run: {
      id: 'r1',
      workflow: 'w',
      status: 'running',
      round: 1,
      progress: 10,
      steps: [],
      createdAt: '',
      epoch: EPOCH,
      offset,
    },
    items: [],
  },
})

describe('what a tab gets', () => {
  it('is what it asked for and nothing else', async () => {
    const { other, led, following } = await tabs.pair('a', 'b')
    for (const topic of ['a', 'b', 'a']) hub.last.event(topic, topic === 'b' ? 1 : led.offsets.length + 1)
    hub.last.event('a', 2)
    await until(() => expect([led.offsets, following.offsets]).toEqual([[1, 2], [1]]))
    expect([...other.topics.entries()].map(({ topic }) => topic)).toEqual(['b'])
  })

  it('is a run as it is, from the leader, without a request', async () => {
    const { leader } = await tabs.pair('run:r1', 'b')
    hub.last.control('snapshot', snapshotOf(5))
    await until(() => expect(leader.topics.entry('run:r1')?.sub.cursor).toMatchObject({ offset: 5 }))
    const [patches, streams] = [hub.calls.length, hub.streams.length]
    const late = tabs.open()
    const seen = follow(late, 'run:r1')
    await until(() => expect(seen.snapshots).toHaveLength(1))
    expect(seen.snapshots[0]).toMatchObject({ run: { id: 'r1', progress: 10 } })
    hub.last.event('run:r1', 6, { level: 'info', message: 'hi' }, 'log')
    await until(() => expect(seen.offsets).toEqual([6]))
    expect([hub.calls.length, hub.streams.length]).toEqual([patches, streams])
  })

  it('is read by a list call if it is far behind, from the leader if but a little', async () => {
    const { leader, other } = await tabs.pair('a', 'b')
    for (let offset = 1; offset <= 100; offset += 1) hub.last.event('a', offset)
    await until(() => expect(leader.topics.entry('a')?.offset).toBe(100))
    const calls = hub.calls.length
    const near = follow(other, 'a', `${EPOCH}:90`)
    await until(() => expect(near.offsets).toEqual(Array.from({ length: 10 }, (_, i) => 91 + i)))
    expect(hub.calls.length).toBe(calls)
    near.leave()
    hub.onCall = (call) => {
      if (call.method === 'PATCH') return call.answer(200, { seq: 9, topics: [], denied: [], expiresAt: null })
      const after = Number(call.path.split('%3A').at(-1)?.split('&')[0])
      const items = Array.from({ length: 100 - after }, (_, i) => ({ ...eventOf('a', after + i + 1) }))
      call.answer(200, { items, nextCursor: null, oldestOffset: 1, latestOffset: 100 })
    }
    const third = tabs.open()
    const far = follow(third, 'a', `${EPOCH}:10`)
    await until(() => expect(far.offsets).toEqual(Array.from({ length: 90 }, (_, i) => 11 + i)))
    expect(hub.calls.slice(calls).map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      'GET /v1/topics/a/events',
    ])
    expect(hub.streams).toHaveLength(1)
  })

  it('begins behind what it has, if it is ahead of the leader', async () => {
    const { leader, other } = await tabs.pair('a', 'b')
    for (let offset = 1; offset <= 5; offset += 1) hub.last.event('a', offset)
    await until(() => expect(leader.topics.entry('a')?.offset).toBe(5))
    const seen = follow(other, 'a', `${EPOCH}:8`)
    await until(() => expect(other.topics.entry('a')?.sub.phase).toBe('on'))
    for (let offset = 6; offset <= 10; offset += 1) hub.last.event('a', offset)
    await until(() => expect(seen.offsets).toEqual([9, 10]))
    expect([hub.calls.filter(({ method }) => method !== 'PATCH'), seen.gaps]).toEqual([[], []])
  })

  it.each(['retention', 'epoch'] as const)('is told of a gap (%s), as every tab is', async (reason) => {
    const { led, following } = await tabs.pair('a', 'a')
    hub.last.event('a', 1)
    await until(() => expect(following.offsets).toEqual([1]))
    const epoch = reason === 'epoch' ? 'zzzzzzzz1234' : EPOCH
    const gap = { topic: 'a', epoch, from: reason === 'epoch' ? null : 2, to: reason === 'epoch' ? null : 6, reason }
    hub.last.control('gap', gap)
    const next = reason === 'epoch' ? 1 : 7
    hub.last.raw(`data: ${JSON.stringify({ ...eventOf('a', next), epoch })}\n\n`)
    await until(() =>
      expect([led.offsets, following.offsets]).toEqual([
        [1, next],
        [1, next],
      ]),
    )
    expect([led.gaps, following.gaps]).toEqual([[gap], [gap]])
  })

  it('is a refusal or an end only where it was asked for', async () => {
    const { other, led, following } = await tabs.pair('a', 'b')
    hub.onCall = (call) => {
      const { seq } = call.body as { seq: number }
      call.answer(200, { seq, topics: [], denied: [{ topic: 'secret', code: 'forbidden' }], expiresAt: null })
    }
    const secret = follow(other, 'secret')
    await until(() => expect(secret.ends).toEqual([{ reason: 'denied', code: 'forbidden' }]))
    expect(other.topics.entry('secret')?.sub.phase).toBe('over')
    hub.last.control('dropped', { topic: 'b', code: 'revoked' })
    await until(() => expect(following.ends).toEqual([{ reason: 'dropped', code: 'revoked' }]))
    hub.last.event('a', 1)
    await until(() => expect(led.offsets).toEqual([1]))
    expect(led.ends).toEqual([])
  })

  it('goes on where it was when it comes back to a topic within the linger', async () => {
    const { other, following } = await tabs.pair('a', 'b')
    hub.last.event('b', 1)
    await until(() => expect(following.offsets).toEqual([1]))
    following.leave()
    tabs.clock.advance(500)
    const again = follow(other, 'b')
    hub.last.event('b', 2)
    await until(() => expect(again.offsets).toEqual([2]))
    await tabs.passing(2000, () =>
      expect(hub.patches.filter(({ body }) => 'unsubscribe' in (body as object))).toEqual([]),
    )
    again.leave()
    await tabs.passing(500, () => expect(hub.patches.at(-1)?.body).toMatchObject({ unsubscribe: ['b'] }))
    expect(hub.patches.filter(({ body }) => 'unsubscribe' in (body as object))).toHaveLength(1)
  })
})

function eventOf(topic: string, offset: number) {
  return { topic, epoch: EPOCH, offset, type: 'made', data: offset, at: '2026-01-01T00:00:00.000Z' }
}

describe('a follower', () => {
  it("shows the leader's connection: open, waiting, failed with its error", async () => {
    const { leader, other } = await tabs.pair('a', 'a')
    const mine = () => other.info.get()
    expect(mine()).toEqual({ ...leader.info.get(), role: 'follower' })
    expect(mine()).toMatchObject({ status: 'open', connection: hub.last.connection, marker: hub.last.marker })
    hub.last.cut()
    await until(() => expect(mine()).toMatchObject({ status: 'waiting', attempts: 1 }))
    expect(mine().nextRetryAt).toBe(leader.info.get().nextRetryAt)
    hub.onStream = (stream) => stream.refuse(403, {}, JSON.stringify({ code: 'forbidden', detail: 'not you' }))
    tabs.clock.advance(1000)
    await until(() => expect(mine()).toMatchObject({ status: 'failed', reason: 'forbidden' }))
    const { lastError } = mine()
    expect(lastError).toBeInstanceOf(MonofilError)
    expect([MonofilError.is(lastError), lastError?.code, lastError?.status]).toEqual([true, 'forbidden', 403])
    expect(lastError?.message).toBe(leader.info.get().lastError?.message)
    expect(other.topics.entry('a')?.view(other.health())).toMatchObject({ error: { code: 'forbidden' } })
  })

  it('that forces or reconnects does so at the leader', async () => {
    const { leader, other } = await tabs.pair('a', 'a')
    hub.last.cut()
    await until(() => expect(other.info.get().status).toBe('waiting'))
    tabs.clock.advance(300)
    other.connect(true)
    await until(() => expect([leader, other].map((tab) => tab.info.get().status)).toEqual(['open', 'open']))
    expect([hub.streams.length, other.info.get().role]).toEqual([2, 'follower'])
    other.reconnect('by hand')
    await until(() => expect(hub.streams).toHaveLength(3))
    await settled(leader, other)
    expect([hub.open, leader.route.active, other.route.active]).toEqual([1, 1, 0])
  })

  it('has at most one timer, and none when it is let go of', async () => {
    const { leader, other, led, following } = await tabs.pair('a', 'a')
    expect([leader, other].map((tab) => debug(tab).timersPending)).toEqual([1, 1])
    led.leave()
    following.leave()
    await tabs.passing(500, () => expect(tabs.clock.timers).toBe(0))
    expect([leader, other].map((tab) => [debug(tab).timersPending, tab.info.get().status])).toEqual([
      [0, 'idle'],
      [0, 'idle'],
    ])
    await until(() => expect(hub.open).toBe(0))
    await until(async () => expect(await locksHere()).toEqual([]))
  })

  it('is told by its views when the stream is gone and back', async () => {
    const { other } = await tabs.pair('a', 'a')
    const freshness = () =>
      (other.topics.entry('a')?.view(other.health()) as { freshness?: string } | undefined)?.freshness
    expect(freshness()).toBe('live')
    hub.last.cut()
    await until(() => expect(freshness()).toBe('stale'))
    tabs.clock.advance(1000)
    await until(() => expect(freshness()).toBe('live'))
  })
})

async function locksHere(): Promise<string[]> {
  const { held = [], pending = [] } = await navigator.locks.query()
  return [...held, ...pending].map(({ name = '' }) => name).filter((name) => name.includes(hub.url))
}

it('leaves no lock, channel or timer behind', async () => {
  const ports = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
  await until(() => expect(ports()).toBe(0))
  await tabs.pair('a', 'b')
  const third = tabs.open()
  follow(third, 'c')
  await settled(third)
  expect(await locksHere()).toHaveLength(3)
  expect(ports()).toBeGreaterThan(5)
  tabs.closeAll()
  await until(async () => expect(await locksHere()).toEqual([]))
  expect(tabs.clock.timers).toBe(0)
  await until(() => expect(ports()).toBe(0))
  await until(() => expect(hub.open).toBe(0))
})

it('a subscription that all tabs share is asked for once, and let go of with the last', async () => {
  const seen = [0, 1, 2].map(() => tabs.open()).map((tab) => follow(tab, 'a'))
  await settled(...tabs.all)
  expect(
    hub.last.topics.concat(
      hub.patches.flatMap(({ body }) => (body as { subscribe?: { topic: string }[] }).subscribe ?? []),
    ),
  ).toEqual([{ topic: 'a' }])
  const others = tabs.all.map((tab) => follow(tab, 'keep'))
  await settled(...tabs.all)
  for (const one of seen) {
    expect(hub.patches.filter(({ body }) => 'unsubscribe' in (body as object))).toEqual([])
    one.leave()
    for (let i = 0; i < 3; i += 1) {
      tabs.clock.advance(1000)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
  await until(() => expect(hub.patches.at(-1)?.body).toMatchObject({ unsubscribe: ['a'] }))
  hub.last.event('keep', 1)
  await until(() => expect(others.map(({ offsets }) => offsets)).toEqual([[1], [1], [1]]))
})
