/** Credentials: asked for, pushed, about to end, refused. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from './create.ts'
import type { ClientOptions } from './options.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { RawHub } from './testing/raw-hub.ts'
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
const turn = () => new Promise((resolve) => setImmediate(resolve))
const opened = (client: MonofilClient) => until(() => expect(status(client)).toBe('open'))

describe('a token', () => {
  it('function is asked at each attempt, and an expired one replaced', async () => {
    let asked = 0
    const client = make({ token: async () => `t${++asked}` })
    client.subscribe('orders', {})
    await opened(client)
    hub.last.control('goodbye', { reason: 'expired', reconnectMs: null })
    await until(() => expect(status(client)).toBe('waiting'))
    clock.advance(1000)
    await opened(client)
    expect(hub.streams.map((stream) => stream.headers.authorization)).toEqual(['Bearer t1', 'Bearer t2'])
  })

  it('function that gives the expired one again ends in a state that says so', async () => {
    const client = make({ token: () => 'same' })
    client.subscribe('orders', {})
    await opened(client)
    hub.last.control('goodbye', { reason: 'expired', reconnectMs: null })
    await until(() => {
      clock.advance(1000)
      expect(client.connection.get()).toMatchObject({ status: 'failed', reason: 'token_expired' })
    })
    expect(hub.streams).toHaveLength(1)
  })

  it('function that gives nothing never makes an anonymous request', async () => {
    const client = make({ token: () => '' })
    client.subscribe('orders', {})
    await until(() => {
      clock.advance(1000)
      expect(client.connection.get()).toMatchObject({ status: 'failed', reason: 'unauthorized' })
    })
    expect(hub.streams).toHaveLength(0)
    await expect(client.api.workflows()).rejects.toMatchObject({ code: 'unauthorized' })
    expect(hub.calls).toHaveLength(0)
  })

  it('is kept when another client of the tab says nothing of one', async () => {
    const client = make({ share: 'tab', token: 't' })
    make({ share: 'tab', token: undefined })
    make({ share: 'tab' })
    client.subscribe('orders', {})
    await opened(client)
    client.reconnect('again')
    await until(() =>
      expect(hub.streams.map((stream) => stream.headers.authorization)).toEqual(['Bearer t', 'Bearer t']),
    )
  })

  it('changed ten times in a burst renews the open stream once, in place', async () => {
    const client = make({ share: 'tab', token: 't0' })
    client.subscribe('orders', {})
    await opened(client)
    for (let i = 1; i <= 10; i += 1) make({ share: 'tab', token: `t${i}` })
    await turn()
    clock.advance(100)
    await until(() => expect(hub.patches).toHaveLength(1))
    expect([hub.patches[0]?.headers.authorization, hub.patches[0]?.body]).toEqual(['Bearer t10', { seq: 1 }])
    await turn()
    clock.advance(5000)
    expect([hub.streams.length, hub.patches.length, status(client)]).toEqual([1, 1, 'open'])
  })

  it('pushed by { get, subscribe } renews, and nothing listens after close', async () => {
    const listeners = new Set<() => void>()
    let current = 't1'
    const client = make({
      token: {
        get: () => current,
        subscribe(onChange) {
          listeners.add(onChange)
          return () => listeners.delete(onChange)
        },
      },
    })
    client.subscribe('orders', {})
    await opened(client)
    current = 't2'
    for (const push of listeners) push()
    await turn()
    clock.advance(100)
    await until(() => expect(hub.patches.map(({ headers }) => headers.authorization)).toEqual(['Bearer t2']))
    expect(hub.streams).toHaveLength(1)
    client.close()
    expect(listeners.size).toBe(0)
  })

  it('pushed while an attempt is under way replaces that attempt', async () => {
    hub.onStream = () => {}
    make({ share: 'tab', token: 'old' }).subscribe('orders', {})
    await until(() => expect(hub.streams).toHaveLength(1))
    make({ share: 'tab', token: 'new' })
    await until(() => expect(hub.streams).toHaveLength(2))
    expect([hub.last.headers.authorization, hub.open]).toEqual(['Bearer new', 1])
  })

  it('pushed after a refusal is tried at once', async () => {
    hub.onStream = (stream, number) => (number === 1 ? stream.refuse(401) : stream.hello())
    const client = make({ share: 'tab', token: 'bad' })
    client.subscribe('orders', {})
    await until(() => expect(status(client)).toBe('failed'))
    make({ share: 'tab', token: 'good' })
    await turn()
    clock.advance(250)
    await opened(client)
    expect(hub.last.headers.authorization).toBe('Bearer good')
  })

  it('that is about to expire is renewed before it does, on the open stream', async () => {
    let asked = 0
    const client = make({ token: () => `t${++asked}` })
    hub.onCall = ({ body, answer }) =>
      answer(200, { seq: (body as { seq: number }).seq, topics: [], denied: [], expiresAt: '2026-11-21T14:00:00.000Z' })
    client.subscribe('orders', {})
    await opened(client)
    hub.last.control('expiring', { expiresAt: '2026-11-21T12:01:00.000Z' })
    await until(() => expect(hub.patches.map(({ headers }) => headers.authorization)).toEqual(['Bearer t2']))
    await until(() => expect(client.connection.get().expiresAt).toBe(Date.parse('2026-11-21T14:00:00.000Z')))
    expect([hub.streams.length, status(client)]).toEqual([1, 'open'])
  })

  it('that cannot be had yet is asked for again before the old one ends, and subscriptions go on', async () => {
    let current = 'old'
    const client = make({ token: () => current })
    client.subscribe('orders', {})
    await opened(client)
    hub.last.control('expiring', { expiresAt: '2026-11-21T12:01:00.000Z' })
    await until(() => expect(client.debug().timersPending).toBe(1))
    await turn()
    client.subscribe('others', {})
    await until(() =>
      expect(hub.patches.map(({ body }) => body)).toEqual([{ seq: 1, subscribe: [{ topic: 'others' }] }]),
    )
    expect(hub.patches[0]?.headers.authorization).toBe('Bearer old')
    current = 'new'
    clock.advance(30_000)
    await until(() => expect(hub.patches.map(({ body }) => body).at(-1)).toEqual({ seq: 2 }))
    expect([hub.patches[1]?.headers.authorization, hub.streams.length, status(client)]).toEqual([
      'Bearer new',
      1,
      'open',
    ])
  })
})
