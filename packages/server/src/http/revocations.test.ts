import { createLocalBus, type HubServer, serve } from '@monofil/server'
import { type SseReader, startHub, type TestHub } from '@monofil/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { jwtAuthenticator } from '../auth/index.ts'
import { hs256, SECRET } from '../testing/tokens.ts'

let hub: TestHub
beforeEach(async () => {
  hub = await startHub({ authenticator: jwtAuthenticator({ secret: SECRET }) })
})
afterEach(() => hub.close())

const issued = Math.floor(Date.now() / 1_000) - 5
const tokenOf = (claims: object) => hs256({ topics: ['*'], iat: issued, exp: issued + 600, ...claims })
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const boss = async () => bearer(await tokenOf({ sub: 'boss', roles: ['admin'] }))
const stream = (token: string): Promise<SseReader> =>
  hub.stream('/v1/stream', { method: 'POST', body: { topics: [{ topic: 'orders' }] }, headers: bearer(token) })
const revoke = async (body: object) => hub.call<{ id: string }>('POST', '/v1/revocations', body, await boss())
const status = async (token: string) => (await hub.call('GET', '/v1/session', undefined, bearer(token))).status

const what: readonly [string, object][] = [
  ['a user', { sub: 'alice' }],
  ['one token', { jti: 't1' }],
  ['a role', { role: 'team' }],
]

describe.each(what)('revoking %s', (_name, body) => {
  test('ends open streams within a second, and the token counts no more, remembered or not', async () => {
    const token = await tokenOf({ sub: 'alice', jti: 't1', roles: ['team'] })
    const other = await tokenOf({ sub: 'bob', jti: 't2', roles: ['others'] })
    const [mine, theirs] = await Promise.all([stream(token), stream(other)])
    expect(await status(token)).toBe(200)
    const asked = performance.now()
    const { status: made, body: revocation } = await revoke(body)
    const goodbye = await mine.event('goodbye')
    expect(performance.now() - asked).toBeLessThan(1_000)
    expect(goodbye).toMatchObject({ reason: 'revoked', reconnectMs: expect.any(Number) })
    expect(made).toBe(201)
    expect(revocation).toMatchObject({ sub: null, jti: null, role: null, ...body, by: 'boss' })
    expect(await hub.call('GET', '/v1/session', undefined, bearer(token))).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    })
    expect(await status(other)).toBe(200)
    await hub.publish('orders', 1)
    expect(await theirs.event('message')).toMatchObject({ topic: 'orders' })
  })

  test('ends streams that a ticket of it opened, and the ticket with all its ids', async () => {
    const token = await tokenOf({ sub: 'alice', jti: 't1', roles: ['team'] })
    const open = async () => {
      const made = await hub.call<{ ticket: string }>('POST', '/v1/tickets', undefined, bearer(token))
      const path = `/v1/stream?topics=orders&ticket=${encodeURIComponent(made.body.ticket)}`
      const stream = await hub.stream(path)
      await stream.event('hello')
      return { path, stream }
    }
    const [one, unused] = [await open(), await hub.call<{ ticket: string }>('POST', '/v1/tickets', {}, bearer(token))]
    const id = one.stream.lastEventId ?? ''
    expect(id).toContain('~')
    await revoke(body)
    expect(await one.stream.event('goodbye')).toMatchObject({ reason: 'revoked', reconnectMs: expect.any(Number) })
    await one.stream.closed()
    for (const lastId of [id, one.stream.lastEventId ?? '', '']) {
      const again = await hub.stream(one.path, { headers: { 'Last-Event-ID': lastId } })
      expect([lastId, again.status]).toEqual([lastId, 401])
    }
    const fresh = `/v1/stream?topics=orders&ticket=${encodeURIComponent(unused.body.ticket)}`
    expect((await hub.stream(fresh)).status).toBe(401)
    await expect.poll(() => hub.server.hub.connections()).toEqual([])
  })

  test('ends with being taken back', async () => {
    const token = await tokenOf({ sub: 'alice', jti: 't1', roles: ['team'] })
    const { body: made } = await revoke(body)
    expect(await status(token)).toBe(401)
    expect(await hub.call('GET', '/v1/revocations', undefined, await boss())).toMatchObject({ body: { items: [made] } })
    expect((await hub.call('DELETE', `/v1/revocations/${made.id}`, undefined, await boss())).status).toBe(204)
    await expect.poll(() => status(token)).toBe(200)
    expect((await hub.call('DELETE', `/v1/revocations/${made.id}`, undefined, await boss())).status).toBe(404)
  })
})

test('a token that is issued later counts; one that does not say when never does', async () => {
  await revoke({ role: 'team', before: new Date((issued + 1) * 1_000).toISOString() })
  expect(await status(await tokenOf({ sub: 'a', roles: ['team'], iat: issued }))).toBe(401)
  expect(await status(await tokenOf({ sub: 'a', roles: ['team'], iat: issued + 1 }))).toBe(200)
  expect(await status(await tokenOf({ sub: 'a', roles: ['team'], iat: undefined }))).toBe(401)
  // A token's own id is refused whenever it was issued.
  await revoke({ jti: 'j', before: new Date((issued - 60) * 1_000).toISOString() })
  expect(await status(await tokenOf({ sub: 'a', jti: 'j' }))).toBe(401)
})

test('a hub that heard nothing of it learns within a second or so, and one that starts knows it', async () => {
  // A second hub of the store, on a bus that nothing is told on.
  const deaf = createLocalBus()
  const hubs: HubServer[] = []
  const open = async () => {
    const authenticator = jwtAuthenticator({ secret: SECRET })
    const server = await serve({ store: hub.store, bus: deaf, host: '127.0.0.1', port: 0, authenticator })
    hubs.push(server)
    return async (token: string) => (await fetch(`${server.url}/v1/session`, { headers: bearer(token) })).status
  }
  const token = await tokenOf({ sub: 'alice' })
  const running = await open()
  expect(await running(token)).toBe(200)
  await revoke({ sub: 'alice' })
  await expect.poll(() => running(token), { timeout: 5_000 }).toBe(401)
  expect(await (await open())(token)).toBe(401)
  for (const server of hubs) await server.close()
})

test('is for the operator, one thing at a time, and never ahead', async () => {
  const alice = bearer(await tokenOf({ sub: 'alice', topics: ['*'], publish: ['*'] }))
  for (const [method, path, body] of [
    ['POST', '/v1/revocations', { sub: 'boss' }],
    ['GET', '/v1/revocations', undefined],
    ['DELETE', '/v1/revocations/rev-1', undefined],
  ] as const) {
    expect((await hub.call(method, path, body, alice)).status).toBe(403)
  }
  const later = new Date(Date.now() + 60_000).toISOString()
  for (const body of [{}, { sub: 'a', role: 'b' }, { sub: '' }, { role: 'x', before: later }, { sub: 'a', extra: 1 }]) {
    expect(await revoke(body)).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
  }
})
