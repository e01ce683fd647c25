import { MonofilError } from '@monofil/protocol'
import type { Commit, NewLogEvent, Store } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock, type OpenedStore, type StoreHost } from './store-host.ts'

const HOUR = 3_600_000
const KEEP_ALL = { maxAgeMs: 1e12, maxCount: 1e9, maxBytes: 1e12 }
const PAGE = { limit: 1_000, maxBytes: 10_000_000 }

function event(topic: string, n: number | string, id?: string): NewLogEvent {
  return { topic, type: 'note', dataJson: JSON.stringify({ n }), id }
}

/**
 * What every store's log promises (seams/store.ts), run over a driver. `open` opens an empty store with the clock and
 * the listener given.
 */
export function logContract(name: string, open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe(`the log of ${name}`, () => {
    let clock: FakeClock
    let commits: Commit[]
    let opened: OpenedStore
    let store: Store

    beforeEach(async () => {
      clock = new FakeClock()
      commits = []
      opened = await open({ clock, onCommit: (commit) => commits.push(commit) })
      store = opened.store
    })
    afterEach(() => opened.close())

    async function reopen(): Promise<void> {
      store = await opened.reopen()
    }

    async function offsetsOf(topic: string): Promise<number[]> {
      const { events } = await store.log.read({ topic, after: 0, ...PAGE })
      return events.map(({ offset }) => offset)
    }

    async function fill(topic: string, count: number): Promise<void> {
      await store.log.append(Array.from({ length: count }, (_, i) => event(topic, i + 1)))
    }

    describe('append', () => {
      it('gives offsets 1..n without holes to publishers that run at once', async () => {
        const topics = ['orders', 'stock/berlin']
        const publishers = Array.from({ length: 32 }, async (_, publisher) => {
          const offsets: { topic: string; offset: number }[] = []
          for (let i = 0; i < 20; i++) {
            const topic = topics[(publisher + i) % 2] as string
            offsets.push(...(await store.log.append([event(topic, `${publisher}/${i}`)])))
          }
          return offsets
        })
        const answers = (await Promise.all(publishers)).flat()
        for (const topic of topics) {
          const mine = answers.filter((answer) => answer.topic === topic).map(({ offset }) => offset)
          const expected = Array.from({ length: 320 }, (_, i) => i + 1)
          expect(mine.sort((a, b) => a - b)).toEqual(expected)
          expect(await offsetsOf(topic)).toEqual(expected)
        }
      })

      it('keeps the order of a batch over several topics and answers in that order', async () => {
        const batch = ['a', 'b', 'a', 'a', 'b'].map((topic, i) => event(topic, i))
        const answer = await store.log.append(batch)
        expect(answer.map(({ topic, offset }) => [topic, offset])).toEqual([
          ['a', 1],
          ['b', 1],
          ['a', 2],
          ['a', 3],
          ['b', 2],
        ])
        const { events } = await store.log.read({ topic: 'a', after: 0, ...PAGE })
        expect(events.map(({ dataJson }) => dataJson)).toEqual(['{"n":0}', '{"n":2}', '{"n":3}'])
      })

      it('commits a batch as one: a reader never sees a part of it', async () => {
        const seen = new Set<number>()
        let done = false
        const watcher = (async () => {
          while (!done) seen.add((await store.log.bounds('whole')).head)
        })()
        for (let i = 0; i < 20; i++) await fill('whole', 10)
        done = true
        await watcher
        expect([...seen].filter((head) => head % 10 !== 0)).toEqual([])
        for (const commit of commits) expect(commit.events.length % 10).toBe(0)
      })

      it('takes 1,000 events at once', async () => {
        await fill('big', 1_000)
        expect(await store.log.bounds('big')).toEqual({ oldest: 1, head: 1_000 })
      })

      it('takes an empty batch without a commit', async () => {
        expect(await store.log.append([])).toEqual([])
        expect(commits).toEqual([])
      })

      it('gives back what it was given: odd topics, quotes, all of Unicode', async () => {
        const topics = [
          "it's/a:topic@home~+=,-.x",
          'A',
          'a',
          `t${'x'.repeat(255)}`,
          'GLOB*?[a]'.replace(/[*?[\]]/g, '='),
        ]
        const dataJson = JSON.stringify({ text: `'"\\ \r\n\t\u2028\u2029\u0000\ud83d\ude00 é`, n: 9007199254740991 })
        await store.log.append(topics.map((topic) => ({ topic, type: "o'type \u00e9", dataJson })))
        for (const topic of topics) {
          const { events } = await store.log.read({ topic, after: 0, ...PAGE })
          const at = new Date(clock.now()).toISOString()
          expect(events).toEqual([{ topic, epoch: store.epoch, offset: 1, type: "o'type \u00e9", dataJson, at }])
        }
      })
    })

    describe('ids', () => {
      it('answers the first offset for an id known within the batch, across batches and after reopening', async () => {
        const [first, second, third] = await store.log.append([event('t', 1, 'x'), event('t', 2, 'x'), event('t', 3)])
        expect([first, second, third].map((a) => [a?.offset, a?.duplicate])).toEqual([
          [1, false],
          [1, true],
          [2, false],
        ])
        expect(await store.log.append([event('t', 4, 'x')])).toEqual([
          { topic: 't', epoch: store.epoch, offset: 1, duplicate: true },
        ])
        await reopen()
        expect(await store.log.append([event('t', 5, 'x')])).toEqual([
          { topic: 't', epoch: store.epoch, offset: 1, duplicate: true },
        ])
        expect(await offsetsOf('t')).toEqual([1, 2])
      })

      it('counts an id per topic', async () => {
        const answers = await store.log.append([event('t', 1, 'x'), event('u', 1, 'x')])
        expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, false])
      })

      it('appends once when two publishers bring the same id at once', async () => {
        const answers = await Promise.all([1, 2, 3].map((n) => store.log.append([event('t', n, 'same')])))
        expect(answers.flat().filter(({ duplicate }) => !duplicate)).toHaveLength(1)
        expect(await offsetsOf('t')).toEqual([1])
      })

      it('forgets an id after 24 hours, trimmed or not', async () => {
        await store.log.append([event('t', 1, 'x'), event('t', 2, 'y')])
        clock.advance(24 * HOUR - 1)
        expect((await store.log.append([event('t', 3, 'x')]))[0]?.duplicate).toBe(true)
        clock.advance(2)
        expect(await store.log.append([event('t', 4, 'x')])).toEqual([
          { topic: 't', epoch: store.epoch, offset: 3, duplicate: false },
        ])
        await store.log.trim(KEEP_ALL)
        expect((await store.log.append([event('t', 5, 'y')]))[0]?.offset).toBe(4)
        expect((await store.log.append([event('t', 6, 'x')]))[0]).toMatchObject({ offset: 3, duplicate: true })
      })
    })

    describe('read', () => {
      it('answers bounds of a topic never written', async () => {
        expect(await store.log.bounds('never')).toEqual({ oldest: 1, head: 0 })
        expect(await store.log.read({ topic: 'never', after: 0, ...PAGE })).toEqual({ events: [], oldest: 1, head: 0 })
      })

      it('sees what was acknowledged before it was called', async () => {
        for (let i = 1; i <= 50; i++) {
          await store.log.append([event('t', i)])
          expect((await store.log.bounds('t')).head).toBe(i)
        }
      })

      it('pages by count, and is empty at and past the head', async () => {
        await fill('t', 25)
        const pages: number[][] = []
        for (let after = 0; ; ) {
          const { events, head } = await store.log.read({ topic: 't', after, limit: 10, maxBytes: 1e6 })
          expect(head).toBe(25)
          if (events.length === 0) break
          pages.push(events.map(({ offset }) => offset))
          after = events.at(-1)?.offset ?? 0
        }
        expect(pages.map((page) => page.length)).toEqual([10, 10, 5])
        expect(pages.flat()).toEqual(Array.from({ length: 25 }, (_, i) => i + 1))
        expect((await store.log.read({ topic: 't', after: 99, ...PAGE })).events).toEqual([])
      })

      it('pages by bytes, with at least one event however large', async () => {
        const dataJson = JSON.stringify('x'.repeat(10_000))
        await store.log.append(Array.from({ length: 6 }, () => ({ topic: 't', type: 'big', dataJson })))
        const page = await store.log.read({ topic: 't', after: 0, limit: 100, maxBytes: 25_000 })
        expect(page.events.length).toBeGreaterThanOrEqual(2)
        expect(page.events.length).toBeLessThanOrEqual(3)
        const one = await store.log.read({ topic: 't', after: 4, limit: 100, maxBytes: 1 })
        expect(one.events.map(({ offset }) => offset)).toEqual([5])
      })

      it('keeps everything over a restart, epoch included', async () => {
        await fill('t', 3)
        const { epoch } = store
        await reopen()
        expect(store.epoch).toBe(epoch)
        expect(epoch).toMatch(/^[a-z0-9]{8,16}$/)
        expect(await offsetsOf('t')).toEqual([1, 2, 3])
        expect((await store.log.append([event('t', 4)]))[0]?.offset).toBe(4)
      })
    })

    describe('trim', () => {
      it('keeps the newest by count; the head stays, also over a restart', async () => {
        await fill('t', 2_500)
        expect(await store.log.trim({ ...KEEP_ALL, maxCount: 10 })).toBe(2_490)
        expect(await store.log.bounds('t')).toEqual({ oldest: 2_491, head: 2_500 })
        const page = await store.log.read({ topic: 't', after: 0, ...PAGE })
        expect([page.events[0]?.offset, page.events.length]).toEqual([2_491, 10])
        await reopen()
        expect(await store.log.bounds('t')).toEqual({ oldest: 2_491, head: 2_500 })
      })

      it('goes by age, down to nothing, and goes on counting', async () => {
        await fill('t', 3)
        clock.advance(HOUR)
        await fill('t', 2)
        expect(await store.log.trim({ ...KEEP_ALL, maxAgeMs: HOUR / 2 })).toBe(3)
        expect(await offsetsOf('t')).toEqual([4, 5])
        clock.advance(HOUR)
        expect(await store.log.trim({ ...KEEP_ALL, maxAgeMs: HOUR / 2 })).toBe(2)
        expect(await store.log.bounds('t')).toEqual({ oldest: 6, head: 5 })
        expect(await store.log.read({ topic: 't', after: 0, ...PAGE })).toEqual({ events: [], oldest: 6, head: 5 })
        expect((await store.log.append([event('t', 6)]))[0]?.offset).toBe(6)
        expect(await store.log.bounds('t')).toEqual({ oldest: 6, head: 6 })
        clock.advance(HOUR)
        expect(await store.log.trim({ ...KEEP_ALL, maxAgeMs: HOUR / 2 })).toBe(1)
      })

      it('goes by bytes', async () => {
        const dataJson = JSON.stringify('x'.repeat(998))
        await store.log.append(Array.from({ length: 10 }, () => ({ topic: 't', type: 'big', dataJson })))
        expect(await store.log.trim({ ...KEEP_ALL, maxBytes: 3_500 })).toBe(7)
        expect(await offsetsOf('t')).toEqual([8, 9, 10])
        expect(await store.log.trim({ ...KEEP_ALL, maxBytes: 3_500 })).toBe(0)
      })

      it('touches application topics only', async () => {
        await store.log.append([event('run:r1', 1), event('user:alice', 1), event('runner', 1)])
        clock.advance(HOUR)
        expect(await store.log.trim({ maxAgeMs: 1, maxCount: 0, maxBytes: 0 })).toBe(1)
        expect(await offsetsOf('run:r1')).toEqual([1])
        expect(await offsetsOf('user:alice')).toEqual([1])
        expect(await offsetsOf('runner')).toEqual([])
      })

      it('does not stop publishers: no offset is lost or given twice meanwhile', async () => {
        await fill('t', 3_000)
        const answers = await Promise.all([
          store.log.trim({ ...KEEP_ALL, maxCount: 5 }),
          ...Array.from({ length: 50 }, (_, i) => store.log.append([event('t', i)])),
        ])
        const offsets = answers
          .slice(1)
          .flatMap((answer) => (typeof answer === 'number' ? [] : answer.map((a) => a.offset)))
        expect(offsets.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => 3_001 + i))
        const { oldest, head } = await store.log.bounds('t')
        expect(await offsetsOf('t')).toEqual(Array.from({ length: head - oldest + 1 }, (_, i) => oldest + i))
      })
    })

    describe('announcing', () => {
      it('announces every event once, in commit order, before its publisher is answered', async () => {
        const publish = async (n: number): Promise<void> => {
          const [answer] = await store.log.append([event('t', n)])
          const told = commits.flatMap(({ events }) => events).find(({ offset }) => offset === answer?.offset)
          expect(told?.dataJson).toBe(JSON.stringify({ n }))
        }
        for (let round = 0; round < 5; round++) {
          await Promise.all(Array.from({ length: 20 }, (_, i) => publish(round * 20 + i)))
        }
        expect(commits.flatMap(({ events }) => events.map(({ offset }) => offset))).toEqual(
          Array.from({ length: 100 }, (_, i) => i + 1),
        )
        const seqs = commits.map(({ seq }) => seq)
        expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b))
        const { events } = await store.log.read({ topic: 't', after: 0, ...PAGE })
        expect(commits.flatMap((commit) => commit.events)).toEqual(events)
      })

      it('does not announce a duplicate', async () => {
        await store.log.append([event('t', 1, 'x')])
        await store.log.append([event('t', 2, 'x')])
        expect(commits.flatMap(({ events }) => events)).toHaveLength(1)
      })

      it('counts commits on over a restart', async () => {
        await fill('t', 1)
        const before = commits.at(-1)?.seq ?? 0
        await reopen()
        await fill('t', 1)
        expect(commits.at(-1)?.seq).toBeGreaterThan(before)
      })
    })

    describe('failing', () => {
      it('fails no caller for another', async () => {
        const bad = { topic: 't', type: null as unknown as string, dataJson: '1' }
        const calls = Array.from({ length: 9 }, (_, i) =>
          store.log.append([i === 4 ? bad : event('t', i), event('u', i)]),
        )
        const results = await Promise.allSettled(calls)
        expect(results.map(({ status }) => status)).toEqual(results.map((_, i) => (i === 4 ? 'rejected' : 'fulfilled')))
        expect(await offsetsOf('t')).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
        expect(await offsetsOf('u')).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
        expect(commits.flatMap(({ events }) => events)).toHaveLength(16)
      })

      it('finishes what was accepted before it closes, and rejects what comes later', async () => {
        const accepted = Promise.all(Array.from({ length: 10 }, (_, i) => store.log.append([event('t', i)])))
        const closing = store.close()
        const late = store.log.append([event('t', 'late')])
        await expect(late).rejects.toMatchObject({ code: 'store_unavailable' })
        expect((await accepted).flat()).toHaveLength(10)
        await closing
        await expect(store.log.bounds('t')).rejects.toBeInstanceOf(MonofilError)
        await store.close()
        await reopen()
        expect((await offsetsOf('t')).length).toBe(10)
      })
    })

    it('keeps plans of workflows by name', async () => {
      const plan = { name: 'photos', steps: [], inputSchemaJson: null, exclusive: false }
      await store.workflows.register([plan, { ...plan, name: 'a' }])
      await store.workflows.register([{ ...plan, exclusive: true }])
      await reopen()
      expect(await store.workflows.get('photos')).toEqual({ ...plan, exclusive: true })
      expect(await store.workflows.get('nope')).toBeUndefined()
      expect((await store.workflows.list()).map(({ name: plain }) => plain)).toEqual(['a', 'photos'])
    })
  })
}
