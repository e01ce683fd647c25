/** The flight recorder on a client of a real hub behind a bad network, and its recordings replayed. */
import { type StartHub, startHub, type TestHub } from '@monofil/testkit'
import { FaultProxy } from '@monofil/testkit/fault-proxy'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from '../create.ts'
import type { ClientOptions } from '../options.ts'
import type { MonofilClient } from '../types.ts'
import { FlightRecorder } from './flight-recorder.ts'
import type { Recording } from './recording.ts'
import { redactText } from './redact.ts'
import { replay } from './replay.ts'

const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl'
const anyone: NonNullable<StartHub['authenticator']> = {
  authenticate: () => ({ sub: 'ann', roles: ['admin'], topics: ['*'], publish: ['*'], expiresAtMs: null }),
}

let hub: TestHub
let proxy: FaultProxy
const clients: MonofilClient[] = []

beforeEach(async () => {
  hub = await startHub({ authenticator: anyone, settings: { retryMs: 20 } })
  proxy = await FaultProxy.open(hub.url)
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await proxy.close()
  await hub.close()
})

function make(options: ClientOptions = {}): MonofilClient {
  const backoff = { minMs: 5, baseMs: 20, maxMs: 50 }
  const client = createClient({ url: proxy.url, lingerMs: 10, backoff, token: TOKEN, ...options })
  clients.push(client)
  return client
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 10_000, interval: 5 })

/** Events before and after three cuts, one of them with a gap: a cursor of a log that is no more. */
async function badSession(recorder: FlightRecorder): Promise<{ client: MonofilClient; seen: unknown[] }> {
  // A hub ends the older of two streams with one marker.
  const client = make({ recorder, marker: `recorded-${clients.length}` })
  const seen: unknown[] = []
  let gaps = 0
  client.subscribe('orders', { onEvent: ({ offset }) => seen.push(offset) })
  client.subscribe('lost', { cursor: 'zzzzzzzzzzzz:5', onGap: () => (gaps += 1) })
  await until(() => expect(client.connection.get().status).toBe('open'))
  for (let round = 0; round < 3; round += 1) {
    await hub.publish('orders', { secret: 'of the user' })
    await until(() => expect(seen).toHaveLength(round * 2 + 1))
    proxy.cut()
    await hub.publish('orders', { secret: 'of the user' })
    await until(() => expect(seen).toHaveLength(round * 2 + 2))
  }
  expect(gaps).toBe(1)
  return { client, seen }
}

const throughJson = (recording: Recording): Recording => JSON.parse(JSON.stringify(recording)) as Recording

