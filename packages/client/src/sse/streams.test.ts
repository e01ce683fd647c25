/** One stream per url, and what those who are attached are told. */
import { MonofilError } from '@monofil/protocol'
import { describe, expect, it, vi } from 'vitest'
import { turns, until } from '../testing/event-source-lab.ts'
import { SseServer } from '../testing/sse-server.ts'
import { opened, streamsLab } from '../testing/streams-lab.ts'
import { createSseStreams, pageStreams } from './streams.ts'

const lab = streamsLab()

describe('one stream per url', () => {
  it('for a hundred who attach and leave, until the last one has left', async () => {
    const manager = lab.make()
    const all = Array.from({ length: 100 }, () => lab.follow(manager))
    for (const one of all) await opened(one)
    for (const { detach } of all.slice(1)) detach()
    expect([lab.server.exchanges.length, lab.server.open, manager.activeCount]).toEqual([1, 1, 1])
    lab.server.last.raw('data: x\n\n')
    await until(() => expect(all[0]?.told).toEqual(['open', 'message x']))
    expect(all[1]?.told).toEqual(['open'])
    all[0]?.detach()
    all[0]?.detach()
    expect([manager.activeCount, lab.clock.timers]).toEqual([0, 0])
    await until(() => expect(lab.server.open).toBe(0))
  })

  it('also for who comes later, who is told that it is open', async () => {
    const manager = lab.make()
    const first = lab.follow(manager)
    await opened(first)
    const second = lab.follow(manager)
    expect(second.told).toEqual([])
    await opened(second)
    lab.server.last.raw('event: a\ndata: 1\n\n')
    await until(() => expect(second.told).toEqual(['open', 'a 1']))
    expect([first.told, lab.server.exchanges.length]).toEqual([['open', 'a 1'], 1])
  })

  it('also for who comes in the middle of a piece, who hears what is left of it', async () => {
    const manager = lab.make()
    const late: { told: readonly string[] }[] = []
    manager.attach(lab.server.url, {
      onMessage: () => {
        if (late.length === 0) late.push(lab.follow(manager))
      },
    })
    await until(() => expect(lab.server.open).toBe(1))
    lab.server.last.raw('data: 1\n\ndata: 2\n\n')
    await until(() => expect(late[0]?.told).toEqual(['open', 'message 2']))
  })

  it('whatever the order and case of equal headers, and another for other headers, credentials, urls or owners', async () => {
    const manager = lab.make()
    const owner = Symbol('owner')
    lab.follow(manager, { headers: { a: '1', b: '2' } })
    lab.follow(manager, { headers: { B: '2', A: '1' }, closeOn: ['x'], silenceMs: 5000 })
    expect(manager.activeCount).toBe(1)
    lab.follow(manager, { headers: { a: '1', b: '3' } })
    lab.follow(manager, { headers: { a: '1', b: '2' }, withCredentials: true })
    lab.follow(manager, { headers: { a: '1', b: '2' } }, `${lab.server.url}?other`)
    lab.follow(manager, { headers: { a: '1', b: '2' }, owner })
    lab.follow(manager, { headers: { a: '1', b: '2' }, owner })
    expect(manager.activeCount).toBe(5)
    await until(() => expect(lab.server.exchanges).toHaveLength(5))
    expect(lab.server.exchanges.map(({ headers }) => `${headers['a']}${headers['b']}`).sort()).toEqual([
      '12',
      '12',
      '12',
      '12',
      '13',
    ])
  })

  it('outlives its last attachment as long as that one asked for', async () => {
    const manager = lab.make()
    const first = lab.follow(manager, { lingerMs: 1000 })
    await opened(first)
    first.detach()
    lab.clock.advance(999)
    const second = lab.follow(manager, { lingerMs: 1000 })
    lab.clock.advance(5000)
    await opened(second)
    second.detach()
    expect(lab.clock.timers).toBe(1)
    const third = lab.follow(manager, { lingerMs: 1000 })
    third.detach(0)
    expect([manager.activeCount, lab.clock.timers]).toEqual([0, 0])
    await until(() => expect(lab.server.open).toBe(0))
    expect(lab.server.exchanges).toHaveLength(1)
  })

  it('does not come back while it only lingers', async () => {
    const manager = lab.make()
    lab.server.onRequest = (exchange) => exchange.refuse(503)
    const one = lab.follow(manager, { lingerMs: 60_000 })
    await until(() => expect(one.states).toEqual(['waiting']))
    one.detach()
    lab.clock.advance(59_000)
    await turns()
    expect([lab.server.exchanges.length, lab.clock.timers]).toEqual([1, 1])
    lab.clock.advance(1000)
    expect([manager.activeCount, lab.clock.timers]).toEqual([0, 0])
  })

  it('asks for nothing when everybody left in the same turn, even of a fetch that does not know the signal', async () => {
    const manager = lab.make({ fetch: (input) => fetch(input) })
    lab.follow(manager).detach()
    await turns()
    expect([lab.server.exchanges.length, manager.activeCount, lab.clock.timers]).toEqual([0, 0, 0])
  })

  it('refuses what can never work where it is asked for', () => {
    const manager = lab.make()
    expect(() => lab.follow(manager, {}, 'http://[bogus')).toThrow(expect.objectContaining({ name: 'SyntaxError' }))
    expect(() => lab.follow(manager, { headers: { 'not a name': 'x' } })).toThrow(TypeError)
    expect(manager.activeCount).toBe(0)
  })

  it('is one manager for a page, also when the module was loaded twice', async () => {
    const other = (await import('./streams.ts?twice' as string)) as typeof import('./streams.ts')
    expect(other.createSseStreams).not.toBe(createSseStreams)
    expect(other.pageStreams()).toBe(pageStreams())
  })
})

