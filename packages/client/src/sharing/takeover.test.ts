/** Whatever tabs come, go, subscribe and lose: each subscriber gets the log from where it began, once and in order. */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Core } from '../core.ts'
import { LogHub } from '../testing/log-hub.ts'
import { EPOCH } from '../testing/raw-hub.ts'
import { follow, type Seen, Tabs } from '../testing/tabs.ts'

const TOPICS = ['a', 'b']
const long = process.env['TEST_LONG'] !== undefined

let hub: LogHub
let tabs: Tabs

beforeEach(async () => {
  hub = await LogHub.start()
})
afterEach(() => hub.close())

interface Reader {
  readonly seen: Seen
  readonly tab: Core
  readonly topic: string
  readonly from: number | null
  left: boolean
}

const act = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('follow' as const),
      tab: fc.nat(2),
      topic: fc.constantFrom(...TOPICS),
      // Null: from now. Else so far behind the head.
      behind: fc.option(fc.nat(60), { freq: 2 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('leave' as const), reader: fc.nat(9) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('publish' as const),
      topic: fc.constantFrom(...TOPICS),
      count: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('close' as const), tab: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconnect' as const), tab: fc.nat(2) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(3000), turns: fc.nat(12) }) },
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

const turn = () => new Promise((resolve) => setImmediate(resolve))

async function play(one: Act, readers: Reader[]): Promise<void> {
  switch (one.kind) {
    case 'follow': {
      const tab = tabs.all[one.tab] as Core
      const from = one.behind === null ? null : Math.max(0, hub.head(one.topic) - one.behind)
      const cursor = from === null ? undefined : from === 0 ? '0' : `${EPOCH}:${from}`
      readers.push({ seen: follow(tab, one.topic, cursor), tab, topic: one.topic, from, left: false })
      return
    }
    case 'leave': {
      const reader = readers[one.reader]
      if (reader) {
        reader.left = true
        reader.seen.leave()
      }
      return
    }
    case 'publish':
      for (let i = 0; i < one.count; i += 1) hub.publish(one.topic)
      return
    case 'close': {
      const tab = tabs.all[one.tab] as Core
      for (const reader of readers) if (reader.tab === tab) reader.left = true
      tabs.close(tab)
      tabs.open()
      return
    }
    case 'cut':
      return hub.cut()
    case 'reconnect':
      return tabs.all[one.tab]?.reconnect('test')
    case 'pass':
      tabs.clock.advance(one.ms)
      for (let i = 0; i < one.turns; i += 1) await turn()
  }
}

function check({ seen: { offsets, taken, gaps }, from, left, topic }: Reader): void {
  const first = from ?? taken[0]?.offset ?? 0
  const end = left ? (offsets.at(-1) ?? first) : hub.head(topic)
  expect(offsets).toEqual(Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i + 1))
  expect(gaps).toEqual([])
}

it('each subscriber gets the log from where it began, once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      tabs = new Tabs(hub.raw.url)
      const readers: Reader[] = []
      for (let i = 0; i < 3; i += 1) tabs.open()
      for (const one of acts) await play(one, readers)
      const live = readers.filter(({ left }) => !left)
      await vi.waitFor(
        () => {
          tabs.clock.advance(100)
          for (const { tab } of live) expect(tab.route.info().status).toBe('open')
          for (const { seen } of live) expect(seen.taken.length).toBeGreaterThan(0)
        },
        { timeout: 10_000, interval: 2 },
      )
      for (const topic of TOPICS) hub.publish(topic)
      await vi.waitFor(
        () => {
          tabs.clock.advance(20)
          for (const { seen, topic } of live) expect(seen.offsets.at(-1)).toBe(hub.head(topic))
        },
        { timeout: 10_000, interval: 2 },
      )
      for (const reader of readers) check(reader)
      expect(hub.raw.open).toBeLessThanOrEqual(1)
      tabs.closeAll()
    }),
    { numRuns: long ? 300 : 15, interruptAfterTimeLimit: long ? 300_000 : 15_000 },
  )
})
