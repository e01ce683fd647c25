import { formatCursor, type Item, type Run, type RunEnd, type RunState } from '@monofil/protocol'
import { type SseReader, startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let hub: TestHub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.close())

let made = 0
/** An external run of a name of its own. */
async function newRun(body: Record<string, unknown> = {}): Promise<string> {
  made += 1
  const id = `r${made}`
  const answer = await hub.call('POST', '/v1/runs', { id, workflow: 'w', external: true, ...body })
  expect(answer.status).toBe(201)
  return id
}
let reported = 0
/** Reports about a run; ids are made here. */
async function report(id: string, ...reports: Record<string, unknown>[]): Promise<void> {
  const body = { reports: reports.map((one) => ({ id: `report-${++reported}`, ...one })) }
  expect((await hub.call('POST', `/v1/runs/${id}/reports`, body)).status).toBe(200)
}
const finish = (id: string) => report(id, { item: 'a', status: 'completed', result: { n: 1 } }, { status: 'completed' })
const cursor = (offset: number): string => formatCursor({ epoch: hub.store.epoch, offset })
const names = (reader: SseReader): string[] => reader.blocks.filter((b) => b.data !== undefined).map((b) => b.event)
const head = async (id: string) => (await hub.store.log.bounds(`run:${id}`)).head

describe("a run's own stream", () => {
  test('progress first, the items that are there, the place, then what happens, and it ends with complete', async () => {
    const id = await newRun({ total: 2 })
    await report(id, { item: 'a', status: 'completed' })
    const reader = await hub.stream(`/v1/runs/${id}/events`)
    expect(reader.headers).toMatchObject({ 'content-type': 'text/event-stream', connection: 'close' })
    const place = cursor(await head(id))
    await reader.block((block) => block.id === place && block.data === undefined, 'the place')
    expect(names(reader)).toEqual(['progress', 'item'])
    const [first] = reader.all<RunState & { input?: unknown; result?: unknown }>('progress')
    expect(first).toMatchObject({ id, status: 'running', counts: { completed: 1, total: 2 } })
    expect(first).not.toHaveProperty('input')
    expect(first).not.toHaveProperty('result')
    expect(reader.all<Item[]>('item')[0]?.map((item) => [item.id, item.status])).toEqual([['a', 'completed']])

    await report(id, { item: 'b', status: 'running' }, { log: 'half way' })
    await report(id, { item: 'b', status: 'completed' }, { status: 'completed' })
    await reader.closed()
    const end = reader.blocks.at(-1)
    expect(end?.event).toBe('complete')
    expect(end?.id).toBe(cursor(await head(id)))
    expect(JSON.parse(end?.data ?? '') as RunEnd).toMatchObject({ id, status: 'completed', progress: 100, round: 1 })
    expect(names(reader)).toContain('log')
    expect(names(reader)).not.toContain('status')
    expect(reader.blocks.filter((b) => b.event === 'progress').every((b) => b.id === undefined)).toBe(true)
    expect(reader.violations).toEqual([])
  })

  test('REST and stream say the same at the same offset', async () => {
    const id = await newRun({ total: 3 })
    await report(id, { item: 'a', status: 'completed' })
    const reader = await hub.stream(`/v1/runs/${id}/events`)
    const progress = await reader.event<RunState>('progress')
    const { body: run } = await hub.call<Run>('GET', `/v1/runs/${id}`)
    const { input: _input, result: _result, ...state } = run
    expect(progress).toEqual(state)
  })

  test('a reconnect goes on after its id, a finished run gives its end at once, and past the end it is 204', async () => {
    const id = await newRun()
    await report(id, { item: 'a', status: 'running' })
    await report(id, { item: 'a', status: 'completed' })
    const back = await hub.stream(`/v1/runs/${id}/events`, { headers: { 'Last-Event-ID': cursor(1) } })
    await back.block((block) => block.id === cursor(2), 'the second event')
    expect(names(back)[0]).toBe('progress')
    expect(back.blocks.flatMap((block) => block.id ?? [])[0]).toBe(cursor(2))
    await report(id, { status: 'completed' }, { log: 'after the end' })
    await back.closed()

    const late = await hub.stream(`/v1/runs/${id}/events`)
    await late.closed()
    const ids = late.blocks.flatMap((block) => block.id ?? [])
    const end = late.blocks.at(-1)
    expect(names(late)).toEqual(['progress', 'item', 'complete'])
    expect(end?.event).toBe('complete')
    // Cut before the terminal event, its reader comes back to before it and not to 204.
    expect(ids[0]).toBe(cursor(Number(end?.id?.split(':')[1]) - 1))
    const cut = await hub.stream(`/v1/runs/${id}/events`, { headers: { 'Last-Event-ID': ids[0] ?? '' } })
    await cut.closed()
    expect(names(cut)).toEqual(['progress', 'complete'])

    const over = await hub.stream(`/v1/runs/${id}/events`, { headers: { 'Last-Event-ID': end?.id ?? '' } })
    expect([over.status, over.body]).toEqual([204, ''])
    const beyond = await hub.stream(`/v1/runs/${id}/events?after=${cursor(await head(id))}`)
    expect(beyond.status).toBe(204)
  })

  test('after=0 replays from the first event', async () => {
    const id = await newRun()
    await report(id, { item: 'a', status: 'running' })
    await finish(id)
    const reader = await hub.stream(`/v1/runs/${id}/events?after=0`)
    await reader.closed()
    expect(names(reader)[0]).toBe('progress')
    expect(reader.blocks.flatMap((block) => block.id ?? [])[0]).toBe(cursor(1))
    expect(names(reader).at(-1)).toBe('complete')
  })

  test('a failed run ends with failed', async () => {
    const id = await newRun()
    const reader = await hub.stream(`/v1/runs/${id}/events`)
    await report(id, { item: 'a', status: 'failed', error: 'no light' }, { status: 'failed', error: 'no light' })
    await reader.closed()
    expect(reader.all<RunEnd>('failed')[0]).toMatchObject({ status: 'failed', error: { message: 'no light' } })
  })

  test('a foreign cursor is told by gap and begins anew', async () => {
    const id = await newRun()
    await report(id, { item: 'a', status: 'running' })
    const reader = await hub.stream(`/v1/runs/${id}/events`, { headers: { 'Last-Event-ID': 'zzzzzzzzzzzz:1' } })
    const place = cursor(await head(id))
    await reader.block((block) => block.id === place, 'the new place')
    expect(names(reader).slice(0, 3)).toEqual(['gap', 'progress', 'item'])
  })

  test('POST /v1/runs with Accept: text/event-stream starts or joins and streams in one request', async () => {
    const request = { method: 'POST', body: { id: 'joined', workflow: 'w', external: true } }
    const reader = await hub.stream('/v1/runs', request)
    expect(await reader.event('progress')).toMatchObject({ id: 'joined', status: 'queued' })
    const second = await hub.stream('/v1/runs', request)
    await finish('joined')
    await Promise.all([reader.closed(), second.closed()])
    expect(second.all('complete')[0]).toMatchObject({ id: 'joined', status: 'completed' })
    const other = await hub.stream('/v1/runs', { method: 'POST', body: { ...request.body, tags: ['x'] } })
    expect([other.status, JSON.parse(other.body)]).toMatchObject([409, { code: 'run_conflict' }])
  })

  test('a run that does not exist, a cursor that is none and a wrong Accept are statuses', async () => {
    expect((await hub.stream('/v1/runs/none/events')).status).toBe(404)
    const id = await newRun()
    expect((await hub.stream(`/v1/runs/${id}/events?after=x`)).status).toBe(400)
    expect((await hub.stream(`/v1/runs/${id}/events`, { headers: { Accept: 'text/html' } })).status).toBe(406)
  })
})

