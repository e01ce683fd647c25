import { type ClientOptions, createClient, type MonofilClient } from '@monofil/client'
import { issueToken, jwtAuthenticator, newSecret } from '@monofil/server'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const secret = newSecret()
const tokenOf = (lifeMs: number, topics = ['orders']) => issueToken({ sub: 'ann', topics, lifeMs }, { secret })

let hub: TestHub
let client: MonofilClient | undefined
beforeEach(async () => {
  hub = await startHub({ authenticator: jwtAuthenticator({ secret }), settings: { sweepMs: 50 } })
})
afterEach(async () => {
  client?.close()
  client = undefined
  await hub.close()
})

/** A client that reads `orders`, and what it got. */
function open(options: ClientOptions): { readonly client: MonofilClient; readonly got: unknown[] } {
  const made = createClient({ url: hub.url, share: 'none', ...options })
  client = made
  const got: unknown[] = []
  made.subscribe('orders', { onEvent: ({ data }) => got.push(data) })
  return { client: made, got }
}
const info = () => client?.connection.get()
const opened = () => expect.poll(() => info()?.status).toBe('open')

describe('a real token', () => {
  it('that is about to expire is renewed in place by its function, and the one stream goes on past its end', async () => {
    let asked = 0
    const token = () => {
      asked += 1
      return tokenOf(asked === 1 ? 4_000 : 600_000)
    }
    // Whole seconds: the first lives 3 to 4 s, the next ones long.
    const { client: made, got } = open({ token })
    await opened()
    const { connection, expiresAt } = made.connection.get()
    await expect.poll(() => info()?.expiresAt ?? 0).toBeGreaterThan((expiresAt ?? 0) + 60_000)
    await expect.poll(() => Date.now(), { timeout: 10_000 }).toBeGreaterThan((expiresAt ?? 0) + 200)
    await hub.publish('orders', 'after the end')
    await expect.poll(() => got).toEqual(['after the end'])
    expect(info()).toMatchObject({ status: 'open', connection })
    expect([asked, made.debug().connects]).toEqual([2, 1])
  })

  it('that is pushed renews in place, and takes with it what the new one may not read', async () => {
    let current = await tokenOf(600_000)
    const pushes = new Set<() => void>()
    const { client: made } = open({
      token: {
        get: () => current,
        subscribe(onChange) {
          pushes.add(onChange)
          return () => pushes.delete(onChange)
        },
      },
    })
    await opened()
    const { connection } = made.connection.get()
    current = await tokenOf(600_000, ['others'])
    for (const push of pushes) push()
    await expect.poll(() => hub.server.hub.connections()[0]?.topics).toEqual([])
    expect(info()).toMatchObject({ status: 'open', connection })
  })

  it('that cannot be renewed ends the stream at its end, and nothing arrives after it', async () => {
    const token = await tokenOf(2_000)
    const { got } = open({ token })
    await opened()
    const expiresAt = info()?.expiresAt ?? 0
    await expect.poll(() => info()?.status, { timeout: 10_000 }).toBe('failed')
    expect(info()?.reason).toBe('expired')
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt)
    expect(hub.server.hub.connections()).toEqual([])
    await hub.publish('orders', 'too late')
    client?.connect({ force: true })
    await expect.poll(() => info()?.reason).toBe('token_expired')
    expect(got).toEqual([])
  })

  it('that was revoked is replaced by its function, in a stream of its own that loses nothing', async () => {
    const { client: made, got } = open({ token: () => tokenOf(600_000) })
    await opened()
    await hub.publish('orders', 1)
    await expect.poll(() => got).toEqual([1])
    const boss = await issueToken({ sub: 'boss', roles: ['admin'], lifeMs: 600_000 }, { secret })
    await hub.call('POST', '/v1/revocations', { sub: 'ann' }, { authorization: `Bearer ${boss}` })
    await expect.poll(() => info()?.status).toBe('waiting')
    await hub.publish('orders', 2)
    await expect.poll(() => got).toEqual([1, 2])
    expect(made.debug().connects).toBe(2)
  })
})
