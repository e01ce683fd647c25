import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createClient } from './create.ts'
import type { ClientOptions } from './options.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { EPOCH, RawHub } from './testing/raw-hub.ts'
import type { MonofilClient, SubscriptionEnd } from './types.ts'

let hub: RawHub
let clock: FakeClock
let client: MonofilClient

beforeEach(async () => {
  hub = await RawHub.start()
  clock = new FakeClock()
  make()
})

afterEach(async () => {
  client.close()
  await hub.close()
})

function make(options: ClientOptions = {}): void {
  client = createClient({ url: hub.url, clock, random: () => 0.5, ...options })
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5000, interval: 2 })
const opened = () => until(() => expect(client.connection.get().status).toBe('open'))

/** Follows a topic and keeps what it was handed. */
function follow(topic: string, cursor?: string) {
  const seen = {
    offsets: [] as unknown[],
    gaps: [] as unknown[],
    snapshots: [] as unknown[],
    ends: [] as SubscriptionEnd[],
  }
  const leave = client.subscribe(topic, {
    cursor,
    onEvent: (event) => seen.offsets.push(event.offset),
    onGap: ({ from, to, reason }) => seen.gaps.push([from, to, reason]),
    onSnapshot: ({ data }) => seen.snapshots.push(data),
    onEnd: (end) => seen.ends.push(end),
  })
  return { ...seen, leave }
}

