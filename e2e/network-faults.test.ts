/** One fault of the network at a time. What the application saw must be the log, whatever happened on the way. */
import type { Clock } from '@monofil/client'
import { startHub, type TestHub } from '@monofil/testkit'
import { proxyPage } from '@monofil/testkit/fault-proxy'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Patient, SOON } from './network-lab.ts'

const HOUR_MS = 3_600_000
/** Heartbeats that a test can wait for, and a client that takes three of them for silence. */
const HEARTBEAT_MS = 100
const SILENCE_MS = 300

let hub: TestHub
let patient: Patient
let published: number
let tests = 0
/** Each test has a log of its own. */
let topic: string

beforeAll(async () => {
  hub = await startHub({ settings: { retryMs: 5, heartbeatMs: HEARTBEAT_MS, sweepMs: 20 } })
})

afterAll(() => hub.close())

beforeEach(() => {
  published = 0
  tests += 1
  topic = `orders-${tests}`
})

afterEach(async () => {
  // Whatever happened: one stream at a time, and the whole log.
  await patient.expectLog(hub.url)
  expect(patient.seen.map((event) => (event.data as { n: number }).n)).toEqual(
    Array.from({ length: published }, (_, n) => n),
  )
  patient.expectOneStream()
  await patient.close()
})

async function open(options: Parameters<typeof Patient.open>[2] = {}): Promise<void> {
  patient = await Patient.open(hub.url, hub.server, { silenceMs: SILENCE_MS, ...options }, topic)
  await patient.opened()
}

async function publish(count = 20): Promise<void> {
  const events = Array.from({ length: count }, (_, i) => ({ n: published + i, text: 'ä€😀' }))
  published += count
  await hub.store.log.append(events.map((data) => ({ topic, type: 't', dataJson: JSON.stringify(data) })))
}

const caughtUp = () => expect.poll(() => patient.seen.length, SOON).toBe(published)
const status = () => patient.client.connection.get().status
const lastError = () => patient.client.connection.get().lastError

it.each(['reset', 'end'] as const)('a network that is cut by %s, stays away, and returns', async (how) => {
  await open()
  await publish()
  await caughtUp()
  await patient.proxy.refuse()
  patient.proxy.cut(how)
  await publish()
  await expect.poll(() => patient.client.connection.get().attempts, SOON).toBeGreaterThanOrEqual(3)
  expect(status()).not.toBe('failed')
  expect(patient.seen).toHaveLength(20)
  await patient.proxy.forward()
  await caughtUp()
})

describe('half-open TCP', () => {
  it('is noticed by silence, and the hub keeps one stream of this client', async () => {
    await open()
    await publish()
    await caughtUp()
    patient.proxy.stall()
    const stalledAt = performance.now()
    await publish()
    await caughtUp()
    const tookMs = performance.now() - stalledAt
    expect(tookMs).toBeGreaterThan(SILENCE_MS - HEARTBEAT_MS)
    expect(tookMs).toBeLessThan(SILENCE_MS + 2_000)
    expect(lastError()?.message).toContain('silent')
    expect(patient.client.debug().connects).toBe(2)
    // The hub was told nothing of the old stream's end: it left by the new one's marker.
    expect(hub.server.hub.connections()).toHaveLength(1)
  })

  it('is noticed while connecting too', async () => {
    await open()
    patient.proxy.stallNew()
    patient.proxy.cut()
    await publish()
    await expect.poll(() => patient.client.debug().tries, SOON).toBeGreaterThanOrEqual(3)
    expect(lastError()?.message).toContain('silent')
    await patient.proxy.forward()
    await caughtUp()
  })

  it('a heartbeat is what keeps a quiet stream: none is taken for dead', async () => {
    await open()
    const until = performance.now() + 3 * SILENCE_MS
    await expect.poll(() => performance.now(), SOON).toBeGreaterThan(until)
    expect(patient.client.debug()).toMatchObject({ tries: 1, connects: 1, open: true })
  })
})

