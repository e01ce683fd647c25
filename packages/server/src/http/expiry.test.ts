import { startHub, type TestHub } from '@monofil/testkit'
import { FakeClock } from '@monofil/testkit/contracts'
import { afterEach, expect, test } from 'vitest'
import { jwtAuthenticator } from '../auth/index.ts'
import { hs256, SECRET } from '../testing/tokens.ts'

let hub: TestHub
afterEach(() => hub.close())

const open = async (token: string, topic = 'orders') =>
  hub.stream('/v1/stream', {
    method: 'POST',
    body: { topics: [{ topic }] },
    headers: { authorization: `Bearer ${token}` },
  })

test('a stream ends when its token does, not at the next look at all streams', async () => {
  const clock = new FakeClock()
  hub = await startHub({ authenticator: jwtAuthenticator({ secret: SECRET, clock }), clock })
  const now = clock.now() / 1_000
  // The hub looks at all streams once a second, and this one ends between two looks.
  clock.advance(300)
  const reader = await open(await hs256({ sub: 'a', topics: ['*'], iat: now, exp: now + 100.5 }))
  await reader.event('hello')
  clock.advance(91_000)
  expect(await reader.event('expiring')).toEqual({ expiresAt: new Date((now + 100.5) * 1_000).toISOString() })
  clock.advance(9_199)
  expect(hub.server.hub.connections()).toHaveLength(1)
  clock.advance(20)
  expect(hub.server.hub.connections()).toHaveLength(0)
  expect(await reader.event('goodbye')).toEqual({ reason: 'expired', reconnectMs: null })
  await reader.closed()
})

test('one that begins just before its token ends, ends with it too', async () => {
  const clock = new FakeClock()
  hub = await startHub({ authenticator: jwtAuthenticator({ secret: SECRET, clock }), clock })
  const reader = await open(await hs256({ sub: 'a', topics: ['*'], exp: clock.now() / 1_000 + 0.2 }))
  await reader.event('hello')
  clock.advance(200)
  expect(await reader.event('goodbye')).toMatchObject({ reason: 'expired' })
})

test('a reader that takes its bytes slowly does not outlive its token', async () => {
  hub = await startHub({ authenticator: jwtAuthenticator({ secret: SECRET }) })
  const exp = Math.floor(Date.now() / 1_000) + 3
  const reader = await open(await hs256({ sub: 'slow', topics: ['*'], exp }))
  await reader.event('hello')
  reader.pause()
  const data = 'x'.repeat(200_000)
  for (let i = 0; i < 40; i += 1) await hub.publish('orders', data)
  await expect.poll(() => hub.server.hub.connections()[0]?.queuedBytes ?? 0).toBeGreaterThan(0)
  expect(Date.now()).toBeLessThan(exp * 1_000)
  await expect.poll(() => hub.server.hub.connections()).toEqual([])
})
