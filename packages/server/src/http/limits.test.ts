/** Every limit at its edge, over HTTP: n pass, one more does not, and one more again when one has gone. */
import { MonofilError } from '@monofil/protocol'
import type { Authenticator, Credentials, Principal } from '@monofil/server'
import { FakeClock, type SseReader, type StartHub, startHub, type TestHub } from '@monofil/testkit'
import { afterEach, describe, expect, test, vi } from 'vitest'

/** `Bearer NAME` or `Bearer NAME.whatever` is user NAME with every topic. */
const byName: Authenticator = {
  authenticate({ authorization }: Credentials): Principal {
    const sub = authorization?.slice('Bearer '.length).split('.')[0] ?? ''
    if (sub === 'expired') throw new MonofilError('token_expired', 'This token has expired.')
    if (sub === '' || sub === 'bad') throw new MonofilError('unauthorized', 'Send a Bearer token.')
    return { sub, roles: [], topics: ['*'], publish: ['*'], expiresAtMs: null }
  },
}

// Each starts hubs of its own, also on a machine that is busy with others.
vi.setConfig({ testTimeout: 60_000 })

const hubs: TestHub[] = []
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.close()
})
async function start(options: StartHub): Promise<TestHub> {
  const hub = await startHub({ authenticator: byName, trustProxy: 1, ...options })
  hubs.push(hub)
  return hub
}

const as = (user: string, address = '9.9.9.9') => ({ Authorization: `Bearer ${user}`, 'X-Forwarded-For': address })
const open = (hub: TestHub, user: string, { marker, address }: { marker?: string; address?: string } = {}) => {
  const body = { topics: [{ topic: 'a' }], ...(marker === undefined ? {} : { marker }) }
  return hub.stream('/v1/stream', { method: 'POST', body, headers: as(user, address) })
}
const count = (hub: TestHub) => hub.server.hub.connections().length
const gone = async (hub: TestHub, reader: SseReader) => {
  const before = count(hub)
  reader.destroy()
  await expect.poll(() => count(hub)).toBe(before - 1)
}

describe('streams', () => {
  test('of a user: n, no more, and one again for one that left; others are not concerned', async () => {
    const hub = await start({ limits: { streamsUser: 3 } })
    const readers: SseReader[] = []
    for (let n = 0; n < 3; n += 1) readers.push(await open(hub, 'alice'))
    expect(readers.map((reader) => reader.status)).toEqual([200, 200, 200])
    const refused = await open(hub, 'alice')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    await refused.closed()
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'too_many_connections', retryAfterMs: expect.any(Number) })
    expect((await open(hub, 'bob')).status).toBe(200)
    await gone(hub, readers[0] as SseReader)
    expect((await open(hub, 'alice')).status).toBe(200)
    expect((await open(hub, 'alice')).status).toBe(429)
  })

  test('the default is 20 of a user and 100 of an address with keys, none without', async () => {
    const hub = await start({})
    const many = await Promise.all(Array.from({ length: 120 }, (_, n) => open(hub, `u${n % 8}`)))
    expect(many.filter((reader) => reader.status === 200)).toHaveLength(100)
    for (let n = 0; n < 30; n += 1) await open(hub, 'alice', { address: '8.8.8.8' })
    expect(hub.server.hub.connections().filter((view) => view.user === 'alice')).toHaveLength(20)
    const open30 = await startHub()
    hubs.push(open30)
    const all = await Promise.all(Array.from({ length: 130 }, () => open30.open(['a'])))
    expect(all.every((reader) => reader.status === 200)).toBe(true)
  })

  test('that come at the same moment are counted one by one, and those that never began are not', async () => {
    const hub = await start({ limits: { streamsUser: 5 } })
    const many = await Promise.all(Array.from({ length: 40 }, () => open(hub, 'alice')))
    expect(many.filter((reader) => reader.status === 200)).toHaveLength(5)
    for (const reader of many) reader.destroy()
    await expect.poll(() => count(hub)).toBe(0)
    for (let n = 0; n < 20; n += 1) {
      const head = await hub.stream('/v1/stream?topics=a', { method: 'HEAD', headers: as('alice') })
      expect(head.status).toBe(200)
    }
    const again = await Promise.all(Array.from({ length: 6 }, () => open(hub, 'alice')))
    expect(again.filter((reader) => reader.status === 200)).toHaveLength(5)
  })

  test('of an address: all its users together, an IPv6 network as one, another address not', async () => {
    const hub = await start({ limits: { streamsAddress: 2 } })
    const one = await open(hub, 'alice', { address: '2001:db8:0:1::1' })
    expect(one.status).toBe(200)
    expect((await open(hub, 'bob', { address: '2001:db8:0:1:9::9' })).status).toBe(200)
    expect((await open(hub, 'carol', { address: '2001:db8:0:1::5' })).status).toBe(429)
    expect((await open(hub, 'carol', { address: '2001:db8:0:2::5' })).status).toBe(200)
    await gone(hub, one)
    expect((await open(hub, 'carol', { address: '2001:db8:0:1::5' })).status).toBe(200)
  })

  test('that replace an older one of their marker count once; twenty tabs that all come back get in', async () => {
    const hub = await start({ limits: { streamsUser: 20, streamsAddress: 20 } })
    const tabs = Array.from({ length: 20 }, (_, n) => `tab-${n}`)
    await Promise.all(tabs.map((marker) => open(hub, 'alice', { marker })))
    expect(count(hub)).toBe(20)
    // The network changed: the hub still holds the old ones, and everybody comes at once, from another address.
    for (const address of ['9.9.9.9', '8.8.8.8']) {
      const back = await Promise.all(tabs.map((marker) => open(hub, 'alice', { marker, address })))
      expect(back.map((reader) => reader.status)).toEqual(tabs.map(() => 200))
      await expect.poll(() => count(hub)).toBe(20)
    }
    expect((await open(hub, 'alice', { marker: 'tab-new', address: '8.8.8.8' })).status).toBe(429)
  })

  test('by GET are refused as a stream that says when to come again', async () => {
    const hub = await start({ limits: { streamsUser: 1 } })
    const get = (headers = {}) => hub.stream('/v1/stream?topics=a', { headers: { ...as('alice'), ...headers } })
    const first = await get()
    await first.event('hello')
    const refused = await get()
    expect(refused.status).toBe(200)
    await refused.closed()
    expect(refused.blocks.map((block) => block.event)).toEqual(['hello', 'goodbye'])
    const { reconnectMs } = await refused.event<{ reconnectMs: number }>('goodbye')
    expect(reconnectMs).toBeGreaterThanOrEqual(2_500)
    expect(refused.blocks.map((block) => block.retry)).toEqual([reconnectMs, reconnectMs])
    expect(refused.lastEventId).toBeUndefined()
    const denied = await hub.stream('/v1/stream?topics=run:none', { headers: as('alice') })
    expect(denied.status).toBe(404)
    // It had a stream, and the one the hub still knows may be dead: it gets in, and the old one is told to come back.
    const back = await get({ 'Last-Event-ID': first.lastEventId ?? '' })
    expect(await back.event('hello')).toMatchObject({ topics: [{ topic: 'a' }] })
    expect(await first.event('goodbye')).toMatchObject({ reason: 'lifetime', reconnectMs: expect.any(Number) })
    await expect.poll(() => count(hub)).toBe(1)
  })
})

