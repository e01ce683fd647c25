import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { startHub, type TestHub } from '@monofil/testkit'
import { FakeClock } from '@monofil/testkit/contracts'
import { afterEach, describe, expect, test } from 'vitest'
import { callbackAuthenticator, jwtAuthenticator } from '../auth/index.ts'
import { hs256, SECRET } from '../testing/tokens.ts'

const hubs: TestHub[] = []
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.close()
})

async function open(options: Parameters<typeof startHub>[0] = {}): Promise<TestHub> {
  const hub = await startHub(options)
  hubs.push(hub)
  return hub
}
const withKeys = (options: Parameters<typeof startHub>[0] = {}) =>
  open({ authenticator: jwtAuthenticator({ secret: SECRET, allowedOrigins: ['https://app.test'] }), ...options })
const seconds = () => Math.floor(Date.now() / 1_000)
const tokenOf = (claims: object = {}) =>
  hs256({ sub: 'alice', roles: ['team'], publish: ['*'], iat: seconds(), exp: seconds() + 600, ...claims })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const event = { topic: 'orders', type: 't', data: 1 }

describe('with keys', () => {
  test('everything but health and the console needs a credential, and 401 says how', async () => {
    const hub = await withKeys()
    for (const path of ['/v1/runs', '/v1/session', '/v1/connections', '/v1/stream?topics=a', '/v1/revocations']) {
      const { status, headers, body } = await hub.call<{ code: string }>('GET', path)
      expect([path, status, body.code]).toEqual([path, 401, 'unauthorized'])
      expect(headers.get('www-authenticate')).toBe('Bearer realm="monofil"')
    }
    expect((await hub.call('GET', '/healthz')).status).toBe(200)
    expect((await hub.call('GET', '/readyz')).status).toBe(200)
  })

  test('a bad or expired one says what is wrong with it, and is never anonymous', async () => {
    const hub = await withKeys()
    const expired = await tokenOf({ iat: seconds() - 9, exp: seconds() - 1 })
    const answer = await hub.call<{ code: string }>('GET', '/v1/runs', undefined, bearer(expired))
    expect([answer.status, answer.body.code]).toEqual([401, 'token_expired'])
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="monofil", error="invalid_token", error_description="The token has expired: get another one."',
    )
    expect(JSON.stringify(answer.body)).not.toContain(expired)
  })

  test('the first credential that is present decides', async () => {
    const hub = await withKeys({ trustProxy: 1 })
    const good = await tokenOf()
    const cookie = { cookie: `monofil=${good}` }
    const get = async (headers: Record<string, string>) =>
      (await hub.call('GET', '/v1/session', undefined, headers)).status
    expect(await get(cookie)).toBe(200)
    expect(await get({ ...cookie, ...bearer('a.b.c') })).toBe(401)
    expect(await get({ cookie: 'monofil=a.b.c', ...bearer(good) })).toBe(200)
    expect(await get({ cookie: `__Host-monofil=a.b.c; monofil=${good}` })).toBe(401)
    // A neighbouring host can plant a cookie without the prefix.
    expect(await get({ ...cookie, 'x-forwarded-proto': 'https' })).toBe(401)
    expect(await get({ cookie: `other=1; __Host-monofil=${good}`, 'x-forwarded-proto': 'https' })).toBe(200)
  })
})

test('what a proxy says of https counts only where the proxy is trusted', async () => {
  const token = await tokenOf()
  const cookie = { cookie: `monofil=${token}`, 'x-forwarded-proto': 'https' }
  for (const [trustProxy, status] of [
    [undefined, 200],
    [['10.0.0.0/8'], 200],
    [['127.0.0.1'], 401],
    [1, 401],
  ] as const) {
    const hub = await withKeys({ trustProxy })
    expect([trustProxy, (await hub.call('GET', '/v1/session', undefined, cookie)).status]).toEqual([trustProxy, status])
    const begun = await hub.call('POST', '/v1/session', {}, { ...bearer(token), 'x-forwarded-proto': 'https' })
    expect(begun.headers.getSetCookie()[0]?.startsWith('__Host-')).toBe(status === 401)
  }
})

