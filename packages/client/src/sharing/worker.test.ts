/** Tabs without Web Locks, on a shared worker whose ports are real. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Core } from '../core.ts'
import type { ClientOptions } from '../options.ts'
import { LogHub } from '../testing/log-hub.ts'
import { EPOCH } from '../testing/raw-hub.ts'
import { debug, follow, settled, Tabs, until } from '../testing/tabs.ts'
import { WorkerHost } from './worker-host.ts'

/** Stands in for the browser: one host per name, which it may end. */
class Workers {
  starts = 0
  /** Answers nobody, as a script that hangs. */
  mute = false
  host = new WorkerHost()
  ports: MessagePort[] = []
  last: { onerror: (() => void) | null } | null = null
  readonly #opened: MessagePort[] = []

  readonly start = (): SharedWorker => {
    this.starts += 1
    const { port1, port2 } = new MessageChannel()
    this.#opened.push(port1, port2)
    if (!this.mute) {
      this.ports.push(port2)
      this.host.connect(port2)
    }
    this.last = { onerror: null, ...{ port: port1 } }
    return this.last as unknown as SharedWorker
  }

  /** The browser ends the worker, streams and all; the next start is another one. */
  kill(): void {
    for (const port of this.ports.splice(0)) {
      // A process that ends closes its sockets: here the host must do it.
      port.onmessage?.({ data: { kind: 'detach' } } as MessageEvent)
      port.onmessage = null
      port.close()
    }
    this.host = new WorkerHost()
  }