describe('requests', () => {
  test('to publish: 100 a second and bearer', async () => {
    const clock = new FakeClock()
    const hub = await start({ clock })
    const publish = (token: string) => hub.call('POST', '/v1/publish', { topic: 'a', type: 't', data: 1 }, as(token))
    for (let n = 0; n < 100; n += 1) expect((await publish('alice.1')).status).toBe(200)
    const refused = await publish('alice.1')
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited', retryAfterMs: 10 } })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await publish('alice.2')).status).toBe(200)
    clock.advance(10)
    expect((await publish('alice.1')).status).toBe(200)
    expect((await publish('alice.1')).status).toBe(429)
    expect((await hub.store.log.bounds('a')).head).toBe(102)
    // Nothing else is counted.
    expect((await hub.call('GET', '/v1/runs', undefined, as('alice.1'))).status).toBe(200)
  })

  test('to publish: one token is one bearer, however the header or the cookie is written', async () => {
    const hub = await start({
      clock: new FakeClock(),
      limits: { publish: 2 },
      authenticator: {
        ...byName,
        authenticate: () => byName.authenticate({ authorization: 'Bearer a' } as Credentials),
        cookieName: 'm',
      },
    })
    const publish = async (headers: Record<string, string>) =>
      (await hub.call('POST', '/v1/publish', { topic: 'a', type: 't', data: 1 }, headers)).status
    const said = ['Bearer a.1', 'bearer a.1', 'BEARER   a.1', 'Bearer a.1  '].map((authorization) => ({
      authorization,
    }))
    expect(await Promise.all(said.map(publish))).toEqual([200, 200, 429, 429])
    const kept = ['m=a.2', 'x=1; m = a.2', 'm=junk1; __Host-m=a.2', '__Host-m=a.2; m=junk2'].map((cookie) => ({
      cookie,
    }))
    const statuses: number[] = []
    for (const headers of kept) statuses.push(await publish(headers))
    expect(statuses).toEqual([200, 200, 429, 429])
  })

  test('of all kinds: so many an address, but those of whoever watches the hub', async () => {
    const clock = new FakeClock()
    const hub = await start({ clock, limits: { requests: 5 } })
    const get = (path: string, address?: string) => hub.call('GET', path, undefined, as('alice', address))
    for (let n = 0; n < 10; n += 1) expect((await get(n % 2 === 0 ? '/v1/runs' : '/nowhere')).status).not.toBe(429)
    expect(await get('/v1/runs')).toMatchObject({ status: 429, body: { code: 'rate_limited', retryAfterMs: 200 } })
    expect((await get('/nowhere')).status).toBe(429)
    expect((await get('/v1/runs', '8.8.8.8')).status).toBe(200)
    expect((await get('/healthz')).status).toBe(200)
    expect((await get('/readyz')).status).toBe(200)
    const stream = await hub.stream('/v1/stream?topics=a', { headers: as('alice') })
    expect(stream.status).toBe(200)
    expect(await stream.event('goodbye')).toMatchObject({ reason: 'internal', reconnectMs: 200 })
    clock.advance(200)
    expect((await get('/v1/runs')).status).toBe(200)
    expect((await get('/v1/runs')).status).toBe(429)
  })

  test('with bad credentials: after so many a minute not even a good one is looked at', async () => {
    const clock = new FakeClock()
    const hub = await start({ clock, limits: { failures: 3 } })
    const get = async (token: string | undefined, address = '9.9.9.9') => {
      const headers = token === undefined ? { 'X-Forwarded-For': address } : as(token, address)
      return (await hub.call('GET', '/v1/runs', undefined, headers)).status
    }
    // Neither those that say nothing nor those that were good once are tries.
    for (let n = 0; n < 5; n += 1) expect(await get(undefined)).toBe(401)
    for (let n = 0; n < 5; n += 1) expect(await get('expired')).toBe(401)
    for (let n = 0; n < 3; n += 1) expect(await get(`bad.${n}`)).toBe(401)
    expect(await get('bad.3')).toBe(429)
    expect(await get('alice')).toBe(429)
    expect(await get('alice', '8.8.8.8')).toBe(200)
    clock.advance(20_000)
    expect(await get('alice')).toBe(200)
    expect(await get('bad.4')).toBe(401)
    expect(await get('alice')).toBe(429)
  })
})

