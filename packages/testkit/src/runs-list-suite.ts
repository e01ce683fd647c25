import type { RunFilter } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalRun, RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const ADMIN = { all: true } as const

/** Lists, filters, pages and who may see what. */
export function listSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('lists', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    async function ids(filter: Partial<RunFilter> = {}): Promise<string[]> {
      const page = await lab.store.runs.list({ viewer: ADMIN, limit: 50, ...filter })
      return page.items.map(({ id }) => id)
    }

    const viewer = (sub: string, roles: string[] = [], patterns: string[] = []) =>
      ({ all: false, sub, roles, patterns }) as const

    it('filters by each field, newest first', async () => {
      await lab.start('a', { tags: ['x', 'y'], owner: 'alice' })
      lab.clock.advance(1000)
      await lab.start('b', { tags: ['y'], owner: 'bob', key: 'K1' })
      lab.clock.advance(1000)
      await lab.start('c', { workflow: 'other', steps: [] })
      expect(await ids()).toEqual(['c', 'b', 'a'])
      expect(await ids({ tag: 'y' })).toEqual(['b', 'a'])
      expect(await ids({ owner: 'bob' })).toEqual(['b'])
      expect(await ids({ workflow: 'photos' })).toEqual(['b', 'a'])
      expect(await ids({ key: 'K1' })).toEqual(['b'])
      expect(await ids({ status: ['completed'] })).toEqual(['c'])
      expect(await ids({ status: ['completed', 'queued'] })).toEqual(['c', 'b', 'a'])
      expect(await ids({ q: 'k1' })).toEqual(['b'])
      expect(await ids({ q: 'OTHER' })).toEqual(['c'])
      expect(await ids({ q: '%' })).toEqual([])
      expect(await ids({ since: '2026-01-01T00:00:01Z' })).toEqual(['c', 'b'])
      expect(await ids({ until: '2026-01-01T01:00:01+01:00' })).toEqual(['b', 'a'])
      expect(await ids({ tag: 'y', owner: 'alice' })).toEqual(['a'])
    })

    it('pages without a run twice or left out while others arrive', async () => {
      for (let i = 1; i <= 7; i++) await lab.start(`r${i}`, { steps: [] })
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await lab.store.runs.list({ viewer: ADMIN, limit: 2, cursor })
        seen.push(...page.items.map(({ id }) => id))
        await lab.start(`new-${seen.length}`, { steps: [] })
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(seen).toEqual(['r7', 'r6', 'r5', 'r4', 'r3', 'r2', 'r1'])
    })

    it('refuses a cursor that is not one', async () => {
      for (const cursor of ['', 'x', 'r', 'r1.2', 'i1', 'r-1', 'r1e3', "r1' OR 1=1"]) {
        const error = { code: 'invalid_request', details: { field: 'cursor' } }
        await expect(lab.store.runs.list({ viewer: ADMIN, limit: 2, cursor })).rejects.toMatchObject(error)
        await expect(lab.store.runs.items({ viewer: ADMIN, limit: 2, cursor })).rejects.toMatchObject(error)
        await expect(lab.store.runs.logs('r', { limit: 2, cursor })).rejects.toMatchObject(error)
      }
    })

    it('shows each viewer what is theirs: owner, roles, patterns, and nothing to a stranger', async () => {
      await lab.start('cv-1', { owner: 'alice', roles: ['hr'] })
      await lab.start('cv-2', { owner: 'bob', roles: ['ops', 'hr'] })
      await lab.start('px-3', { owner: 'bob' })
      expect(await ids({ viewer: viewer('alice') })).toEqual(['cv-1'])
      expect(await ids({ viewer: viewer('carol', ['hr']) })).toEqual(['cv-2', 'cv-1'])
      expect(await ids({ viewer: viewer('carol', [], ['run:px-3']) })).toEqual(['px-3'])
      expect(await ids({ viewer: viewer('carol', [], ['run:cv-*', 'orders/*', '*', 'r*']) })).toEqual(['cv-2', 'cv-1'])
      expect(await ids({ viewer: viewer('carol', [], ['run:*']) })).toEqual(['px-3', 'cv-2', 'cv-1'])
      expect(await ids({ viewer: viewer('alice', ['ops'], ['run:px-*']) })).toEqual(['px-3', 'cv-2', 'cv-1'])
      expect(await ids({ viewer: viewer('carol', ['sales'], ['orders/*']) })).toEqual([])
      const items = await lab.store.runs.items({ viewer: viewer('carol', ['ops']), limit: 50 })
      expect(new Set(items.items.map(({ runId }) => runId))).toEqual(new Set(['cv-2']))
      const hidden = await lab.store.runs.items({ viewer: viewer('carol'), runId: 'px-3', limit: 50 })
      expect(hidden.items).toEqual([])
    })

    it('lists items of a run and across runs in pages, in order of step and index', async () => {
      for (const id of ['r1', 'r2']) {
        await lab.start(id, { steps: [stepPlan('list'), stepPlan('analyse', { each: 'list' }), stepPlan('end')] })
      }
      await lab.work((lease) => {
        if (lease.step === 'list') return Array.from({ length: 12 }, (_, i) => `file-${i + 1}`)
        if (lease.index === 11) throw new Error('100% broken')
        return null
      })
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await lab.store.runs.items({ viewer: ADMIN, limit: 5, cursor })
        seen.push(...page.items.map((item) => `${item.runId}/${item.id}`))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      const each = (id: string) => [
        `${id}/list`,
        ...Array.from({ length: 12 }, (_, i) => `${id}/analyse:${i + 1}`),
        `${id}/end`,
      ]
      expect(seen).toEqual([...each('r2'), ...each('r1')])
      const some = async (filter: object) =>
        (await lab.store.runs.items({ viewer: ADMIN, limit: 50, ...filter })).items.map(({ runId, id }) => [runId, id])
      expect(await some({ runId: 'r1', step: 'end' })).toEqual([['r1', 'end']])
      expect(await some({ status: ['failed'] })).toEqual([
        ['r2', 'analyse:11'],
        ['r1', 'analyse:11'],
      ])
      expect(await some({ runId: 'r1', q: 'FILE-3' })).toEqual([['r1', 'analyse:3']])
      expect(await some({ runId: 'r1', q: '0% b' })).toEqual([['r1', 'analyse:11']])
      expect(await some({ runId: 'r1', q: 'l_st' })).toEqual([])
      expect(await some({ workflow: 'none' })).toEqual([])
    })

    it('answers a snapshot whose items and run are of one moment', async () => {
      await lab.start('r1')
      expect(await lab.store.runs.snapshot('none', 5)).toBeUndefined()
      const snapshot = await lab.store.runs.snapshot('r1', 1)
      expect(snapshot?.run).toEqual(await lab.run('r1'))
      expect(snapshot?.items.items.map(({ id }) => id)).toEqual(['list'])
      const rest = await lab.store.runs.items({
        viewer: ADMIN,
        runId: 'r1',
        limit: 5,
        cursor: snapshot?.items.nextCursor ?? undefined,
      })
      expect(rest.items.map(({ id }) => id)).toEqual(['summary'])
    })

    it('lists active runs, oldest first', async () => {
      await lab.start('r1')
      await lab.store.runs.create(externalRun('e1'))
      await lab.start('r2', { steps: [] })
      await lab.report('e1', { status: 'paused' })
      await lab.start('r3')
      expect((await lab.store.runs.active()).map(({ id, status }) => [id, status])).toEqual([
        ['r1', 'queued'],
        ['e1', 'paused'],
        ['r3', 'queued'],
      ])
    })

    it('takes any text a user may write as what it is', async () => {
      const odd = `'; DROP TABLE runs; -- \u2028 "\\ ☃`
      await lab.start('r1', { tags: [odd], key: odd, owner: odd, roles: [odd], steps: [] })
      const run = await lab.run('r1')
      expect(run).toMatchObject({ tags: [odd], key: odd, owner: odd, roles: [odd] })
      expect(await ids({ tag: odd, key: odd, owner: odd, q: odd, viewer: viewer('x', [odd]) })).toEqual(['r1'])
    })
  })
}
