import type { Schedule } from '@monofil/protocol'
import type { NewScheduleRow } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** Every minute, from 2026-01-01T00:00:00Z on, which is when a lab's clock stands. */
function newSchedule(id: string, options: Partial<NewScheduleRow> = {}): NewScheduleRow {
  const isOnce = options.at !== undefined
  return {
    id,
    workflow: 'tick',
    inputJson: '{"n":1}',
    inputSchemaJson: null,
    bodyJson: '{}',
    cron: isOnce ? null : '* * * * *',
    timezone: isOnce ? null : 'UTC',
    at: null,
    key: null,
    tags: [],
    roles: [],
    budgetJson: null,
    overlap: 'skip',
    missed: 'one',
    owner: 'alice',
    ...options,
  }
}

const MINUTE = 60_000
const START = Date.UTC(2026, 0, 1)

const isoAfter = (ms: number): string => new Date(START + ms).toISOString()

/** Runs that begin by the clock: one per tick, whatever the clock, the sweeps and the workflow do. */
export function schedulesSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('schedules', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
      await register()
    })
    afterEach(() => lab.close())

    /** A workflow that is over as soon as it begins, or one that stays open. */
    async function register(options: { isOpen?: boolean; exclusive?: boolean; schema?: unknown } = {}): Promise<void> {
      const inputSchemaJson = options.schema === undefined ? null : JSON.stringify(options.schema)
      const steps = options.isOpen === true ? [stepPlan('work')] : []
      await lab.store.workflows.register([
        { name: 'tick', steps, inputSchemaJson, exclusive: options.exclusive ?? false },
      ])
    }
    async function make(id: string, options: Partial<NewScheduleRow> = {}): Promise<Schedule> {
      return (await lab.store.schedules.create(newSchedule(id, options))).schedule
    }
    async function schedule(id: string): Promise<Schedule> {
      const found = await lab.store.schedules.get(id)
      if (found === undefined) throw new Error(`no schedule ${id}`)
      return found
    }
    async function runIds(id?: string): Promise<string[]> {
      const tag = id === undefined ? undefined : `schedule:${id}`
      const page = await lab.store.runs.list({ viewer: { all: true }, tag, limit: 200 })
      return page.items.map((run) => run.id).reverse()
    }
    async function sweepAfter(ms: number): Promise<number> {
      lab.clock.advance(ms)
      return lab.store.work.sweep()
    }

    describe('one of them', () => {
      it('is answered as the protocol shows it, and is there after the store was opened again', async () => {
        const made = await make('s1', { key: 'k', tags: ['a'], roles: ['ops'], budgetJson: '{"tokens":5}' })
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
        expect(await schedule('s1')).toEqual(made)
        const once = await make('s2', { at: START + 5_000 })
        expect(once).toMatchObject({ cron: null, timezone: null, at: isoAfter(5_000), upcoming: [isoAfter(5_000)] })
      })

      it('is joined by the same id, owner and body; another body or owner is refused', async () => {
        const made = await make('s1')
        expect(await lab.store.schedules.create(newSchedule('s1'))).toEqual({ schedule: made, created: false })
        await expect(make('s1', { bodyJson: '{"a":1}' })).rejects.toMatchObject({ code: 'run_conflict' })
        await expect(make('s1', { owner: 'bob' })).rejects.toMatchObject({ code: 'id_taken' })
        const many = Array.from({ length: 10 }, () => lab.store.schedules.create(newSchedule('s2')))
        expect((await Promise.all(many)).filter(({ created }) => created)).toHaveLength(1)
      })

      it('is refused where its time never comes, cannot be read or is over', async () => {
        const field = (name: string) => ({ code: 'invalid_request', details: { field: name } })
        await expect(make('s1', { cron: '0 0 31 2 *' })).rejects.toMatchObject(field('cron'))
        await expect(make('s1', { cron: 'often' })).rejects.toMatchObject(field('cron'))
        await expect(make('s1', { timezone: 'Mars/Base' })).rejects.toMatchObject(field('timezone'))
        await expect(make('s1', { at: START })).rejects.toMatchObject(field('at'))
        expect(await lab.store.schedules.get('s1')).toBeUndefined()
      })

      it('is listed newest first, by owner, workflow and status, in pages', async () => {
        for (const id of ['a', 'b', 'c']) await make(id, { owner: id === 'b' ? 'bob' : 'alice' })
        await make('d', { workflow: 'other', at: START + 1 })
        await lab.store.schedules.update('a', { status: 'paused' })
        await sweepAfter(1)
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
        await make('s1')
        await sweepAfter(MINUTE)
        await lab.store.schedules.remove('s1')
        await sweepAfter(MINUTE)
        expect(await runIds()).toEqual(['s1.20260101T000100Z'])
        await expect(lab.store.schedules.remove('s1')).rejects.toMatchObject({ code: 'not_found' })
        await expect(lab.store.schedules.update('s1', {})).rejects.toMatchObject({ code: 'not_found' })
        await expect(lab.store.schedules.start('s1', 'r')).rejects.toMatchObject({ code: 'not_found' })
        expect(await make('s1', { bodyJson: '{"other":1}' })).toMatchObject({ lastRunId: null })
      })
    })

    describe('a tick', () => {
      it('starts one run, which says whose it is, and is announced as any other', async () => {
        await make('s1', { key: 'k', tags: ['a'], roles: ['ops'], budgetJson: '{"tokens":5}' })
        expect(await sweepAfter(MINUTE - 1)).toBeLessThanOrEqual(10)
        expect(await runIds()).toEqual([])
        await sweepAfter(1)
        const run = await lab.check('s1.20260101T000100Z')
        expect(run).toMatchObject({
          workflow: 'tick',
          input: { n: 1 },
          key: 'k',
          tags: ['a', 'schedule:s1'],
          roles: ['ops'],
          budget: { tokens: 5 },
          owner: 'alice',
        })
        expect(lab.commits.at(-1)?.runs).toEqual([run])
        expect(await schedule('s1')).toMatchObject({
          nextAt: isoAfter(2 * MINUTE),
          lastAt: isoAfter(MINUTE),
          lastRunId: run.id,
          lastProblem: null,
        })
        expect(JSON.parse((await lab.store.runs.request(run.id)) ?? '')).toEqual({
          workflow: 'tick',
          input: { n: 1 },
          key: 'k',
          tags: ['a', 'schedule:s1'],
          roles: ['ops'],
          budget: { tokens: 5 },
        })
      })

      it('has one run, whoever sweeps how often', async () => {
        for (let n = 0; n < 120; n += 1) await make(`s${n}`)
        for (let minute = 1; minute <= 2; minute += 1) {
          lab.clock.advance(MINUTE)
          await Promise.all(Array.from({ length: 5 }, () => lab.store.work.sweep()))
          expect(await runIds('s0')).toHaveLength(minute)
          expect(await runIds('s119')).toHaveLength(minute)
        }
      })

      it('tells the sweep when the next one is due, to the millisecond', async () => {
        await make('s1', { at: START + 300 })
        expect(await lab.store.work.sweep()).toBe(300)
        expect(await sweepAfter(299)).toBe(10)
        expect(await runIds()).toEqual([])
        await sweepAfter(1)
        expect(await runIds()).toEqual(['s1.20260101T000000.300Z'])
        expect(await schedule('s1')).toMatchObject({
          status: 'ended',
          nextAt: null,
          upcoming: [],
          lastAt: isoAfter(300),
        })
      })

      it('is skipped while the run before is open, unless overlap allows it', async () => {
        await register({ isOpen: true })
        await make('skips')
        await make('allows', { overlap: 'allow' })
        await sweepAfter(MINUTE)
        await sweepAfter(MINUTE)
        expect(await runIds('allows')).toHaveLength(2)
        expect(await runIds('skips')).toHaveLength(1)
        expect(await schedule('skips')).toMatchObject({
          nextAt: isoAfter(3 * MINUTE),
          lastAt: isoAfter(MINUTE),
          lastProblem: { code: 'run_open', at: isoAfter(2 * MINUTE) },
        })
        await lab.store.runs.control('skips.20260101T000100Z', { action: 'cancel' })
        await sweepAfter(MINUTE)
        expect(await runIds('skips')).toHaveLength(2)
        expect((await schedule('skips')).lastProblem).toBeNull()
      })

      it('that cannot start a run says why, and the next one is tried', async () => {
        await make('gone', { workflow: 'nowhere' })
        await make('busy')
        await make('refused', { inputJson: '{"n":"one"}' })
        await register({
          isOpen: true,
          exclusive: true,
          schema: { type: 'object', properties: { n: { type: 'number' } } },
        })
        await lab.start('mine', { workflow: 'tick', exclusive: true, steps: [stepPlan('work')] })
        await sweepAfter(MINUTE)
        expect(await runIds()).toEqual(['mine'])
        const problem = async (id: string) => (await schedule(id)).lastProblem
        const at = isoAfter(MINUTE)
        expect(await problem('gone')).toEqual({
          code: 'unknown_workflow',
          at,
          message: expect.stringContaining('nowhere'),
        })
        expect(await problem('busy')).toEqual({
          code: 'key_busy',
          at,
          message: expect.stringContaining('only one may be'),
        })
        expect(await problem('refused')).toEqual({ code: 'invalid_input', at, message: expect.stringMatching(/^n: /) })
        // Each goes on by itself when what was in its way is gone.
        await lab.store.runs.control('mine', { action: 'cancel' })
        await register()
        await sweepAfter(MINUTE)
        expect(await runIds()).toEqual(['mine', 'busy.20260101T000200Z', 'refused.20260101T000200Z'])
        expect((await schedule('busy')).lastProblem).toBeNull()
        expect(await schedule('gone')).toMatchObject({ status: 'active', lastRunId: null })
      })

      it('whose run id somebody took starts nothing of theirs', async () => {
        await lab.start('s1.20260101T000100Z', { owner: 'bob', tags: [] })
        await make('s1')
        await sweepAfter(MINUTE)
        expect(await runIds('s1')).toEqual([])
        expect((await schedule('s1')).lastProblem?.code).toBe('id_taken')
      })
    })

    describe('the clock', () => {
      it('that jumps ahead makes one run, for the newest tick', async () => {
        await make('s1')
        await make('never', { missed: 'none', cron: '0 * * * *' })
        await make('once', { at: START + MINUTE })
        await make('once-never', { at: START + MINUTE, missed: 'none' })
        await sweepAfter(150 * MINUTE + 30_000)
        expect(await runIds()).toEqual(expect.arrayContaining(['s1.20260101T023000Z', 'once.20260101T000100Z']))
        expect(await runIds()).toHaveLength(2)
        expect((await schedule('s1')).nextAt).toBe(isoAfter(151 * MINUTE))
        expect(await schedule('never')).toMatchObject({
          nextAt: isoAfter(180 * MINUTE),
          lastProblem: { code: 'missed', at: isoAfter(120 * MINUTE) },
        })
        expect(await schedule('once-never')).toMatchObject({ status: 'ended', lastProblem: { code: 'missed' } })
        // A tick that is merely late was not missed.
        await sweepAfter(30 * MINUTE)
        expect(await runIds('never')).toEqual(['never.20260101T030000Z'])
      })

      it('that goes back starts no tick again, and goes on where it was', async () => {
        await make('s1')
        await sweepAfter(2 * MINUTE)
        await sweepAfter(-90_000)
        await sweepAfter(MINUTE)
        expect(await runIds()).toEqual(['s1.20260101T000200Z'])
        // Begun anew at the earlier time, it comes to the tick that had its run.
        await lab.store.schedules.update('s1', { status: 'paused' })
        await lab.store.schedules.update('s1', { status: 'active' })
        expect((await schedule('s1')).nextAt).toBe(isoAfter(2 * MINUTE))
        await sweepAfter(30_000)
        expect(await runIds()).toEqual(['s1.20260101T000200Z'])
        await sweepAfter(MINUTE)
        expect(await runIds()).toEqual(['s1.20260101T000200Z', 's1.20260101T000300Z'])
      })

      it('goes on while the store is closed: a downtime is one run', async () => {
        await make('s1')
        await sweepAfter(MINUTE)
        lab.clock.advance(10 * MINUTE)
        await lab.reopen()
        await lab.store.work.sweep()
        expect(await runIds()).toEqual(['s1.20260101T000100Z', 's1.20260101T001100Z'])
      })
    })

    describe('changes', () => {
      it('a paused one starts nothing, and what it did not start was not missed', async () => {
        await make('s1')
        expect(await lab.store.schedules.update('s1', { status: 'paused' })).toMatchObject({
          status: 'paused',
          nextAt: null,
          upcoming: [],
        })
        await sweepAfter(10 * MINUTE + 1)
        expect(await lab.store.schedules.update('s1', { status: 'active' })).toMatchObject({
          nextAt: isoAfter(11 * MINUTE),
        })
        await lab.store.work.sweep()
        expect(await runIds()).toEqual([])
      })

      it('takes another time, input and the rest; what is left out stays', async () => {
        await make('s1', { tags: ['a'], key: 'k' })
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
        await sweepAfter(1_000)
        expect((await lab.run('s1.20260101T000001Z')).input).toEqual({ n: 2 })
        await expect(lab.store.schedules.update('s1', { timezone: 'UTC' })).rejects.toMatchObject({
          details: { field: 'timezone' },
        })
      })

      it('an ended one begins again with a time to come, and only so', async () => {
        await make('s1', { at: START + 1_000 })
        await sweepAfter(1_000)
        await expect(lab.store.schedules.update('s1', { status: 'active' })).rejects.toMatchObject({
          details: { field: 'at' },
        })
        expect((await lab.store.schedules.update('s1', { status: 'paused' })).status).toBe('ended')
        const again = await lab.store.schedules.update('s1', { at: START + 5_000 })
        expect(again).toMatchObject({ status: 'active', nextAt: isoAfter(5_000) })
        await sweepAfter(4_000)
        expect(await runIds()).toEqual(['s1.20260101T000001Z', 's1.20260101T000005Z'])
      })

      it('a refused one changes nothing', async () => {
        const made = await make('s1')
        await expect(lab.store.schedules.update('s1', { cron: '0 0 31 2 *', tags: ['x'] })).rejects.toMatchObject({
          details: { field: 'cron' },
        })
        expect(await schedule('s1')).toEqual(made)
      })
    })

    it('a run started by hand is one of it, paused or not, and the same id answers it again', async () => {
      await register({ isOpen: true })
      await make('s1')
      await lab.store.schedules.update('s1', { status: 'paused' })
      const { run, created } = await lab.store.schedules.start('s1', 'now')
      expect(created).toBe(true)
      expect(run).toMatchObject({ id: 'now', status: 'queued', owner: 'alice', tags: ['schedule:s1'] })
      expect(await lab.store.schedules.start('s1', 'now')).toEqual({ run, created: false })
      expect(await schedule('s1')).toMatchObject({ lastRunId: 'now', lastAt: isoAfter(0), status: 'paused' })
      // It counts for the overlap.
      await lab.store.schedules.update('s1', { status: 'active' })
      await sweepAfter(MINUTE)
      expect(await runIds()).toEqual(['now'])
      await lab.store.schedules.update('s1', { input: { json: '3', schemaJson: null } })
      await register({ schema: { type: 'string' } })
      await expect(lab.store.schedules.start('s1', 'r2')).rejects.toMatchObject({ code: 'invalid_input' })
    })
  })
}
