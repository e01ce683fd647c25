/** What one may take of a hub, set by the environment of the real command. Each request comes from an address of its own. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Bench } from '../test/bin.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const SECRET = 'a-secret-for-tests-of-32-bytes-ok'
const CONNECTIONS = 60

let bench: Bench
let url: string
let port: number
const tokens: string[] = []
beforeAll(async () => {
  bench = await Bench.open()
  const env = {
    MONOFIL_SECRET: SECRET,
    MONOFIL_TRUST_PROXY: '127.0.0.1,10.0.0.0/8',
    MONOFIL_COOKIE_NAME: 'desk',
    MONOFIL_LIMIT_STREAMS_USER: '2',
    MONOFIL_LIMIT_STREAMS_ADDRESS: '3',
    MONOFIL_LIMIT_PUBLISH: '1',
    MONOFIL_LIMIT_REQUESTS: '1',
    MONOFIL_LIMIT_FAILURES: '1',
    MONOFIL_LIMIT_CONNECTIONS: `${CONNECTIONS}`,
  }
  const hub = bench.spawn(['start', '--port', '0'], { env })
  url = (await hub.until(/Monofil listening on (http:\S+)/))[1] ?? ''
  port = Number(new URL(url).port)
  for (const sub of ['ann', 'bob', 'cem']) {
    const made = await bench.run(['token', '--sub', sub, '--topic', '*', '--publish', '*'], { env })
    tokens.push(made.stdout.trim())
  }
})
afterAll(() => bench.close())

let addresses = 0
const newAddress = () => {
  addresses += 1
  return `198.51.100.${addresses}`
}
async function get(path: string, address: string, more: Record<string, string> = {}): Promise<number> {
  const headers = { authorization: `Bearer ${tokens[0]}`, 'x-forwarded-for': `${address}, 10.0.0.1`, ...more }
  const response = await fetch(url + path, { headers })
  await response.body?.cancel()
  return response.status
}
const counted = (statuses: readonly number[], status: number) => statuses.filter((one) => one === status).length

test('requests of an address: two at once, the address being what trusted proxies say', async () => {
  const one = newAddress()
  const statuses = await Promise.all(Array.from({ length: 20 }, () => get('/v1/session', one)))
  expect(counted(statuses, 200)).toBeGreaterThanOrEqual(2)
  expect(counted(statuses, 429)).toBeGreaterThan(0)
  expect(await get('/v1/session', newAddress())).toBe(200)
  // What the client itself put in front of the chain is never reached.
  const forged = Array.from({ length: 20 }, (_, n) => get('/v1/session', `203.0.113.${n}, ${one}`))
  expect(counted(await Promise.all(forged), 429)).toBeGreaterThan(0)
})

test('bad credentials of an address: after one no other is looked at, wherever it lies', async () => {
  const one = newAddress()
  expect(await get('/v1/session', one, { authorization: 'Bearer a.b.c' })).toBe(401)
  await expect.poll(() => get('/v1/session', one)).toBe(429)
  const other = newAddress()
  const headers = { 'x-forwarded-for': other, cookie: 'desk=a.b.c' }
  expect((await fetch(`${url}/v1/session`, { headers })).status).toBe(401)
  const again = await fetch(`${url}/v1/session`, { headers: { ...headers, cookie: 'monofil=x' } })
  expect([401, 429]).toContain(again.status)
  await expect.poll(async () => (await fetch(`${url}/v1/session`, { headers })).status).toBe(429)
})

test('publish requests of a bearer', async () => {
  const publish = async (token = tokens[1]) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'x-forwarded-for': newAddress(),
      'content-type': 'application/json',
    }
    const body = JSON.stringify({ topic: 'orders', type: 't', data: 1 })
    return (await fetch(`${url}/v1/publish`, { method: 'POST', headers, body })).status
  }
  const statuses = await Promise.all(Array.from({ length: 20 }, () => publish()))
  expect(counted(statuses, 200)).toBeGreaterThan(0)
  expect(counted(statuses, 429)).toBeGreaterThan(0)
  expect(await publish(tokens[2])).toBe(200)
})

test('streams of a user and of an address; the cookie has the name that was set', async () => {
  const cuts: AbortController[] = []
  // Node cancels the body of an answer that nobody holds.
  const held: Response[] = []
  const open = async (token: string | undefined, address: string): Promise<number> => {
    const cut = new AbortController()
    cuts.push(cut)
    const headers = {
      authorization: `Bearer ${token}`,
      'x-forwarded-for': address,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    }
    const body = JSON.stringify({ topics: [{ topic: 'orders' }] })
    const response = await fetch(`${url}/v1/stream`, { method: 'POST', headers, body, signal: cut.signal })
    held.push(response)
    return response.status
  }
  const anns = [await open(tokens[0], newAddress()), await open(tokens[0], newAddress())]
  expect([...anns, await open(tokens[0], newAddress())]).toEqual([200, 200, 429])
  // Of one address, whose requests are limited too: its streams are opened as its requests come back.
  const one = newAddress()
  for (const token of [tokens[1], tokens[1], tokens[2]]) {
    await expect.poll(() => open(token, one), { interval: 500 }).toBe(200)
  }
  const body = async () => {
    const headers = { authorization: `Bearer ${tokens[2]}`, 'x-forwarded-for': one, 'content-type': 'application/json' }
    const response = await fetch(`${url}/v1/stream`, { method: 'POST', headers, body: '{"topics":[]}' })
    return ((await response.json()) as { code: string }).code
  }
  await expect.poll(body, { interval: 500 }).toBe('too_many_connections')
  expect(
    counted(
      held.map(({ status }) => status),
      200,
    ),
  ).toBe(5)
  for (const cut of cuts) cut.abort()
  const headers = { authorization: `Bearer ${tokens[0]}`, 'x-forwarded-for': newAddress() }
  const secure = { ...headers, 'x-forwarded-proto': 'https', 'content-type': 'application/json' }
  const session = await fetch(`${url}/v1/session`, { method: 'POST', headers: secure, body: '{}' })
  expect(session.headers.getSetCookie()[0]).toMatch(/^__Host-desk=/)
})

test('connections of the hub: silent ones make room for those that come', async () => {
  const sockets = Array.from({ length: CONNECTIONS + 20 }, () => connect({ host: '127.0.0.1', port }))
  let closed = 0
  for (const socket of sockets) {
    socket.on('error', () => undefined)
    socket.on('close', () => {
      closed += 1
    })
  }
  await Promise.all(sockets.map((socket) => (socket.connecting ? once(socket, 'connect') : undefined)))
  await expect.poll(() => closed, { timeout: 10_000 }).toBeGreaterThanOrEqual(20)
  expect(await get('/v1/session', newAddress())).toBe(200)
  for (const socket of sockets) socket.destroy()
})
