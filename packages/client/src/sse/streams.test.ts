import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { SseServer } from '../testing/sse-server.ts'
import { createSseStreams, pageStreams } from './streams.ts'
import type { SseAttachOptions, SseStreams, SseStreamsOptions } from './types.ts'

let server: SseServer
let clock: FakeClock
const managers: SseStreams[] = []

beforeEach(async () => {
  server = await SseServer.start()
  clock = new FakeClock()
})

afterEach(async () => {
  for (const manager of managers.splice(0)) manager.closeAll()
  vi.unstubAllGlobals()
  await server.close()
})

function make(options: SseStreamsOptions = {}): SseStreams {
  const manager = createSseStreams({ clock, random: () => 0.5, ...options })
  managers.push(manager)
  return manager
}

const until = (condition: () => void) => vi.waitFor(condition, { timeout: 8000, interval: 2 })
const turns = async () => {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** Attaches, and records everything that is told, as words. */
function follow(manager: SseStreams, options: SseAttachOptions = {}, url = server.url) {
  const told: string[] = []
  const states: string[] = []
  const detach = manager.attach(
    url,
    {
      onOpen: () => told.push('open'),
      onMessage: ({ event, data }) => told.push(`${event} ${data}`),
      onError: (error, willRetry) => told.push(`${error.code} ${willRetry ? 'again' : 'over'}`),
      onState: ({ status }) => states.push(status),
    },
    options,
  )
  return { told, states, detach }
}

const opened = ({ told }: { told: readonly string[] }) => until(() => expect(told).toContain('open'))

describe('one stream per url', () => {
  it('for a hundred who attach and leave, until the last one has left', async () => {
    const manager = make()
    const all = Array.from({ length: 100 }, () => follow(manager))
    for (const one of all) await opened(one)
    for (const { detach } of all.slice(1)) detach()
    expect([server.exchanges.length, server.open, manager.activeCount]).toEqual([1, 1, 1])
    server.last.raw('data: x\n\n')
    await until(() => expect(all[0]?.told).toEqual(['open', 'message x']))
    expect(all[1]?.told).toEqual(['open'])
    all[0]?.detach()
    all[0]?.detach()
    expect([manager.activeCount, clock.timers]).toEqual([0, 0])
    await until(() => expect(server.open).toBe(0))
  })

  it('also for who comes later, who is told that it is open', async () => {
    const manager = make()
    const first = follow(manager)
    await opened(first)
    const second = follow(manager)
    expect(second.told).toEqual([])
    await opened(second)
    server.last.raw('event: a\ndata: 1\n\n')
    await until(() => expect(second.told).toEqual(['open', 'a 1']))
    expect([first.told, server.exchanges.length]).toEqual([['open', 'a 1'], 1])
  })

  it('whatever the order and case of equal headers, and another for other headers, credentials, urls or owners', async () => {
    const manager = make()
    const owner = Symbol('owner')
    follow(manager, { headers: { a: '1', b: '2' } })
    follow(manager, { headers: { B: '2', A: '1' }, closeOn: ['x'], silenceMs: 5000 })
    expect(manager.activeCount).toBe(1)
    follow(manager, { headers: { a: '1', b: '3' } })
    follow(manager, { headers: { a: '1', b: '2' }, withCredentials: true })
    follow(manager, { headers: { a: '1', b: '2' } }, `${server.url}?other`)
    follow(manager, { headers: { a: '1', b: '2' }, owner })
    follow(manager, { headers: { a: '1', b: '2' }, owner })
    expect(manager.activeCount).toBe(5)
    await until(() => expect(server.exchanges).toHaveLength(5))
    expect(server.exchanges.map(({ headers }) => `${headers['a']}${headers['b']}`).sort()).toEqual([
      '12',
      '12',
      '12',
      '12',
      '13',
    ])
  })

  it('outlives its last attachment as long as that one asked for', async () => {
    const manager = make()
    const first = follow(manager, { lingerMs: 1000 })
    await opened(first)
    first.detach()
    clock.advance(999)
    const second = follow(manager, { lingerMs: 1000 })
    clock.advance(5000)
    await opened(second)
    second.detach()
    expect(clock.timers).toBe(1)
    const third = follow(manager, { lingerMs: 1000 })
    third.detach(0)
    expect([manager.activeCount, clock.timers]).toEqual([0, 0])
    await until(() => expect(server.open).toBe(0))
    expect(server.exchanges).toHaveLength(1)
  })

  it('does not come back while it only lingers', async () => {
    const manager = make()
    server.onRequest = (exchange) => exchange.refuse(503)
    const one = follow(manager, { lingerMs: 60_000 })
    await until(() => expect(one.states).toEqual(['waiting']))
    one.detach()
    clock.advance(59_000)
    await turns()
    expect([server.exchanges.length, clock.timers]).toEqual([1, 1])
    clock.advance(1000)
    expect([manager.activeCount, clock.timers]).toEqual([0, 0])
  })

  it('asks for nothing when everybody left in the same turn', async () => {
    const manager = make()
    follow(manager).detach()
    await turns()
    expect([server.exchanges.length, manager.activeCount, clock.timers]).toEqual([0, 0, 0])
  })

  it('refuses what can never work where it is asked for', () => {
    const manager = make()
    expect(() => follow(manager, {}, 'http://[bogus')).toThrow(expect.objectContaining({ name: 'SyntaxError' }))
    expect(() => follow(manager, { headers: { 'not a name': 'x' } })).toThrow(TypeError)
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
    const one = follow(make())
    await opened(one)
    server.last.raw('event: error\ndata: {"code":7}\n\ndata: next\n\n')
    await until(() => expect(one.told).toEqual(['open', 'error {"code":7}', 'message next']))
    expect(server.open).toBe(1)
  })

  it('may be final', async () => {
    const manager = make()
    const one = follow(manager, { closeOn: ['complete', 'error'] })
    await opened(one)
    server.last.raw('event: error\ndata: x\n\n')
    await until(() => expect(one.states).toEqual(['open', 'ended']))
    expect([one.told, manager.activeCount, clock.timers]).toEqual([['open', 'error x'], 0, 0])
  })
})

describe('a transport error', () => {
  it('goes to onError, never to onMessage, and the stream comes back with its id', async () => {
    const one = follow(make())
    await opened(one)
    server.last.raw('id: ü1\ndata: a\n\nid: 2\n\nid: 3\ndata: cut')
    await until(() => expect(one.told).toHaveLength(2))
    server.last.cut()
    await until(() => expect(one.told).toEqual(['open', 'message a', 'node_unreachable again']))
    expect([one.states, clock.timers, clock.nextMs]).toEqual([['open', 'waiting'], 1, 625])
    clock.advance(625)
    await until(() => expect(one.states).toEqual(['open', 'waiting', 'connecting', 'open']))
    expect([server.last.lastEventId, server.peak]).toEqual(['2', 1])
  })

  it('of a server that cannot be reached is one, too', async () => {
    const gone = await SseServer.start()
    const { url } = gone
    await gone.close()
    const one = follow(make(), {}, url)
    await until(() => expect(one.told).toEqual(['node_unreachable again']))
  })

  it('says where, without the query, which may hold a secret', async () => {
    const messages: string[] = []
    server.onRequest = (exchange) => exchange.refuse(403)
    make().attach(`${server.url}?token=secret`, { onError: ({ message }) => messages.push(message) })
    await until(() => expect(messages).toEqual([`${server.url}: answered 403 Forbidden`]))
  })

  it.each([408, 425, 429, 500, 502, 503])('status %d is tried again, not before Retry-After', async (status) => {
    server.onRequest = (exchange, number) =>
      number === 1 ? exchange.refuse(status, { 'retry-after': '7' }) : exchange.head()
    const one = follow(make())
    await until(() => expect(one.states).toEqual(['waiting']))
    expect([one.told[0]?.endsWith('again'), clock.timers, clock.nextMs]).toEqual([true, 1, 7500])
    clock.advance(7500)
    await opened(one)
  })

  it.each<[number, string]>([
    [400, 'invalid_request over'],
    [401, 'unauthorized over'],
    [403, 'forbidden over'],
    [404, 'not_found over'],
    [410, 'not_found over'],
  ])('status %d is final', async (status, told) => {
    server.onRequest = (exchange) => exchange.refuse(status)
    const manager = make()
    const one = follow(manager)
    await until(() => expect(one.told).toEqual([told]))
    expect([one.states, manager.activeCount, clock.timers]).toEqual([['failed'], 0, 0])
  })

  it('of a wrong content type or an event without an end is final', async () => {
    server.onRequest = (exchange, number) => {
      if (number === 1) exchange.head({ 'content-type': 'text/html' }).raw('<html>')
      else for (let i = 0; i < 17; i += 1) exchange.raw(`data: ${'x'.repeat(1024 * 1024)}\n`)
    }
    const one = follow(make())
    await until(() => expect(one.told).toEqual(['not_acceptable over']))
    await until(() => expect(server.open).toBe(0))
    const two = follow(make())
    await until(() => expect(two.told).toEqual(['open', 'too_large over']))
  })

  it('a refusal with a body that never ends is heard at once', async () => {
    server.onRequest = (exchange) => exchange.head({ 'content-type': 'application/json' }, 404).raw('{')
    const one = follow(make())
    await until(() => expect(one.told).toEqual(['not_found over']))
    await until(() => expect(server.open).toBe(0))
  })

  it('204 ends it quietly', async () => {
    server.onRequest = (exchange) => exchange.refuse(204)
    const manager = make()
    const one = follow(manager)
    await until(() => expect(one.states).toEqual(['ended']))
    expect([one.told, manager.activeCount, clock.timers]).toEqual([[], 0, 0])
  })
})

describe('waits', () => {
  it('grow while it fails, with one timer, and begin anew after ten stable seconds only', async () => {
    server.onRequest = (exchange, number) => (number <= 3 ? exchange.end() : exchange.head())
    const one = follow(make())
    const waits: number[] = []
    for (let number = 1; number <= 3; number += 1) {
      await until(() => expect([server.exchanges.length, clock.timers]).toEqual([number, 1]))
      waits.push(clock.nextMs)
      clock.advance(clock.nextMs)
    }
    expect(waits).toEqual([625, 1125, 2125])
    await until(() => expect(one.states.at(-1)).toBe('open'))
    clock.advance(10_000)
    server.last.cut()
    await until(() => expect(clock.timers).toBe(1))
    expect(clock.nextMs).toBe(625)
  })

  it("take the server's retry as their lower bound", async () => {
    server.onRequest = (exchange) => exchange.end('retry: 4000\n\n')
    follow(make())
    await until(() => expect(clock.timers).toBe(1))
    expect(clock.nextMs).toBe(4500)
  })

  it('are spread, so that many do not come back at the same moment', async () => {
    server.onRequest = (exchange) => exchange.end()
    const waits = new Set<number>()
    for (let i = 0; i < 20; i += 1) {
      const own = new FakeClock()
      const { random } = Math
      follow(make({ clock: own, random }))
      await until(() => expect(own.timers).toBe(1))
      waits.add(own.nextMs)
      expect(own.nextMs >= 250 && own.nextMs <= 1000).toBe(true)
    }
    expect(waits.size).toBeGreaterThan(15)
  })

  it('end after as many attempts as each bears: one gives up, the other goes on', async () => {
    server.onRequest = (exchange) => exchange.refuse(503)
    const manager = make()
    const once = follow(manager, { reconnect: false })
    const twice = follow(manager, { maxAttempts: 2 })
    await until(() => expect(once.states).toEqual(['failed']))
    expect([once.told, manager.activeCount]).toEqual([['store_unavailable over'], 1])
    clock.advance(clock.nextMs)
    await until(() => expect(twice.states).toEqual(['waiting', 'connecting', 'failed']))
    expect(twice.told).toEqual(['store_unavailable again', 'store_unavailable over'])
    expect([manager.activeCount, clock.timers, server.exchanges.length]).toEqual([0, 0, 2])
  })

  it('are cut short by reconnect, and an open stream is replaced by it, never doubled', async () => {
    server.onRequest = (exchange, number) => (number === 1 ? exchange.refuse(503) : exchange.raw('id: 9\n\n'))
    const manager = make()
    const one = follow(manager)
    await until(() => expect(one.states).toEqual(['waiting']))
    manager.reconnect(server.url)
    await opened(one)
    expect(clock.timers).toBe(0)
    await turns()
    for (let i = 0; i < 10; i += 1) manager.reconnect(server.url)
    await until(() => expect(one.told.filter((word) => word === 'open')).toHaveLength(2))
    expect([server.exchanges.length, server.last.lastEventId]).toEqual([3, '9'])
    await until(() => expect(server.open).toBe(1))
    manager.reconnect(`${server.url}?nobody`)
    expect(manager.activeCount).toBe(1)
  })
})

describe('silence', () => {
  it('counts bytes, comments too, and the clock on the wall', async () => {
    const one = follow(make(), { silenceMs: 1000 })
    follow(managers[0] ?? make(), { silenceMs: 5000 })
    await opened(one)
    clock.advance(900)
    server.last.raw(':\n')
    await turns()
    clock.advance(900)
    await turns()
    expect(one.told).toEqual(['open'])
    clock.advance(100)
    await until(() => expect(one.told).toEqual(['open', 'node_unreachable again']))
    await until(() => expect([server.open, clock.timers]).toEqual([0, 1]))
  })

  it('before the first byte counts, too', async () => {
    server.onRequest = () => {}
    const one = follow(make(), { silenceMs: 1000 })
    await until(() => expect(server.open).toBe(1))
    clock.advance(1000)
    await until(() => expect(one.states).toEqual(['waiting']))
    await until(() => expect(server.open).toBe(0))
  })

  it('is not looked for unless asked', async () => {
    const one = follow(make())
    await opened(one)
    expect(clock.timers).toBe(0)
  })
})

describe('final events', () => {
  it('end it, with nothing of the same piece after them, and are never asked for again', async () => {
    server.onRequest = (exchange) =>
      exchange.end('data: 1\n\nevent: complete\ndata: done\n\nevent: complete\ndata: twice\n\n')
    const manager = make()
    const one = follow(manager, { closeOn: ['complete', 'failed'] })
    await until(() => expect(one.states).toEqual(['open', 'ended']))
    await turns()
    expect(one.told).toEqual(['open', 'message 1', 'complete done'])
    expect([manager.activeCount, clock.timers, server.exchanges.length]).toEqual([0, 0, 1])
  })

  it('end it for who named them; the stream goes on for the others', async () => {
    const manager = make()
    const one = follow(manager, { closeOn: ['complete'] })
    const two = follow(manager)
    await opened(two)
    server.last.raw('event: complete\ndata: 1\n\ndata: 2\n\n')
    await until(() => expect(two.told).toEqual(['open', 'complete 1', 'message 2']))
    expect([one.told, one.states, server.open]).toEqual([['open', 'complete 1'], ['open', 'ended'], 1])
  })
})

describe('end', () => {
  it('of one url leaves the others', async () => {
    const manager = make()
    const one = follow(manager)
    const owned = follow(manager, { owner: {} })
    const other = follow(manager, {}, `${server.url}?other`)
    for (const each of [one, owned, other]) await opened(each)
    manager.close(server.url)
    expect([one.states, owned.states, other.states]).toEqual([['open', 'closed'], ['open', 'closed'], ['open']])
    expect(manager.activeCount).toBe(1)
    await until(() => expect(server.open).toBe(1))
    one.detach()
  })

  it('of all leaves no timer, no request and no listener, whatever they were doing', async () => {
    const target = new EventTarget()
    const listening = new Map<string, number>()
    vi.stubGlobal('document', { baseURI: server.url })
    vi.stubGlobal('addEventListener', (name: string, listener: () => void) => {
      listening.set(name, (listening.get(name) ?? 0) + 1)
      target.addEventListener(name, listener)
    })
    vi.stubGlobal('removeEventListener', (name: string, listener: () => void) => {
      listening.set(name, (listening.get(name) ?? 0) - 1)
      target.removeEventListener(name, listener)
    })
    server.onRequest = ({ path }, number) => {
      const exchange = server.exchanges[number - 1]
      if (path === '/open') exchange?.head()
      if (path === '/busy') exchange?.refuse(503)
    }
    const manager = make()
    const open = follow(manager, { silenceMs: 5000 }, '/open')
    const busy = follow(manager, {}, '/busy')
    const mute = follow(manager, {}, '/mute')
    const rest = follow(manager, { lingerMs: 1000 }, '/rest')
    await opened(open)
    await until(() => expect(busy.states).toEqual(['waiting']))
    await until(() => expect(server.exchanges).toHaveLength(4))
    rest.detach()
    expect([manager.activeCount, clock.timers, listening.get('pagehide')]).toEqual([4, 3, 4])
    manager.closeAll()
    expect([manager.activeCount, clock.timers]).toEqual([0, 0])
    expect([...listening.values()].filter((count) => count !== 0)).toEqual([])
    await until(() => expect(server.open).toBe(0))
    expect([open.states, busy.states, mute.states, rest.states].map((states) => states.at(-1))).toEqual([
      'closed',
      'closed',
      'closed',
      undefined,
    ])
    expect(server.exchanges).toHaveLength(4)
  })

  it('in a handler is the end for all, and the manager works again', async () => {
    const manager = make()
    const told: string[] = []
    manager.attach(server.url, {
      onMessage: () => {
        manager.closeAll()
        told.push('closed')
      },
    })
    const two = follow(manager)
    await opened(two)
    server.last.raw('data: 1\n\ndata: 2\n\n')
    await until(() => expect(two.states).toEqual(['open', 'closed']))
    expect([told, two.told]).toEqual([['closed'], ['open']])
    await opened(follow(manager))
    expect(manager.activeCount).toBe(1)
  })
})

it('a handler that throws is reported and harms nobody else', async () => {
  const reported: unknown[] = []
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
  const manager = make()
  const mistake = new Error('mine')
  manager.attach(server.url, {
    onMessage: () => {
      throw mistake
    },
  })
  const two = follow(manager)
  await opened(two)
  server.last.raw('data: 1\n\ndata: 2\n\n')
  await until(() => expect(two.told).toEqual(['open', 'message 1', 'message 2']))
  expect(reported).toEqual([mistake, mistake])
})

it('sends the headers of the manager and of the attachment, asked for at each attempt, and begins where told', async () => {
  server.onRequest = (exchange, number) => (number === 1 ? exchange.refuse(503) : exchange.head())
  let count = 0
  const manager = make({
    headers: async () => {
      count += 1
      return { authorization: `Bearer ${count}` }
    },
  })
  const one = follow(manager, { headers: { 'x-app': 'a' }, lastEventId: '41' })
  await until(() => expect(one.states).toEqual(['waiting']))
  clock.advance(clock.nextMs)
  await opened(one)
  expect(server.exchanges.map(({ headers }) => [headers.authorization, headers['x-app']])).toEqual([
    ['Bearer 1', 'a'],
    ['Bearer 2', 'a'],
  ])
  expect(server.exchanges.map(({ lastEventId }) => lastEventId)).toEqual(['41', '41'])
})

describe('a page', () => {
  let page: EventTarget
  let view: EventTarget & { visibilityState?: string }

  beforeEach(() => {
    page = new EventTarget()
    view = Object.assign(new EventTarget(), { visibilityState: 'visible' })
    vi.stubGlobal('document', view)
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
  })

  it('that is left holds no request and no timer, and goes on when shown again, without an error', async () => {
    const one = follow(make(), { silenceMs: 1000 })
    await opened(one)
    server.last.raw('id: 1\ndata: a\n\n')
    await until(() => expect(one.told).toHaveLength(2))
    page.dispatchEvent(new Event('pagehide'))
    await until(() => expect([server.open, clock.timers]).toEqual([0, 0]))
    await turns()
    expect(server.exchanges).toHaveLength(1)
    page.dispatchEvent(new Event('pageshow'))
    await until(() => expect(one.told).toEqual(['open', 'message a', 'open']))
    expect([server.last.lastEventId, server.peak]).toEqual(['1', 1])
  })

  it('that is left and shown in one turn ends with one stream', async () => {
    const one = follow(make())
    await opened(one)
    for (let i = 0; i < 5; i += 1) {
      page.dispatchEvent(new Event('pagehide'))
      page.dispatchEvent(new Event('pageshow'))
    }
    await until(() => expect(one.told.filter((word) => word === 'open')).toHaveLength(2))
    await until(() => expect(server.open).toBe(1))
    expect(server.exchanges).toHaveLength(2)
  })

  it('that is online or visible again does not wait for the timer, but for the server', async () => {
    server.onRequest = (exchange, number) => {
      if (number < 3) exchange.refuse(503, number === 1 ? {} : { 'retry-after': '20' })
      else exchange.head()
    }
    const one = follow(make())
    await until(() => expect(one.states.at(-1)).toBe('waiting'))
    view.visibilityState = 'hidden'
    view.dispatchEvent(new Event('visibilitychange'))
    await turns()
    expect(server.exchanges).toHaveLength(1)
    page.dispatchEvent(new Event('online'))
    await until(() => expect([server.exchanges.length, one.states.at(-1)]).toEqual([2, 'waiting']))
    view.visibilityState = 'visible'
    view.dispatchEvent(new Event('visibilitychange'))
    await turns()
    expect(server.exchanges).toHaveLength(2)
    clock.jump(20_000)
    view.dispatchEvent(new Event('visibilitychange'))
    await opened(one)
  })

  it('that comes back from sleep finds a dead stream dead at once', async () => {
    const one = follow(make(), { silenceMs: 60_000 })
    await opened(one)
    clock.jump(3_600_000)
    view.dispatchEvent(new Event('visibilitychange'))
    await until(() => expect(one.told).toEqual(['open', 'node_unreachable again']))
  })
})