test('a bad cookie is a try too, whatever the authenticator calls it', async () => {
  const byCookie: Authenticator = {
    cookieName: 'my.app',
    authenticate() {
      throw new MonofilError('unauthorized', 'This is no session.')
    },
  }
  const hub = await start({ authenticator: byCookie, limits: { failures: 1 } })
  const get = async (cookie: string) => {
    const headers = { 'X-Forwarded-For': '9.9.9.9', cookie }
    return (await hub.call('GET', '/v1/runs', undefined, headers)).status
  }
  // A cookie of something else on this host says nothing of who asks.
  expect([await get('monofil=x'), await get('my-app=x'), await get('my.app=x')]).toEqual([401, 401, 401])
  expect([await get('my-app=x'), await get('__Host-my.app=y')]).toEqual([401, 429])
  expect(await get('my.app = z')).toBe(429)
})

test('sizes at their edge: 256 KiB of data, 1 MiB of body', async () => {
  const hub = await start({})
  const post = (body: string) =>
    fetch(`${hub.url}/v1/publish`, {
      method: 'POST',
      headers: { ...as('alice'), 'Content-Type': 'application/json' },
      body,
    })
  const event = (bytes: number) => JSON.stringify({ topic: 'a', type: 't', data: 'x'.repeat(bytes - 2) })
  expect((await post(event(256 * 1024))).status).toBe(200)
  expect(await (await post(event(256 * 1024 + 1))).json()).toMatchObject({ code: 'too_large', field: 'data' })
  const body = (bytes: number) => event(10).padEnd(bytes, ' ')
  expect((await post(body(1024 * 1024))).status).toBe(200)
  expect((await post(body(1024 * 1024 + 1))).status).toBe(413)
})

test('without trust a proxy nearby does not make all its clients share one address', async () => {
  const lines: string[] = []
  const warn = (message: string) => void lines.push(message)
  const logger = { debug() {}, info() {}, warn, error() {} }
  const hub = await start({ trustProxy: undefined, limits: { streamsAddress: 1, failures: 1, requests: 20 }, logger })
  const direct = () => hub.stream('/v1/stream?topics=a', { headers: { Authorization: 'Bearer alice' } })
  await (await direct()).event('hello')
  expect(await (await direct()).event('goodbye')).toMatchObject({ reason: 'internal' })
  expect(lines).toEqual([])
  for (let n = 0; n < 50; n += 1) {
    expect((await hub.call('GET', '/v1/runs', undefined, as('bad', '1.1.1.1'))).status).toBe(401)
  }
  for (const address of ['2.2.2.2', '3.3.3.3', '3.3.3.3'])
    expect((await open(hub, 'bob', { address })).status).toBe(200)
  expect(lines).toEqual([expect.stringContaining('proxy that is not trusted')])
})