describe('topic run:{id} on the one stream', () => {
  test('snapshot, then live; a reconnect with a cursor gets the state and the log from there', async () => {
    const id = await newRun({ input: { big: 'x' } })
    await report(id, { item: 'a', status: 'completed' })
    const reader = await hub.open([`run:${id}`])
    const snapshot = await reader.event<{ offset: number; data: { run: Run; items: Item[] } }>('snapshot')
    expect(snapshot).toMatchObject({ topic: `run:${id}`, epoch: hub.store.epoch, offset: await head(id) })
    expect(snapshot.data.run.input).toEqual({ big: 'x' })
    expect(snapshot.data.items.map((item) => item.id)).toEqual(['a'])
    await report(id, { item: 'b', status: 'completed' })
    await reader.until(() => reader.offsets(`run:${id}`).length > 0, 'a live event')
    expect(reader.offsets(`run:${id}`)[0]).toBe(snapshot.offset + 1)
    await reader.event<{ data: RunState }>('state', (state) => state.data.counts.completed === 2)

    const back = await hub.open([{ topic: `run:${id}`, cursor: cursor(snapshot.offset) }])
    await back.until(() => back.offsets(`run:${id}`).length > 0, 'the replay')
    expect(await back.event<{ data: RunState }>('state')).toMatchObject({ data: { counts: { completed: 2 } } })
    expect(back.all('snapshot')).toEqual([])
  })

  test('a run of many items comes in parts, each item once, and the last part moves the cursor', async () => {
    const id = await newRun()
    for (let n = 0; n < 1_400; n += 350) {
      await report(id, ...Array.from({ length: 350 }, (_, i) => ({ item: `i${n + i}`, status: 'completed' })))
    }
    const reader = await hub.stream(`/v1/stream?topics=run:${id}`)
    const last = await reader.event<{ offset: number; more?: boolean }>('snapshot', (part) => part.more !== true)
    const parts = reader.all<{ more?: boolean; data: { run: Run; items: Item[] } }>('snapshot')
    expect(parts.length).toBeGreaterThan(2)
    expect(parts.slice(0, -1).every((part) => part.more === true)).toBe(true)
    expect(parts.every((part) => part.data.items.length <= 500)).toBe(true)
    const items = parts.flatMap((part) => part.data.items.map((item) => item.id))
    expect(new Set(items).size).toBe(1_400)
    expect(items).toHaveLength(1_400)
    expect(parts.at(-1)?.data.run).toHaveProperty('input')
    // No id before the last part: a cut in between begins again.
    await reader.block((block) => block.id === cursor(last.offset), 'the place')
    const place = reader.blocks.findIndex((block) => block.id !== undefined)
    expect(place).toBeGreaterThan(reader.blocks.findLastIndex((block) => block.event === 'snapshot'))
  })

  test('a GET stream of nothing but runs ends with the last of them; its goodbye answers 204 from then on', async () => {
    const [one, two] = [await newRun(), await newRun()]
    const query = `topics=run:${one}&topics=run:${two}`
    const reader = await hub.stream(`/v1/stream?${query}`)
    const post = await hub.open([`run:${one}`, `run:${two}`])
    await reader.until(() => reader.all('snapshot').length === 2, 'both snapshots')
    await finish(one)
    await reader.event<{ type: string }>('message', (event) => event.type === 'complete')
    expect(reader.isClosed).toBe(false)
    await finish(two)
    await reader.closed()
    expect(reader.all('message').length).toBeGreaterThan(1)
    expect(reader.all('goodbye')).toEqual([{ reason: 'finished', reconnectMs: null }])
    const again = await hub.stream(`/v1/stream?${query}`, { headers: { 'Last-Event-ID': reader.lastEventId ?? '' } })
    expect(again.status).toBe(204)
    const late = await hub.stream(`/v1/stream?${query}`)
    await late.closed()
    expect(late.all<{ data: { run: Run } }>('snapshot').map((part) => part.data.run.status)).toEqual([
      'completed',
      'completed',
    ])
    expect(late.all('goodbye')).toHaveLength(1)
    expect(post.isClosed).toBe(false)
  })

  test('a run that is deleted while it is watched is dropped', async () => {
    const id = await newRun()
    const reader = await hub.open([`run:${id}`, 'runs'])
    await reader.event('snapshot')
    await finish(id)
    expect((await hub.call('DELETE', `/v1/runs/${id}`)).status).toBe(204)
    expect(await reader.event('dropped')).toEqual({ topic: `run:${id}`, code: 'deleted' })
    await reader.event('state', (state: { key?: string; data: unknown }) => state.key === id && state.data === null)
    const denied = await hub.open([`run:${id}`])
    expect(await denied.event('hello')).toMatchObject({ denied: [{ topic: `run:${id}`, code: 'not_found' }] })
  })
})

