/** Hubs that die and come back on the same data and port, hubs that leave politely, and logs that were trimmed meanwhile. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient, type MonofilClient } from '@monofil/client'
import { startHub } from '@monofil/testkit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startMonofil } from './monofil-process.ts'
import { firstDifference, Patient, readLog, SOON } from './network-lab.ts'

const LONG = process.env['TEST_LONG'] !== undefined
const KILLS = LONG ? 10 : 1
/** Keeps ten events. */
const TEN = { maxAgeMs: 1e12, maxCount: 10, maxBytes: 1e12 }

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-restart-'))
})

afterEach(() => rm(dir, { recursive: true, force: true }))

/** Publishes without end, again where the answer was lost: the ids make that harmless. */
class Publisher {
  readonly #client: MonofilClient
  readonly #ended: Promise<void>
  #isOver = false
  count = 0

  constructor(url: string) {
    this.#client = createClient({ url, share: 'none' })
    this.#ended = this.#run()
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#ended
    this.#client.close()
  }

  async #run(): Promise<void> {
    // An event whose answer was lost may be in the log: it is not given up, but for a hub that is gone.
    for (let lost = 0; !this.#isOver || (lost > 0 && lost < 500); ) {
      const n = this.count + 1
      try {
        await this.#client.api.publish({ topic: 'orders', type: 'made', data: n, id: `e${n}` })
        this.count = n
        lost = 0
      } catch {
        lost += 1
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
  }
}

it(`a hub’s process that is killed (${KILLS}) and started again`, { timeout: 120_000 }, async () => {
  const start = (port: string) => startMonofil(['--data', dir, '--port', port])
  let hub = await start('0')
  const { port } = new URL(hub.url)
  const publisher = new Publisher(hub.url)
  const patient = await Patient.open(hub.url)
  const tookMs: number[] = []
  try {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const seen = patient.seen.length
      await expect.poll(() => patient.seen.length, SOON).toBeGreaterThan(seen + 50)
      await hub.kill()
      hub = await start(port)
      const readyAt = performance.now()
      const before = publisher.count
      await expect.poll(() => patient.seen.length, SOON).toBeGreaterThan(before)
      tookMs.push(Math.round(performance.now() - readyAt))
    }
    await publisher.stop()
    const log = await patient.expectLog(hub.url)
    expect(log.map((event) => event.data)).toEqual(Array.from({ length: publisher.count }, (_, i) => i + 1))
    expect(patient.client.debug().connects).toBe(KILLS + 1)
    expect(patient.gaps).toEqual([])
    patient.expectOneStream()
    process.stdout.write(`back after kill -9, from the hub's ready line to new events: ${tookMs.join(', ')} ms\n`)
  } finally {
    await publisher.stop()
    await patient.close()
    await hub.interrupt()
  }
})

it('a hub that drains and is started again', async () => {
  const settings = { drainSpreadMs: LONG ? 5_000 : 500 }
  let hub = await startHub({ dir, settings })
  const { port } = hub.server
  const patient = await Patient.open(hub.url, hub.server)
  const publisher = new Publisher(hub.url)
  try {
    await expect.poll(() => patient.seen.length, SOON).toBeGreaterThan(50)
    const drained = hub.server.drain()
    await expect.poll(() => patient.client.connection.get().status, SOON).toBe('waiting')
    expect(patient.client.connection.get().lastError).toMatchObject({ code: 'draining' })
    await drained
    await hub.close()
    hub = await startHub({ dir, settings, port })
    patient.hub = hub.server
    await patient.opened()
    await publisher.stop()
    const log = await patient.expectLog(hub.url)
    expect(log.map((event) => event.data)).toEqual(Array.from({ length: publisher.count }, (_, i) => i + 1))
    expect(patient.gaps).toEqual([])
    patient.expectOneStream()
  } finally {
    await publisher.stop()
    await patient.close()
    await hub.close()
  }
})

it('what the log no longer holds after an outage is announced, and all else is there', async () => {
  // What is still in memory would be served from there.
  const hub = await startHub({ dir, settings: { ringEvents: 4 } })
  const patient = await Patient.open(hub.url, hub.server)
  try {
    await patient.opened()
    for (let n = 1; n <= 20; n += 1) await hub.publish('orders', n)
    await expect.poll(() => patient.seen.length, SOON).toBe(20)
    await patient.proxy.refuse()
    patient.proxy.cut()
    for (let n = 21; n <= 100; n += 1) await hub.publish('orders', n)
    while ((await hub.store.log.trim(TEN)) > 0);
    await patient.proxy.forward()
    await expect.poll(() => patient.seen.at(-1)?.offset, SOON).toBe(100)
    const log = await readLog(hub.url, 'orders')
    const [oldest] = log
    expect(oldest?.offset).toBeGreaterThan(21)
    const missing = { topic: 'orders', from: 21, to: (oldest?.offset ?? 0) - 1, reason: 'retention' }
    expect(patient.gaps).toMatchObject([missing])
    expect(firstDifference(patient.seen.slice(20), log)).toBeUndefined()
    patient.expectOneStream()
  } finally {
    await patient.close()
    await hub.close()
  }
})