test("while the issuer's keys cannot be had a native EventSource is told to come back; anybody else 503", async () => {
  const gone = createServer()
  gone.listen(0, '127.0.0.1')
  await once(gone, 'listening')
  const { port } = gone.address() as AddressInfo
  await new Promise((resolve) => gone.close(resolve))
  const hub = await open({ authenticator: jwtAuthenticator({ jwksUrl: `http://127.0.0.1:${port}/jwks` }) })
  const headers = { cookie: `monofil=${await tokenOf()}` }
  for (const path of ['/v1/stream?topics=a', '/v1/runs/r/events']) {
    const stream = await hub.stream(path, { headers })
    expect([path, stream.status]).toEqual([path, 200])
    const { reason, reconnectMs } = await stream.event<{ reason: string; reconnectMs: number }>('goodbye')
    expect([reason, reconnectMs]).toEqual(['internal', 1_000])
    expect(stream.blocks.at(-1)?.retry).toBe(1_000)
    await stream.closed()
  }
  expect(await hub.call('GET', '/v1/runs', undefined, headers)).toMatchObject({ status: 503, body: AWAY })
  const post = await hub.call('POST', '/v1/stream', { topics: [] }, bearer(await tokenOf()))
  expect(post).toMatchObject({ status: 503, body: AWAY })
})
const AWAY = { code: 'store_unavailable', retryAfterMs: 1_000 }

test('a cookie of another name: two applications of one host do not overwrite each other', async () => {
  const named = (cookieName: string) => open({ authenticator: jwtAuthenticator({ secret: SECRET, cookieName }) })
  const [one, other] = [await named('shop'), await named('desk')]
  const begin = async (hub: TestHub, sub: string) => {
    const answer = await hub.call('POST', '/v1/session', {}, bearer(await tokenOf({ sub })))
    return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }
  const cookie = `${await begin(one, 'ann')}; ${await begin(other, 'bob')}`
  expect(cookie).toMatch(/^shop=.*; desk=/)
  expect((await one.call('GET', '/v1/session', undefined, { cookie })).body).toMatchObject({ user: 'ann' })
  expect((await other.call('GET', '/v1/session', undefined, { cookie })).body).toMatchObject({ user: 'bob' })
  const ended = await one.call('DELETE', '/v1/session', {}, { cookie, origin: one.url })
  expect(ended.headers.getSetCookie().map((text) => text.split('=')[0])).toEqual(['shop', '__Host-shop'])
})

describe('a session', () => {
  test('begins with a token, says who one is, and ends', async () => {
    const hub = await withKeys()
    const token = await tokenOf()
    const begun = await hub.call<object>('POST', '/v1/session', {}, bearer(token))
    expect(begun.status).toBe(200)
    expect(begun.body).toMatchObject({ user: 'alice', roles: ['team'], isOperator: false, mode: 'cookie' })
    const set = begun.headers.getSetCookie()
    expect(set).toHaveLength(1)
    expect(set[0]).toMatch(/^monofil=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=(59\d|600)$/)
    const cookie = set[0]?.split(';')[0] ?? ''
    expect((await hub.call('GET', '/v1/session', undefined, { cookie })).body).toMatchObject({ user: 'alice' })
    const ended = await hub.call('DELETE', '/v1/session', {}, { cookie, origin: hub.url })
    expect(ended.status).toBe(204)
    expect(ended.headers.getSetCookie()).toEqual([
      'monofil=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
      '__Host-monofil=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure',
    ])
  })

  test('over https has the prefix and Secure', async () => {
    const hub = await withKeys({ trustProxy: 1 })
    for (const https of [{ origin: 'https://hub.test' }, { 'x-forwarded-proto': 'https' }]) {
      const { headers } = await hub.call('POST', '/v1/session', {}, { ...bearer(await tokenOf()), ...https })
      expect(headers.getSetCookie()[0]).toMatch(
        /^__Host-monofil=.*; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/,
      )
    }
  })

  test('is never made of a cookie, nor of a token that no cookie holds', async () => {
    const hub = await withKeys()
    const cookie = `monofil=${await tokenOf()}`
    expect((await hub.call('POST', '/v1/session', {}, { cookie, origin: hub.url })).status).toBe(401)
    const large = await tokenOf({ topics: Array.from({ length: 100 }, (_, i) => `topic-with-a-long-name-${i}`) })
    expect(large.length).toBeGreaterThan(3_000)
    const huge = await tokenOf({ topics: Array.from({ length: 150 }, (_, i) => `topic-with-a-long-name-${i}`) })
    expect((await hub.call('POST', '/v1/session', {}, bearer(huge))).status).toBe(413)
  })

  test('is none of the hub in development mode, nor where an application decides', async () => {
    const dev = await open()
    expect(await dev.call('GET', '/v1/session')).toMatchObject({ body: { user: 'dev', mode: 'development' } })
    expect(await dev.call('POST', '/v1/session', {})).toMatchObject({ status: 409 })
    const app = await open({ authenticator: callbackAuthenticator(() => ({ sub: 'ann' })) })
    expect(await app.call('GET', '/v1/session')).toMatchObject({ body: { user: 'ann', mode: 'application' } })
  })
})

