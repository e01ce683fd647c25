/** The client against the real hub and its store. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Item, Report } from '@monofil/protocol'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createClient } from './create.ts'
import type { ClientOptions } from './options.ts'
import type { MonofilClient } from './types.ts'

let dir: string
let hub: TestHub
const clients: MonofilClient[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-client-'))
  hub = await startHub({ dir })
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await hub.close()
  await rm(dir, { recursive: true, force: true })
})

/** Stops the hub and starts another one on the same data and address. */
async function restart(): Promise<void> {
  const { port } = hub.server
  await hub.close()
  hub = await startHub({ dir, port })
}

function make(options: ClientOptions = {}): MonofilClient {
  const client = createClient({ url: hub.url, lingerMs: 10, backoff: { minMs: 5, baseMs: 20, maxMs: 100 }, ...options })
  clients.push(client)
  return client
}

const until = (condition: () => void | Promise<void>) => vi.waitFor(condition, { timeout: 15_000, interval: 5 })
const opened = (client: MonofilClient) => until(() => expect(client.connection.get().status).toBe('open'))
const numbers = (length: number) => Array.from({ length }, (_, i) => i + 1)

it('is listed once under its marker, with its topics, and follows them as they change', async () => {
  const client = make({ marker: 'page-1' })
  const admin = make()
  const leave = client.subscribe('a', {})
  client.subscribe('b', {})
  await opened(client)
  const rows = async () =>
    (await admin.api.connections()).items.map(({ marker, topics }) => [marker, [...topics].sort()])
  expect(await rows()).toEqual([['page-1', ['a', 'b']]])
  leave()
  client.subscribe('c', {})
  await until(async () => expect(await rows()).toEqual([['page-1', ['b', 'c']]]))
  client.disconnect()
  await until(async () => expect(await rows()).toEqual([]))
})

it('hands every event over once and in order, whatever happens to hub and connection', {
  timeout: 60_000,
}, async () => {
  const client = make()
  const seen: number[] = []
  client.subscribe('orders', { cursor: '0', onEvent: (event) => seen.push(event.data as number) })
  await opened(client)
  let sent = 0
  const publish = async () => {
    const batch = numbers(5).map((n) => ({ topic: 'orders', type: 'made', data: sent + n, id: `e${sent + n}` }))
    // The answer may be lost with the hub: the ids make trying again harmless.
    await until(async () => void (await client.api.publish(batch)))
    sent += 5
  }
  for (let round = 0; round < 3; round += 1) {
    await publish()
    client.reconnect('test')
    await publish()
    await opened(client)
    if (round % 2 === 0) await hub.server.drain()
    await restart()
    await publish()
  }
  await until(() => expect(seen.length).toBe(sent))
  expect(seen).toEqual(numbers(sent))
})

it('loses and doubles nothing when it subscribes during a storm', async () => {
  const client = make()
  client.subscribe('other', {})
  await opened(client)
  const storm = (async () => {
    for (let i = 0; i < 60; i += 1)
      await client.api.publish(numbers(5).map((n) => ({ topic: 's', type: 't', data: i * 5 + n })))
  })()
  const late = numbers(8).map(async (n) => {
    await until(async () => expect((await client.api.topicEvents('s')).latestOffset).toBeGreaterThan(n * 20))
    const seen: (number | null)[] = []
    client.subscribe('s', { ...(n % 2 ? { cursor: '0' } : {}), onEvent: (event) => seen.push(event.offset) })
    return { seen, whole: n % 2 === 1 }
  })
  const followers = await Promise.all(late)
  await storm
  await until(() => expect(followers.map(({ seen }) => seen.at(-1))).toEqual(numbers(8).map(() => 300)))
  for (const { seen, whole } of followers) {
    const first = whole ? 1 : (seen[0] ?? 0)
    expect(seen).toEqual(Array.from({ length: 300 - first + 1 }, (_, i) => first + i))
  }
  expect((await client.api.connections()).items).toHaveLength(1)
})

