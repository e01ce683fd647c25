import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from './create.ts'
import type { ClientOptions } from './options.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { EPOCH, RawHub } from './testing/raw-hub.ts'
import type { MonofilClient } from './types.ts'

let hub: RawHub
let clock: FakeClock
const clients: MonofilClient[] = []

beforeEach(async () => {
  hub = await RawHub.start()
  clock = new FakeClock()
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await hub.close()
})

function make(options: ClientOptions = {}): MonofilClient {
  const client = createClient({ url: hub.url, clock, random: () => 0.5, ...options })
  clients.push(client)
  return client
}

const status = (client: MonofilClient) => client.connection.get().status
const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5000, interval: 2 })
const opened = (client: MonofilClient) => until(() => expect(status(client)).toBe('open'))

describe('one stream', () => {
  it('for a hundred subscribers, and connect in a loop', async () => {
    const client = make()
    for (let i = 0; i < 100; i += 1) {
      client.subscribe(`topic-${i % 20}`, {})
      client.connect()
      client.connect({ force: true })
    }
    await opened(client)
    for (let i = 0; i < 100; i += 1) client.connect({ force: i % 2 === 0 })
    expect(hub.streams).toHaveLength(1)
    expect(hub.last.topics).toHaveLength(20)
    expect(hub.calls).toEqual([])
    expect([client.activeConnections, client.debug().subscribers, client.debug().timersPending]).toEqual([1, 100, 1])
  })

  it('for two clients of one tab, also when the module was loaded twice', async () => {
    const other = ((await import('./create.ts?twice' as string)) as typeof import('./create.ts')).createClient
    expect(other).not.toBe(createClient)
    const first = make({ share: 'tab' })
    const second = other({ url: hub.url, share: 'tab', clock })
    clients.push(second)
    first.subscribe('orders', {})
    second.subscribe('orders', {})
    await opened(first)
    expect([hub.streams.length, first.activeConnections, second.activeConnections]).toEqual([1, 1, 1])
    const seen: unknown[] = []
    second.subscribe('orders', { onEvent: (event) => seen.push(event.offset) })
    first.close()
    hub.last.event('orders', 1)
    await until(() => expect(seen).toEqual([1]))
    second.close()
    await until(() => expect(hub.open).toBe(0))
  })

  it('each for clients that share nothing, as users on a server', async () => {
    const [a, b] = [make({ token: 'a' }), make({ token: 'b' })]
    a.subscribe('orders', {})
    b.subscribe('orders', {})
    await until(() =>
      expect(hub.streams.map((stream) => stream.headers.authorization).sort()).toEqual(['Bearer a', 'Bearer b']),
    )
  })

  it('after a storm of reconnects, the last one, and never two at a time', async () => {
    const client = make()
    client.subscribe('orders', {})
    await opened(client)
    for (let i = 0; i < 10; i += 1) client.reconnect('storm')
    await until(() => expect(hub.streams).toHaveLength(2))
    await opened(client)
    expect([hub.open, hub.peak, hub.streams.length]).toEqual([1, 1, 2])
  })

  it('outlives a remount, ends a second after the last subscriber, and leaves no timer', async () => {
    const client = make()
    client.subscribe('orders', {})()
    const leave = client.subscribe('orders', {})
    await opened(client)
    leave()
    clock.advance(999)
    const again = client.subscribe('orders', {})
    clock.advance(5000)
    expect(status(client)).toBe('open')
    again()
    clock.advance(1000)
    await until(() => expect(hub.open).toBe(0))
    expect([status(client), clock.timers, client.activeConnections]).toEqual(['idle', 0, 0])
    expect([hub.streams.length, hub.calls.length]).toEqual([1, 0])
  })

  it('disconnect ends stream and timers, keeps subscriptions, and connect goes on from the cursor', async () => {
    const client = make()
    const seen: unknown[] = []
    client.subscribe('orders', { onEvent: (event) => seen.push(event.offset) })
    await opened(client)
    hub.last.event('orders', 1)
    await until(() => expect(seen).toEqual([1]))
    client.disconnect()
    expect([status(client), clock.timers]).toEqual(['idle', 0])
    client.subscribe('others', {})
    await until(() => expect(hub.open).toBe(0))
    expect(hub.streams).toHaveLength(1)
    client.connect()
    await opened(client)
    expect(hub.last.topics).toEqual([{ topic: 'orders', cursor: `${EPOCH}:1` }, { topic: 'others' }])
  })

  it('is not opened by a client that was closed before its first turn ended', async () => {
    const client = make()
    client.subscribe('orders', {})
    client.close()
    await new Promise((resolve) => setImmediate(resolve))
    expect([status(client), hub.streams.length, clock.timers]).toEqual(['closed', 0, 0])
    expect(() => client.subscribe('orders', {})).toThrow(/closed/)
  })

  it('waits for a fetch that does not know how to be aborted', async () => {
    let release = () => {}
    const slow = new Promise<void>((resolve) => {
      release = resolve
    })
    const client = make({
      fetch: async (input, init) => {
        await slow
        const { signal: _, ...rest } = init ?? {}
        return fetch(input, rest)
      },
    })
    client.subscribe('orders', {})
    await until(() => expect(client.activeConnections).toBe(1))
    client.disconnect()
    await until(() => expect(client.activeConnections).toBe(0))
    release()
    await until(() => expect(hub.streams).toHaveLength(1))
    await until(() => expect(hub.open).toBe(0))
  })
})

