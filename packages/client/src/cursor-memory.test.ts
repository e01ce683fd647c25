import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Core } from './core.ts'
import { CursorMemory } from './cursor-memory.ts'
import type { ClientOptions } from './options.ts'
import { FakeClock } from './testing/fake-clock.ts'
import { EPOCH, RawHub } from './testing/raw-hub.ts'
import { follow, until } from './testing/tabs.ts'

/** A page's storage, which may be full, forbidden or spoilt. */
class FakeStore {
  readonly items = new Map<string, string>()
  full = false
  forbidden = false

  getItem(key: string): string | null {
    if (this.forbidden) throw new DOMException('forbidden', 'SecurityError')
    return this.items.get(key) ?? null
  }

  setItem(key: string, value: string): void {
    if (this.full || this.forbidden) throw new DOMException('full', 'QuotaExceededError')
    this.items.set(key, value)
  }

  removeItem(key: string): void {
    if (this.forbidden) throw new DOMException('forbidden', 'SecurityError')
    this.items.delete(key)
  }
}

const KEY = 'monofil.cursors u'

describe('what was kept', () => {
  it('is given once', () => {
    const store = new FakeStore()
    store.items.set(KEY, JSON.stringify({ a: `${EPOCH}:3` }))
    const memory = new CursorMemory(store, 'u')
    expect([memory.take('a'), memory.take('a'), memory.take('b')]).toEqual([`${EPOCH}:3`, undefined, undefined])
  })

  it.each(['{', 'null', '[]', '5', '"x"', '{"a":5}', '{"a":null}', '{"a":{"x":1}}', '{"a":"yesterday"}', ''])(
    'and spoilt (%s) is as nothing',
    (text) => {
      const store = new FakeStore()
      store.items.set(KEY, text)
      expect(new CursorMemory(store, 'u').take('a')).toBeUndefined()
    },
  )

  it('stays for topics that were not asked for yet', () => {
    const store = new FakeStore()
    store.items.set(KEY, JSON.stringify({ a: `${EPOCH}:3`, b: `${EPOCH}:4` }))
    const memory = new CursorMemory(store, 'u')
    memory.take('a')
    memory.save([])
    expect(JSON.parse(store.items.get(KEY) ?? '')).toEqual({ b: `${EPOCH}:4` })
    memory.clear()
    expect([store.items.size, memory.take('b')]).toEqual([0, undefined])
  })

  it.each(['full', 'forbidden'] as const)('or not: storage that is %s is no reason to fail', (how) => {
    const store = new FakeStore()
    store[how] = true
    const memory = new CursorMemory(store, 'u')
    expect(() => {
      memory.save([])
      memory.clear()
    }).not.toThrow()
  })

  it('is nothing where a page may not look at its storage', () => {
    Object.defineProperty(globalThis, 'sessionStorage', {
      configurable: true,
      get() {
        throw new DOMException('forbidden', 'SecurityError')
      },
    })
    try {
      expect(CursorMemory.ofPage('u')).toBeNull()
    } finally {
      Reflect.deleteProperty(globalThis, 'sessionStorage')
    }
  })
})

