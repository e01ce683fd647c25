import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FakeClock } from '@monofil/testkit/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Authenticator } from '../seams/auth.ts'
import { silentLogger } from '../seams/system.ts'
import { credentials, type TestKey, testKey } from '../testing/tokens.ts'
import { jwtAuthenticator } from './jwt.ts'

let server: Server
let clock: FakeClock
let requests: number
let respond: (response: ServerResponse) => void
const warnings: unknown[] = []

beforeEach(async () => {
  clock = new FakeClock()
  requests = 0
  warnings.length = 0
  server = createServer((_, response) => {
    requests += 1
    respond(response)
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const publish = (...keys: TestKey[]) => {
  const body = JSON.stringify({ keys: keys.map(({ jwk }) => jwk) })
  respond = (response) => response.end(body)
}
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
const open = (): Authenticator =>
  jwtAuthenticator({
    jwksUrl: url(),
    clock,
    logger: { ...silentLogger, warn: (message) => message.includes('could not be fetched') && warnings.push(message) },
  })
const claims = () => ({ sub: 'alice', iat: clock.now() / 1_000, exp: clock.now() / 1_000 + 3_600 })
const ask = async (authenticator: Authenticator, token: string) => authenticator.authenticate(credentials(token))

test('keys are fetched once, for all who wait', async () => {
  const key = await testKey('ES256', 'k1')
  publish(key)
  const authenticator = open()
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, n) => key.sign({ ...claims(), jti: `${n}` })))
  await Promise.all(tokens.map((token) => ask(authenticator, token)))
  expect(requests).toBe(1)
})

test('a rotation is followed at the first token of the new key; made-up kids ask once per cooldown', async () => {
  const [old, next] = await Promise.all([testKey('ES256', 'k1'), testKey('EdDSA', 'k2')])
  publish(old)
  const authenticator = open()
  const oldToken = await old.sign(claims())
  await ask(authenticator, oldToken)
  publish(next)
  clock.advance(30_000)
  expect(await ask(authenticator, await next.sign(claims()))).toMatchObject({ sub: 'alice' })
  expect(requests).toBe(2)
  // The old key is withdrawn: what was checked with it is not remembered any more.
  await expect(ask(authenticator, oldToken)).rejects.toMatchObject({ code: 'unauthorized' })
  const forged = await testKey('ES256', 'made-up')
  for (let i = 0; i < 5; i += 1) {
    await expect(ask(authenticator, await forged.sign(claims()))).rejects.toMatchObject({ code: 'unauthorized' })
  }
  expect(requests).toBe(2)
  clock.advance(30_000)
  await expect(ask(authenticator, await forged.sign(claims()))).rejects.toMatchObject({ code: 'unauthorized' })
  expect(requests).toBe(3)
})

test('while the endpoint is down the known keys go on, and what a new kid is worth is not known', async () => {
  const key = await testKey('ES256', 'k1')
  publish(key)
  const authenticator = open()
  await ask(authenticator, await key.sign(claims()))
  respond = (response) => response.writeHead(500).end()
  clock.advance(1_000_000)
  for (let i = 0; i < 3; i += 1) {
    expect(await ask(authenticator, await key.sign({ ...claims(), jti: `${i}` }))).toMatchObject({ sub: 'alice' })
  }
  await expect.poll(() => warnings).toHaveLength(1)
  expect(requests).toBe(2)
  const other = await testKey('ES256', 'k9')
  clock.advance(30_000)
  const token = await other.sign(claims())
  await expect(ask(authenticator, token)).rejects.toMatchObject({ code: 'store_unavailable', retryable: true })
  clock.advance(10_000)
  const away = { code: 'store_unavailable', details: { retryAfterMs: 20_000 } }
  await expect(ask(authenticator, token)).rejects.toMatchObject(away)
  expect(requests).toBe(3)
  publish(key)
  clock.advance(20_000)
  await expect(ask(authenticator, token)).rejects.toMatchObject({ code: 'unauthorized' })
  clock.advance(1_000)
  await expect(ask(authenticator, token)).rejects.toMatchObject({ code: 'unauthorized' })
})

test('without any keys yet it is a failure that passes, and the next try is not far', async () => {
  respond = (response) => response.writeHead(503).end()
  const key = await testKey('ES256', 'k1')
  const authenticator = open()
  const token = await key.sign(claims())
  for (let i = 0; i < 3; i += 1) {
    await expect(ask(authenticator, token)).rejects.toMatchObject({ code: 'store_unavailable', retryable: true })
  }
  expect(requests).toBe(1)
  publish(key)
  clock.advance(1_000)
  expect(await ask(authenticator, token)).toMatchObject({ sub: 'alice' })
})

test('an endpoint that hangs, also within its answer, is given up after 5 s', async () => {
  respond = (response) => response.writeHead(200).write('{"keys":[')
  const token = await (await testKey('ES256', 'k1')).sign(claims())
  const asked = ask(open(), token)
  asked.catch(() => undefined)
  await expect.poll(() => requests).toBe(1)
  clock.advance(5_000)
  await expect(asked).rejects.toMatchObject({ code: 'store_unavailable' })
})

test.each<[string, (response: ServerResponse) => void]>([
  ['a redirect', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
  ['an answer without end', (response) => response.end('x'.repeat(600_000))],
  ['no JSON', (response) => response.end('<html>')],
  ['a set without a key that fits', (response) => response.end('{"keys":[{"kty":"oct","k":"AAAA"},{"kty":"RSA"},7]}')],
])('%s gives no keys', async (_what, answer) => {
  respond = answer
  const token = await (await testKey('ES256', 'k1')).sign(claims())
  await expect(ask(open(), token)).rejects.toMatchObject({ code: 'store_unavailable' })
})