describe('a run', () => {
  const run = (offset: number, fields: object = {}) => ({
    id: 'r1',
    workflow: 'w',
    status: 'running',
    round: 1,
    progress: 10,
    steps: [{ name: 'main' }],
    createdAt: '',
    epoch: EPOCH,
    offset,
    ...fields,
  })
  const item = (id: string, index: number, offset: number, status = 'completed') => ({
    id,
    runId: 'r1',
    step: 'main',
    index,
    status,
    offset,
    error: null,
    input: null,
  })
  const part = (offset: number, items: object[], more = false) => ({
    topic: 'run:r1',
    epoch: EPOCH,
    offset,
    data: { run: run(offset), items },
    ...(more ? { more } : {}),
  })

  it('shows its snapshot when it is whole, then each change once per turn', async () => {
    const view = client.run('r1')
    let told = 0
    view.subscribe(() => {
      told += 1
    })
    expect(view.get()).toMatchObject({ status: 'loading', run: null })
    await opened()
    hub.last.control('snapshot', part(5, [item('a', 0, 3), item('b', 1, 4)], true))
    await new Promise((resolve) => setImmediate(resolve))
    hub.last.control('snapshot', part(5, [item('c', 2, 5)]))
    await until(() => expect(view.get().freshness).toBe('live'))
    expect(view.get().items.list.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    const before = view.get()
    expect(view.get()).toBe(before)
    told = 0
    const many = Array.from({ length: 500 }, (_, i) => item(`n${i}`, 3 + i, 6, 'running'))
    hub.last.event('run:r1', 6, [item('a', 0, 6, 'failed'), ...many], 'item')
    await until(() => expect(view.get().items.size).toBe(503))
    expect(told).toBe(1)
    expect([before.items.size, before.items.get('a')?.status, view.get().items.get('a')?.status]).toEqual([
      3,
      'completed',
      'failed',
    ])
    hub.last.event('run:r1', 7, [item('a', 0, 2, 'queued')], 'item')
    hub.last.event('run:r1', 8, { level: 'info', message: 'hi' }, 'log')
    await until(() => expect(view.get().logs).toHaveLength(1))
    expect(view.get().items.get('a')?.status).toBe('failed')
  })

  it('never goes back to an older state, and ends at once', async () => {
    const view = client.run('r1')
    const ends: SubscriptionEnd[] = []
    client.subscribe('run:r1', { onEnd: (end) => ends.push(end) })
    view.subscribe(() => {})
    await opened()
    hub.last.control('snapshot', part(5, []))
    const state = (offset: number, progress: number) =>
      hub.last.control('state', { topic: 'run:r1', epoch: EPOCH, offset, data: run(offset, { progress }) })
    state(7, 50)
    state(6, 40)
    await until(() => expect(view.get().run?.progress).toBe(50))
    hub.last.event('run:r1', 6, { status: 'running', round: 1 }, 'status')
    hub.last.event('run:r1', 7, { status: 'running', round: 1 }, 'status')
    hub.last.event('run:r1', 8, run(8, { status: 'completed', progress: 100, result: 42 }), 'complete')
    state(7, 60)
    await until(() => expect(view.get().run).toMatchObject({ status: 'completed', progress: 100, result: 42 }))
    expect(ends).toEqual([{ reason: 'finished' }])
    hub.last.cut()
    await until(() => expect(client.connection.get().status).toBe('idle'))
    clock.advance(1e7)
    expect([view.get().freshness, hub.streams.length, clock.timers]).toEqual(['live', 1, 0])
  })

  it('that is missing is gone, and asked for again by who subscribes again', async () => {
    hub.onStream = (stream) => stream.hello({ topics: [], denied: [{ topic: 'run:r1', code: 'not_found' }] })
    const view = client.run('r1')
    view.subscribe(() => {})
    await until(() => expect(view.get()).toMatchObject({ status: 'gone', error: { code: 'not_found' } }))
    const late = follow('run:r1', '0')
    await until(() =>
      expect(hub.patches.map(({ body }) => body)).toEqual([{ seq: 1, subscribe: [{ topic: 'run:r1', cursor: '0' }] }]),
    )
    hub.last.event('run:r1', 1, { status: 'queued', round: 1 }, 'status')
    await until(() => expect(late.offsets).toEqual([1]))
  })

  it('gives a subscriber that comes late the snapshot the hub would give, without asking it', async () => {
    client.run('r1').subscribe(() => {})
    await opened()
    const items = Array.from({ length: 700 }, (_, i) => item(`i${i}`, i, 3))
    hub.last.control('snapshot', part(3, items.slice(0, 500), true))
    hub.last.control('snapshot', part(3, items.slice(500)))
    hub.last.event('run:r1', 4, [item('i0', 0, 4, 'failed')], 'item')
    await until(() => expect(client.run('r1').get().items.get('i0')?.status).toBe('failed'))
    const late = follow('run:r1')
    await until(() => expect(late.snapshots).toHaveLength(2))
    const all = (late.snapshots as { items: { id: string; status: string }[] }[]).flatMap((one) => one.items)
    expect([all.length, all[0]?.status]).toEqual([700, 'failed'])
    hub.last.event('run:r1', 5, [item('i1', 1, 5, 'failed')], 'item')
    await until(() => expect(late.offsets).toEqual([5]))
    expect(hub.calls).toEqual([])
  })

  it('is stale, not empty, while the stream is missing', async () => {
    const view = client.run('r1')
    view.subscribe(() => {})
    await opened()
    hub.last.control('snapshot', part(5, [item('a', 0, 3)]))
    await until(() => expect(view.get().freshness).toBe('live'))
    hub.last.cut()
    await until(() => expect(view.get()).toMatchObject({ freshness: 'stale', run: { id: 'r1' } }))
    expect(view.get().items.size).toBe(1)
    clock.advance(1000)
    await until(() => expect(view.get().freshness).toBe('live'))
    hub.last.control('gap', { topic: 'run:r1', epoch: 'zzzzzzzz', from: null, to: null, reason: 'epoch' })
    const fresh = { ...part(2, [item('z', 0, 2)], true), epoch: 'zzzzzzzz' }
    hub.last.control('snapshot', {
      ...fresh,
      data: { run: run(2, { epoch: 'zzzzzzzz', status: 'paused' }), items: [item('z', 0, 2)] },
    })
    await until(() => expect(view.get().freshness).toBe('gap'))
    expect(view.get().items.has('a')).toBe(true)
    hub.last.control('snapshot', {
      ...fresh,
      more: false,
      data: { run: run(2, { epoch: 'zzzzzzzz', status: 'paused' }), items: [] },
    })
    await until(() => expect(view.get()).toMatchObject({ freshness: 'live', run: { status: 'paused' } }))
    expect(view.get().items.list.map(({ id }) => id)).toEqual(['z'])
  })
})

describe('state topics', () => {
  const row = (id: string, createdAt: string) => ({ id, createdAt, status: 'running' })

  it('hold the newest version of each key, newest run first', async () => {
    const view = client.runs()
    view.subscribe(() => {})
    await opened()
    expect(hub.last.topics).toEqual([{ topic: 'runs' }])
    const data = [
      { key: 'a', version: 3, data: row('a', '1') },
      { key: 'b', version: 4, data: row('b', '2') },
    ]
    hub.last.control('snapshot', { topic: 'runs', data })
    hub.last.control('state', { topic: 'runs', key: 'c', version: 5, data: row('c', '3') })
    hub.last.control('state', { topic: 'runs', key: 'a', version: 2, data: null })
    hub.last.control('state', { topic: 'runs', key: 'b', version: 6, data: null })
    await until(() => expect(view.get().runs.map(({ id }) => id)).toEqual(['c', 'a']))
    expect(view.get()).toMatchObject({ freshness: 'live', error: null })
  })

  it('tell what runs now, and are loading until they know', async () => {
    const view = client.statusView()
    view.subscribe(() => {})
    expect([view.get().status, client.status().get()]).toEqual(['loading', []])
    await opened()
    hub.last.control('snapshot', { topic: 'status', data: [] })
    await until(() => expect(view.get().freshness).toBe('live'))
    const active = { workflow: 'photos', key: null, runId: 'r', since: '' }
    hub.last.control('state', { topic: 'status', key: 'photos', version: 1, data: active })
    await until(() => expect(client.status().get()).toEqual([active]))
    expect(client.status().get()).toBe(client.status().get())
  })
})

describe('a topic watched', () => {
  it('keeps the newest hundred events, over a remount too', async () => {
    const view = client.topic('a')
    const leave = view.subscribe(() => {})
    await opened()
    for (let offset = 1; offset <= 130; offset += 1) hub.last.event('a', offset)
    await until(() => expect(view.get().events.at(-1)?.offset).toBe(130))
    expect([view.get().events.length, view.get().events[0]?.offset]).toEqual([100, 31])
    leave()
    view.subscribe(() => {})
    hub.last.event('a', 131)
    await until(() => expect(view.get().events.at(-1)?.offset).toBe(131))
    expect([view.get().events.length, hub.calls]).toEqual([100, []])
  })
})

describe('a topic followed with handlers', () => {
  it('tells when how true it is changes, not at each event', async () => {
    const offsets: unknown[] = []
    const told: string[] = []
    const view = client.follow('a', { onEvent: ({ offset }) => offsets.push(offset) })
    view.subscribe(() => told.push(`${view.get().status} ${view.get().freshness}`))
    await opened()
    for (let offset = 1; offset <= 300; offset += 1) hub.last.event('a', offset)
    await until(() => expect(offsets).toHaveLength(300))
    expect(view.get()).toMatchObject({ events: [], freshness: 'live', lastUpdate: clock.now() })
    hub.last.control('gap', { topic: 'a', epoch: EPOCH, from: 301, to: 303, reason: 'retention' })
    await until(() => expect(view.get().gap?.to).toBe(303))
    await until(() => expect(told.at(-1)).toBe('ready gap'))
    expect(told.filter((words) => words === 'ready live')).toHaveLength(1)
  })

  it('goes on after the last event it was handed when it began at a cursor, else with what is new', async () => {
    const seen = { from: [] as unknown[], now: [] as unknown[] }
    const from = client.follow('a', { cursor: '0', onEvent: ({ offset }) => seen.from.push(offset) })
    const now = client.follow('a', { onEvent: ({ offset }) => seen.now.push(offset) })
    const leaves = [from.subscribe(() => {}), now.subscribe(() => {})]
    await opened()
    hub.last.event('a', 1)
    await until(() => expect(seen).toEqual({ from: [1], now: [1] }))
    for (const leave of leaves) leave()
    from.subscribe(() => {})
    now.subscribe(() => {})
    hub.last.event('a', 2)
    await until(() => expect(seen).toEqual({ from: [1, 2], now: [1, 2] }))
    expect(hub.calls).toEqual([])
  })
})
