import { MonofilError } from '@monofil/protocol'
import type { Authenticator } from '@monofil/server'
import { FakeClock, type SseReader, startHub, type TestHub } from '@monofil/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'

let hub: TestHub
let clock: FakeClock
let expiresAtMs: number | null
/** Everybody is the operator until the credential ends. */
const expiring: Authenticator = {
  authenticate() {
    if (expiresAtMs !== null && expiresAtMs <= clock.now()) throw new MonofilError('token_expired', 'Sign in again.')
    return { sub: 'u', roles: ['admin'], topics: [], publish: [], expiresAtMs }
  },
}
beforeEach(async () => {
  clock = new FakeClock()
  expiresAtMs = null
  hub = await startHub({ clock, authenticator: expiring })
})
afterEach(() => hub.close())

const hello = (reader: SseReader) => reader.event<{ connection: string; expiresAt: string | null }>('hello')
const idle = () => hub.server.hub.connections().every((view) => view.queuedBytes === 0)

test('a ping after 15 s without other bytes, and not before', async () => {
  const reader = await hub.open(['a'])
  const own = await hub.call('POST', '/v1/runs', { id: 'r', workflow: 'w', external: true })
  expect(own.status).toBe(201)
  const run = await hub.stream('/v1/runs/r/events')
  await Promise.all([hello(reader), run.event('progress')])
  clock.advance(10_000)
  await hub.publish('a', 1)
  await reader.event('message')
  clock.advance(10_000)
  await run.event('ping')
  expect(reader.all('ping')).toEqual([])
  clock.advance(5_000)
  expect(await reader.event<{ at: string }>('ping')).toEqual({ at: new Date(clock.now()).toISOString() })
  clock.advance(15_000)
  await reader.until(() => reader.all('ping').length === 2, 'a second ping')
})

test('a socket that takes nothing for 60 s is destroyed; one that takes something is not', async () => {
  const stuck = await hub.open(['big'])
  await hello(stuck)
  stuck.pause()
  const pad = 'x'.repeat(60_000)
  const isBehind = () => hub.server.hub.connections()[0]?.mode === 'catching_up'
  while (!isBehind()) {
    const batch = Array.from({ length: 16 }, () => ({ topic: 'big', type: 't', dataJson: JSON.stringify(pad) }))
    await hub.store.log.append(batch)
  }
  clock.advance(1_000)
  clock.advance(58_000)
  expect(hub.server.hub.connections()).toHaveLength(1)
  clock.advance(3_000)
  stuck.resume()
  await stuck.closed()
  expect(stuck.all('goodbye')).toEqual([])
})

test("a stream ends with its lifetime, a run's own with timeout, and both may come back", async () => {
  await hub.call('POST', '/v1/runs', { id: 'r', workflow: 'w', external: true })
  const reader = await hub.open(['a'])
  const run = await hub.stream('/v1/runs/r/events')
  await Promise.all([hello(reader), run.event('progress')])
  for (let minute = 0; minute < 29; minute += 1) clock.advance(60_000)
  expect(run.isClosed).toBe(false)
  clock.advance(61_000)
  await run.closed()
  expect(run.blocks.at(-1)).toMatchObject({ event: 'timeout', retry: expect.any(Number) })
  await reader.until(() => idle(), 'nothing queued')
  clock.advance(86_400_000)
  await reader.closed()
  expect(reader.all('goodbye')[0]).toMatchObject({ reason: 'lifetime', reconnectMs: expect.any(Number) })
})

test('the end of a credential is told before it ends the stream, and a PATCH renews it', async () => {
  expiresAtMs = clock.now() + 3_600_000
  const reader = await hub.open(['a'])
  const { connection, expiresAt } = await hello(reader)
  expect(expiresAt).toBe(new Date(expiresAtMs).toISOString())
  for (let minute = 0; minute < 58; minute += 1) clock.advance(60_000)
  expect(reader.all('expiring')).toEqual([])
  clock.advance(62_000)
  expect(await reader.event('expiring')).toEqual({ expiresAt })
  expiresAtMs = clock.now() + 600_000
  const renewed = await hub.call<{ expiresAt: string }>('PATCH', `/v1/stream/${connection}`, { seq: 1 })
  expect(renewed.body.expiresAt).toBe(new Date(expiresAtMs).toISOString())
  clock.advance(400_000)
  expect(reader.isClosed).toBe(false)
  clock.advance(201_000)
  await reader.closed()
  expect(reader.all('expiring')).toHaveLength(2)
  expect(reader.all('goodbye')).toEqual([{ reason: 'expired', reconnectMs: null }])
})

test('states of a run reach a watcher at most ten times a second, and the last one always', async () => {
  await hub.call('POST', '/v1/runs', { id: 'r', workflow: 'w', external: true })
  const reader = await hub.open(['run:r', 'runs'])
  await reader.until(() => reader.all('snapshot').length === 2, 'both snapshots')
  for (let n = 1; n <= 20; n += 1) {
    await hub.store.runs.report('r', [{ id: `n${n}`, item: `i${n}`, status: 'completed' }])
    clock.advance(10)
  }
  clock.advance(200)
  type State = { topic: string; data: { counts: { completed: number } } }
  for (const topic of ['run:r', 'runs']) {
    await reader.event<State>('state', (state) => state.topic === topic && state.data.counts.completed === 20)
    const own = reader.all<State>('state').filter((state) => state.topic === topic)
    expect(own[0]?.data.counts.completed).toBe(1)
    expect(own.length).toBeLessThanOrEqual(5)
  }
  expect(reader.offsets('run:r').length).toBeGreaterThanOrEqual(20)
})
