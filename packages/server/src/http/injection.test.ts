import { Buffer } from 'node:buffer'
import { type SseReader, startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let hub: TestHub
beforeAll(async () => {
  hub = await startHub()
})
afterAll(() => hub.close())

/** What a hostile user would put into a field. Each tries to end a line, or is a wrong type or very long. */
const HOSTILE: readonly unknown[] = [
  'a\nevent: goodbye\ndata: {"reason":"kicked"}\n\n',
  'a\r\nid: 1\r\n\r\n',
  'a\rdata: x',
  'nul\0nul',
  'line\u2028separator\u2029s',
  '\u0085next',
  '\ud800lone',
  '\u202eright to left',
  'x'.repeat(100_000),
  '',
  7,
  true,
  null,
  {},
  [],
  ['a'],
  { __proto__: null, toString: 'x' },
]

const newEvent = { topic: 'safe', type: 'type', data: 1 }
const newRun = { workflow: 'w', external: true }
const newReport = { id: 'x' }
let made = 0

/** The stream is what it says it is: only fields, only known events, one JSON document in each. */
function expectClean(reader: SseReader): void {
  expect(reader.violations).toEqual([])
  const known = [
    'message',
    'hello',
    'gap',
    'snapshot',
    'state',
    'ping',
    'progress',
    'item',
    'log',
    'text',
    'step',
    'complete',
    'failed',
    'dropped',
  ]
  for (const block of reader.blocks) {
    expect(known).toContain(block.event)
    if (block.data !== undefined) expect(() => JSON.parse(block.data ?? '')).not.toThrow()
    if (block.id !== undefined) expect(block.id).toMatch(/^[\x21-\x7e]{1,1000}$/)
  }
}

describe('no field reaches into another', () => {
  const fields = ['topic', 'type', 'data', 'id', 'ephemeral'] as const
  test.each(fields)('publish: %s', async (field) => {
    const reader = await hub.open(['safe'])
    await reader.event('hello')
    for (const value of HOSTILE) {
      const answer = await hub.call('POST', '/v1/publish', { ...newEvent, [field]: value })
      expect([200, 400]).toContain(answer.status)
    }
    const { body } = await hub.call<{ events: { offset: number }[] }>('POST', '/v1/publish', newEvent)
    await reader.until(() => reader.offsets('safe').at(-1) === body.events[0]?.offset, 'the event after them')
    expectClean(reader)
    if (field === 'data') {
      const data = reader.all<{ data: unknown }>('message').map((event) => event.data)
      // Lone surrogates are escaped by JSON and come back as they were.
      expect(data.slice(0, HOSTILE.length)).toEqual(JSON.parse(JSON.stringify(HOSTILE)))
    }
  })

  test('types and tags of odd but printable characters travel as they are', async () => {
    const type = 'ordre "modifié" \\ 注文 🛒'
    const reader = await hub.open(['odd'])
    await reader.event('hello')
    await hub.call('POST', '/v1/publish', { topic: 'odd', type, data: 'é\u2028' })
    expect(await reader.event('message')).toMatchObject({ type, data: 'é\u2028' })
    expectClean(reader)
  })

  test('POST /v1/stream: topics, cursors, marker', async () => {
    for (const value of HOSTILE) {
      const bodies = [
        { topics: [{ topic: value }] },
        { topics: [{ topic: 'safe', cursor: value }] },
        { topics: [], marker: value },
        { topics: value },
      ]
      for (const body of bodies) {
        const reader = await hub.stream('/v1/stream', { method: 'POST', body })
        expect([200, 400]).toContain(reader.status)
        if (reader.status === 200) {
          await reader.event('hello')
          expectClean(reader)
        }
        reader.destroy()
      }
    }
  })

  test('GET /v1/stream: topics and lastEventId in the query, Last-Event-ID in the header', async () => {
    for (const value of HOSTILE.filter((one) => typeof one === 'string' && one.length < 10_000) as string[]) {
      const text = encodeURIComponent(value.toWellFormed())
      const header = { 'Last-Event-ID': Buffer.from(value.replaceAll(/[\r\n\0]/g, ' ')).toString('latin1') }
      const readers = [
        await hub.stream(`/v1/stream?topics=safe&topics=${text}`),
        await hub.stream(`/v1/stream?topics=safe&lastEventId=${text}`),
        await hub.stream('/v1/stream?topics=safe&topics=b', { headers: header }),
      ]
      for (const reader of readers) {
        expect(reader.status).toBe(200)
        await reader.event('hello')
        expectClean(reader)
        reader.destroy()
      }
      const run = await hub.stream(`/v1/runs/none/events?after=${text}&lastEventId=${text}`)
      expect([400, 404]).toContain(run.status)
    }
  })

  test('a goodbye id of our form with foreign parts is no more than a place', async () => {
    const ids = ['abcdefgh:1;x;kicked\n', 'abcdefgh:1,2,3;x;drain', '-;;', ';;;;', 'abcdefgh:9999999999999999999999']
    for (const id of ids) {
      const reader = await hub.stream(`/v1/stream?topics=safe&lastEventId=${encodeURIComponent(id)}`)
      expect(reader.status).toBe(200)
      await reader.event('hello')
      expectClean(reader)
      reader.destroy()
    }
  })

  test('PATCH: seq, topics, cursors', async () => {
    const reader = await hub.open([])
    const { connection } = await reader.event<{ connection: string }>('hello')
    let seq = 1
    while (seq < 8) expect((await hub.call('PATCH', `/v1/stream/${connection}`, { seq: seq++ })).status).toBe(200)
    for (const value of HOSTILE) {
      for (const change of [
        { subscribe: [{ topic: value }] },
        { subscribe: [{ topic: 'safe', cursor: value }] },
        { unsubscribe: [value] },
      ]) {
        const { status } = await hub.call('PATCH', `/v1/stream/${connection}`, { seq, ...change })
        expect([200, 400]).toContain(status)
        if (status === 200) seq += 1
      }
      // 7 is a seq that was applied.
      const refused = value === 7 ? [200] : [400]
      expect(refused).toContain((await hub.call('PATCH', `/v1/stream/${connection}`, { seq: value })).status)
    }
    expect((await hub.call('PATCH', `/v1/stream/${connection}`, { seq })).status).toBe(200)
    expectClean(reader)
  })

  const runFields = [
    'id',
    'workflow',
    'input',
    'external',
    'exclusive',
    'steps',
    'total',
    'heartbeatMs',
    'tags',
    'roles',
    'key',
    'budget',
  ] as const
  test.each(runFields)('POST /v1/runs: %s', async (field) => {
    const reader = await hub.open(['runs', 'status'])
    await reader.until(() => reader.all('snapshot').length === 2, 'both snapshots')
    for (const value of HOSTILE) {
      const wrapped = field === 'tags' || field === 'roles' ? [value] : field === 'steps' ? [{ name: value }] : value
      const answer = await hub.call('POST', '/v1/runs', { ...newRun, [field]: wrapped })
      expect([200, 201, 400, 404, 409]).toContain(answer.status)
    }
    made += 1
    await hub.call('POST', '/v1/runs', { ...newRun, id: `after${made}` })
    await reader.event('state', (state: { key: string }) => state.key === `after${made}`)
    expectClean(reader)
  })

  const reportFields = [
    'id',
    'step',
    'item',
    'attempt',
    'status',
    'total',
    'result',
    'error',
    'usage',
    'log',
    'text',
    'at',
  ] as const
  test.each(reportFields)('reports: %s', async (field) => {
    const id = `reported-${field}`
    await hub.call('POST', '/v1/runs', { ...newRun, id })
    const own = await hub.stream(`/v1/runs/${id}/events`)
    const one = await hub.open([`run:${id}`])
    await Promise.all([own.event('progress'), one.event('snapshot')])
    for (const [index, value] of HOSTILE.entries()) {
      const report = { ...newReport, id: `n${index}`, item: 'i', status: 'running', [field]: value }
      const answer = await hub.call('POST', `/v1/runs/${id}/reports`, { reports: [report] })
      expect([200, 400]).toContain(answer.status)
      const nested = { ...newReport, id: `m${index}`, item: 'i', [field]: nestedIn(field, value) }
      expect([200, 400, 409]).toContain(
        (await hub.call('POST', `/v1/runs/${id}/reports`, { reports: [nested] })).status,
      )
    }
    await hub.call('POST', `/v1/runs/${id}/reports`, { reports: [{ id: 'last', log: 'the last line' }] })
    await own.event('log', (line: { message: string }) => line.message === 'the last line')
    await one.event('message', (event: { data: { message?: string } }) => event.data.message === 'the last line')
    expectClean(own)
    expectClean(one)
  })

  test('ids in paths and values in queries', async () => {
    for (const value of HOSTILE.filter((one) => typeof one === 'string') as string[]) {
      const text = encodeURIComponent(value.toWellFormed().slice(0, 2_000))
      for (const path of [
        `/v1/runs/${text}`,
        `/v1/runs/${text}/items`,
        `/v1/topics/${text}/events`,
        `/v1/connections/${text}`,
      ]) {
        const answer = await hub.call('GET', path)
        expect([404, 405, 400, 200]).toContain(answer.status)
        for (const [, header] of answer.headers) expect(header).not.toMatch(/[\r\n]/)
      }
      for (const name of ['q', 'workflow', 'tag', 'owner', 'key', 'status', 'since', 'cursor']) {
        expect([200, 400]).toContain((await hub.call('GET', `/v1/runs?${name}=${text}`)).status)
      }
    }
    expect((await hub.call('GET', '/v1/topics/a%252Fb/events')).status).toBe(404)
    expect((await hub.call('GET', '/v1/topics/a%2F..%2Fb/events')).status).toBe(404)
  })
})

function nestedIn(field: string, value: unknown): unknown {
  if (field === 'error') return { code: value, message: value }
  if (field === 'log') return { level: 'info', message: value, data: value }
  if (field === 'text') return { name: value, position: 0, text: value }
  if (field === 'usage') return { tokens: value, cost: value, currency: value }
  return value
}