describe('an event named error', () => {
  it('is a message, and the stream goes on', async () => {
    const one = lab.follow(lab.make())
    await opened(one)
    lab.server.last.raw('event: error\ndata: {"code":7}\n\ndata: next\n\n')
    await until(() => expect(one.told).toEqual(['open', 'error {"code":7}', 'message next']))
    expect(lab.server.open).toBe(1)
  })

  it('may be final', async () => {
    const manager = lab.make()
    const one = lab.follow(manager, { closeOn: ['complete', 'error'] })
    await opened(one)
    lab.server.last.raw('event: error\ndata: x\n\n')
    await until(() => expect(one.states).toEqual(['open', 'ended']))
    expect([one.told, manager.activeCount, lab.clock.timers]).toEqual([['open', 'error x'], 0, 0])
  })
})

describe('a transport error', () => {
  it('goes to onError, never to onMessage, and the stream comes back with its id', async () => {
    const one = lab.follow(lab.make())
    await opened(one)
    lab.server.last.raw('id: ü1\ndata: a\n\nid: 2\n\nid: 3\ndata: cut')
    await until(() => expect(one.told).toHaveLength(2))
    lab.server.last.cut()
    await until(() => expect(one.told).toEqual(['open', 'message a', 'node_unreachable again']))
    expect([one.states, lab.clock.timers, lab.clock.nextMs]).toEqual([['open', 'waiting'], 1, 625])
    lab.clock.advance(625)
    await until(() => expect(one.states).toEqual(['open', 'waiting', 'connecting', 'open']))
    expect([lab.server.last.lastEventId, lab.server.peak]).toEqual(['2', 1])
  })

  it('of a server that cannot be reached is one, too', async () => {
    const gone = await SseServer.start()
    const { url } = gone
    await gone.close()
    const one = lab.follow(lab.make(), {}, url)
    await until(() => expect(one.told).toEqual(['node_unreachable again']))
  })

  it('says where, without the query, which may hold a secret', async () => {
    const messages: string[] = []
    lab.server.onRequest = (exchange) => exchange.refuse(403)
    lab.make().attach(`${lab.server.url}?token=secret`, { onError: ({ message }) => messages.push(message) })
    await until(() => expect(messages).toEqual([`${lab.server.url}: answered 403 Forbidden`]))
  })

  it.each([408, 425, 429, 500, 502, 503])('status %d is tried again, not before Retry-After', async (status) => {
    lab.server.onRequest = (exchange, number) =>
      number === 1 ? exchange.refuse(status, { 'retry-after': '7' }) : exchange.head()
    const one = lab.follow(lab.make())
    await until(() => expect(one.states).toEqual(['waiting']))
    expect([one.told[0]?.endsWith('again'), lab.clock.timers, lab.clock.nextMs]).toEqual([true, 1, 7500])
    lab.clock.advance(7500)
    await opened(one)
  })

  it.each<[number, string]>([
    [400, 'invalid_request over'],
    [401, 'unauthorized over'],
    [403, 'forbidden over'],
    [404, 'not_found over'],
    [410, 'not_found over'],
  ])('status %d is final', async (status, told) => {
    lab.server.onRequest = (exchange) => exchange.refuse(status)
    const manager = lab.make()
    const one = lab.follow(manager)
    await until(() => expect(one.told).toEqual([told]))
    expect([one.states, manager.activeCount, lab.clock.timers]).toEqual([['failed'], 0, 0])
  })

  it('of a wrong content type or an event without an end is final', async () => {
    lab.server.onRequest = (exchange, number) => {
      if (number === 1) exchange.head({ 'content-type': 'text/html' }).raw('<html>')
      else for (let i = 0; i < 17; i += 1) exchange.raw(`data: ${'x'.repeat(1024 * 1024)}\n`)
    }
    const one = lab.follow(lab.make())
    await until(() => expect(one.told).toEqual(['not_acceptable over']))
    await until(() => expect(lab.server.open).toBe(0))
    const two = lab.follow(lab.make())
    await until(() => expect(two.told).toEqual(['open', 'too_large over']))
    await until(() => expect(lab.server.open).toBe(0))
  })

  it('a refusal with a body that never ends is heard at once', async () => {
    lab.server.onRequest = (exchange) => exchange.head({ 'content-type': 'application/json' }, 404).raw('{')
    const one = lab.follow(lab.make())
    await until(() => expect(one.told).toEqual(['not_found over']))
    await until(() => expect(lab.server.open).toBe(0))
  })

  it('204 ends it quietly', async () => {
    lab.server.onRequest = (exchange) => exchange.refuse(204)
    const manager = lab.make()
    const one = lab.follow(manager)
    await until(() => expect(one.states).toEqual(['ended']))
    expect([one.told, manager.activeCount, lab.clock.timers]).toEqual([[], 0, 0])
  })
})

