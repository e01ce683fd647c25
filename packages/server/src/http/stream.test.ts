import { type Envelope, formatCursor, type Gap, type Hello } from '@monofil/protocol'
import { type SseReader, startHub, type TestHub } from '@monofil/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let hub: TestHub
beforeEach(async () => {
  hub = await startHub()
})
afterEach(() => hub.close())

const cursor = (offset: number): string => formatCursor({ epoch: hub.store.epoch, offset })
const hello = (reader: SseReader) => reader.event<Hello>('hello')
const upTo = (reader: SseReader, topic: string, offset: number) =>
  reader.until(() => reader.offsets(topic).at(-1) === offset, `offset ${offset} of ${topic}`)
const sequence = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('POST /v1/stream', () => {
  test('begins with hello: what was granted with its head, what was denied with the reason', async () => {
    await hub.publish('orders', 1)
    const reader = await hub.open(['orders', { topic: 'news', cursor: '0' }, 'run:none', 'workflow:x', 'a b'], 'tab-1')
    expect(reader.status).toBe(200)
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      connection: 'close',
    })
    const { epoch } = hub.store
    const said = await hello(reader)
    expect(said).toMatchObject({ marker: 'tab-1', heartbeatMs: 15_000, expiresAt: null })
    expect(said.connection).toBe(reader.headers['monofil-connection'])
    expect(said.node).toBe(reader.headers['monofil-node'])
    expect(said.topics).toEqual([
      { topic: 'orders', epoch, offset: 1, recovered: null },
      { topic: 'news', epoch, offset: 0, recovered: true },
    ])
    expect(said.denied).toEqual([
      { topic: 'run:none', code: 'not_found' },
      { topic: 'workflow:x', code: 'not_found' },
      { topic: 'a b', code: 'invalid_request' },
    ])
    expect(reader.blocks[0]?.retry).toBeGreaterThan(0)
    expect(reader.blocks.some((block) => block.id !== undefined)).toBe(false)
  })

  test('without cursor an application topic starts now, with one it is replayed and goes on live', async () => {
    for (let i = 1; i <= 5; i += 1) await hub.publish('orders', i)
    const fresh = await hub.open(['orders'])
    const back = await hub.open([{ topic: 'orders', cursor: cursor(2) }])
    await Promise.all([hello(fresh), hello(back)])
    await hub.publish('orders', 6)
    await Promise.all([upTo(fresh, 'orders', 6), upTo(back, 'orders', 6)])
    expect(fresh.offsets('orders')).toEqual([6])
    expect(back.offsets('orders')).toEqual([3, 4, 5, 6])
    expect((await hello(back)).topics[0]?.recovered).toBe(true)
    const last = back.all<Envelope>('message').at(-1)
    expect(last).toMatchObject({ topic: 'orders', epoch: hub.store.epoch, offset: 6, type: 't', data: 6 })
    expect(last?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  test('a foreign epoch, a cursor from nowhere and one from the future are told by gap, then all that is held', async () => {
    for (let i = 1; i <= 3; i += 1) await hub.publish('orders', i)
    const given = { foreign: 'zzzzzzzzzzzz:2', nowhere: 'what?', future: cursor(99) }
    const reasons = { foreign: 'epoch', nowhere: 'unknown_cursor', future: 'unknown_cursor' }
    for (const kind of ['foreign', 'nowhere', 'future'] as const) {
      const reader = await hub.open([{ topic: 'orders', cursor: given[kind] }])
      await upTo(reader, 'orders', 3)
      expect(reader.blocks.map((block) => block.event)).toEqual(['hello', 'gap', 'message', 'message', 'message'])
      expect(reader.all<Gap>('gap')[0]).toMatchObject({ topic: 'orders', from: null, to: null, reason: reasons[kind] })
      expect((await hello(reader)).topics[0]?.recovered).toBe(false)
    }
  })

  test('what retention took is told by gap with its bounds', async () => {
    for (let i = 1; i <= 10; i += 1) await hub.publish('orders', i)
    await hub.store.log.trim({ maxAgeMs: 1e12, maxCount: 4, maxBytes: 1e12 })
    const { oldest } = await hub.store.log.bounds('orders')
    expect(oldest).toBeGreaterThan(1)
    const reader = await hub.open([{ topic: 'orders', cursor: cursor(1) }])
    await upTo(reader, 'orders', 10)
    expect((await hello(reader)).topics[0]?.recovered).toBe(false)
    const [gap] = reader.all<Gap>('gap')
    expect(gap).toMatchObject({ from: 2, to: oldest - 1, reason: 'retention' })
    expect(reader.offsets('orders')).toEqual(sequence(oldest, 10))
  })

  test('nothing is lost or doubled for those who subscribe in the middle of a storm', async () => {
    const total = 3_000
    let published = 0
    const storm = (async () => {
      while (published < total) {
        const batch = sequence(published + 1, Math.min(total, published + 7))
        published += batch.length
        await hub.store.log.append(batch.map((n) => ({ topic: 'storm', type: 't', dataJson: String(n) })))
      }
    })()
    const readers: SseReader[] = []
    while (published < total - 200) {
      const topics = readers.length % 2 === 0 ? [{ topic: 'storm', cursor: '0' }] : ['storm']
      readers.push(await hub.open(topics))
    }
    await storm
    expect(readers.length).toBeGreaterThan(5)
    for (const [index, reader] of readers.entries()) {
      await upTo(reader, 'storm', total)
      const head = (await hello(reader)).topics[0]?.offset ?? 0
      const from = index % 2 === 0 ? 1 : head + 1
      expect(reader.offsets('storm')).toEqual(sequence(from, total))
      expect(reader.violations).toEqual([])
    }
  })

  test('a slow reader holds a bounded buffer, sees the newest state once and loses nothing of the log', async () => {
    const slow = await hub.open(['big'])
    const { connection } = await hello(slow)
    slow.pause()
    const pad = 'x'.repeat(20_000)
    const total = 1_000
    for (let n = 0; n < total; n += 20) {
      const batch = sequence(n + 1, n + 20)
      await hub.store.log.append(batch.map((i) => ({ topic: 'big', type: 't', dataJson: JSON.stringify({ i, pad }) })))
      const view = hub.server.hub.connections().find((one) => one.connection === connection)
      expect(view?.queuedBytes ?? 0).toBeLessThan(1_200_000)
    }
    const view = hub.server.hub.connections().find((one) => one.connection === connection)
    expect(view?.mode).toBe('catching_up')
    expect(view?.lagEvents).toBeGreaterThan(100)
    slow.resume()
    await slow.until(() => slow.offsets('big').length >= total, 'all of the log', 20_000)
    expect(slow.offsets('big')).toEqual(sequence(1, total))
    await hub.publish('big', 'live again')
    await upTo(slow, 'big', total + 1)
  })

  test('ephemeral events have no place and reach who listens now', async () => {
    const reader = await hub.open(['typing'])
    await hello(reader)
    const events = [
      { topic: 'typing', type: 'key', data: 1, ephemeral: true },
      { topic: 'typing', type: 'kept', data: 2 },
    ]
    const answer = await hub.call<{ events: unknown[] }>('POST', '/v1/publish', { events })
    expect(answer.body.events).toEqual([
      { topic: 'typing', epoch: null, offset: null },
      { topic: 'typing', epoch: hub.store.epoch, offset: 1 },
    ])
    const seen = await reader.event<Envelope>('message', (envelope) => envelope.type === 'key')
    expect(seen).toMatchObject({ epoch: null, offset: null, data: 1 })
    expect((await hub.store.log.bounds('typing')).head).toBe(1)
  })

  test('the same user and marker replaces the older stream, which is told not to come back', async () => {
    const first = await hub.open(['a'], 'tab')
    await hello(first)
    const second = await hub.open(['a'], 'tab')
    await hello(second)
    await first.closed()
    expect(first.all('goodbye')).toEqual([{ reason: 'replaced', reconnectMs: null }])
    expect(hub.server.hub.connections().map((view) => view.marker)).toEqual(['tab'])
  })

  test('more topics than a connection holds are denied, the others go on', async () => {
    const reader = await hub.open(sequence(1, 203).map((n) => `t${n}`))
    const said = await hello(reader)
    expect(said.topics).toHaveLength(200)
    expect(said.denied).toEqual(sequence(201, 203).map((n) => ({ topic: `t${n}`, code: 'too_many_topics' })))
  })

  test('a kicked stream is told so; an unknown one cannot be kicked', async () => {
    const reader = await hub.open(['a'])
    const { connection } = await hello(reader)
    expect((await hub.call('DELETE', `/v1/connections/${connection}`)).status).toBe(204)
    await reader.closed()
    expect(reader.all('goodbye')).toEqual([{ reason: 'kicked', reconnectMs: null }])
    const again = await hub.call('DELETE', `/v1/connections/${connection}`)
    expect([again.status, again.body]).toMatchObject([404, { code: 'unknown_connection' }])
  })

  test('a hub that drains sends everybody away at times of their own and takes nobody new', async () => {
    const readers = await Promise.all(sequence(1, 8).map((n) => hub.open([`a${n}`])))
    await Promise.all(readers.map(hello))
    const drained = hub.server.drain()
    await Promise.all(readers.map((reader) => reader.closed()))
    await drained
    const times = readers.map((reader) => reader.all<{ reason: string; reconnectMs: number }>('goodbye')[0])
    for (const goodbye of times) expect(goodbye?.reason).toBe('drain')
    expect(new Set(times.map((goodbye) => goodbye?.reconnectMs)).size).toBeGreaterThan(4)
  })
})

describe('PATCH /v1/stream/{connection}', () => {
  const patch = (connection: string, body: unknown) =>
    hub.call<Record<string, unknown>>('PATCH', `/v1/stream/${connection}`, body)

  test('subscribes, unsubscribes and answers what is new', async () => {
    for (let i = 1; i <= 3; i += 1) await hub.publish('late', i)
    const reader = await hub.open(['first'])
    const { connection } = await hello(reader)
    const subscribe = [{ topic: 'late', cursor: cursor(1) }, { topic: 'run:none' }, { topic: 'runs' }]
    const answer = await patch(connection, { seq: 1, subscribe, unsubscribe: ['first', 'never'] })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      seq: 1,
      topics: [
        { topic: 'late', epoch: hub.store.epoch, offset: 3, recovered: true },
        { topic: 'runs', epoch: null, offset: null, recovered: null },
      ],
      denied: [{ topic: 'run:none', code: 'not_found' }],
      expiresAt: null,
    })
    await upTo(reader, 'late', 3)
    await reader.event('snapshot')
    await hub.publish('first', 'not for us')
    await hub.publish('late', 4)
    await upTo(reader, 'late', 4)
    expect(reader.offsets('first')).toEqual([])
    expect(hub.server.hub.connections()[0]?.topics).toEqual(['late', 'runs'])
  })

  test('seq: one that was applied answers the present state, one that is skipped is out of order', async () => {
    const { connection } = await hello(await hub.open([]))
    expect((await patch(connection, { seq: 2 })).body).toMatchObject({ code: 'out_of_order', status: 409 })
    await patch(connection, { seq: 1, subscribe: [{ topic: 'a' }, { topic: 'run:none' }] })
    const again = await patch(connection, { seq: 1, subscribe: [{ topic: 'ignored' }] })
    expect(again.body).toEqual({
      seq: 1,
      topics: [{ topic: 'a', epoch: hub.store.epoch, offset: 0, recovered: null }],
      denied: [{ topic: 'run:none', code: 'not_found' }],
      expiresAt: null,
    })
    expect((await patch(connection, { seq: 2, subscribe: 'nonsense' })).status).toBe(400)
    expect((await patch(connection, { seq: 2, unsubscribe: ['a'] })).body).toMatchObject({ seq: 2, topics: [] })
  })

  test('the same seq twice at once is applied once', async () => {
    const { connection } = await hello(await hub.open([]))
    const body = { seq: 1, subscribe: [{ topic: 'a' }] }
    const answers = await Promise.all([patch(connection, body), patch(connection, body)])
    expect(answers.map((answer) => answer.status)).toEqual([200, 200])
    expect(hub.server.hub.connections()[0]?.topics).toEqual(['a'])
  })

  test('subscribing again: with a cursor it is replayed, without nothing changes', async () => {
    for (let i = 1; i <= 3; i += 1) await hub.publish('a', i)
    const reader = await hub.open(['a'])
    const { connection } = await hello(reader)
    await patch(connection, { seq: 1, subscribe: [{ topic: 'a' }] })
    await hub.publish('a', 4)
    await upTo(reader, 'a', 4)
    expect(reader.offsets('a')).toEqual([4])
    await patch(connection, { seq: 2, subscribe: [{ topic: 'a', cursor: cursor(2) }] })
    await hub.publish('a', 5)
    await upTo(reader, 'a', 5)
    expect(reader.offsets('a')).toEqual([4, 3, 4, 5])
  })

  test('over the limit is denied and takes nothing away', async () => {
    const { connection } = await hello(await hub.open(sequence(1, 199).map((n) => `t${n}`)))
    const answer = await patch(connection, { seq: 1, subscribe: [{ topic: 'x' }, { topic: 'y' }, { topic: 't1' }] })
    expect(answer.body).toMatchObject({ denied: [{ topic: 'y', code: 'too_many_topics' }] })
    expect(hub.server.hub.connections()[0]?.topics).toHaveLength(200)
  })

  test('a stream that is not there is 404, topics of a GET stream are not changed', async () => {
    expect((await patch('c-none', { seq: 1 })).body).toMatchObject({ code: 'unknown_connection', status: 404 })
    const reader = await hub.stream('/v1/stream?topics=a')
    const { connection } = await hello(reader)
    const refused = await patch(connection, { seq: 1, subscribe: [{ topic: 'b' }] })
    expect(refused.body).toMatchObject({ code: 'invalid_state', status: 409 })
    expect((await patch(connection, { seq: 1 })).body).toMatchObject({ seq: 1 })
    expect((await patch(connection, { seq: 0 })).status).toBe(400)
  })
})