describe('a recording', () => {
  it('of a session with reconnects and a gap leads through the same states when it is replayed', async () => {
    const recorder = new FlightRecorder()
    const { client } = await badSession(recorder)
    client.close()
    const recording = throughJson(recorder.export())
    const { steps, differences, ends } = replay(recording)
    expect(differences).toEqual([])
    expect(steps).toBeGreaterThan(30)
    expect(ends['connection connection']).toMatchObject({ status: 'closed', connects: 4 })
    expect(ends['subscription orders']).toMatchObject({ cursor: { offset: 6 } })
    const kinds = new Set(recording.entries.map(({ kind }) => kind))
    expect([...kinds].toSorted()).toEqual(['call', 'connection', 'frame', 'role', 'subscription', 'timer'])
    const fed = recording.entries.flatMap((entry) => (entry.kind === 'subscription' ? [entry] : []))
    expect(fed.filter(({ input, size }) => input.type === 'gap' && size !== undefined)).toHaveLength(1)
    expect(fed.filter(({ input, type }) => input.type === 'event' && type === 't')).toHaveLength(6)
    expect(recording.entries.some((entry) => entry.kind === 'frame' && entry.event === 'hello')).toBe(true)
    const draws = recording.entries.flatMap((entry) => (entry.kind === 'connection' ? (entry.drawn ?? []) : []))
    expect(draws).toHaveLength(3)
    expect(recording.clients).toMatchObject([{ marker: 'recorded-0', tries: 4, connects: 4, status: 'closed' }])
  })

  it('that was tampered with shows where', async () => {
    const recorder = new FlightRecorder()
    await badSession(recorder)
    const recording = throughJson(recorder.export())
    const index = recording.entries.findLastIndex((entry) => entry.kind === 'subscription' && entry.topic === 'orders')
    const entry = recording.entries[index] as unknown as { after: { cursor: { offset: number } } }
    entry.after.cursor.offset = 99
    expect(replay(recording).differences).toMatchObject([{ index, machine: 'orders', field: 'cursor' }])
    const lost = recording.entries.find((one) => one.kind === 'connection' && one.input.type === 'lost')
    Object.assign(lost as object, { drawn: 0.999 })
    expect(replay(recording).differences.map(({ field }) => field)).toContain('retryAt')
    expect(() => replay({ ...recording, version: 2 as 1 })).toThrow('version 1')
    expect(() => replay({ ...recording, entries: recording.entries.slice(20) })).toThrow('not whole')
  })

  it('holds no token and no data of events, unless data is asked for', async () => {
    const recorder = new FlightRecorder()
    const { client } = await badSession(recorder)
    client.reconnect(`see http://ann:pass@host/login?code=12345#x and Bearer ${TOKEN}`)
    const text = JSON.stringify(recorder.export())
    for (const secret of [TOKEN, 'of the user', 'pass', '12345', 'eyJ']) expect(text).not.toContain(secret)
    expect(text).toContain('see http://host/login?[redacted]')
    expect(text).toContain('"offset":6')
    const nosy = new FlightRecorder({ data: true })
    await badSession(nosy)
    expect(JSON.stringify(nosy.export())).toContain('of the user')
  })

  it('keeps to its bounds, says what it lost, and is whole from its first entry on', async () => {
    const recorder = new FlightRecorder({ entries: 40 })
    await badSession(recorder)
    const recording = throughJson(recorder.export())
    expect(recording.entries).toHaveLength(40)
    expect(recording.lost).toBeGreaterThan(20)
    expect(replay(recording)).toMatchObject({ differences: [] })
    expect(recorder.entries(3)).toHaveLength(3)
    const small = new FlightRecorder({ characters: 6000 })
    await badSession(small)
    const short = throughJson(small.export())
    expect(JSON.stringify(short.entries).length).toBeLessThanOrEqual(6000)
    expect(short.entries.length).toBeGreaterThan(4)
    expect(replay(short)).toMatchObject({ differences: [] })
    small.clear()
    expect(small.export()).toMatchObject({ entries: [], lost: 0 })
    expect(() => new FlightRecorder({ entries: 0 })).toThrow(RangeError)
  })

  it('never estimates itself much smaller than it is', async () => {
    const recorder = new FlightRecorder({ characters: 30_000 })
    const client = make({ recorder })
    const topics = Array.from({ length: 150 }, (_, i) => `a-rather-long-name-of-a-topic/${i}`)
    for (const topic of topics) client.subscribe(topic, {})
    await until(() => expect(client.connection.get().status).toBe('open'))
    for (const topic of topics) await hub.publish(topic, 'x')
    await until(() =>
      expect(Object.values(client.debug().cursors).every((cursor) => cursor?.endsWith(':1'))).toBe(true),
    )
    const { entries } = recorder
    const length = JSON.stringify(entries.call(recorder)).length
    expect(length).toBeLessThan(30_000 * 1.5)
    expect(recorder.size).toBeGreaterThan(30)
  })
})

it('hides tokens and queries in any text', () => {
  expect(redactText('GET https://a.b/c?d=e#f failed')).toBe('GET https://a.b/c?[redacted] failed')
  expect(redactText('authorization: Bearer abc.def')).toBe('authorization: Bearer [redacted]')
  expect(redactText('/v1/stream?ticket=secret is gone')).toBe('/v1/stream?[redacted] is gone')
  expect(redactText(`"${TOKEN}"`)).toBe('"[token]"')
  expect(redactText('is the hub running? and is this its address?')).toBe(
    'is the hub running? and is this its address?',
  )
})
