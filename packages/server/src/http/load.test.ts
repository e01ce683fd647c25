import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Store } from '@monofil/server'
import { type SseReader, startHub, type TestHub } from '@monofil/testkit'
import { expect, test } from 'vitest'

/** The same store; counts every call by aggregate and method. */
function counting(store: Store, calls: Map<string, number>): Store {
  const counted = <T extends object>(name: string, aggregate: T): T =>
    new Proxy(aggregate, {
      get(target, method) {
        const value = Reflect.get(target, method, target) as unknown
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          const key = `${name}.${String(method)}`
          calls.set(key, (calls.get(key) ?? 0) + 1)
          return (value as (...args: unknown[]) => unknown).apply(target, args)
        }
      },
    })
  return {
    log: counted('log', store.log),
    runs: counted('runs', store.runs),
    work: store.work,
    workflows: store.workflows,
    schedules: store.schedules,
    revocations: store.revocations,
    kpis: store.kpis,
    tickets: store.tickets,
    usage: store.usage,
    notifications: store.notifications,
    pushes: store.pushes,
    epoch: store.epoch,
    close: () => store.close(),
  }
}

async function watched(watchers: number): Promise<Map<string, number>> {
  const calls = new Map<string, number>()
  const hub = await startHub({ wrap: (store) => counting(store, calls) })
  try {
    await hub.store.runs.create(external('r'))
    await hub.store.runs.report('r', [{ id: '0', item: 'first', status: 'completed' }])
    const readers: SseReader[] = []
    for (let n = 0; n < watchers; n += 50) {
      const some = Array.from({ length: Math.min(50, watchers - n) }, (_, i) =>
        i % 2 === 0 ? hub.open(['run:r', 'runs', 'status']) : hub.stream('/v1/runs/r/events'),
      )
      readers.push(...(await Promise.all(some)))
    }
    // One of each kind must be there in both cases.
    if (watchers === 1) readers.push(await hub.stream('/v1/runs/r/events'))
    await Promise.all(readers.map((reader) => reader.until(() => reader.body.includes('"first"'), 'the first item')))
    for (let n = 1; n <= 20; n += 1) {
      await hub.store.runs.report('r', [{ id: `${n}`, item: `i${n}`, status: 'completed' }])
    }
    await hub.store.runs.report('r', [{ id: 'end', status: 'completed' }])
    await Promise.all(
      readers.map((reader) => reader.until(() => reader.body.includes('"completed","round"'), 'the end')),
    )
    return calls
  } finally {
    await hub.close()
  }
}

function external(id: string): Parameters<Store['runs']['create']>[0] {
  return {
    id,
    workflow: 'w',
    external: true,
    exclusive: false,
    steps: [],
    totals: {},
    heartbeatMs: null,
    inputJson: 'null',
    bodyJson: '{}',
    tags: [],
    owner: 'dev',
    roles: [],
    key: null,
    budgetJson: null,
    parentId: null,
  }
}

test('1,000 watchers of one run cost the store no more than one of each kind', { timeout: 60_000 }, async () => {
  const one = await watched(1)
  const many = await watched(1_000)
  expect(Object.fromEntries(many)).toEqual(Object.fromEntries(one))
})

test('10,000 connections that come and go leave nothing behind', { timeout: 120_000 }, async () => {
  const hub = await startHub({ settings: { lingerMs: 0, sweepMs: 50 } })
  try {
    await cycles(hub, 2_000)
    const before = await settled(hub)
    await cycles(hub, 10_000)
    const after = await settled(hub)
    expect(after.heapUsed - before.heapUsed).toBeLessThan(4_000_000)
    expect(hub.server.hub.connections()).toEqual([])
    expect(timers()).toBeLessThan(20)
  } finally {
    await hub.close()
  }
})

function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length
}

/** Opens streams of every kind, in the middle of events, and cuts them without a word. */
async function cycles(hub: TestHub, count: number): Promise<void> {
  const paths = [
    '/v1/stream?topics=a',
    '/v1/stream?topics=b&topics=runs&topics=status',
    '/v1/stream?topics=a&lastEventId=0',
  ]
  for (let n = 0; n < count; n += 100) {
    const batch = Array.from({ length: 100 }, (_, i) => hub.stream(paths[i % paths.length] as string))
    const readers = await Promise.all(batch)
    await hub.publish('a', n)
    await Promise.all(readers.map((reader) => reader.until(() => reader.blocks.length > 0, 'hello')))
    for (const reader of readers) reader.destroy()
    hub.forget()
  }
}

async function settled(hub: TestHub): Promise<NodeJS.MemoryUsage> {
  const probe = await hub.stream('/v1/stream?topics=probe')
  await probe.until(() => hub.server.hub.connections().length === 1, 'only the probe').catch(() => undefined)
  probe.destroy()
  hub.forget()
  const gone = await hub.stream('/v1/stream?topics=runs')
  await gone.event('snapshot')
  gone.destroy()
  hub.forget()
  await expect.poll(() => hub.server.hub.connections().length, { timeout: 10_000 }).toBe(0)
  collect()
  return process.memoryUsage()
}

function collect(): void {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  for (let n = 0; n < 3; n += 1) gc()
}
