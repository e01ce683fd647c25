/** How true views say they are. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createClient } from './create.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { EPOCH, RawHub } from './testing/raw-hub.ts'
import { until } from './testing/tabs.ts'
import type { MonofilClient, SubscribeOptions, TopicView, Watched } from './types.ts'

let hub: RawHub
let clock: FakeClock
let client: MonofilClient
let errors: unknown[]
let view: Watched<TopicView>

beforeEach(async () => {
  hub = await RawHub.start()
  clock = new FakeClock()
  errors = []
  const logger = { debug() {}, info() {}, warn() {}, error: (_: string, fields?: object) => errors.push(fields) }
  client = createClient({ url: hub.url, clock, random: () => 0.5, logger })
  view = client.topic('a')
})

afterEach(async () => {
  client.close()
  await hub.close()
})

const freshness = () => view.get().freshness
const is = (word: string) => until(() => expect(freshness()).toBe(word))

/** Watches the topic, with such handlers beside. */
async function watch(...handlers: SubscribeOptions['onGap'][]): Promise<void> {
  view.subscribe(() => {})
  for (const onGap of handlers) client.subscribe('a', { onGap })
  await is('live')
}

function lose(from: number, to: number): void {
  hub.last.control('gap', { topic: 'a', epoch: EPOCH, from, to, reason: 'retention' })
  hub.last.event('a', to + 1)
}

const arrived = (offset: number) => until(() => expect(view.get().events.at(-1)?.offset).toBe(offset))

describe('a view', () => {
  it('is stale before and between streams, replaying until the head of the answer, then live', async () => {
    hub.onStream = (stream, number) => stream.hello({}, number === 1 ? 0 : 6)
    expect(view.get()).toMatchObject({ status: 'loading', freshness: 'stale', lagMs: null, lastUpdate: null })
    await watch()
    hub.last.event('a', 1)
    await arrived(1)
    expect(freshness()).toBe('live')
    hub.last.cut()
    await is('stale')
    expect(view.get()).toMatchObject({ status: 'ready', events: [{ offset: 1 }] })
    clock.advance(1000)
    await is('replaying')
    for (let offset = 2; offset <= 5; offset += 1) hub.last.event('a', offset)
    await arrived(5)
    expect(freshness()).toBe('replaying')
    hub.last.event('a', 6)
    await is('live')
    expect(client.connection.get().behindSince).toBeNull()
  })

  it('is replaying while a hole is being repaired', async () => {
    await watch()
    hub.last.event('a', 1)
    hub.last.event('a', 4)
    await is('replaying')
    for (const offset of [2, 3, 4]) hub.last.event('a', offset)
    await is('live')
    expect(view.get().events.map(({ offset }) => offset)).toEqual([1, 2, 3, 4])
  })
})

describe('after a gap a view', () => {
  it('says so for good, if nobody does anything about it', async () => {
    await watch()
    lose(1, 5)
    await arrived(6)
    expect(view.get()).toMatchObject({ freshness: 'gap', status: 'ready', gap: { from: 1, to: 5 } })
    hub.last.event('a', 7)
    await arrived(7)
    expect(freshness()).toBe('gap')
  })

  it('is live once the handler has returned', async () => {
    await watch(() => 'fetched')
    lose(1, 5)
    await arrived(6)
    await is('live')
  })

  it('is live once every promise of a handler is kept', async () => {
    const works = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await watch(
      ...works.map(
        ({ promise }) =>
          () =>
            promise,
      ),
    )
    let told = 0
    view.subscribe(() => {
      told += 1
    })
    lose(1, 5)
    await arrived(6)
    works[0]?.resolve()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(freshness()).toBe('gap')
    told = 0
    works[1]?.resolve()
    await is('live')
    // Whoever looks at it is told, though no frame came.
    await until(() => expect(told).toBe(1))
  })

  it('stays there when a promise is broken, and the error is told', async () => {
    await watch(
      async () => {
        throw new Error('no answer')
      },
      () => {},
    )
    lose(1, 5)
    await until(() => expect(errors).toMatchObject([{ error: new Error('no answer') }]))
    expect(freshness()).toBe('gap')
    // The next gap may be made good.
    expect(view.get().gap).toMatchObject({ from: 1, to: 5 })
  })

  it('stays there when a handler throws, whatever the others do', async () => {
    await watch(
      () => {
        throw new Error('at once')
      },
      () => {},
    )
    lose(1, 5)
    await until(() => expect(errors).toMatchObject([{ error: new Error('at once') }]))
    await arrived(6)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(freshness()).toBe('gap')
  })

  it('does not take the repair of an older gap for that of a newer', async () => {
    const works: (() => void)[] = []
    await watch(
      () =>
        new Promise<void>((resolve) => {
          works.push(resolve)
        }),
    )
    lose(1, 5)
    await arrived(6)
    lose(7, 9)
    await arrived(10)
    works[0]?.()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect([works.length, freshness()]).toEqual([2, 'gap'])
    works[1]?.()
    await is('live')
  })

  it('that is repaired while the stream is away is stale, then live', async () => {
    const work = Promise.withResolvers<void>()
    await watch(() => work.promise)
    lose(1, 5)
    await arrived(6)
    hub.last.cut()
    await until(() => expect(client.connection.get().status).toBe('waiting'))
    expect(freshness()).toBe('gap')
    work.resolve()
    await is('stale')
    hub.onStream = (stream) => stream.hello({}, 6)
    clock.advance(1000)
    await is('live')
  })
})

describe('lag', () => {
  const at = (ms: number) => new Date(Date.parse('2026-01-01T00:00:00.000Z') + ms).toISOString()
  const event = (offset: number, ms: number) =>
    hub.last.raw(`data: ${JSON.stringify({ topic: 'a', epoch: EPOCH, offset, type: 'made', data: 0, at: at(ms) })}\n\n`)

  it('is told per event, whatever the clocks say, and kept over a lost stream', async () => {
    await watch()
    hub.last.control('ping', { at: at(0) })
    await new Promise((resolve) => setTimeout(resolve, 20))
    clock.advance(10_300)
    event(1, 10_000)
    await arrived(1)
    expect(view.get().lagMs).toBe(300)
    // Set back by an hour: no time passes backwards, and what comes at once tells the new difference.
    clock.jump(-3_600_000)
    event(2, 11_000)
    await arrived(2)
    clock.advance(1000)
    event(3, 11_750)
    await arrived(3)
    expect(view.get().lagMs).toBe(250)
    hub.last.cut()
    await is('stale')
    expect(view.get().lagMs).toBe(250)
  })

  it('of what is replayed says how old it was, and nothing about the clocks', async () => {
    await watch()
    // As if the hub's clock had been set an hour back since.
    hub.last.control('ping', { at: at(3_600_000) })
    await new Promise((resolve) => setTimeout(resolve, 20))
    event(1, 0)
    await arrived(1)
    hub.onStream = (stream) => stream.hello({}, 3)
    hub.last.cut()
    await is('stale')
    clock.advance(60_000)
    await is('replaying')
    event(2, Date.parse('2026-11-21T12:00:20.000Z') - Date.parse(at(0)))
    await arrived(2)
    expect(view.get().lagMs).toBe(40_000)
    event(3, Date.parse('2026-11-21T12:01:00.000Z') - Date.parse(at(0)))
    await is('live')
    expect(view.get().lagMs).toBe(0)
  })
})
