/** A report's file, replayed. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@monofil/client'
import { FlightRecorder, type Recording } from '@monofil/client/recorder'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { FaultProxy } from './fault-proxy.ts'
import { replayRecording } from './replay.ts'
import { startHub } from './server.ts'

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 10_000, interval: 5 })

let dir: string
let recording: Recording

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-replay-'))
  const hub = await startHub({ settings: { retryMs: 10 } })
  const proxy = await FaultProxy.open(hub.url)
  const recorder = new FlightRecorder()
  const client = createClient({ url: proxy.url, recorder, backoff: { minMs: 5, baseMs: 10, maxMs: 20 } })
  const seen: unknown[] = []
  client.subscribe('orders', { cursor: 'zzzzzzzzzzzz:3', onEvent: ({ offset }) => seen.push(offset) })
  await until(() => expect(client.debug().open).toBe(true))
  await hub.publish('orders', 1)
  await until(() => expect(seen).toEqual([1]))
  proxy.cut()
  await until(() => expect(client.debug().connects).toBe(2))
  await hub.publish('orders', 2)
  await until(() => expect(seen).toEqual([1, 2]))
  recording = recorder.export()
  client.close()
  await proxy.close()
  await hub.close()
})

afterAll(() => rm(dir, { recursive: true, force: true }))

it('leads through the recorded states', async () => {
  const file = join(dir, 'report.json')
  await writeFile(file, JSON.stringify(recording))
  const { steps, ends } = await replayRecording(file)
  expect(steps).toBeGreaterThan(8)
  expect(ends['connection connection']).toMatchObject({ status: 'open', connects: 2 })
  expect(ends['subscription orders']).toMatchObject({ phase: 'on', cursor: { offset: 2 } })
})

it('lists where a state is another than was recorded', async () => {
  const text = JSON.stringify(recording).replace('"status":"waiting"', '"status":"idle"')
  await expect(replayRecording(JSON.parse(text) as Recording)).rejects.toThrow(
    /^\d+ differences in \d+ steps:\n {2}entry \d+, 20.*Z, connection\.status: recorded "idle", now "waiting"/,
  )
})