describe('a cookie counts on what changes something', () => {
  const cases: readonly [what: string, headers: Record<string, string>, status: number][] = [
    ['from this origin', { origin: 'SELF' }, 200],
    ['from an allowed origin', { origin: 'https://app.test' }, 200],
    ['as the browser says it is of this origin', { 'sec-fetch-site': 'same-origin' }, 200],
    ['not without a word of where from', {}, 403],
    ['not from another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['not from another site', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }, 403],
    ['not from a neighbour', { origin: 'https://x.app.test', 'sec-fetch-site': 'same-site' }, 403],
    ['not from a page without origin', { origin: 'null' }, 403],
    ['not as a form sends it', { origin: 'SELF', 'content-type': 'text/plain' }, 403],
    ['not as a form claims it', { origin: 'SELF', 'content-type': 'text/plain; x=application/json' }, 403],
  ]
  test.each(cases)('%s', async (_what, headers, status) => {
    const hub = await withKeys()
    const sent = { ...headers, ...(headers['origin'] === 'SELF' ? { origin: hub.url } : {}) }
    const cookie = `monofil=${await tokenOf()}`
    const answer = await hub.call<{ code?: string }>('POST', '/v1/publish', event, { cookie, ...sent })
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.body.code).toBe('csrf')
    // A bearer is no cookie: no page of another can send it.
    const { cookie: _, ...rest } = { cookie, ...sent, 'content-type': 'application/json' }
    expect((await hub.call('POST', '/v1/publish', event, { ...rest, ...bearer(await tokenOf()) })).status).toBe(200)
  })

  test('on every method that is not a read', async () => {
    const hub = await withKeys()
    const cookie = `monofil=${await tokenOf()}`
    for (const [method, path] of [
      ['POST', '/v1/stream'],
      ['PATCH', '/v1/runs/x'],
      ['DELETE', '/v1/runs/x'],
      ['DELETE', '/v1/session'],
    ] as const) {
      expect(await hub.call(method, path, {}, { cookie })).toMatchObject({ status: 403, body: { code: 'csrf' } })
    }
  })
})

describe('an application decides', () => {
  const sessions = callbackAuthenticator(({ cookie, authorization }) => {
    if (authorization === 'Key k1') return { sub: 'machine', publish: ['*'], via: 'bearer' }
    return cookie === 'sid=1' ? { sub: 'ann', publish: ['*'], expiresAtMs: Date.now() + 60_000 } : null
  })

  test('who it is, by its own cookie under the same rule, unless it was a bearer', async () => {
    const hub = await open({ authenticator: sessions })
    const publish = async (headers: Record<string, string>) =>
      (await hub.call('POST', '/v1/publish', event, headers)).status
    expect(await publish({ cookie: 'sid=1', origin: hub.url })).toBe(200)
    expect(await publish({ cookie: 'sid=1' })).toBe(403)
    expect(await publish({ cookie: 'sid=2', origin: hub.url })).toBe(401)
    expect(await publish({ authorization: 'Key k1' })).toBe(200)
  })

  test('and its mistakes are failures of the hub, not users', async () => {
    for (const answer of [{ sub: undefined as unknown as string }, { sub: '' }]) {
      const hub = await open({ authenticator: callbackAuthenticator(() => answer) })
      expect((await hub.call('GET', '/v1/runs')).status).toBe(500)
    }
  })
})

test('keys that cannot be had are 503 with a time to come back', async () => {
  const silent = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const authenticator = jwtAuthenticator({ jwksUrl: `http://127.0.0.1:${port}/`, clock: new FakeClock() })
  const hub = await open({ authenticator })
  const { status, headers } = await hub.call('GET', '/v1/runs', undefined, bearer('eyJhbGciOiJFUzI1NiJ9.e30.AA'))
  expect([status, headers.get('retry-after')]).toEqual([503, '1'])
  await new Promise((resolve) => silent.close(resolve))
})