it('follows a run from its snapshot to its end, equal to what REST says', async () => {
  const client = make()
  const run = await client.api.runs.start({ workflow: 'anything', external: true, total: 600, tags: ['x'] })
  const report = (reports: Omit<Report, 'id'>[], name: string) =>
    client.api.runs.report(
      run.id,
      reports.map((one, i) => ({ id: `${name}-${i}`, ...one })),
    )
  await report(
    numbers(600).map((n) => ({ item: `i${n}`, status: 'running' as const })),
    'begin',
  )
  const view = client.run(run.id)
  const runs = client.runs()
  const status = client.statusView()
  let told = 0
  view.subscribe(() => {
    told += 1
  })
  runs.subscribe(() => {})
  status.subscribe(() => {})
  await until(() => expect(view.get().items.size).toBe(600))
  await until(() => expect(status.get().active.map(({ runId }) => runId)).toEqual([run.id]))
  told = 0
  await report(
    numbers(500).map((n) => ({ item: `i${n}`, status: 'completed' as const, result: n })),
    'most',
  )
  await until(() => expect(view.get().run?.counts.completed).toBe(500))
  expect(told).toBeLessThan(10)
  await report(
    numbers(100).map((n) => ({ item: `i${500 + n}`, status: 'failed' as const, error: 'no' })),
    'rest',
  )
  await report([{ status: 'completed', result: { all: true } }], 'end')
  await until(() => expect(view.get().run?.status).toBe('partial'))
  const rest = await client.api.runs.get(run.id)
  expect(view.get().run).toEqual(rest)
  const items: Item[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await client.api.runs.items(run.id, { limit: 200, cursor })
    items.push(...page.items)
    if (page.nextCursor === null) break
    cursor = page.nextCursor
  }
  expect(view.get().items.list).toEqual(items)
  await until(() => expect(runs.get().runs[0]).toMatchObject({ id: run.id, status: 'partial' }))
  await until(() => expect(status.get().active).toEqual([]))
  expect(await client.api.runs.list({ status: ['partial', 'failed'], tag: 'x' })).toMatchObject({
    items: [{ id: run.id }],
  })
  expect(await client.api.runs.failures(run.id)).toMatchObject({ items: [{ message: 'no', count: 100 }] })
  const { items: short } = await client.api.runs.failures(run.id, { items: 2 })
  expect(short.map((group) => [group.count, group.items.length])).toEqual([[100, 2]])
})

it('shows a run that was over already at once, and needs no stream for it', async () => {
  const client = make()
  const { id } = await client.api.runs.start({ workflow: 'anything', external: true })
  await client.api.runs.report(id, [
    { id: 'r', item: 'only', status: 'completed' },
    { id: 'end', status: 'completed', result: 7 },
  ])
  const ends: unknown[] = []
  const view = client.run(id)
  view.subscribe(() => {})
  client.subscribe(`run:${id}`, { onEnd: (end) => ends.push(end) })
  await until(() => expect(view.get()).toMatchObject({ freshness: 'live', run: { status: 'completed', result: 7 } }))
  expect(view.get().items.get('only')?.status).toBe('completed')
  await until(() => expect(ends).toEqual([{ reason: 'finished' }]))
  await restart()
  await until(() => expect(client.connection.get().status).toBe('idle'))
  expect(view.get().freshness).toBe('live')
  expect(client.debug()).toMatchObject({ connects: 1, tries: 1, timersPending: 0 })
})

it('sees a run that is made after it was asked for', async () => {
  const client = make()
  const view = client.run('later')
  view.subscribe(() => {})
  await until(() => expect(view.get()).toMatchObject({ status: 'gone', error: { code: 'not_found' } }))
  await client.api.runs.start({ id: 'later', workflow: 'anything', external: true })
  const seen: string[] = []
  client.subscribe('run:later', { cursor: '0', onEvent: ({ type }) => seen.push(type) })
  await client.api.runs.report('later', [
    { id: '1', item: 'a', status: 'completed' },
    { id: '2', status: 'completed' },
  ])
  await until(() => expect(seen.at(-1)).toBe('complete'))
  await until(() => expect(view.get()).toMatchObject({ freshness: 'live', run: { status: 'completed' } }))
})

it('a kicked client stays away until a person brings it back', async () => {
  const client = make()
  client.subscribe('a', {})
  await opened(client)
  await make().api.kick(client.connection.get().connection ?? '')
  await until(() => expect(client.connection.get()).toMatchObject({ status: 'failed', reason: 'kicked' }))
  client.connect()
  expect(client.connection.get().status).toBe('failed')
  client.connect({ force: true })
  await opened(client)
})

it('gives the errors of the hub as they are, and one of its own when there is no hub', async () => {
  const client = make()
  await expect(client.api.runs.get('nobody')).rejects.toMatchObject({ code: 'not_found', status: 404 })
  await expect(client.api.publish({ topic: 'runs', type: 't', data: 1 })).rejects.toMatchObject({ code: 'forbidden' })
  await expect(client.api.runs.start({ workflow: 'no-such' })).rejects.toMatchObject({ code: 'unknown_workflow' })
  const bad = client.api.publish([
    { topic: 'a', type: 't', data: 1 },
    { topic: 'a', type: '', data: 1 },
  ])
  await expect(bad).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'events[1].type' } })
  const nowhere = make({ url: 'http://127.0.0.1:1' })
  await expect(nowhere.api.workflows()).rejects.toMatchObject({ code: 'node_unreachable', retryable: true })
})
