import type { FailureGroup } from '@monofil/protocol'
import type { RunRetention } from '@monofil/server'
import { FakeClock, startHub, type TestHub } from '@monofil/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let hub: TestHub
beforeEach(async () => {
  hub = await startHub()
})
afterEach(() => hub.close())

interface Lines {
  readonly items: readonly { readonly message: string; readonly offset: number | null }[]
  readonly nextCursor: string | null
  readonly newest: string
  readonly cut: number
}

const external = (id: string, more: object = {}) =>
  hub.call('POST', '/v1/runs', { id, workflow: 'w', external: true, ...more })
let reports = 0
const report = (id: string, ...all: object[]) =>
  hub.call('POST', `/v1/runs/${id}/reports`, { reports: all.map((one) => ({ id: `p${++reports}`, ...one })) })

describe('logs', () => {
  test('are asked for by step, item, level, text and from either end; bad values are told', async () => {
    await external('r')
    for (const level of ['debug', 'info', 'warn', 'error']) {
      await report('r', { item: 'a.b', log: { level, message: `${level} said` } })
    }
    const lines = async (query: string) => (await hub.call<Lines>('GET', `/v1/runs/r/logs?${query}`)).body
    expect((await lines('')).items.map(({ message }) => message[0])).toEqual(['d', 'i', 'w', 'e'])
    expect((await lines('order=desc&limit=2')).items.map(({ message }) => message[0])).toEqual(['e', 'w'])
    expect((await lines('level=warn')).items).toHaveLength(2)
    expect((await lines('item=a.b&step=main&q=WARN')).items).toHaveLength(1)
    expect((await lines('item=b')).items).toEqual([])
    const { newest } = await lines('order=desc&limit=1')
    await report('r', { log: 'later' })
    expect((await lines(`cursor=${newest}`)).items.map(({ message }) => message)).toEqual(['later'])
    for (const query of ['level=loud', 'level=info,warn', 'order=up', 'cursor=x', 'limit=0']) {
      const { status, body } = await hub.call('GET', `/v1/runs/r/logs?${query}`)
      expect([status, body]).toMatchObject([400, { code: 'invalid_request', field: query.split('=')[0] }])
    }
  })

  test('that were cut are a gap for a cursor before them, then the run as it is and what follows', async () => {
    await external('r')
    await report('r', ...Array.from({ length: 100 }, (_, n) => ({ log: `l${n}` })))
    await hub.store.runs.trim({ maxAgeMs: null, maxCount: null, maxLogLines: 10 })
    const reader = await hub.open([{ topic: 'run:r', cursor: `${hub.store.epoch}:3` }])
    expect(await reader.event('hello')).toMatchObject({ topics: [{ topic: 'run:r', recovered: false }] })
    expect(await reader.event('gap')).toMatchObject({ topic: 'run:r', from: 4, reason: 'retention' })
    expect(await reader.event('snapshot')).toMatchObject({ topic: 'run:r', data: { run: { id: 'r' } } })
    await report('r', { log: 'more' })
    const line = await reader.event<{ type: string; offset: number }>('message', ({ type }) => type === 'log')
    // Nothing of the log that the snapshot is true at is sent again.
    expect(line).toMatchObject({ offset: 102, data: { message: 'more' } })
    const own = await hub.stream('/v1/runs/r/events?after=0')
    expect(await own.event('gap')).toMatchObject({ reason: 'retention' })
    expect(await own.event('progress')).toMatchObject({ id: 'r' })
    await report('r', { status: 'completed' })
    expect(await own.event('complete')).toMatchObject({ id: 'r' })
  })
})

