import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from './create.ts'
import type { ClientOptions } from './options.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { answerOf, EPOCH, RawHub } from './testing/raw-hub.ts'
import type { MonofilClient, SubscriptionEnd } from './types.ts'

let hub: RawHub
let clock: FakeClock
let client: MonofilClient

beforeEach(async () => {
  hub = await RawHub.start()
  clock = new FakeClock()
  make()
})

afterEach(async () => {
  client.close()
  await hub.close()
})

function make(options: ClientOptions = {}): void {
  client = createClient({ url: hub.url, clock, random: () => 0.5, ...options })
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5000, interval: 2 })
const opened = () => until(() => expect(client.connection.get().status).toBe('open'))

/** Follows a topic and keeps what it was handed. */
function follow(topic: string, cursor?: string) {
  const seen = {
    offsets: [] as unknown[],
    gaps: [] as unknown[],
    snapshots: [] as unknown[],
    ends: [] as SubscriptionEnd[],
  }
  const leave = client.subscribe(topic, {
    cursor,
    onEvent: (event) => seen.offsets.push(event.offset),
    onGap: ({ from, to, reason }) => seen.gaps.push([from, to, reason]),
    onSnapshot: ({ data }) => seen.snapshots.push(data),
    onEnd: (end) => seen.ends.push(end),
  })
  return { ...seen, leave }
}

