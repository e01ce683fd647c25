/** Each field of `debug()` against what the server and the clock know, in every state and role. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Core } from './core.ts'
import { createClient } from './create.ts'
import { diagnose } from './diagnose.ts'
import type { ClientOptions } from './options.ts'
import { FlightRecorder } from './recorder/flight-recorder.ts'
import type { Recording } from './recorder/recording.ts'
import { replay } from './recorder/replay.ts'
import { SharedRoute } from './sharing/shared-route.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { EPOCH, RawHub } from './testing/raw-hub.ts'
import type { Diagnostics, MonofilClient } from './types.ts'
import { VERSION } from './version.ts'

let hub: RawHub
let clock: FakeClock
const closing: { close(): void }[] = []

beforeEach(async () => {
  hub = await RawHub.start()
  clock = new FakeClock()
})

afterEach(async () => {
  for (const one of closing.splice(0)) one.close()
  await hub.close()
})

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5000, interval: 2 })

function make(options: ClientOptions = {}): MonofilClient {
  const client = createClient({ url: hub.url, clock, random: () => 0.5, marker: 'me', ...options })
  closing.push(client)
  return client
}

/** A tab of its own: past the registry, which knows one core per page. */
function open(marker: string, recorder?: FlightRecorder): Core {
  const options = { clock, random: () => 0.5, marker, recorder }
  const tab = new Core(hub.url, options, (owner, name) => new SharedRoute(owner, name))
  closing.push(tab)
  return tab
}

describe('debug of a client with a stream of its own', () => {
  it('is true before anything was asked for', () => {
    const expected: Diagnostics = {
      ...{ version: VERSION, url: hub.url, marker: 'me', role: 'own', rank: 'own', transport: 'own', unshared: null },
      ...{ status: 'idle', connecting: false, open: false, readyState: 2, activeConnections: 0, timersPending: 0 },
      ...{ tries: 0, connects: 0, attempts: 0, nextRetryInMs: null, nextRetryAt: null, reason: null },
      ...{ lastError: null, lastErrorAt: null, openSince: null, behindSince: null, expiresAt: null },
      ...{ connection: null, node: null, subscribers: 0, refs: {}, cursors: {}, freshness: {} },
    }
    expect(make().debug()).toEqual(expected)
  })

  it('is true while it connects, is open, has lost the stream, waits, and is back', async () => {
    hub.onStream = () => {}
    const client = make()
    client.subscribe('orders', {})
    client.subscribe('orders', {})
    client.subscribe('runs', {})
    await until(() => expect(hub.streams).toHaveLength(1))
    expect(client.debug()).toMatchObject({
      ...{ status: 'connecting', connecting: true, open: false, readyState: 0, activeConnections: 1, tries: 1 },
      ...{ connects: 0, attempts: 0, subscribers: 3, refs: { orders: 2, runs: 1 }, behindSince: clock.now() },
      ...{ cursors: { orders: null, runs: null }, freshness: { orders: 'stale', runs: 'stale' }, timersPending: 1 },
    })
    const at = clock.now()
    hub.last.hello({ expiresAt: '2027-01-01T00:00:00.000Z' })
    await until(() => expect(client.debug().open).toBe(true))
    hub.last.event('orders', 1)
    await until(() => expect(client.debug().cursors['orders']).toBe(`${EPOCH}:1`))
    expect(client.debug()).toMatchObject({
      ...{ status: 'open', connecting: false, readyState: 1, activeConnections: 1, tries: 1, connects: 1 },
      ...{ openSince: at, behindSince: null, connection: 'c1', node: 'n1', timersPending: 1 },
      ...{ expiresAt: Date.parse('2027-01-01T00:00:00.000Z'), freshness: { orders: 'live' }, lastError: null },
    })
    hub.last.cut()
    await until(() => expect(client.debug().status).toBe('waiting'))
    const lost = clock.now()
    clock.advance(100)
    expect(client.debug()).toMatchObject({
      ...{ open: false, connecting: false, readyState: 0, activeConnections: 0, tries: 1, connects: 1, attempts: 1 },
      ...{ nextRetryInMs: 525, nextRetryAt: lost + 625, timersPending: 1, connection: null, openSince: null },
      ...{ lastError: { code: 'node_unreachable' }, lastErrorAt: lost, behindSince: lost },
      ...{ cursors: { orders: `${EPOCH}:1` }, freshness: { orders: 'stale' } },
    })
    expect([clock.timers, clock.nextMs]).toEqual([1, 525])
    hub.onStream = (stream) => stream.hello({}, 1)
    clock.advance(525)
    await until(() => expect(client.debug().open).toBe(true))
    expect(client.debug()).toMatchObject({ tries: 2, connects: 2, attempts: 1, nextRetryInMs: null, lastErrorAt: lost })
  })

  it('is true when it has given up, was told to stop, and is closed', async () => {
    hub.onStream = (stream) => stream.refuse(403)
    const client = make()
    client.connect()
    await until(() => expect(client.debug().status).toBe('failed'))
    expect(client.debug()).toMatchObject({ reason: 'forbidden', readyState: 2, timersPending: 0, activeConnections: 0 })
    hub.onStream = (stream) => stream.hello()
    client.reconnect('another try')
    clock.advance(1000)
    await until(() => expect(client.debug().open).toBe(true))
    client.disconnect()
    await until(() => expect(client.debug().activeConnections).toBe(0))
    expect(client.debug()).toMatchObject({ status: 'idle', readyState: 2, timersPending: 0, tries: 2, connects: 1 })
    client.close()
    expect(client.debug()).toMatchObject({ status: 'closed', readyState: 2, timersPending: 0, tries: 2, connects: 1 })
  })

  it('counts one stream at most while an old one is let go of', async () => {
    const client = make()
    client.connect()
    await until(() => expect(client.debug().open).toBe(true))
    const seen = new Set<number>()
    for (let i = 0; i < 20; i += 1) {
      client.reconnect('again')
      seen.add(client.debug().activeConnections).add(client.activeConnections)
      await new Promise((resolve) => setImmediate(resolve))
      seen.add(client.debug().activeConnections)
    }
    await until(() => expect(client.debug().open).toBe(true))
    expect([...seen].every((count) => count <= 1)).toBe(true)
    expect([hub.peak, hub.open]).toEqual([1, 1])
  })
})

