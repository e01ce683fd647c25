/** The leader's side on its own: what it holds for tabs that sleep is bounded, and they come back whole. */
import type { Envelope } from '@monofil/protocol'
import { beforeEach, describe, expect, it } from 'vitest'
import { INITIAL } from '../connection-state.ts'
import { describe as infoOf } from '../info.ts'
import type { Sender } from '../sender.ts'
import { EPOCH } from '../testing/raw-hub.ts'
import { until } from '../testing/tabs.ts'
import { Topics } from '../topics.ts'
import { Follower } from './follower.ts'
import { Relay } from './relay.ts'
import type { DownWord, UpWord } from './words.ts'

const eventOf = (offset: number): Envelope => ({
  topic: 'a',
  epoch: EPOCH,
  offset,
  type: 'made',
  data: offset,
  at: '2026-01-01T00:00:00.000Z',
})

let now: number
let head: number
let lists: string[]
let relay: Relay
let led: Topics
let scheduled: number
const tabs = new Map<string, Tab>()

function topicsOf(): Topics {
  return new Topics({
    lingerMs: 1000,
    read: async (_, after) => {
      lists.push(after)
      const from = Number(after.split(':').at(-1))
      const items = Array.from({ length: Math.min(500, head - from) }, (_, i) => eventOf(from + i + 1))
      return { items, nextCursor: null, oldestOffset: 1, latestOffset: head }
    },
    now: () => now,
    health: () => ({ open: true, error: null }),
    remembered: () => undefined,
    onDemand() {},
    onReopen() {},
    recorder: () => undefined,
    report: (error) => {
      throw error
    },
  })
}

/** A tab whose way to the leader is a queue while it sleeps. */
class Tab {
  readonly name: string
  readonly topics = topicsOf()
  readonly offsets: (number | null)[] = []
  readonly follower: Follower
  readonly mail: (readonly DownWord[])[] = []
  token: string | undefined
  asleep = false
  said: UpWord[] = []

  constructor(name: string) {
    this.name = name
    tabs.set(name, this)
    this.topics.join('a', { onEvent: ({ offset }) => this.offsets.push(offset) })
    const sender = { lend: async () => this.token } as unknown as Sender
    this.follower = new Follower({
      topics: this.topics,
      sender,
      post: (word) => this.#say(word),
      onYours() {},
      onInfo() {},
    })
  }

  #say(word: UpWord): void {
    this.said.push(word)
    queueMicrotask(() => relay.take(this.name, word))
  }

  get(words: readonly DownWord[]): void {
    this.mail.push(words)
    if (!this.asleep) this.read()
  }

  read(): void {
    for (const words of this.mail.splice(0)) queueMicrotask(() => this.follower.take(words))
  }

  wake(): void {
    this.asleep = false
    this.read()
  }
}

beforeEach(() => {
  now = 1_000_000
  head = 0
  lists = []
  scheduled = 0
  tabs.clear()
  led = topicsOf()
  led.kept = 32
  const info = infoOf(INITIAL, 'leader', 'm', now)
  relay = new Relay({
    topics: led,
    now: () => now,
    info: () => info,
    post: (tab, words) => tabs.get(tab)?.get(words),
    onCommand() {},
    schedule() {
      scheduled += 1
    },
  })
})

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A tab that has been answered. */
async function tab(name: string): Promise<Tab> {
  const made = new Tab(name)
  await turn()
  for (const { topic } of led.open())
    led.answered({ topics: [{ topic, epoch: EPOCH, offset: head, recovered: null }], denied: [] })
  await turn()
  return made
}

async function publish(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    head += 1
    led.message('message', eventOf(head))
    await Promise.resolve()
    await Promise.resolve()
  }
  await turn()
}