  close(): void {
    this.kill()
    for (const port of this.#opened) port.close()
  }
}

let hub: LogHub
let tabs: Tabs
let workers: Workers

beforeEach(async () => {
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('SharedWorker', class {})
  hub = await LogHub.start()
  tabs = new Tabs(hub.raw.url)
  workers = new Workers()
})

afterEach(async () => {
  tabs.closeAll()
  await until(() => expect(hub.raw.open).toBe(0))
  workers.close()
  await hub.close()
  vi.unstubAllGlobals()
})

/** The worker's own clock is the real one. */
const open = (options: ClientOptions = {}): Core =>
  tabs.open({ worker: workers.start, lingerMs: 10, backoff: { baseMs: 20, minMs: 5, jitter: false }, ...options })

const passing = (ms: number, condition: () => unknown) =>
  until(() => {
    tabs.clock.advance(ms)
    return condition()
  })

describe('tabs on a shared worker', () => {
  it('have one stream, and each gets what it asked for', async () => {
    const [a, b, c] = [open(), open(), open()]
    const seen = [follow(a, 'a'), follow(b, 'a'), follow(c, 'b')]
    await settled(a, b, c)
    const { marker } = hub.raw.last
    for (const tab of tabs.all) {
      expect(debug(tab)).toMatchObject({ transport: 'worker', role: 'follower', rank: `follower of ${marker}`, marker })
      expect([tab.route.active, debug(tab).timersPending, tab.info.get().connection]).toEqual([
        0,
        1,
        hub.raw.last.connection,
      ])
    }
    for (let i = 0; i < 30; i += 1) hub.publish('a')
    hub.publish('b')
    await until(() => expect(seen.map(({ offsets }) => offsets.length)).toEqual([30, 30, 1]))
    expect(seen[0]?.offsets).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect([hub.raw.streams.length, workers.starts]).toEqual([1, 3])
  })

  it('end the stream with the last of them', async () => {
    const [a, b] = [open(), open()]
    follow(a, 'a')
    const second = follow(b, 'a')
    await settled(a, b)
    tabs.close(a)
    hub.publish('a')
    await until(() => expect(second.offsets).toEqual([1]))
    expect(hub.raw.open).toBe(1)
    second.leave()
    await passing(10, () => expect(hub.raw.open).toBe(0))
    expect([tabs.clock.timers, b.info.get().status]).toEqual([0, 'idle'])
  })

  it('force, reconnect and sign out through it', async () => {
    const [a, b] = [open(), open()]
    for (const tab of [a, b]) follow(tab, 'a')
    await settled(a, b)
    a.reconnect('by hand')
    await until(() => expect(hub.raw.streams).toHaveLength(2))
    await settled(a, b)
    b.logout()
    await until(() => expect(hub.raw.open).toBe(0))
    await until(() => expect([a, b].map((tab) => tab.info.get().status)).toEqual(['idle', 'idle']))
    tabs.clock.advance(100_000)
    expect([hub.raw.streams.length, tabs.clock.timers]).toEqual([2, 0])
  })

  it('lend it their credentials, at each attempt', async () => {
    const jwt = (salt: number) => `x.${btoa(JSON.stringify({ sub: 'a', salt })).replaceAll('=', '')}.y`
    let salt = 0
    const token = () => {
      salt += 1
      return jwt(salt)
    }
    const tab = open({ token })
    follow(tab, 'a')
    await settled(tab)
    const first = hub.raw.last.headers.authorization
    expect(first).toMatch(/^Bearer x\./)
    hub.cut()
    await until(() => expect(hub.raw.streams).toHaveLength(2))
    await settled(tab)
    expect(hub.raw.last.headers.authorization).toMatch(/^Bearer x\./)
    expect(hub.raw.last.headers.authorization).not.toBe(first)
  })

  it('push a new credential to the open stream', async () => {
    const jwt = (salt: number) => `x.${btoa(JSON.stringify({ sub: 'a', salt })).replaceAll('=', '')}.y`
    const tab = open({ token: jwt(1) })
    follow(tab, 'a')
    await settled(tab)
    tab.adopt({ token: jwt(2) })
    await until(() => expect(hub.raw.patches).toHaveLength(1))
    expect(hub.raw.patches[0]).toMatchObject({ body: { seq: 1 }, headers: { authorization: `Bearer ${jwt(2)}` } })
    expect([hub.raw.last.headers.authorization, hub.raw.streams.length]).toEqual([`Bearer ${jwt(1)}`, 1])
  })

  it('are far behind together: each reads the log with a lent credential', async () => {
    const token = `x.${btoa(JSON.stringify({ sub: 'a' })).replaceAll('=', '')}.y`
    const first = open({ token })
    follow(first, 'a')
    await settled(first)
    for (let i = 0; i < 60; i += 1) hub.publish('a')
    const late = [open({ token }), open({ token }), open({ token })].map((tab) => follow(tab, 'a', '0'))
    const all = Array.from({ length: 60 }, (_, i) => i + 1)
    await until(() => expect(late.map(({ offsets }) => offsets)).toEqual([all, all, all]))
    expect(hub.raw.calls.every(({ headers }) => headers.authorization === `Bearer ${token}`)).toBe(true)
  })
})

describe('a shared worker', () => {
  it('that does not answer is started once more, then each tab has a stream of its own and says why', async () => {
    workers.mute = true
    const tab = open()
    const seen = follow(tab, 'a')
    await until(() => expect(workers.starts).toBe(1))
    expect([tab.info.get(), debug(tab).timersPending]).toMatchObject([{ status: 'connecting', role: 'electing' }, 1])
    tabs.clock.advance(3999)
    expect(workers.starts).toBe(1)
    tabs.clock.advance(1)
    expect(workers.starts).toBe(2)
    tabs.clock.advance(4000)
    await settled(tab)
    expect(debug(tab)).toMatchObject({
      role: 'own',
      transport: 'own',
      unshared: 'the shared worker does not answer',
      timersPending: 1,
    })
    hub.publish('a')
    await until(() => expect(seen.offsets).toEqual([1]))
    tabs.clock.advance(100_000)
    expect(workers.starts).toBe(2)
  })

  it('that cannot start is given up at once', async () => {
    workers.mute = true
    const tab = open()
    follow(tab, 'a')
    await until(() => expect(workers.last?.onerror).toBeTypeOf('function'))
    workers.last?.onerror?.()
    await settled(tab)
    expect(debug(tab)).toMatchObject({ role: 'own', unshared: 'the shared worker did not start' })
  })

  it('that may not start is no error of the page', async () => {
    const tab = open({
      worker: () => {
        throw new Error('blocked by policy')
      },
    })
    follow(tab, 'a')
    await settled(tab)
    expect(debug(tab)).toMatchObject({ role: 'own', unshared: 'the browser forbids it: blocked by policy' })
  })

  it('that is ended is started anew, and nothing is lost', async () => {
    const [a, b] = [open(), open()]
    const seen = [follow(a, 'a'), follow(b, 'a')]
    await settled(a, b)
    for (let i = 0; i < 5; i += 1) hub.publish('a')
    await until(() => expect(seen.map(({ offsets }) => offsets.length)).toEqual([5, 5]))
    workers.kill()
    await until(() => expect(hub.raw.open).toBe(0))
    for (let i = 0; i < 5; i += 1) hub.publish('a')
    const ten = Array.from({ length: 10 }, (_, i) => i + 1)
    await passing(50, () => expect(seen.map(({ offsets }) => offsets)).toEqual([ten, ten]))
    expect([workers.starts, hub.raw.streams.length]).toEqual([4, 2])
    expect(hub.raw.last.topics).toEqual([{ topic: 'a', cursor: `${EPOCH}:5` }])
    hub.publish('a')
    await until(() => expect(seen.map(({ offsets }) => offsets.at(-1))).toEqual([11, 11]))
    expect(seen.map(({ gaps }) => gaps)).toEqual([[], []])
    expect(tabs.all.map((tab) => debug(tab).timersPending)).toEqual([1, 1])
  })

  it('that is silent and well is asked, not started again', async () => {
    const tab = open()
    follow(tab, 'a')
    await settled(tab)
    for (let i = 0; i < 20; i += 1) {
      // Answers are on their way while time stands.
      const due = tabs.clock.nextMs
      tabs.clock.advance(due)
      await new Promise((resolve) => setTimeout(resolve, 10))
      expect(debug(tab).timersPending).toBe(1)
    }
    expect([workers.starts, tab.info.get().status]).toEqual([1, 'open'])
  })

  it('is asked for news when the page comes back, once', async () => {
    const tab = open()
    follow(tab, 'a')
    await settled(tab)
    tabs.clock.advance(5000)
    tab.route.nudge()
    tab.route.nudge()
    await new Promise((resolve) => setTimeout(resolve, 20))
    tabs.clock.advance(4000)
    await new Promise((resolve) => setTimeout(resolve, 20))
    // The answer came: silence counts from there.
    expect([tabs.clock.nextMs, workers.starts]).toEqual([6000, 1])
  })
})
