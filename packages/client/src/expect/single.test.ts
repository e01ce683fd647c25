/** `expectSingleConnection` on clients and on the hub's own list; in a browser: e2e/single-connection.test.ts. */
import { startHub, type TestHub } from '@monofil/testkit'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from '../create.ts'
import type { ClientOptions } from '../options.ts'
import type { MonofilClient } from '../types.ts'
import { expectSingleConnection, type LookedAt } from './single.ts'

let hub: TestHub
const clients: MonofilClient[] = []

beforeEach(async () => {
  hub = await startHub()
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await hub.close()
})

function make(options: ClientOptions = {}): MonofilClient {
  const client = createClient({ url: hub.url, ...options })
  clients.push(client)
  return client
}

const SOON = { timeoutMs: 200 }

describe('of clients', () => {
  it('waits until it is open', async () => {
    const client = make()
    client.subscribe('orders', {})
    expect(client.connection.get().status).toBe('idle')
    await expectSingleConnection(client)
    expect(client.connection.get().status).toBe('open')
  })

  it('takes clients that ride one stream for one', async () => {
    const [a, b] = [make({ share: 'tab' }), make({ share: 'tab' })]
    a.subscribe('orders', {})
    b.subscribe('others', {})
    await expectSingleConnection([a, b])
  })

  it('fails with both when there are two', async () => {
    const [a, b] = [make({ marker: 'the-first' }), make({ marker: 'the-second' })]
    a.connect()
    b.connect()
    await expectSingleConnection(a)
    await expectSingleConnection(b)
    await expect(expectSingleConnection([a, b])).rejects.toThrow(
      /there are more:\n {2}the-first: open, own, streams 1, timers 1\n {2}the-second: open, own, streams 1/,
    )
  })

  it('fails when there is none, and says why', async () => {
    const nobody = make({ marker: 'shy' })
    await expect(expectSingleConnection(nobody, SOON)).rejects.toThrow(
      'expected one stream, and 1 of 1 clients are not connected after 200 ms:\n  shy: idle, own, streams 0, timers 0',
    )
    const lost = make({ url: 'http://127.0.0.1:9', marker: 'lost' })
    lost.connect()
    await expect(expectSingleConnection(lost, SOON)).rejects.toThrow('last error: no answer from http://127.0.0.1:9')
  })

  it('fails for a client that says it is open and holds nothing, unless it follows another tab', async () => {
    const client = make()
    client.connect()
    await expectSingleConnection(client)
    const like = (debug: object): LookedAt => ({
      connection: client.connection,
      debug: () => ({ ...client.debug(), ...debug }),
    })
    await expect(expectSingleConnection(like({ activeConnections: 0 }))).rejects.toThrow('there is none')
    await expect(expectSingleConnection(like({ timersPending: 2 }))).rejects.toThrow('more than one timer')
    await expectSingleConnection(like({ activeConnections: 0, role: 'follower' }))
  })
})

describe('of the hub', () => {
  it('counts what the hub lists, of one marker or of all', async () => {
    const [a, b] = [make({ marker: 'a' }), make({ marker: 'b' })]
    a.connect()
    await expectSingleConnection({ url: hub.url })
    b.connect()
    await expectSingleConnection(b)
    await expect(expectSingleConnection({ url: hub.url }, SOON)).rejects.toThrow(
      /lists 2 after 200 ms\n.*marker a.*\n.*marker b/,
    )
    await expectSingleConnection({ url: hub.url, marker: 'b' })
    await expect(expectSingleConnection({ url: hub.url, marker: 'c' }, SOON)).rejects.toThrow('lists 0')
    const end = vi.waitFor(() => a.disconnect())
    await expectSingleConnection({ url: hub.url })
    await end
  })

  it('passes on why the hub refuses to tell', async () => {
    await expect(expectSingleConnection({ url: 'http://127.0.0.1:9' })).rejects.toThrow('no answer from')
  })
})

it('tells what is missing for a page', async () => {
  const page = { on: () => {}, off: () => {} }
  await expect(expectSingleConnection(page as never)).rejects.toThrow('`hub` and `during`')
})