describe('debug among tabs', () => {
  it('tells leader and follower apart, each with its own counts', async () => {
    const [a, b] = [open('tab-a'), open('tab-b')]
    a.subscribe('orders', {})
    await until(() => expect(diagnose(a).role).toBe('leader'))
    b.subscribe('orders', {})
    b.subscribe('others', {})
    await until(() =>
      expect(diagnose(b)).toMatchObject({ role: 'follower', open: true, freshness: { others: 'live' } }),
    )
    hub.last.event('orders', 1)
    await until(() => expect(diagnose(b).cursors['orders']).toBe(`${EPOCH}:1`))
    expect(diagnose(a)).toMatchObject({
      ...{ rank: 'leader of 1 tab', transport: 'locks', unshared: null, marker: 'tab-a', connection: 'c1' },
      ...{
        tries: 1,
        connects: 1,
        activeConnections: 1,
        subscribers: 3,
        refs: { orders: 2, others: 1 },
        timersPending: 1,
      },
    })
    expect(diagnose(b)).toMatchObject({
      ...{ rank: 'follower of tab-a', transport: 'locks', unshared: null, marker: 'tab-a', connection: 'c1' },
      ...{ status: 'open', readyState: 1, tries: 0, connects: 0, activeConnections: 0, subscribers: 2 },
      ...{ refs: { orders: 1, others: 1 }, cursors: { orders: `${EPOCH}:1` }, freshness: { orders: 'live' } },
    })
    expect(diagnose(b).timersPending).toBeLessThanOrEqual(1)
    expect(hub.streams).toHaveLength(1)
  })

  it("shows a follower its leader's wait and error, and counts on when it takes over", async () => {
    const recorder = new FlightRecorder()
    const [a, b] = [open('tab-a'), open('tab-b', recorder)]
    a.subscribe('orders', {})
    await until(() => expect(diagnose(a).open).toBe(true))
    b.subscribe('orders', {})
    await until(() =>
      expect(diagnose(b)).toMatchObject({ role: 'follower', open: true, freshness: { orders: 'live' } }),
    )
    hub.last.cut()
    await until(() => expect(diagnose(b).status).toBe('waiting'))
    expect(diagnose(b)).toMatchObject({ nextRetryInMs: 625, lastError: { code: 'node_unreachable' }, tries: 0 })
    clock.advance(625)
    await until(() => expect(diagnose(b)).toMatchObject({ open: true, freshness: { orders: 'live' } }))
    expect(diagnose(a)).toMatchObject({ tries: 2, connects: 2 })
    a.close()
    await until(() => expect(diagnose(b)).toMatchObject({ role: 'leader', open: true, rank: 'leader, alone' }))
    expect(diagnose(b)).toMatchObject({ tries: 1, connects: 1, activeConnections: 1, marker: 'tab-a' })
    // Another seat, and another connection: the counts go on.
    b.disconnect()
    await until(() => expect(hub.open).toBe(0))
    expect(diagnose(b)).toMatchObject({ tries: 1, connects: 1, activeConnections: 0, timersPending: 0 })
    b.connect()
    await until(() => expect(diagnose(b).open).toBe(true))
    expect(diagnose(b)).toMatchObject({ tries: 2, connects: 2, activeConnections: 1 })
    b.close()
    expect(diagnose(b)).toMatchObject({ tries: 2, connects: 2, activeConnections: 0, timersPending: 0 })

    const recording = JSON.parse(JSON.stringify(recorder.export())) as Recording
    expect(replay(recording).differences).toEqual([])
    const phases = recording.entries.flatMap((entry) => (entry.kind === 'election' ? [entry.after.phase] : []))
    expect([...new Set(phases)]).toEqual(['away', 'seeking', 'following', 'leading'])
    const roles = recording.entries.flatMap((entry) => (entry.kind === 'role' ? [entry.role] : []))
    expect(new Set(roles)).toEqual(new Set(['electing', 'follower', 'leader']))
    const election = recording.entries.findLast((entry) => entry.kind === 'election' && entry.after.phase === 'leading')
    Object.assign((election as unknown as { after: object }).after, { term: 1 })
    expect(replay(recording).differences[0]).toMatchObject({ machine: 'election', field: 'term', recorded: 1 })
  })
})