describe('deletion', () => {
  test('of many counts first, then takes finished runs only; an empty filter is refused', async () => {
    for (let n = 0; n < 120; n += 1) await external(`old-${n}`, { tags: ['night'] })
    await Promise.all(
      Array.from({ length: 119 }, (_, n) => report(`old-${n}`, { status: n % 2 ? 'failed' : 'completed' })),
    )
    const bulk = (body: object) => hub.call('POST', '/v1/runs/control', { action: 'delete', ...body })
    const filter = { tag: 'night' }
    expect(await bulk({ filter, dryRun: true })).toMatchObject({ status: 200, body: { matched: 119, done: 0 } })
    expect(await bulk({ filter: { ...filter, status: 'failed' } })).toMatchObject({ body: { matched: 59, done: 59 } })
    expect(await bulk({ filter })).toMatchObject({ body: { matched: 60, done: 60, failed: [], nextCursor: null } })
    expect(await bulk({ filter })).toMatchObject({ body: { matched: 0, done: 0 } })
    expect((await bulk({ filter: {} })).status).toBe(400)
    expect((await hub.call<{ items: object[] }>('GET', '/v1/runs?limit=200')).body.items).toMatchObject([
      { id: 'old-119' },
    ])
    expect(await external('old-1')).toMatchObject({ status: 409, body: { code: 'id_taken' } })
  })

  test('ends streams of the run, by a request as by its age', async () => {
    for (const id of ['asked', 'aged']) {
      await external(id)
      await report(id, { status: 'completed' })
    }
    const reader = await hub.open(['run:asked', 'run:aged', 'runs'])
    for (let n = 0; n < 3; n += 1) await reader.event('snapshot')
    expect((await hub.call('DELETE', '/v1/runs/asked')).status).toBe(204)
    expect(await reader.event('dropped')).toEqual({ topic: 'run:asked', code: 'deleted' })
    expect(await hub.store.runs.trim({ maxAgeMs: null, maxCount: 0, maxLogLines: null })).toBe(1)
    const aged = await reader.event<{ topic: string }>('dropped', ({ topic }) => topic === 'run:aged')
    expect(aged).toEqual({ topic: 'run:aged', code: 'deleted' })
    expect((await hub.call('GET', '/v1/runs/aged')).status).toBe(404)
  })

  test('frees the disk soon, and finished runs go by the bounds the hub was given', async () => {
    const clock = new FakeClock()
    const trims: unknown[] = []
    const other = await startHub({
      clock,
      runRetention: { maxCount: 1 },
      wrap(store) {
        const runs = new Proxy(store.runs, {
          get(target, name) {
            if (name !== 'trim') return Reflect.get(target, name, target)
            return (bounds: RunRetention) => {
              trims.push(bounds)
              return target.trim(bounds)
            }
          },
        })
        return new Proxy(store, { get: (target, name) => (name === 'runs' ? runs : Reflect.get(target, name, target)) })
      },
    })
    try {
      for (const id of ['a', 'b', 'c']) {
        await other.call('POST', '/v1/runs', { id, workflow: 'w', external: true })
        await other.call('POST', `/v1/runs/${id}/reports`, { reports: [{ id: 'end', status: 'completed' }] })
      }
      expect((await other.call('DELETE', '/v1/runs/a')).status).toBe(204)
      const trimmed = () => {
        clock.advance(250)
        return trims.length
      }
      await expect.poll(trimmed).toBeGreaterThan(0)
      expect(trims[0]).toEqual({ maxAgeMs: 90 * 86_400_000, maxCount: 1, maxLogLines: 100_000, maxUsageDays: 400 })
      await expect
        .poll(async () =>
          (await other.call<{ items: { id: string }[] }>('GET', '/v1/runs')).body.items.map(({ id }) => id),
        )
        .toEqual(['c'])
    } finally {
      await other.close()
    }
  })
})

describe('failures', () => {
  test('name as many ids of a group as asked for, and count them all', async () => {
    await external('r')
    const error = { code: 'c', message: 'm' }
    await report('r', ...['i1', 'i2', 'i3'].map((item) => ({ item, status: 'failed', error })))
    const named = async (query: string) => {
      const { body } = await hub.call<{ items: readonly FailureGroup[] }>('GET', `/v1/runs/r/failures${query}`)
      return body.items.map(({ count, items }) => [count, items])
    }
    expect(await named('')).toEqual([[3, ['i1', 'i2', 'i3']]])
    expect(await named('?items=2')).toEqual([[3, ['i1', 'i2']]])
    expect(await named('?items=0')).toEqual([[3, []]])
    const { status, body } = await hub.call<{ field: string }>('GET', '/v1/runs/r/failures?items=1001')
    expect([status, body.field]).toEqual([400, 'items'])
  })
})

describe('retry of failures', () => {
  test('takes groups as the list names them, not together with items', async () => {
    await external('r')
    const refused = await hub.call('POST', '/v1/runs/r/retry', {
      items: ['a'],
      failures: [{ step: 's', code: 'c', message: 'm' }],
    })
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request' } })
    const other = await hub.call('POST', '/v1/runs/r/retry', { failures: [{ step: 's', code: 'c', message: 'm' }] })
    expect(other).toMatchObject({ status: 409, body: { code: 'invalid_state' } })
  })
})
