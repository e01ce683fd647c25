/** How a plain stream waits, falls silent, ends, and rests with its page. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { turns, until } from '../testing/event-source-lab.ts'
import { FakeClock } from '../testing/fake-clock.ts'
import { opened, streamsLab } from '../testing/streams-lab.ts'

const lab = streamsLab()

describe('waits', () => {
  it('grow while it fails, with one timer, and begin anew after ten stable seconds only', async () => {
    lab.server.onRequest = (exchange, number) => (number <= 3 ? exchange.end() : exchange.head())
    const one = lab.follow(lab.make())
    const waits: number[] = []
    for (let number = 1; number <= 3; number += 1) {
      await until(() => expect([lab.server.exchanges.length, lab.clock.timers]).toEqual([number, 1]))
      waits.push(lab.clock.nextMs)
      lab.clock.advance(lab.clock.nextMs)
    }
    expect(waits).toEqual([625, 1125, 2125])
    await until(() => expect(one.states.at(-1)).toBe('open'))
    lab.clock.advance(10_000)
    lab.server.last.cut()
    await until(() => expect(lab.clock.timers).toBe(1))
    expect(lab.clock.nextMs).toBe(625)
  })

  it("take the server's retry as their lower bound", async () => {
    lab.server.onRequest = (exchange) => exchange.end('retry: 4000\n\n')
    lab.follow(lab.make())
    await until(() => expect(lab.clock.timers).toBe(1))
    expect(lab.clock.nextMs).toBe(4500)
  })

  it('are spread, so that many do not come back at the same moment', async () => {
    lab.server.onRequest = (exchange) => exchange.end()
    const waits = new Set<number>()
    for (let i = 0; i < 20; i += 1) {
      const own = new FakeClock()
      const { random } = Math
      lab.follow(lab.make({ clock: own, random }))
      await until(() => expect(own.timers).toBe(1))
      waits.add(own.nextMs)
      expect(own.nextMs >= 250 && own.nextMs <= 1000).toBe(true)
    }
    expect(waits.size).toBeGreaterThan(15)
  })

  it('end after as many attempts as each bears: one gives up, the other goes on', async () => {
    lab.server.onRequest = (exchange) => exchange.refuse(503)
    const manager = lab.make()
    const once = lab.follow(manager, { reconnect: false })
    const twice = lab.follow(manager, { maxAttempts: 2 })
    await until(() => expect(once.states).toEqual(['failed']))
    expect([once.told, manager.activeCount]).toEqual([['store_unavailable over'], 1])
    lab.clock.advance(lab.clock.nextMs)
    await until(() => expect(twice.states).toEqual(['waiting', 'connecting', 'failed']))
    expect(twice.told).toEqual(['store_unavailable again', 'store_unavailable over'])
    expect([manager.activeCount, lab.clock.timers, lab.server.exchanges.length]).toEqual([0, 0, 2])
  })

  it('are cut short by reconnect, and an open stream is replaced by it, never doubled', async () => {
    lab.server.onRequest = (exchange, number) => (number === 1 ? exchange.refuse(503) : exchange.raw('id: 9\n\n'))
    const manager = lab.make()
    const one = lab.follow(manager)
    await until(() => expect(one.states).toEqual(['waiting']))
    manager.reconnect(lab.server.url)
    await opened(one)
    expect(lab.clock.timers).toBe(0)
    await turns()
    for (let i = 0; i < 10; i += 1) manager.reconnect(lab.server.url)
    await until(() => expect(one.told.filter((word) => word === 'open')).toHaveLength(2))
    expect([lab.server.exchanges.length, lab.server.last.lastEventId]).toEqual([3, '9'])
    await until(() => expect(lab.server.open).toBe(1))
    manager.reconnect(`${lab.server.url}?nobody`)
    expect(manager.activeCount).toBe(1)
  })
})

it('a handler that asks again hears nothing more of the stream that was', async () => {
  lab.server.onRequest = (exchange, number) =>
    exchange.raw(number === 1 ? 'id: 1\ndata: a\n\nid: 2\ndata: b\n\n' : 'id: 2\ndata: b\n\n')
  const manager = lab.make()
  const told: string[] = []
  manager.attach(lab.server.url, {
    onMessage: ({ data }) => {
      told.push(data)
      if (data === 'a') manager.reconnect(lab.server.url)
    },
  })
  await until(() => expect(told).toEqual(['a', 'b']))
  expect(lab.server.exchanges.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1'])
})

describe('silence', () => {
  it('counts bytes, comments too, and the clock on the wall', async () => {
    const manager = lab.make()
    const one = lab.follow(manager, { silenceMs: 1000 })
    lab.follow(manager, { silenceMs: 5000 })
    await opened(one)
    lab.clock.advance(900)
    lab.server.last.raw(':\n')
    await turns()
    lab.clock.advance(900)
    await turns()
    expect(one.told).toEqual(['open'])
    lab.clock.advance(100)
    await until(() => expect(one.told).toEqual(['open', 'node_unreachable again']))
    await until(() => expect([lab.server.open, lab.clock.timers]).toEqual([0, 1]))
  })

  it('before the first byte counts, too', async () => {
    lab.server.onRequest = () => {}
    const one = lab.follow(lab.make(), { silenceMs: 1000 })
    await until(() => expect(lab.server.open).toBe(1))
    lab.clock.advance(999)
    await turns()
    expect([one.states, lab.server.open]).toEqual([[], 1])
    lab.clock.advance(1)
    await until(() => expect(one.states).toEqual(['waiting']))
    await until(() => expect(lab.server.open).toBe(0))
  })

  it('is not looked for unless asked', async () => {
    const one = lab.follow(lab.make())
    await opened(one)
    expect(lab.clock.timers).toBe(0)
  })
})

describe('end', () => {
  it('of one url leaves the others', async () => {
    const manager = lab.make()
    const one = lab.follow(manager)
    const owned = lab.follow(manager, { owner: {} })
    const other = lab.follow(manager, {}, `${lab.server.url}?other`)
    for (const each of [one, owned, other]) await opened(each)
    manager.close(lab.server.url)
    expect([one.states, owned.states, other.states]).toEqual([['open', 'closed'], ['open', 'closed'], ['open']])
    expect(manager.activeCount).toBe(1)
    await until(() => expect(lab.server.open).toBe(1))
    one.detach()
  })

  it('of all leaves no timer, no request and no listener, whatever they were doing', async () => {
    const target = new EventTarget()
    const listening = new Map<string, number>()
    vi.stubGlobal('document', { baseURI: lab.server.url })
    vi.stubGlobal('addEventListener', (name: string, listener: () => void) => {
      listening.set(name, (listening.get(name) ?? 0) + 1)
      target.addEventListener(name, listener)
    })
    vi.stubGlobal('removeEventListener', (name: string, listener: () => void) => {
      listening.set(name, (listening.get(name) ?? 0) - 1)
      target.removeEventListener(name, listener)
    })
    lab.server.onRequest = ({ path }, number) => {
      const exchange = lab.server.exchanges[number - 1]
      if (path === '/open') exchange?.head()
      if (path === '/busy') exchange?.refuse(503)
    }
    const manager = lab.make()
    const open = lab.follow(manager, { silenceMs: 5000 }, '/open')
    const busy = lab.follow(manager, {}, '/busy')
    const mute = lab.follow(manager, {}, '/mute')
    const rest = lab.follow(manager, { lingerMs: 1000 }, '/rest')
    await opened(open)
    await until(() => expect(busy.states).toEqual(['waiting']))
    await until(() => expect(lab.server.exchanges).toHaveLength(4))
    rest.detach()
    expect([manager.activeCount, lab.clock.timers, listening.get('pagehide')]).toEqual([4, 3, 4])
    manager.closeAll()
    expect([manager.activeCount, lab.clock.timers]).toEqual([0, 0])
    expect([...listening.values()].filter((count) => count !== 0)).toEqual([])
    await until(() => expect(lab.server.open).toBe(0))
    expect([open.states, busy.states, mute.states, rest.states].map((states) => states.at(-1))).toEqual([
      'closed',
      'closed',
      'closed',
      undefined,
    ])
    expect(lab.server.exchanges).toHaveLength(4)
  })

  it('in a handler is the end for all, and the manager works again', async () => {
    const manager = lab.make()
    const told: string[] = []
    manager.attach(lab.server.url, {
      onMessage: () => {
        manager.closeAll()
        told.push('closed')
      },
    })
    const two = lab.follow(manager)
    await opened(two)
    lab.server.last.raw('data: 1\n\ndata: 2\n\n')
    await until(() => expect(two.states).toEqual(['open', 'closed']))
    expect([told, two.told]).toEqual([['closed'], ['open']])
    await opened(lab.follow(manager))
    expect(manager.activeCount).toBe(1)
  })
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
    const one = lab.follow(lab.make(), { silenceMs: 1000 })
    await opened(one)
    lab.server.last.raw('id: 1\ndata: a\n\n')
    await until(() => expect(one.told).toHaveLength(2))
    page.dispatchEvent(new Event('pagehide'))
    await until(() => expect([lab.server.open, lab.clock.timers]).toEqual([0, 0]))
    await turns()
    expect(lab.server.exchanges).toHaveLength(1)
    page.dispatchEvent(new Event('pageshow'))
    await until(() => expect(one.told).toEqual(['open', 'message a', 'open']))
    expect([lab.server.last.lastEventId, lab.server.peak]).toEqual(['1', 1])
  })

  it('that is left has no timer for who attaches meanwhile, and both go on when it is shown again', async () => {
    lab.server.onRequest = (exchange, number) => (number === 1 ? exchange.refuse(503) : exchange.head())
    const manager = lab.make()
    const one = lab.follow(manager, { silenceMs: 1000 })
    await until(() => expect(one.states).toEqual(['waiting']))
    page.dispatchEvent(new Event('pagehide'))
    const two = lab.follow(manager, { silenceMs: 1000 })
    expect(lab.clock.timers).toBe(0)
    lab.clock.advance(60_000)
    await turns()
    expect(lab.server.exchanges).toHaveLength(1)
    page.dispatchEvent(new Event('pageshow'))
    await opened(one)
    await opened(two)
    expect(lab.server.exchanges).toHaveLength(2)
  })

  it('that is left and shown in one turn ends with one stream', async () => {
    const one = lab.follow(lab.make())
    await opened(one)
    for (let i = 0; i < 5; i += 1) {
      page.dispatchEvent(new Event('pagehide'))
      page.dispatchEvent(new Event('pageshow'))
    }
    await until(() => expect(one.told.filter((word) => word === 'open')).toHaveLength(2))
    await until(() => expect(lab.server.open).toBe(1))
    expect(lab.server.exchanges).toHaveLength(2)
  })

  it('that is online or visible again does not wait for the timer, but for the server', async () => {
    lab.server.onRequest = (exchange, number) => {
      if (number < 3) exchange.refuse(503, number === 1 ? {} : { 'retry-after': '20' })
      else exchange.head()
    }
    const one = lab.follow(lab.make())
    await until(() => expect(one.states.at(-1)).toBe('waiting'))
    view.visibilityState = 'hidden'
    view.dispatchEvent(new Event('visibilitychange'))
    await turns()
    expect(lab.server.exchanges).toHaveLength(1)
    page.dispatchEvent(new Event('online'))
    await until(() => expect([lab.server.exchanges.length, one.states.at(-1)]).toEqual([2, 'waiting']))
    view.visibilityState = 'visible'
    view.dispatchEvent(new Event('visibilitychange'))
    await turns()
    expect(lab.server.exchanges).toHaveLength(2)
    lab.clock.jump(20_000)
    view.dispatchEvent(new Event('visibilitychange'))
    await opened(one)
  })

  it('that comes back from sleep finds a dead stream dead at once', async () => {
    const one = lab.follow(lab.make(), { silenceMs: 60_000 })
    await opened(one)
    lab.clock.jump(3_600_000)
    view.dispatchEvent(new Event('visibilitychange'))
    await until(() => expect(one.told).toEqual(['open', 'node_unreachable again']))
  })
})
