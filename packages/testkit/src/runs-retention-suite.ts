import type { LogLine } from '@monofil/protocol'
import { topicOfRun } from '@monofil/protocol'
import type { LineQuery, RunRetention } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalRun, newRun, RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const NO_BOUND: RunRetention = { maxAgeMs: null, maxCount: null, maxLogLines: null }
const HOUR = 3_600_000
const ADMIN = { all: true } as const

/** Runs that go by age and count, runs that are deleted, logs that are cut. */
export function retentionSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('retention', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const ids = async () => (await lab.store.runs.list({ viewer: ADMIN, limit: 200 })).items.map(({ id }) => id)
    const trim = (bounds: Partial<RunRetention>) => lab.store.runs.trim({ ...NO_BOUND, ...bounds })

    it('lets finished runs go by age, counted from their end, and never one that is open', async () => {
      await lab.start('open')
      await lab.store.runs.create(externalRun('late'))
      await lab.start('old', { steps: [] })
      lab.clock.advance(HOUR)
      await lab.report('late', { status: 'completed' })
      await lab.start('new', { steps: [] })
      expect(await trim({ maxAgeMs: HOUR })).toBe(0)
      lab.clock.advance(1)
      expect(await trim({ maxAgeMs: null })).toBe(0)
      expect(await trim({ maxAgeMs: HOUR })).toBe(1)
      expect(await ids()).toEqual(['new', 'late', 'open'])
      lab.clock.advance(1000 * HOUR)
      expect(await trim({ maxAgeMs: 1 })).toBe(2)
      expect(await ids()).toEqual(['open'])
      expect((await lab.store.runs.active()).map(({ id }) => id)).toEqual(['open'])
    })

    it('lets the runs that ended first go beyond a count', async () => {
      await lab.start('open')
      for (const id of ['a', 'b', 'c', 'd', 'e']) await lab.start(id, { steps: [] })
      expect(await trim({ maxCount: 5 })).toBe(0)
      expect(await trim({ maxCount: 2 })).toBe(3)
      expect(await ids()).toEqual(['e', 'd', 'open'])
      expect(await trim({ maxCount: 0 })).toBe(2)
      expect(await ids()).toEqual(['open'])
    })

    it('trims more runs than one commit takes', async () => {
      for (let i = 0; i < 230; i += 1) await lab.start(`r${i}`, { steps: [] })
      expect(await trim({ maxCount: 10 })).toBe(220)
      expect((await ids()).length).toBe(10)
    })

    it('keeps a run that a retry opened again', async () => {
      await lab.start('r', { steps: [stepPlan('one')] })
      await lab.work(() => {
        throw new Error('no')
      })
      lab.clock.advance(HOUR)
      await lab.store.runs.control('r', { action: 'retry' })
      expect(await trim({ maxAgeMs: 1, maxCount: 0 })).toBe(0)
      await lab.work(() => null)
      await lab.check('r')
      expect(await trim({ maxCount: 0 })).toBe(1)
    })

    it('takes a run of many items out of sight at once, by trim as by delete; its id stays taken', async () => {
      const steps = [stepPlan('list'), stepPlan('each', { each: 'list', concurrency: 5000 })]
      for (const id of ['big-1', 'big-2']) await lab.start(id, { steps, tags: ['t'], roles: ['ops'], key: id })
      await lab.work((lease) => {
        if (lease.step === 'list') return Array.from({ length: 2500 }, (_, i) => i)
        if (lease.index % 2 === 0) throw new Error('no')
        return lease.index
      })
      await lab.store.runs.remove('big-1')
      await gone('big-1')
      await expect(lab.store.runs.remove('big-1')).rejects.toMatchObject({ code: 'not_found' })
      expect(await trim({ maxCount: 0 })).toBe(1)
      for (const id of ['big-1', 'big-2']) await gone(id)
      expect(lab.commits.flatMap(({ removedRuns }) => removedRuns)).toEqual(['big-1', 'big-2'])
      expect(await trim({ maxCount: 0 })).toBe(0)
    })

    async function gone(id: string): Promise<void> {
      const { runs, log } = lab.store
      expect(await runs.get(id)).toBeUndefined()
      expect(await runs.request(id)).toBeUndefined()
      expect(await runs.snapshot(id, 5)).toBeUndefined()
      expect(await runs.failures(id)).toEqual([])
      expect((await runs.logs(id, { limit: 5 })).items).toEqual([])
      for (const viewer of [ADMIN, { all: false, sub: 'alice', roles: ['ops'], patterns: ['run:*'] }] as const) {
        for (const filter of [{}, { tag: 't' }, { key: id }, { q: 'big' }, { workflow: 'photos' }]) {
          const found = (await runs.list({ viewer, limit: 50, ...filter })).items
          expect(found.filter((run) => run.id === id || run.id.startsWith('~'))).toEqual([])
        }
        const items = await runs.items({ viewer, limit: 200 })
        expect(items.items.filter(({ runId }) => runId === id || runId.startsWith('~'))).toEqual([])
      }
      expect(await log.read({ topic: topicOfRun(id), after: 0, limit: 5, maxBytes: 1e6 })).toMatchObject({ events: [] })
      await expect(runs.create(newRun(id))).rejects.toMatchObject({ code: 'id_taken' })
      await expect(runs.control(id, { action: 'retry' })).rejects.toMatchObject({ code: 'not_found' })
    }

    it('goes on where it was after a restart', async () => {
      await lab.start('r', { steps: [] })
      await lab.store.runs.remove('r')
      await lab.reopen()
      await gone('r')
      expect(await trim({})).toBe(0)
      expect(await ids()).toEqual([])
    })
  })

  describe('log lines', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
      await lab.store.runs.create(externalRun('e'))
    })
    afterEach(() => lab.close())

    const say = (message: string, more: { level?: LogLine['level']; item?: string; step?: string } = {}) => {
      const { level = 'info', ...place } = more
      return lab.report('e', { ...place, log: { level, message } })
    }

    async function messages(query: Partial<LineQuery> = {}): Promise<string[]> {
      const page = await lab.store.runs.logs('e', { limit: 50, ...query })
      return page.items.map(({ message }) => message)
    }

    it('are filtered by step, item, level and above, and text', async () => {
      await say('begun')
      await say('looking', { level: 'debug', step: 's', item: 'a' })
      await say('hot 100%', { level: 'warn', step: 's', item: 'a' })
      await say('burnt', { level: 'error', step: 's', item: 'b' })
      await say('other', { step: 't', item: 'a' })
      expect(await messages()).toEqual(['begun', 'looking', 'hot 100%', 'burnt', 'other'])
      expect(await messages({ order: 'desc' })).toEqual(['other', 'burnt', 'hot 100%', 'looking', 'begun'])
      expect(await messages({ item: 'a' })).toEqual(['looking', 'hot 100%', 'other'])
      expect(await messages({ item: 'a', step: 's', order: 'desc' })).toEqual(['hot 100%', 'looking'])
      expect(await messages({ step: 't' })).toEqual(['other'])
      expect(await messages({ level: 'debug' })).toHaveLength(5)
      expect(await messages({ level: 'info' })).toEqual(['begun', 'hot 100%', 'burnt', 'other'])
      expect(await messages({ level: 'warn' })).toEqual(['hot 100%', 'burnt'])
      expect(await messages({ level: 'error', item: 'a' })).toEqual([])
      expect(await messages({ q: 'BURN' })).toEqual(['burnt'])
      expect(await messages({ q: '0%' })).toEqual(['hot 100%'])
      expect(await messages({ q: '_' })).toEqual([])
    })

    it('page in either order, and go on after the newest', async () => {
      for (let i = 1; i <= 7; i += 1) await say(`l${i}`)
      const seen: string[] = []
      let cursor: string | undefined
      let newest: string | undefined
      do {
        const page = await lab.store.runs.logs('e', { limit: 3, order: 'desc', cursor })
        newest ??= page.newest
        seen.push(...page.items.map(({ message }) => message))
        cursor = page.nextCursor ?? undefined
        await say(`later ${seen.length}`)
      } while (cursor !== undefined)
      expect(seen).toEqual(['l7', 'l6', 'l5', 'l4', 'l3', 'l2', 'l1'])
      expect(await messages({ cursor: newest })).toEqual(['later 3', 'later 6', 'later 7'])
      const rest = await lab.store.runs.logs('e', { limit: 3, cursor: newest })
      expect(rest).toMatchObject({ nextCursor: null, cut: 0 })
      expect(await messages({ cursor: rest.newest })).toEqual([])
    })

    it('name the offset of their event, so that a page and the stream fit together; after the end there is none', async () => {
      await say('one')
      await say('two', { item: 'a' })
      await lab.report('e', { item: 'a', status: 'completed' }, { status: 'completed' })
      await say('after')
      const { items } = await lab.store.runs.logs('e', { limit: 9 })
      const events = (await lab.events('e')).filter(({ type }) => type === 'log')
      expect(items.map(({ offset }) => offset)).toEqual([...events.map(({ offset }) => offset), null])
      for (const event of events) {
        expect(items.find(({ offset }) => offset === event.offset)).toMatchObject(JSON.parse(event.dataJson))
      }
    })

    it('are cut from the oldest beyond a count, which the answer tells; so are the events of such a run', async () => {
      await lab.store.runs.create(externalRun('quiet'))
      await lab.report('quiet', ...Array.from({ length: 30 }, () => ({ log: 'x' })))
      for (let i = 0; i < 3; i += 1) {
        await lab.report('e', ...Array.from({ length: 500 }, (_, n) => ({ log: `l${i * 500 + n}` })))
      }
      const { offset } = await lab.run('e')
      await lab.store.runs.trim({ ...NO_BOUND, maxLogLines: 30 })
      const page = await lab.store.runs.logs('e', { limit: 50 })
      expect(page.cut).toBe(1470)
      expect(page.items.map(({ message }) => message)).toEqual(Array.from({ length: 30 }, (_, i) => `l${1470 + i}`))
      expect((await lab.events('e')).map((event) => event.offset)).toEqual(
        Array.from({ length: 60 }, (_, i) => offset - 59 + i),
      )
      expect((await lab.events('quiet'))[0]?.offset).toBe(1)
      expect(await lab.store.runs.logs('quiet', { limit: 50 })).toMatchObject({ cut: 0, items: { length: 30 } })
      await say('next')
      await lab.store.runs.trim({ ...NO_BOUND, maxLogLines: 30 })
      expect((await lab.store.runs.logs('e', { limit: 1, order: 'desc' })).cut).toBe(1471)
      expect(await messages({ order: 'desc', limit: 1 })).toEqual(['next'])
    })
  })
}
