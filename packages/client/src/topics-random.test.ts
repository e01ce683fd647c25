/** Subscribers that come and go at any moment, against a hub whose stream, answers and pages come in any order. */
import type { Envelope, SubscriptionAnswer } from '@monofil/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TopicEvents } from './api.ts'
import { Topics } from './topics.ts'

const EPOCH = 'abcdefgh'
const TOPIC = 'orders'

interface Visit {
  /** The first offset it must see; null: wherever the stream stood when it was taken. */
  readonly from: number | null
  readonly seen: number[]
  readonly leave: () => void
  left: boolean
}

/** A hub of one topic, and the client's topics beside it; nothing happens that is not asked for. */
class World {
  head = 0
  readonly visits: Visit[] = []
  readonly topics: Topics
  #stream: { next: number; open: boolean } | null = null
  #asked: readonly { readonly cursor?: string }[] | null = null
  #answer: readonly SubscriptionAnswer[] | null = null
  #pages: { after: number; page: TopicEvents | null; resolve: (page: TopicEvents) => void }[] = []

  constructor(kept: number) {
    this.topics = new Topics({
      lingerMs: 1000,
      read: (_, after) => new Promise((resolve) => this.#pages.push({ after: offsetOf(after), page: null, resolve })),
      now: () => 0,
      health: () => ({ open: this.#stream?.open === true, error: null }),
      remembered: () => undefined,
      recorder: () => undefined,
      onDemand() {},
      onReopen: () => this.cut(),
      report: (error) => {
        throw error
      },
    })
    this.topics.kept = kept
  }

  publish(): void {
    this.head += 1
  }

  join(place: number | null): void {
    const cursor = place === null ? undefined : place <= 0 ? '0' : `${EPOCH}:${Math.min(place, this.head)}`
    const seen: number[] = []
    const leave = this.topics.join(TOPIC, { cursor, onEvent: ({ offset }) => seen.push(offset ?? 0) })
    const from = place === null ? null : cursor === '0' ? 1 : Math.min(place, this.head) + 1
    this.visits.push({ from, seen, leave, left: false })
  }

  leave(which: number): void {
    const visit = this.visits[which % Math.max(1, this.visits.length)]
    if (visit === undefined || visit.left) return
    visit.left = true
    visit.leave()
  }

  /** The client asks for a stream, or tells the open one what has changed. */
  ask(): void {
    if (this.#asked !== null || this.#answer !== null) return
    const wishes = this.#stream === null ? this.topics.open() : this.topics.diff().subscribe
    if (this.#stream === null || wishes.length > 0) this.#asked = wishes
  }

  /** The hub takes what was asked for; its answer is on its way, and events may come before it. */
  take(): void {
    if (this.#asked === null) return
    const [wish] = this.#asked
    this.#asked = null
    const opened = this.#stream === null
    this.#stream ??= { next: Number.POSITIVE_INFINITY, open: false }
    this.#answer = wish === undefined ? [] : [{ topic: TOPIC, epoch: EPOCH, offset: this.head, recovered: null }]
    if (wish !== undefined) this.#stream.next = wish.cursor === undefined ? this.head + 1 : offsetOf(wish.cursor) + 1
    // A stream's `hello` is its first frame.
    if (opened) this.answer()
  }

  answer(): void {
    if (this.#answer === null || this.#stream === null) return
    const topics = this.#answer
    this.#answer = null
    this.#stream.open = true
    this.topics.answered({ topics, denied: [] })
  }

  deliver(count: number): void {
    for (let i = 0; i < count && this.#stream !== null && this.#stream.next <= this.head; i += 1) {
      const { next } = this.#stream
      this.#stream.next = next + 1
      this.topics.message('message', eventOf(next))
    }
  }

  cut(): void {
    this.#stream = this.#asked = this.#answer = null
    this.topics.lost()
  }

  /** The hub reads a page; it arrives with `arrive`, later. */
  serve(): void {
    for (const read of this.#pages) read.page ??= this.#page(read.after)
  }

  async arrive(): Promise<void> {
    const ready = this.#pages.filter(({ page }) => page !== null)
    this.#pages = this.#pages.filter(({ page }) => page === null)
    for (const { page, resolve } of ready) if (page !== null) resolve(page)
    await settled()
  }

  async rest(): Promise<void> {
    for (let i = 0; i < 60; i += 1) {
      this.ask()
      this.take()
      this.answer()
      this.deliver(1000)
      await settled()
      this.serve()
      await this.arrive()
    }
  }

  #page(after: number): TopicEvents {
    const items = Array.from({ length: Math.min(3, this.head - after) }, (_, i) => eventOf(after + 1 + i))
    const nextCursor = after + items.length < this.head ? `${EPOCH}:${after + items.length}` : null
    return { items, nextCursor, oldestOffset: 1, latestOffset: this.head }
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))
const offsetOf = (cursor: string) => Number(cursor.split(':')[1] ?? 0)
function eventOf(offset: number): Envelope {
  return { topic: TOPIC, epoch: EPOCH, offset, type: 't', data: null, at: '2026-01-01T00:00:00.000Z' }
}

const act = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'publish' as const, n: 0 }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('join' as const), n: fc.integer({ min: -8, max: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), n: fc.nat(10) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deliver' as const), n: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom('ask', 'take', 'answer', 'serve', 'arrive', 'turn'),
      n: fc.constant(0),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'cut' as const, n: 0 }) },
)

async function play(world: World, { kind, n }: { kind: string; n: number }): Promise<void> {
  if (kind === 'publish') world.publish()
  else if (kind === 'join') world.join(n < 0 ? null : n)
  else if (kind === 'leave') world.leave(n)
  else if (kind === 'deliver') world.deliver(n)
  else if (kind === 'ask') world.ask()
  else if (kind === 'take') world.take()
  else if (kind === 'answer') world.answer()
  else if (kind === 'serve') world.serve()
  else if (kind === 'arrive') await world.arrive()
  else if (kind === 'turn') await settled()
  else world.cut()
}

it('every subscriber sees every event from where it began, once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 80, size: 'max' }), fc.constantFrom(0, 4), async (acts, kept) => {
      const world = new World(kept)
      for (const one of acts) await play(world, one)
      await world.rest()
      for (const { from, seen, left } of world.visits) {
        const first = from ?? seen[0] ?? world.head + 1
        const last = left ? (seen.at(-1) ?? first - 1) : world.head
        expect(seen).toEqual(Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i))
      }
    }),
    { numRuns: process.env['TEST_LONG'] === undefined ? 400 : 5000 },
  )
})