const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('a tab', () => {
  it('is given what one turn brought in one post', async () => {
    const a = await tab('a')
    a.asleep = true
    for (head = 1; head <= 100; head += 1) led.message('message', eventOf(head))
    await turn()
    expect(a.mail).toHaveLength(1)
    expect(a.mail[0]).toHaveLength(100)
  })

  it('that sleeps is given up at 1,024 posts, and has everything once it wakes', async () => {
    const [a, b] = [await tab('a'), await tab('b')]
    await publish(5)
    a.asleep = true
    await publish(3000)
    expect(b.offsets).toEqual(upTo(1, 3005))
    expect([relay.size, a.mail.length <= 1026]).toEqual([1, true])
    a.said = []
    a.wake()
    await until(() => expect(a.offsets).toHaveLength(3005))
    expect(a.offsets).toEqual(upTo(1, 3005))
    await publish(3)
    expect([a.offsets.at(-1), b.offsets.at(-1), relay.size]).toEqual([3008, 3008, 2])
    // It attached again once, and read what it had missed once.
    expect(a.said.filter(({ kind }) => kind === 'attach')).toHaveLength(1)
    expect(Number(lists[0]?.split(':')[1])).toBeGreaterThan(1015)
    expect([lists.length, new Set(lists).size]).toEqual([4, 4])
  })

  it('that reads is never given up, however much there is', async () => {
    const a = await tab('a')
    await publish(5000)
    expect([a.offsets.length, a.said.filter(({ kind }) => kind === 'attach').length]).toEqual([5000, 1])
    expect(a.said.filter(({ kind }) => kind === 'here').length).toBeGreaterThan(50)
  })

  it('that gives no sign for a minute is given up; one that answers is not', async () => {
    const [a, b] = [await tab('a'), await tab('b')]
    a.asleep = true
    for (let i = 0; i < 5; i += 1) {
      now += 15_000
      relay.pulse()
      relay.pulse()
      await turn()
      expect(relay.size).toBe(i < 4 ? 2 : 1)
    }
    // Asked once per 15 s, however often something comes.
    expect(b.said.filter(({ kind }) => kind === 'here')).toHaveLength(5)
    a.wake()
    await turn()
    await turn()
    expect([relay.size, b.said.filter(({ kind }) => kind === 'attach').length]).toEqual([2, 1])
    await publish(2)
    expect(a.offsets).toEqual([1, 2])
  })

  it('that asks again for what it has is there once', async () => {
    const a = await tab('a')
    for (const subscribe of [[{ topic: 'a' }], [{ topic: 'a', cursor: `${EPOCH}:0` }]]) {
      relay.take('a', { kind: 'want', subscribe, unsubscribe: [] })
      await turn()
      expect(led.entry('a')).toMatchObject({ listeners: { size: 1 }, leaveAt: null })
    }
    await publish(3)
    expect(a.offsets).toEqual([1, 2, 3])
  })

  it('that leaves takes its topics along', async () => {
    const a = await tab('a')
    a.follower.close()
    await turn()
    expect([relay.size, led.entry('a')?.listeners.size]).toEqual([0, 0])
  })
})

describe('a credential', () => {
  it('is the first that any tab has', async () => {
    const [a, b] = [await tab('a'), await tab('b')]
    a.token = undefined
    b.token = 'b'
    expect(await relay.borrow(false)).toBe('b')
    expect([relay.deadline(), scheduled]).toEqual([null, 1])
  })

  it('is none when no tab has one, all have left, or none is there', async () => {
    expect(await relay.borrow(false)).toBeUndefined()
    const [a] = [await tab('a'), await tab('b')]
    expect(await relay.borrow(true)).toBeUndefined()
    for (const one of tabs.values()) one.asleep = true
    const answer = relay.borrow(true)
    a.follower.close()
    tabs.get('b')?.follower.close()
    expect(await answer).toBeUndefined()
  })

  it('is waited for 3 s; what comes later is for nobody', async () => {
    const a = await tab('a')
    a.token = 'late'
    a.asleep = true
    let answer: unknown = 'waiting'
    void relay.borrow(false).then((token) => {
      answer = token
    })
    expect(relay.deadline()).toBe(now + 3000)
    now += 2999
    relay.tick()
    await turn()
    expect(answer).toBe('waiting')
    now += 1
    relay.tick()
    await turn()
    expect([answer, relay.deadline()]).toEqual([undefined, null])
    a.wake()
    await turn()
    a.token = 'new'
    expect(await relay.borrow(false)).toBe('new')
  })

  it('that two requests need at once is one question, and both have it', async () => {
    const a = await tab('a')
    a.token = 'one'
    const both = [relay.borrow(false), relay.borrow(false)]
    expect(await Promise.all(both)).toEqual(['one', 'one'])
    expect(a.said.filter(({ kind }) => kind === 'token')).toHaveLength(1)
  })

  it('is not waited for by a leader that ends', async () => {
    const a = await tab('a')
    a.asleep = true
    const answer = relay.borrow(false)
    relay.close()
    expect(await answer).toBeUndefined()
  })
})