describe('state topics', () => {
  test('runs: a snapshot of the newest 50, then each change by key with a growing version', async () => {
    const own = await startHub()
    try {
      for (let n = 0; n < 55; n += 1) {
        await own.call('POST', '/v1/runs', { id: `n${n}`, workflow: 'w', external: true })
      }
      const reader = await own.open(['runs'])
      const snapshot = await reader.event<{ data: { key: string }[] }>('snapshot')
      expect(snapshot).not.toHaveProperty('offset')
      expect(snapshot.data).toHaveLength(50)
      expect(snapshot.data.map((entry) => entry.key)).not.toContain('n0')
      await own.call('POST', '/v1/runs', { id: 'newest', workflow: 'w', external: true })
      await reader.event<{ key: string }>('state', (state) => state.key === 'newest')
      const gone = reader.all<{ key: string; data: unknown }>('state').filter((state) => state.data === null)
      expect(gone).toHaveLength(1)
      expect(snapshot.data.map((entry) => entry.key)).toContain(gone[0]?.key)
      const versions = new Map<string, number>()
      for (const { key, version } of reader.all<{ key: string; version: number }>('state')) {
        expect(version).toBeGreaterThan(versions.get(key) ?? 0)
        versions.set(key, version)
      }
    } finally {
      await own.close()
    }
  })

  test('status: what runs by workflow and key, on change only', async () => {
    const id = await newRun({ workflow: 'import', key: 'acme' })
    const reader = await hub.open(['status'])
    const snapshot = await reader.event<{ data: { key: string; data: unknown }[] }>('snapshot')
    const entry = snapshot.data.find((one) => one.key === 'import/acme')
    expect(entry?.data).toEqual({ workflow: 'import', key: 'acme', runId: id, since: expect.any(String) })
    await report(id, { item: 'a', status: 'running' })
    await finish(id)
    await reader.event('state', (state: { key: string; data: unknown }) => state.key === 'import/acme' && !state.data)
    expect(reader.all<{ key: string }>('state').filter((state) => state.key === 'import/acme')).toHaveLength(1)
    const { body } = await hub.call<{ isRunning: boolean }>('GET', '/v1/status?workflow=import&key=acme')
    expect(body).toEqual({ isRunning: false, currentRunId: null, running: [] })
  })
})