describe('GET /v1/stream', () => {
  test('one topic: the id is part of each frame, and hello has the place it starts from', async () => {
    await hub.publish('a', 1)
    const reader = await hub.stream('/v1/stream?topics=a')
    await hello(reader)
    await hub.publish('a', 2)
    await upTo(reader, 'a', 2)
    expect(reader.blocks.map((block) => [block.event, block.id])).toEqual([
      ['hello', cursor(1)],
      ['message', cursor(2)],
    ])
    const back = await hub.stream('/v1/stream?topics=a', { headers: { 'Last-Event-ID': cursor(0) } })
    await upTo(back, 'a', 2)
    expect(back.blocks.map((block) => block.id)).toEqual([cursor(0), cursor(1), cursor(2)])
  })

  test('several topics: a block of its own has the place of each after every flush, and an id of it goes on', async () => {
    for (let i = 1; i <= 3; i += 1) await hub.publish('a', i)
    const query = 'topics=a&topics=runs&topics=b&topics=run:none'
    const reader = await hub.stream(`/v1/stream?${query}`)
    await hello(reader)
    expect(reader.blocks[0]?.id).toBe(`${cursor(3)},-,0,-`)
    await hub.publish('b', 1)
    await reader.block((block) => block.id === `${cursor(3)},-,1,-`, 'the id after b')
    await hub.publish('a', 4)
    const last = `${cursor(4)},-,1,-`
    const block = await reader.block((one) => one.id === last, 'the id after a')
    expect(block.data).toBeUndefined()
    expect(reader.all('message')).toHaveLength(2)
    await hub.publish('a', 5)
    const back = await hub.stream(`/v1/stream?${query}`, { headers: { 'Last-Event-ID': last } })
    await upTo(back, 'a', 5)
    expect(back.blocks[0]?.id).toBe(last)
    expect([back.offsets('a'), back.offsets('b')]).toEqual([[5], []])
  })

  test('a cut between hello and the gap repeats the gap: no id is newer than what was told', async () => {
    await hub.publish('a', 1)
    const given = 'zzzzzzzzzzzz:7,3'
    const reader = await hub.stream(`/v1/stream?topics=a&topics=b&lastEventId=${given}`)
    await reader.until(() => reader.lastEventId === `${cursor(1)},0`, 'the new place of both')
    expect(reader.blocks[0]?.id).toBe(given)
    const gaps = reader.blocks.findLastIndex((block) => block.event === 'gap')
    const firstNew = reader.blocks.findIndex((block) => block.id !== undefined && block.id !== given)
    expect(firstNew).toBeGreaterThan(gaps)
  })

  test('after kicked a reconnect with the id of the goodbye gets 204; after drain it goes on where it was', async () => {
    await hub.publish('a', 1)
    const kicked = await hub.stream('/v1/stream?topics=a')
    const { connection } = await hello(kicked)
    await hub.call('DELETE', `/v1/connections/${connection}`)
    await kicked.closed()
    const id = kicked.lastEventId ?? ''
    expect(id).toBe(`${cursor(1)};${connection};kicked`)
    const again = await hub.stream('/v1/stream?topics=a', { headers: { 'Last-Event-ID': id } })
    expect(again.status).toBe(204)
    await hub.publish('a', 2)
    const drained = id.replace('kicked', 'drain')
    const back = await hub.stream('/v1/stream?topics=a', { headers: { 'Last-Event-ID': drained } })
    await upTo(back, 'a', 2)
    expect(back.offsets('a')).toEqual([2])
  })

  test('a refusal that will pass is a stream that says so, a final one is a status', async () => {
    const open = await hub.open(['a'])
    await hello(open)
    const { hub: inner } = hub.server
    open.pause()
    const drained = inner.drain()
    const reader = await hub.stream('/v1/stream?topics=a', { headers: { 'Last-Event-ID': cursor(0) } })
    await reader.closed()
    expect(reader.status).toBe(200)
    expect(reader.blocks.map((block) => block.event)).toEqual(['hello', 'goodbye'])
    expect(reader.all('goodbye')[0]).toMatchObject({ reason: 'drain' })
    expect(reader.lastEventId).toBeUndefined()
    const post = await hub.open(['a'])
    expect([post.status, post.headers['retry-after']]).toEqual([503, '1'])
    open.resume()
    await drained
  })

  test('all topics denied, none and too many are statuses', async () => {
    const denied = await hub.stream('/v1/stream?topics=run:none')
    expect(denied.status).toBe(404)
    expect((await hub.stream('/v1/stream')).status).toBe(400)
    expect((await hub.stream(`/v1/stream?${'topics=a&'.repeat(33)}`)).status).toBe(400)
    const picky = await hub.stream('/v1/stream?topics=a', { headers: { Accept: 'application/json' } })
    expect(picky.status).toBe(406)
  })

  test('HEAD answers the headers and closes', async () => {
    const reader = await hub.stream('/v1/stream?topics=a', { method: 'HEAD' })
    await reader.closed()
    expect([reader.status, reader.body]).toEqual([200, ''])
    expect(hub.server.hub.connections()).toEqual([])
  })
})
