import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isoAfter, MINUTE, newSchedule, ScheduleLab, START } from './schedules-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** Runs that begin by the clock: one per tick, whatever the clock, the sweeps and the workflow do. */
export function schedulesSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('schedules', () => {
    let lab: ScheduleLab
    beforeEach(async () => {
      lab = new ScheduleLab(open)
      await lab.open()
      await lab.register()
    })
    afterEach(() => lab.close())

    describe('one of them', () => {
      it('is answered as the protocol shows it, and is there after the store was opened again', async () => {
        const made = await lab.make('s1', { key: 'k', tags: ['a'], roles: ['ops'], budgetJson: '{"tokens":5}' })
        expect(made).toEqual({
          id: 's1',
          workflow: 'tick',
          input: { n: 1 },
          cron: '* * * * *',
          timezone: 'UTC',
          at: null,
          key: 'k',
          tags: ['a'],
          roles: ['ops'],
          budget: { tokens: 5 },
          overlap: 'skip',
          missed: 'one',
          status: 'active',
          nextAt: isoAfter(MINUTE),
          lastAt: null,
          lastRunId: null,
          lastProblem: null,
          owner: 'alice',
          createdAt: isoAfter(0),
          upcoming: [1, 2, 3, 4, 5].map((n) => isoAfter(n * MINUTE)),
        })
        await lab.reopen()
        expect(await lab.schedule('s1')).toEqual(made)
        const once = await lab.make('s2', { at: START + 5_000 })
        expect(once).toMatchObject({ cron: null, timezone: null, at: isoAfter(5_000), upcoming: [isoAfter(5_000)] })
      })

      it('is joined by the same id, owner and body; another body or owner is refused', async () => {
        const made = await lab.make('s1')
        expect(await lab.store.schedules.create(newSchedule('s1'))).toEqual({ schedule: made, created: false })
        await expect(lab.make('s1', { bodyJson: '{"a":1}' })).rejects.toMatchObject({ code: 'run_conflict' })
        await expect(lab.make('s1', { owner: 'bob' })).rejects.toMatchObject({ code: 'id_taken' })
        const many = Array.from({ length: 10 }, () => lab.store.schedules.create(newSchedule('s2')))
        expect((await Promise.all(many)).filter(({ created }) => created)).toHaveLength(1)
      })

      it('is not made where it may only be joined', async () => {
        await expect(lab.make('s1', { joinOnly: true })).rejects.toMatchObject({ code: 'not_found' })
        expect(await lab.store.schedules.get('s1')).toBeUndefined()
        const made = await lab.make('s1')
        const again = await lab.store.schedules.create(newSchedule('s1', { joinOnly: true }))
        expect(again).toEqual({ schedule: made, created: false })
      })

      it('is refused where its time never comes, cannot be read or is over', async () => {
        const field = (name: string) => ({ code: 'invalid_request', details: { field: name } })
        await expect(lab.make('s1', { cron: '0 0 31 2 *' })).rejects.toMatchObject(field('cron'))
        await expect(lab.make('s1', { cron: 'often' })).rejects.toMatchObject(field('cron'))
        await expect(lab.make('s1', { timezone: 'Mars/Base' })).rejects.toMatchObject(field('timezone'))
        await expect(lab.make('s1', { at: START })).rejects.toMatchObject(field('at'))
        expect(await lab.store.schedules.get('s1')).toBeUndefined()
      })

      it('is listed newest first, by owner, workflow and status, in pages', async () => {
        for (const id of ['a', 'b', 'c']) await lab.make(id, { owner: id === 'b' ? 'bob' : 'alice' })
        await lab.make('d', { workflow: 'other', at: START + 1 })
        await lab.store.schedules.update('a', { status: 'paused' })
        await lab.sweepAfter(1)
        const ids = async (filter: object) =>
          (await lab.store.schedules.list({ limit: 10, ...filter })).items.map(({ id }) => id)
        expect(await ids({})).toEqual(['d', 'c', 'b', 'a'])
        expect(await ids({ owner: 'alice' })).toEqual(['d', 'c', 'a'])
        expect(await ids({ workflow: 'tick' })).toEqual(['c', 'b', 'a'])
        expect(await ids({ status: ['paused', 'ended'] })).toEqual(['d', 'a'])
        const first = await lab.store.schedules.list({ limit: 3 })
        expect(first.items.map(({ id }) => id)).toEqual(['d', 'c', 'b'])
        expect(await ids({ cursor: first.nextCursor })).toEqual(['a'])
        expect((await lab.store.schedules.list({ limit: 4 })).nextCursor).toBeNull()
        await expect(lab.store.schedules.list({ limit: 1, cursor: 'r1' })).rejects.toMatchObject({
          details: { field: 'cursor' },
        })
      })

      it('is removed with its ticks; its runs stay and its id is free', async () => {
        await lab.make('s1')
        await lab.sweepAfter(MINUTE)
        await lab.store.schedules.remove('s1')
        await lab.sweepAfter(MINUTE)
        expect(await lab.runIds()).toEqual(['s1.20260101T000100Z'])
        await expect(lab.store.schedules.remove('s1')).rejects.toMatchObject({ code: 'not_found' })
        await expect(lab.store.schedules.update('s1', {})).rejects.toMatchObject({ code: 'not_found' })
        await expect(lab.store.schedules.start('s1', 'r')).rejects.toMatchObject({ code: 'not_found' })
        expect(await lab.make('s1', { bodyJson: '{"other":1}' })).toMatchObject({ lastRunId: null })
      })
    })

    describe('changes', () => {
      it('a paused one starts nothing, and what it did not start was not missed', async () => {
        await lab.make('s1')
        expect(await lab.store.schedules.update('s1', { status: 'paused' })).toMatchObject({
          status: 'paused',
          nextAt: null,
          upcoming: [],
        })
        await lab.sweepAfter(10 * MINUTE + 1)
        expect(await lab.store.schedules.update('s1', { status: 'active' })).toMatchObject({
          nextAt: isoAfter(11 * MINUTE),
        })
        await lab.store.work.sweep()
        expect(await lab.runIds()).toEqual([])
      })

      it('takes another time, input and the rest; what is left out stays', async () => {
        await lab.make('s1', { tags: ['a'], key: 'k' })
        const hourly = await lab.store.schedules.update('s1', { cron: '0 * * * *', timezone: 'Asia/Kathmandu' })
        expect(hourly).toMatchObject({ tags: ['a'], key: 'k', nextAt: isoAfter(15 * MINUTE), input: { n: 1 } })
        const changed = await lab.store.schedules.update('s1', {
          input: { json: '{"n":2}', schemaJson: null },
          tags: ['b'],
          key: null,
          overlap: 'allow',
          missed: 'none',
          budgetJson: '{"items":1}',
        })
        expect(changed).toMatchObject({
          tags: ['b'],
          key: null,
          input: { n: 2 },
          overlap: 'allow',
          budget: { items: 1 },
        })
        expect(changed.nextAt).toBe(hourly.nextAt)
        const once = await lab.store.schedules.update('s1', { at: START + 1_000 })
        expect(once).toMatchObject({ cron: null, timezone: null, at: isoAfter(1_000), nextAt: isoAfter(1_000) })
        await lab.sweepAfter(1_000)
        expect((await lab.run('s1.20260101T000001Z')).input).toEqual({ n: 2 })
        await expect(lab.store.schedules.update('s1', { timezone: 'UTC' })).rejects.toMatchObject({
          details: { field: 'timezone' },
        })
      })

      it('an ended one begins again with a time to come, and only so', async () => {
        await lab.make('s1', { at: START + 1_000 })
        await lab.sweepAfter(1_000)
        await expect(lab.store.schedules.update('s1', { status: 'active' })).rejects.toMatchObject({
          details: { field: 'at' },
        })
        expect((await lab.store.schedules.update('s1', { status: 'paused' })).status).toBe('ended')
        const again = await lab.store.schedules.update('s1', { at: START + 5_000 })
        expect(again).toMatchObject({ status: 'active', nextAt: isoAfter(5_000) })
        await lab.sweepAfter(4_000)
        expect(await lab.runIds()).toEqual(['s1.20260101T000001Z', 's1.20260101T000005Z'])
      })

      it('a refused one changes nothing', async () => {
        const made = await lab.make('s1')
        await expect(lab.store.schedules.update('s1', { cron: '0 0 31 2 *', tags: ['x'] })).rejects.toMatchObject({
          details: { field: 'cron' },
        })
        expect(await lab.schedule('s1')).toEqual(made)
      })
    })

    it('a run started by hand is one of it, paused or not, and the same id answers it again', async () => {
      await lab.register({ isOpen: true })
      await lab.make('s1')
      await lab.store.schedules.update('s1', { status: 'paused' })
      const { run, created } = await lab.store.schedules.start('s1', 'now')
      expect(created).toBe(true)
      expect(run).toMatchObject({ id: 'now', status: 'queued', owner: 'alice', tags: ['schedule:s1'] })
      expect(await lab.store.schedules.start('s1', 'now')).toEqual({ run, created: false })
      expect(await lab.schedule('s1')).toMatchObject({ lastRunId: 'now', lastAt: isoAfter(0), status: 'paused' })
      // It counts for the overlap.
      await lab.store.schedules.update('s1', { status: 'active' })
      await lab.sweepAfter(MINUTE)
      expect(await lab.runIds()).toEqual(['now'])
      await lab.store.schedules.update('s1', { input: { json: '3', schemaJson: null } })
      await lab.register({ schema: { type: 'string' } })
      await expect(lab.store.schedules.start('s1', 'r2')).rejects.toMatchObject({ code: 'invalid_input' })
    })
  })
}
