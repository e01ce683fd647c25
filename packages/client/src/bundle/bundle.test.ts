import { gunzipSync, gzipSync } from 'node:zlib'
import type { FailureGroup, Item, LogLine, Run, StoredEnvelope } from '@monofil/protocol'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createClient } from '../index.ts'
import { BundleError, openBundle } from './index.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

interface List<T> {
  readonly items: readonly T[]
}

let hub: TestHub
let packed: Uint8Array<ArrayBuffer>
let text: string
beforeAll(async () => {
  hub = await startHub()
  await hub.call('POST', '/v1/runs', { id: 'r1', workflow: 'elsewhere', external: true, input: { Ключ: 'été' } })
  const reports = Array.from({ length: 30 }, (_, n) => [
    { id: `s${n}`, item: `i${n}`, status: 'running' },
    { id: `l${n}`, item: `i${n}`, log: { level: 'info', message: `строка ${n}\nand ]`, data: { n } } },
    n % 5 === 0
      ? { id: `e${n}`, item: `i${n}`, status: 'failed', error: `no ${n}` }
      : { id: `e${n}`, item: `i${n}`, status: 'completed', result: { at: [n, '],'] } },
  ])
  await hub.call('POST', '/v1/runs/r1/reports', { reports: reports.flat() })
  packed = await download('r1')
  text = gunzipSync(packed).toString()
})
afterAll(() => hub.close())

async function download(id: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(`${hub.url}/v1/runs/${id}/bundle`)
  expect(response.headers.get('content-type')).toBe('application/gzip')
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${id}.monofil-run.json.gz"`)
  return new Uint8Array(await response.arrayBuffer())
}
const opened = (bytes: Uint8Array<ArrayBuffer> | string, options = {}) => openBundle(new Blob([bytes]), options)
async function reasonOf(bytes: Uint8Array<ArrayBuffer> | string, options = {}): Promise<string> {
  const error = await opened(bytes, options).catch((thrown: unknown) => thrown)
  if (!(error instanceof BundleError)) throw new Error(`not refused as a bundle: ${String(error)}`)
  return error.reason
}
const get = async <T>(path: string): Promise<T> => (await hub.call<T>('GET', path)).body

describe('a bundle', () => {
  test('has everything of its run, as the lists say it', async () => {
    const bundle = await opened(packed)
    expect(bundle.run).toEqual(await get<Run>('/v1/runs/r1'))
    expect(bundle.items).toEqual((await get<List<Item>>('/v1/runs/r1/items?limit=200')).items)
    expect(bundle.logs).toEqual((await get<List<LogLine>>('/v1/runs/r1/logs?limit=200')).items)
    expect(bundle.failures).toEqual((await get<List<FailureGroup>>('/v1/runs/r1/failures')).items)
    expect(bundle.log).toEqual((await get<List<StoredEnvelope>>('/v1/topics/run:r1/events?limit=200')).items)
    expect([bundle.items.length, bundle.logs.length, bundle.failures.length]).toEqual([30, 30, 1])
    expect(bundle).toMatchObject({ version: 1, hub: { version: '0.0.0' }, notes: [] })
    expect(Date.parse(bundle.at)).toBeGreaterThan(0)
  })

  test('is one JSON document, and opens unpacked and piece by piece too', async () => {
    expect(JSON.parse(text)).toMatchObject({ format: 'monofil-run-bundle', run: { id: 'r1' }, end: { items: 30 } })
    const whole = await opened(packed)
    expect(await opened(text)).toEqual(whole)
    let at = 0
    const bytes = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at === packed.length) return controller.close()
        controller.enqueue(packed.subarray(at, at + 1))
        at += 1
      },
    })
    const told: number[] = []
    expect(await openBundle(bytes, { onBytes: (count) => told.push(count) })).toEqual(whole)
    expect(told.at(-1)).toBe(packed.length)
  })

  test('has a log that ends where its newest item is, however the run goes on meanwhile', async () => {
    await hub.call('POST', '/v1/runs', { id: 'live', workflow: 'elsewhere', external: true })
    let isOver = false
    let n = 0
    const working = (async () => {
      while (!isOver) {
        n += 1
        const reports = [{ id: `r${n}`, item: `i${n}`, status: 'completed', log: 'x' }]
        await hub.call('POST', '/v1/runs/live/reports', { reports })
      }
    })()
    await expect.poll(() => n).toBeGreaterThan(100)
    const bundle = await opened(await download('live'))
    isOver = true
    await working
    const end = bundle.log.at(-1)?.offset ?? 0
    expect(bundle.log.map(({ offset }) => offset)).toEqual(Array.from({ length: end }, (_, index) => index + 1))
    expect(Math.max(...bundle.items.map(({ offset }) => offset))).toBeLessThanOrEqual(end)
    expect(Math.max(...bundle.logs.map(({ offset }) => offset ?? 0))).toBeLessThanOrEqual(end)
    const later = end - bundle.run.offset
    expect(bundle.notes).toEqual(later === 0 ? [] : [{ code: 'live', count: later, message: expect.any(String) }])
  })
})

test('comes by the client, in every form', async () => {
  const client = createClient({ url: hub.url })
  try {
    const response = await client.api.runs.export('r1', { format: 'bundle' })
    if (response.body === null) throw new Error('no body')
    expect((await openBundle(response.body)).run.id).toBe('r1')
    const failed = await client.api.runs.export('r1', { format: 'json', status: ['failed'] })
    expect(((await failed.json()) as List<Item>).items).toHaveLength(6)
    await expect(client.api.runs.export('nothing', { format: 'csv' })).rejects.toMatchObject({ code: 'not_found' })
  } finally {
    client.close()
  }
})

describe('what is refused', () => {
  test('a file that was cut, wherever', async () => {
    for (let length = packed.length - 1; length > 2; length -= 97) {
      expect([length, await reasonOf(packed.slice(0, length))]).toEqual([length, 'cut'])
    }
    for (let length = text.length - 3; length > 40; length -= 1009) {
      expect([length, await reasonOf(text.slice(0, length))]).toEqual([length, 'cut'])
    }
    expect(await reasonOf(text.replace(/^,\{"id":"i3".*\n/m, ''))).toBe('cut')
  })

  test('other files, later versions, too much', async () => {
    for (const other of ['', 'PK', '{}', '{"format":"monofil-recording","version":1}\n', 'null\n']) {
      expect([other, await reasonOf(other)]).toEqual([other, 'not_a_bundle'])
    }
    expect(await reasonOf(new Uint8Array(gzipSync('hello')))).toBe('not_a_bundle')
    expect(await reasonOf(text.replace('"version":1', '"version":2'))).toBe('newer_version')
    expect(await reasonOf(packed, { maxBytes: 1000 })).toBe('too_large')
  })

  test('a reading that is stopped ends with its reason', async () => {
    const stop = new AbortController()
    const never = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(packed.subarray(0, 100)) })
    const reading = openBundle(never, { signal: stop.signal })
    stop.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
  })

  test('lists of a later version are passed over', async () => {
    const more = text.replace('"logs":[', '"pictures":[\n{"a":1}\n,{"b":2}\n],\n"constructor":[\n1\n],\n"logs":[')
    expect(await opened(more)).toEqual(await opened(text))
  })
})