describe('a lost stream', () => {
  it('comes back once, whatever errors came, from where it was', async () => {
    const client = make()
    const seen: unknown[] = []
    client.subscribe('orders', { onEvent: (event) => seen.push(event.offset) })
    await opened(client)
    hub.last.event('orders', 1)
    hub.last.event('orders', 2)
    await until(() => expect(seen).toEqual([1, 2]))
    hub.last.raw('data: {"topic":"orders","off')
    hub.last.cut()
    await until(() => expect(status(client)).toBe('waiting'))
    expect(client.connection.get()).toMatchObject({ attempts: 1, nextRetryInMs: 625 })
    expect([clock.timers, clock.nextMs, client.debug().timersPending]).toEqual([1, 625, 1])
    for (let i = 0; i < 20; i += 1) client.connect()
    expect(clock.timers).toBe(1)
    clock.advance(625)
    await opened(client)
    expect(hub.last.topics).toEqual([{ topic: 'orders', cursor: `${EPOCH}:2` }])
    hub.last.event('orders', 2)
    hub.last.event('orders', 3)
    await until(() => expect(seen).toEqual([1, 2, 3]))
  })

  it('that fell silent is given up after 45 s, comments and pings being life', async () => {
    let bytes = 0
    const client = make({
      async fetch(input, init) {
        const response = await fetch(input, init)
        const counted = response.body?.pipeThrough(
          new TransformStream<Uint8Array, Uint8Array>({
            transform(chunk, controller) {
              controller.enqueue(chunk)
              bytes += chunk.length
            },
          }),
        )
        return new Response(counted ?? null, { status: response.status, headers: response.headers })
      },
    })
    client.subscribe('orders', {})
    await opened(client)
    for (let i = 0; i < 5; i += 1) {
      const before = bytes
      clock.advance(44_000)
      hub.last.raw(': still here\n\n')
      await until(() => expect(bytes).toBeGreaterThan(before))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect([status(client), hub.streams.length]).toEqual(['open', 1])
    clock.advance(45_000)
    await until(() => expect(hub.open).toBe(0))
    expect(client.connection.get().lastError?.message).toMatch(/silent/)
    clock.advance(1000)
    await opened(client)
    expect(hub.peak).toBe(1)
  })

  it('is noticed at once after sleep, by the wall clock', async () => {
    const client = make()
    client.subscribe('orders', {})
    await opened(client)
    clock.jump(3_600_000)
    clock.advance(45_000)
    expect(client.debug()).toMatchObject({ attempts: 1, lastError: { code: 'node_unreachable' } })
  })

  it('is not waited for longer because the clock was set back', async () => {
    const client = make()
    client.subscribe('orders', {})
    await opened(client)
    hub.last.cut()
    await until(() => expect(status(client)).toBe('waiting'))
    clock.jump(-3_600_000)
    clock.advance(2 * 625)
    await opened(client)
  })

  it.each([
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [410, 'not_found'],
    [400, 'invalid_request'],
  ])('status %i is final and says so', async (code, reason) => {
    hub.onStream = (stream) => stream.refuse(code, { 'content-type': 'text/html' }, '<h1>no</h1>')
    const client = make()
    client.subscribe('orders', {})
    await until(() => expect(status(client)).toBe('failed'))
    expect(client.connection.get()).toMatchObject({ reason, lastError: { status: expect.any(Number) } })
    clock.advance(1e9)
    expect([hub.streams.length, clock.timers]).toEqual([1, 0])
    hub.onStream = (stream) => stream.hello()
    client.connect({ force: true })
    await opened(client)
  })

  it('an answer that is no event stream is final', async () => {
    hub.onStream = (stream) => stream.refuse(200, { 'content-type': 'text/html' }, '<h1>login</h1>')
    const client = make()
    client.subscribe('orders', {})
    await until(() => expect(status(client)).toBe('failed'))
    expect(client.connection.get()).toMatchObject({ reason: 'content_type' })
    expect(client.connection.get().lastError?.message).toContain('text/html')
  })

  it.each([408, 425, 429, 500, 502, 503, 504])('status %i passes, and Retry-After is waited for', async (code) => {
    hub.onStream = (stream) => stream.refuse(code, { 'retry-after': '9' })
    const client = make()
    client.subscribe('orders', {})
    await until(() => expect(status(client)).toBe('waiting'))
    expect(client.connection.get().nextRetryInMs).toBe(9500)
    hub.onStream = (stream) => stream.hello()
    clock.advance(9500)
    await opened(client)
  })

  it('goodbye kicked is final, goodbye drain comes back when told', async () => {
    const client = make()
    client.subscribe('orders', {})
    await opened(client)
    hub.last.control('goodbye', { reason: 'drain', reconnectMs: 2000 })
    hub.last.end()
    await until(() => expect(client.connection.get().nextRetryInMs).toBe(2500))
    clock.advance(2500)
    await opened(client)
    hub.last.control('goodbye', { reason: 'kicked', reconnectMs: null })
    await until(() => expect(client.connection.get()).toMatchObject({ status: 'failed', reason: 'kicked' }))
    clock.advance(1e9)
    expect([hub.streams.length, client.activeConnections]).toEqual([2, 0])
  })

  it('gives up after maxAttempts, and is retried by hand', async () => {
    hub.onStream = (stream) => stream.refuse(503)
    const client = make({ maxAttempts: 3 })
    client.subscribe('orders', {})
    await until(() => {
      if (status(client) === 'waiting') clock.advance(30_000)
      expect(status(client)).toBe('failed')
    })
    expect([hub.streams.length, client.connection.get().reason]).toEqual([3, 'max_attempts'])
    hub.onStream = (stream) => stream.hello()
    clock.advance(250)
    client.reconnect('by hand')
    await opened(client)
  })
})
