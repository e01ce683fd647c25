import { newEvent } from '@monofil/protocol/schemas'
import { startHub, type TestHub } from '@monofil/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isNewEvent } from './publish.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.close())

type Places = { events: { topic: string; offset: number; duplicate?: boolean }[] }

test('the guard of the hot path and the schema agree', () => {
  const field = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('orders', 'a/b', 'a/../b', 'run:x', '-x', '', 'latest', 'x'.repeat(129), 'ok id'),
    fc.boolean(),
    fc.constant(undefined),
    fc.jsonValue(),
  )
  const event = fc.oneof(
    fc.record(
      { topic: field, type: field, data: field, id: field, ephemeral: field, extra: field },
      { requiredKeys: [] },
    ),
    fc.jsonValue(),
  )
  let accepted = 0
  fc.assert(
    fc.property(event, (raw) => {
      const text = JSON.stringify(raw)
      if (text === undefined) return
      const value: unknown = JSON.parse(text)
      const ours = isNewEvent(value)
      expect(ours).toBe(newEvent.safeParse(value).success)
      if (ours) accepted += 1
    }),
    {
      numRuns: 3_000,
      examples: [
        [{ topic: 'a', type: 't', data: null }],
        [{ topic: 'a', type: 't', data: { x: [1] }, id: 'i', ephemeral: true }],
      ],
    },
  )
  expect(accepted).toBeGreaterThan(0)
})

test('a batch commits together, in the order given, and answers each place', async () => {
  const events = ['a', 'b', 'a', 'c', 'a'].map((topic, n) => ({ topic, type: 't', data: n }))
  const { body } = await hub.call<Places>('POST', '/v1/publish', { events })
  expect(body.events.map(({ topic, offset }) => `${topic}${offset}`)).toEqual(['a1', 'b1', 'a2', 'c1', 'a3'])
})

test('an id that is known is not published again: its place answers the first offset', async () => {
  const event = { topic: 'ids', type: 't', data: 1, id: 'once' }
  const first = await hub.call<Places>('POST', '/v1/publish', event)
  const events = [event, { ...event, id: 'other' }, { ...event, id: 'other' }, { ...event, topic: 'ids2' }]
  const again = await hub.call<Places>('POST', '/v1/publish', { events })
  expect(first.body.events[0]).not.toHaveProperty('duplicate')
  expect(again.body.events.map(({ topic, offset, duplicate }) => [topic, offset, duplicate ?? false])).toEqual([
    ['ids', 1, true],
    ['ids', 2, false],
    ['ids', 2, true],
    ['ids2', 1, false],
  ])
})

test('one failure refuses all', async () => {
  const events = [
    { topic: 'refused', type: 't', data: 1 },
    { topic: 'runs', type: 't', data: 1 },
  ]
  expect((await hub.call('POST', '/v1/publish', { events })).body).toMatchObject({
    code: 'forbidden',
    field: 'events[1].topic',
  })
  expect((await hub.store.log.bounds('refused')).head).toBe(0)
})

test('server code publishes as the route does: once per id, ephemeral too, and to no topic with a meaning', async () => {
  const { server } = hub
  const event = { topic: 'served', type: 't', data: { n: 1 }, id: 'once' }
  const [first] = await server.publish(event)
  expect(first).toMatchObject({ topic: 'served', offset: 1, duplicate: false })
  const rest = await server.publish([event, { topic: 'served', type: 't', data: 2, ephemeral: true }])
  expect(rest).toMatchObject([
    { offset: 1, duplicate: true },
    { topic: 'served', epoch: null, offset: null, duplicate: false },
  ])
  const { body } = await hub.call<{ items: { data: unknown }[] }>('GET', '/v1/topics/served/events')
  expect(body.items.map(({ data }) => data)).toEqual([{ n: 1 }])
  for (const [wrong, code, field] of [
    [{ ...event, topic: 'user:ann' }, 'forbidden', 'topic'],
    [{ ...event, topic: 'inbox' }, 'forbidden', 'topic'],
    [[event, { ...event, type: '' }], 'invalid_request', 'events[1].type'],
    [{ ...event, data: () => 1 }, 'invalid_request', 'data'],
    [{ ...event, data: 'x'.repeat(256 * 1024) }, 'too_large', 'data'],
    [[], 'invalid_request', 'events'],
  ] as const) {
    await expect(server.publish(wrong as never), field).rejects.toMatchObject({ code, details: { field } })
  }
  expect((await hub.store.log.bounds('served')).head).toBe(1)
})

test('events up to 256 KiB and bodies up to 1 MiB are taken', async () => {
  const big = { topic: 'big', type: 't', data: 'x'.repeat(256 * 1024 - 2) }
  expect((await hub.call('POST', '/v1/publish', big)).status).toBe(200)
  const events = [big, big, big, { ...big, data: 'é'.repeat(100_000) }]
  expect((await hub.call('POST', '/v1/publish', { events })).status).toBe(200)
})

test('the log as a list: pages, bounds, and what is not held', async () => {
  for (let n = 1; n <= 7; n += 1) await hub.publish('list/é'.replace('é', 'e'), n)
  type List = {
    items: { data: number }[]
    nextCursor: string | null
    oldestOffset: number
    latestOffset: number
    gap?: unknown
  }
  const path = `/v1/topics/${encodeURIComponent('list/e')}/events`
  const first = await hub.call<List>('GET', `${path}?limit=3`)
  expect(first.body.items.map((item) => item.data)).toEqual([1, 2, 3])
  expect(first.body).toMatchObject({ oldestOffset: 1, latestOffset: 7, nextCursor: `${hub.store.epoch}:3` })
  const second = await hub.call<List>('GET', `${path}?limit=4&after=${first.body.nextCursor}`)
  expect(second.body.items.map((item) => item.data)).toEqual([4, 5, 6, 7])
  expect(second.body.nextCursor).toBeNull()
  expect(second.body).not.toHaveProperty('gap')
  const foreign = await hub.call<List>('GET', `${path}?after=zzzzzzzz:3`)
  expect(foreign.body).toMatchObject({ gap: { reason: 'epoch', from: null, to: null } })
  expect(foreign.body.items).toHaveLength(7)
  await hub.store.log.trim({ maxAgeMs: 1e12, maxCount: 2, maxBytes: 1e12 })
  const { oldest } = await hub.store.log.bounds('list/e')
  const trimmed = await hub.call<List>('GET', `${path}?after=${hub.store.epoch}:1`)
  expect(trimmed.body.gap).toMatchObject({ reason: 'retention', from: 2, to: oldest - 1 })
  expect((await hub.call<List>('GET', '/v1/topics/never/events')).body).toEqual({
    items: [],
    nextCursor: null,
    oldestOffset: 1,
    latestOffset: 0,
  })
})