describe('PATCH', () => {
  it('carries what changed in a turn, one in flight, the rest with the next', async () => {
    const held: (() => void)[] = []
    const answer = hub.onCall
    hub.onCall = (call) => held.push(() => answer(call))
    follow('a')
    await opened()
    follow('b')
    follow('c')
    await until(() => expect(hub.patches).toHaveLength(1))
    for (const topic of ['d', 'e', 'f']) {
      follow(topic)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(hub.patches).toHaveLength(1)
    held.shift()?.()
    await until(() => expect(hub.patches).toHaveLength(2))
    held.shift()?.()
    const topics = (names: string[]) => names.map((topic) => ({ topic }))
    expect(hub.patches.map(({ body }) => body)).toEqual([
      { seq: 1, subscribe: topics(['b', 'c']) },
      { seq: 2, subscribe: topics(['d', 'e', 'f']) },
    ])
    expect(hub.patches[0]?.path).toBe(`/v1/stream/${hub.last.connection}`)
  })

  it('lets go of topics nobody follows after the linger, and takes them back from their cursor', async () => {
    follow('a')
    const b = follow('b')
    await opened()
    hub.last.event('b', 1)
    await until(() => expect(b.offsets).toEqual([1]))
    b.leave()
    clock.advance(1000)
    await until(() => expect(hub.patches).toHaveLength(1))
    expect(hub.patches[0]?.body).toEqual({ seq: 1, unsubscribe: ['b'] })
    await until(() => expect(Object.keys(client.debug().refs)).toEqual(['a']))
    follow('b')
    await until(() => expect(hub.patches).toHaveLength(2))
    expect([hub.streams.length, hub.open]).toEqual([1, 1])
  })

  it('without an answer is sent again as it was, under the same seq', async () => {
    follow('a')
    await opened()
    hub.onCall = (call) => call.answer(503, { code: 'node_unreachable', detail: 'gone for now' })
    const b = follow('b')
    await until(() => expect(hub.patches).toHaveLength(1))
    follow('c')
    await until(() => expect(clock.nextMs).toBeLessThan(1000))
    hub.onCall = (call) => {
      const { seq, subscribe = [] } = call.body as { seq: number; subscribe?: { topic: string }[] }
      // As a hub that had applied it: where the topics stand by now.
      call.answer(200, {
        seq,
        topics: subscribe.map(({ topic }) => answerOf(topic, undefined, 9)),
        denied: [],
        expiresAt: null,
      })
    }
    clock.advance(1000)
    await until(() => expect(hub.patches).toHaveLength(3))
    const bodies = hub.patches.map(({ body }) => body)
    expect(bodies[1]).toEqual(bodies[0])
    expect(bodies[2]).toEqual({ seq: 2, subscribe: [{ topic: 'c' }] })
    for (const offset of [8, 9, 10]) hub.last.event('b', offset)
    await until(() => expect(b.offsets).toEqual([8, 9, 10]))
  })

  it.each([
    [404, 'unknown_connection'],
    [409, 'out_of_order'],
  ])('answered %i %s leads to one new stream with everything', async (status, code) => {
    follow('a')
    await opened()
    hub.onCall = (call) => call.answer(status, { code, detail: 'no' })
    follow('b')
    await until(() => expect(hub.streams).toHaveLength(2))
    await opened()
    expect([hub.last.topics.map(({ topic }) => topic), hub.peak]).toEqual([['a', 'b'], 1])
  })

  it('names denied topics to their followers only, and the stream goes on', async () => {
    const a = follow('a')
    await opened()
    hub.onCall = (call) => {
      const denied = [{ topic: 'secret', code: 'forbidden' }]
      call.answer(200, { seq: 1, topics: [], denied, expiresAt: null })
    }
    const secret = follow('secret')
    await until(() => expect(secret.ends).toEqual([{ reason: 'denied', code: 'forbidden' }]))
    hub.last.event('a', 1)
    await until(() => expect(a.offsets).toEqual([1]))
    expect(a.ends).toEqual([])
    expect(client.topic('secret').get()).toMatchObject({ status: 'error', error: { code: 'forbidden' } })
  })
})

function eventOf(offset: number) {
  return { topic: 'a', epoch: EPOCH, offset, type: 'made', data: offset, at: '2026-01-01T00:00:00.000Z' }
}

describe('delivery', () => {
  it('drops what is repeated and repairs a hole by asking from the cursor', async () => {
    const a = follow('a')
    await opened()
    for (const offset of [1, 2, 2, 1, 3, 6, 7]) hub.last.event('a', offset)
    await until(() => expect(hub.patches).toHaveLength(1))
    expect(hub.patches[0]?.body).toEqual({ seq: 1, subscribe: [{ topic: 'a', cursor: `${EPOCH}:3` }] })
    for (const offset of [4, 5, 6, 7, 8]) hub.last.event('a', offset)
    await until(() => expect(a.offsets).toEqual([1, 2, 3, 4, 5, 6, 7, 8]))
    expect(a.gaps).toEqual([])
  })

  it('announces what the hub no longer holds, and goes on behind it', async () => {
    const a = follow('a', `${EPOCH}:3`)
    await opened()
    hub.last.control('gap', { topic: 'a', epoch: EPOCH, from: 4, to: 10, reason: 'retention' })
    hub.last.event('a', 11)
    await until(() => expect(a.offsets).toEqual([11]))
    expect(a.gaps).toEqual([[4, 10, 'retention']])
  })

  it('goes on with the log that follows a lost one, for all', async () => {
    const first = follow('a')
    await opened()
    for (let offset = 1; offset <= 5; offset += 1) hub.last.event('a', offset)
    await until(() => expect(first.offsets).toHaveLength(5))
    const second = follow('a')
    const epoch = 'zzzzzzzz1234'
    hub.last.control('gap', { topic: 'a', epoch, from: null, to: null, reason: 'epoch' })
    hub.last.raw(`data: ${JSON.stringify({ ...eventOf(1), epoch })}\n\n`)
    await until(() => expect(second.offsets).toEqual([1]))
    expect([first.offsets.at(-1), second.gaps]).toEqual([1, [[null, null, 'epoch']]])
  })

  it('survives a handler that throws, for the others and for itself', async () => {
    const errors: unknown[] = []
    client.close()
    make({ logger: { debug() {}, info() {}, warn() {}, error: (_, fields) => errors.push(fields?.['error']) } })
    let calls = 0
    client.subscribe('a', {
      onEvent() {
        calls += 1
        throw new Error('mine')
      },
    })
    const a = follow('a')
    await opened()
    hub.last.event('a', 1)
    hub.last.event('a', 2)
    await until(() => expect(a.offsets).toEqual([1, 2]))
    expect([calls, errors.map(String)]).toEqual([2, ['Error: mine', 'Error: mine']])
  })

  it('brings a second subscriber with an older cursor up by list calls, without rewinding the stream', async () => {
    const first = follow('a')
    await opened()
    for (let offset = 1; offset <= 5; offset += 1) hub.last.event('a', offset)
    await until(() => expect(first.offsets).toHaveLength(5))
    let head = 5
    hub.onCall = (call) => {
      const after = Number(new URLSearchParams(call.path.split('?')[1]).get('after')?.split(':').at(-1))
      const items = Array.from({ length: Math.min(3, head - after) }, (_, i) => eventOf(after + i + 1))
      // Events of the stream overtake the page that holds them: none may be lost or doubled.
      if (head < 9) hub.last.event('a', ++head)
      call.answer(200, { items, nextCursor: null, oldestOffset: 1, latestOffset: head })
    }
    const second = follow('a', '0')
    await until(() => expect(second.offsets.at(-1)).toBe(head))
    expect(head).toBeGreaterThan(6)
    hub.last.event('a', head + 1)
    await until(() => expect(second.offsets.at(-1)).toBe(head + 1))
    expect(first.offsets).toEqual(Array.from({ length: head + 1 }, (_, i) => i + 1))
    expect(second.offsets).toEqual(first.offsets)
    expect([hub.patches, hub.calls.every(({ path }) => path.startsWith('/v1/topics/a/events?after='))]).toEqual([
      [],
      true,
    ])
  })

  it('asks again when a page without events is older than what the stream has brought since', async () => {
    const first = follow('a')
    await opened()
    const page = (items: unknown[]) => ({ items, nextCursor: null, oldestOffset: 1, latestOffset: items.length })
    hub.onCall = async (call) => {
      if (hub.calls.length > 1) return call.answer(200, page([eventOf(1)]))
      hub.last.event('a', 1)
      await until(() => expect(first.offsets).toEqual([1]))
      call.answer(200, page([]))
    }
    const second = follow('a', '0')
    await until(() => expect(second.offsets).toEqual([1]))
    hub.last.event('a', 2)
    await until(() =>
      expect([first.offsets, second.offsets]).toEqual([
        [1, 2],
        [1, 2],
      ]),
    )
  })

  it.each(['0', `${EPOCH}:2`])(
    'replays to all that begin at the same place (%s), whenever they came',
    async (cursor) => {
      const from = cursor === '0' ? 0 : 2
      const all = Array.from({ length: 6 - from }, (_, i) => from + i + 1)
      hub.onStream = () => {}
      const before = [follow('a', cursor), follow('a', cursor)]
      await until(() => expect(hub.streams).toHaveLength(1))
      const asking = follow('a', cursor)
      hub.last.hello({}, 6)
      await opened()
      // The head is known, and nothing of what is replayed is here yet.
      const replaying = follow('a', `${EPOCH}:${from}`)
      const fromNow = follow('a')
      for (const offset of all) hub.last.event('a', offset)
      hub.last.event('a', 7)
      await until(() => expect(fromNow.offsets).toEqual([7]))
      for (const one of [...before, asking, replaying]) expect(one.offsets).toEqual([...all, 7])
      expect([hub.streams[0]?.topics, hub.calls]).toEqual([[{ topic: 'a', cursor }], []])
    },
  )

  it('refuses what is no topic or cursor at once', () => {
    expect(() => follow('no topic')).toThrow(/not a topic/)
    expect(() => follow('a', 'yesterday')).toThrow(/not a cursor/)
  })
})