describe('a page', () => {
  let hub: RawHub
  let clock: FakeClock
  let store: FakeStore
  let page: EventTarget
  let document: EventTarget & { visibilityState: string }
  const open: Core[] = []

  beforeEach(async () => {
    hub = await RawHub.start()
    clock = new FakeClock()
    store = new FakeStore()
    page = new EventTarget()
    document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
    vi.stubGlobal('document', document)
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    vi.stubGlobal('sessionStorage', store)
  })

  afterEach(async () => {
    for (const core of open.splice(0)) core.close()
    vi.unstubAllGlobals()
    await hub.close()
  })

  function load(options: ClientOptions = {}): Core {
    const core = new Core(hub.url, { clock, random: () => 0.5, resume: true, ...options })
    open.push(core)
    return core
  }

  const stored = () => JSON.parse(store.items.get(`monofil.cursors ${hub.url}`) ?? '{}') as unknown
  const isOpen = (core: Core) => until(() => expect(core.info.get().status).toBe('open'))
  const fire = (target: EventTarget, type: string) => target.dispatchEvent(new Event(type))
  const see = (state: string) => {
    document.visibilityState = state
    fire(document, 'visibilitychange')
  }

  async function read(core: Core, count: number) {
    const seen = follow(core, 'a')
    follow(core, 'runs')
    await isOpen(core)
    for (let offset = 1; offset <= count; offset += 1) hub.last.event('a', offset)
    await until(() => expect(seen.offsets).toHaveLength(count))
    return seen
  }

  it('is listened to while something is followed, and no longer', async () => {
    const heard: string[] = []
    const add = page.addEventListener.bind(page)
    vi.stubGlobal('addEventListener', (type: string, listener: () => void) => {
      heard.push(type)
      add(type, listener)
    })
    const remove = page.removeEventListener.bind(page)
    vi.stubGlobal('removeEventListener', (type: string, listener: () => void) => {
      heard.splice(heard.indexOf(type), 1)
      remove(type, listener)
    })
    const tab = load()
    await Promise.resolve()
    expect(heard).toEqual([])
    const { leave } = follow(tab, 'a')
    await isOpen(tab)
    expect(heard.toSorted()).toEqual(['online', 'pagehide', 'pageshow'])
    leave()
    await Promise.resolve()
    clock.advance(1000)
    await until(() => expect(heard).toEqual([]))
  })

  it('that is reloaded goes on where it was, in application topics', async () => {
    const core = load()
    follow(core, 'inbox')
    await read(core, 3)
    hub.last.event('inbox', 7)
    await until(() => expect(core.topics.entry('inbox')?.offset).toBe(7))
    expect(stored()).toEqual({})
    see('hidden')
    expect(stored()).toEqual({ a: `${EPOCH}:3` })
    fire(page, 'pagehide')
    await until(() => expect(hub.open).toBe(0))
    const again = load()
    const [first, second] = [follow(again, 'a'), follow(again, 'b')]
    await isOpen(again)
    expect(hub.last.topics).toEqual([{ topic: 'a', cursor: `${EPOCH}:3` }, { topic: 'b' }])
    hub.last.event('a', 4)
    await until(() => expect(first.offsets).toEqual([4]))
    expect(second.offsets).toEqual([])
  })

  it('goes on where it was for every subscriber that comes before the hub has answered', async () => {
    await read(load(), 3)
    fire(page, 'pagehide')
    const again = load()
    follow(again, 'a').leave()
    const second = follow(again, 'a')
    await isOpen(again)
    expect(hub.last.topics).toEqual([{ topic: 'a', cursor: `${EPOCH}:3` }])
    hub.last.event('a', 4)
    await until(() => expect(second.offsets).toEqual([4]))
  })

  it('asks from where it is told to, if it is told', async () => {
    await read(load(), 3)
    fire(page, 'pagehide')
    const again = load()
    follow(again, 'a', '0')
    await isOpen(again)
    expect(hub.last.topics).toEqual([{ topic: 'a', cursor: '0' }])
  })

  it('whose user signs out keeps nothing', async () => {
    const core = load()
    await read(core, 3)
    see('hidden')
    core.logout()
    expect(store.items.size).toBe(0)
    fire(page, 'pagehide')
    expect(stored()).toEqual({})
  })

  it('that did not ask for it keeps nothing', async () => {
    await read(load({ resume: false }), 3)
    see('hidden')
    fire(page, 'pagehide')
    expect(store.items.size).toBe(0)
  })

  it('whose storage is full works as without', async () => {
    store.full = true
    const seen = await read(load(), 3)
    see('hidden')
    hub.last.event('a', 4)
    await until(() => expect(seen.offsets).toEqual([1, 2, 3, 4]))
  })

  it.each([
    ['freeze', 'resume'],
    ['pagehide', 'pageshow'],
  ])('holds nothing between %s and %s, and misses nothing', async (leave, enter) => {
    const core = load()
    const seen = await read(core, 2)
    const target = leave === 'freeze' ? document : page
    fire(target, leave)
    expect([clock.timers, core.info.get().status]).toEqual([0, 'idle'])
    await until(() => expect(hub.open).toBe(0))
    follow(core, 'c')
    clock.advance(600_000)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([hub.streams.length, clock.timers]).toEqual([1, 0])
    fire(target, enter)
    await isOpen(core)
    expect(hub.last.topics).toEqual([{ topic: 'a', cursor: `${EPOCH}:2` }, { topic: 'runs' }, { topic: 'c' }])
    hub.last.event('a', 3)
    await until(() => expect(seen.offsets).toEqual([1, 2, 3]))
  })

  it('that is looked at again tries at once', async () => {
    const core = load()
    await read(core, 1)
    hub.last.cut()
    await until(() => expect(core.info.get().status).toBe('waiting'))
    clock.advance(300)
    see('visible')
    await isOpen(core)
    expect(hub.streams).toHaveLength(2)
  })
})