describe('a proxy that answers for the hub', () => {
  it('502 for a while is waited for', async () => {
    await open()
    patient.proxy.answerWith(proxyPage(502, 'Bad Gateway'))
    patient.proxy.cut('end')
    await publish()
    await expect.poll(() => patient.client.connection.get().attempts, SOON).toBeGreaterThanOrEqual(4)
    expect(lastError()).toMatchObject({ code: 'node_unreachable', retryable: true })
    expect(lastError()?.message).toContain('502')
    expect(status()).not.toBe('failed')
    await patient.proxy.forward()
    await caughtUp()
  })

  it('503 with Retry-After is not asked again before', async () => {
    await open()
    patient.proxy.answerWith(proxyPage(503, 'Service Unavailable', ['Retry-After: 1']))
    patient.proxy.cut('end')
    await expect.poll(() => lastError()?.message, SOON).toContain('503')
    const [toldAt, tries] = [performance.now(), patient.client.debug().tries]
    await patient.proxy.forward()
    await publish()
    await caughtUp()
    expect(performance.now() - toldAt).toBeGreaterThan(950)
    expect(patient.client.debug().tries).toBe(tries + 1)
  })

  it('a page with status 200 (a captive portal) ends in a visible failure, and a person goes on from there', async () => {
    await open()
    patient.proxy.answerWith(proxyPage(200, 'OK'))
    patient.proxy.cut('end')
    await expect.poll(status, SOON).toBe('failed')
    expect(patient.client.connection.get().reason).toBe('content_type')
    await publish()
    const { ever } = patient.proxy
    await patient.proxy.forward()
    expect([patient.proxy.ever, patient.client.debug().timersPending]).toEqual([ever, 0])
    patient.client.connect({ force: true })
    await caughtUp()
  })
})

it('a path that is slow and gives a byte or three at a time', async () => {
  await open({ silenceMs: 10_000 })
  patient.proxy.pace(20, 3)
  patient.proxy.cut()
  await publish(10)
  await caughtUp()
  expect(patient.client.debug().connects).toBe(2)
})

describe('a clock that jumps', () => {
  /** The machine's clock, set forward or back by `jumpMs`; timers go on as they do. */
  class JumpingClock implements Clock {
    jumpMs = 0
    now(): number {
      return Date.now() + this.jumpMs
    }
    after(ms: number, callback: () => void): () => void {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    }
  }

  it.each([HOUR_MS, -HOUR_MS])('by %i ms, with a stream that lives: nothing is lost or doubled', async (jumpMs) => {
    const clock = new JumpingClock()
    await open({ clock })
    await publish()
    clock.jumpMs = jumpMs
    await publish()
    await caughtUp()
    // One suspicion at most: a byte that comes, or one new stream, settles it.
    await patient.opened()
    expect(patient.client.debug().connects).toBeLessThanOrEqual(2)
    await publish()
    await caughtUp()
  })

  it.each([HOUR_MS, -HOUR_MS])('by %i ms, with a stream that died meanwhile: it is noticed', async (jumpMs) => {
    const clock = new JumpingClock()
    await open({ clock })
    await publish()
    await caughtUp()
    patient.proxy.stall()
    clock.jumpMs = jumpMs
    await publish()
    await caughtUp()
    expect(patient.client.debug().connects).toBe(2)
  })

  it.each([HOUR_MS, -HOUR_MS])('by %i ms, with a retry pending: it comes when it would have', async (jumpMs) => {
    const clock = new JumpingClock()
    await open({ clock, backoff: { minMs: 200, baseMs: 400, maxMs: 400 } })
    await patient.proxy.refuse()
    patient.proxy.cut()
    await expect.poll(status, SOON).toBe('waiting')
    clock.jumpMs = jumpMs
    await publish()
    await patient.proxy.forward()
    const began = performance.now()
    await caughtUp()
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})