it.each([
  ['rate_limited', ['waiting']],
  ['forbidden', ['failed']],
] as const)('headers that cannot be had because of %s make it %j', async (code, states) => {
  const manager = lab.make({ headers: () => Promise.reject(new MonofilError(code, 'no token')) })
  const one = lab.follow(manager)
  await until(() => expect(one.states).toEqual(states))
  expect(lab.server.exchanges).toHaveLength(0)
})

describe('final events', () => {
  it('end it, with nothing of the same piece after them, and are never asked for again', async () => {
    lab.server.onRequest = (exchange) =>
      exchange.end('data: 1\n\nevent: complete\ndata: done\n\nevent: complete\ndata: twice\n\n')
    const manager = lab.make()
    const one = lab.follow(manager, { closeOn: ['complete', 'failed'] })
    await until(() => expect(one.states).toEqual(['open', 'ended']))
    await turns()
    expect(one.told).toEqual(['open', 'message 1', 'complete done'])
    expect([manager.activeCount, lab.clock.timers, lab.server.exchanges.length]).toEqual([0, 0, 1])
  })

  it('end it for who named them; the stream goes on for the others', async () => {
    const manager = lab.make()
    const one = lab.follow(manager, { closeOn: ['complete'] })
    const two = lab.follow(manager)
    await opened(two)
    lab.server.last.raw('event: complete\ndata: 1\n\ndata: 2\n\n')
    await until(() => expect(two.told).toEqual(['open', 'complete 1', 'message 2']))
    expect([one.told, one.states, lab.server.open]).toEqual([['open', 'complete 1'], ['open', 'ended'], 1])
  })
})

it('a handler that throws is reported and harms nobody else', async () => {
  const reported: unknown[] = []
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
  const manager = lab.make()
  const mistake = new Error('mine')
  manager.attach(lab.server.url, {
    onMessage: () => {
      throw mistake
    },
  })
  const two = lab.follow(manager)
  await opened(two)
  lab.server.last.raw('data: 1\n\ndata: 2\n\n')
  await until(() => expect(two.told).toEqual(['open', 'message 1', 'message 2']))
  expect(reported).toEqual([mistake, mistake])
})

it('sends the headers of the manager and of the attachment, asked for at each attempt, and begins where told', async () => {
  lab.server.onRequest = (exchange, number) => (number === 1 ? exchange.refuse(503) : exchange.head())
  let count = 0
  const manager = lab.make({
    headers: async () => {
      count += 1
      return { authorization: `Bearer ${count}` }
    },
  })
  const one = lab.follow(manager, { headers: { 'x-app': 'a' }, lastEventId: '41' })
  await until(() => expect(one.states).toEqual(['waiting']))
  lab.clock.advance(lab.clock.nextMs)
  await opened(one)
  expect(lab.server.exchanges.map(({ headers }) => [headers.authorization, headers['x-app']])).toEqual([
    ['Bearer 1', 'a'],
    ['Bearer 2', 'a'],
  ])
  expect(lab.server.exchanges.map(({ lastEventId }) => lastEventId)).toEqual(['41', '41'])
})
