import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newRun, stepPlan } from './runs-lab.ts'
import { isoAfter, MINUTE, ScheduleLab, START } from './schedules-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** One run per tick, whatever the clock, the sweeps and the workflow do. */
export function ticksSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('ticks of schedules', () => {
    let lab: ScheduleLab
    beforeEach(async () => {
      lab = new ScheduleLab(open)
      await lab.open()
      await lab.register()
    })
    afterEach(() => lab.close())

    describe('a tick', () => {
      it('has its run, also where somebody else took the id that it would have, or had it and removed it', async () => {
        await lab.make('s1')
        const [first, second] = ['s1.20260101T000100Z', 's1.20260101T000200Z']
        for (const id of [first, second]) await lab.store.runs.create(newRun(id, { owner: 'mallory' }))
        await lab.store.runs.control(second, { action: 'cancel' })
        await lab.store.runs.remove(second)
        await lab.sweepAfter(MINUTE)
        await lab.sweepAfter(MINUTE)
        const runs = await lab.runIds('s1')
        expect(runs).toEqual([expect.stringMatching(first), expect.stringMatching(second)])
        for (const id of runs) expect(id).toMatch(/Z\.[0-9a-f]{6}$/)
        expect(await lab.schedule('s1')).toMatchObject({ lastRunId: runs[1], lastProblem: null })
        expect(await lab.store.runs.get(first)).toMatchObject({ owner: 'mallory' })
      })

      it('starts one run, which says whose it is, and is announced as any other', async () => {
        await lab.make('s1', { key: 'k', tags: ['a'], roles: ['ops'], budgetJson: '{"tokens":5}' })
        expect(await lab.sweepAfter(MINUTE - 1)).toBeLessThanOrEqual(10)
        expect(await lab.runIds()).toEqual([])
        await lab.sweepAfter(1)
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
        expect(await lab.schedule('s1')).toMatchObject({
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
        for (let n = 0; n < 120; n += 1) await lab.make(`s${n}`)
        for (let minute = 1; minute <= 2; minute += 1) {
          lab.clock.advance(MINUTE)
          await Promise.all(Array.from({ length: 5 }, () => lab.store.work.sweep()))
          expect(await lab.runIds('s0')).toHaveLength(minute)
          expect(await lab.runIds('s119')).toHaveLength(minute)
        }
      })

      it('tells the sweep when the next one is due, to the millisecond', async () => {
        await lab.make('s1', { at: START + 300 })
        expect(await lab.store.work.sweep()).toBe(300)
        expect(await lab.sweepAfter(299)).toBe(10)
        expect(await lab.runIds()).toEqual([])
        await lab.sweepAfter(1)
        expect(await lab.runIds()).toEqual(['s1.20260101T000000.300Z'])
        expect(await lab.schedule('s1')).toMatchObject({
          status: 'ended',
          nextAt: null,
          upcoming: [],
          lastAt: isoAfter(300),
        })
      })

      it('is skipped while the run before is open, unless overlap allows it', async () => {
        await lab.register({ isOpen: true })
        await lab.make('skips')
        await lab.make('allows', { overlap: 'allow' })
        await lab.sweepAfter(MINUTE)
        await lab.sweepAfter(MINUTE)
        expect(await lab.runIds('allows')).toHaveLength(2)
        expect(await lab.runIds('skips')).toHaveLength(1)
        expect(await lab.schedule('skips')).toMatchObject({
          nextAt: isoAfter(3 * MINUTE),
          lastAt: isoAfter(MINUTE),
          lastProblem: { code: 'run_open', at: isoAfter(2 * MINUTE) },
        })
        await lab.store.runs.control('skips.20260101T000100Z', { action: 'cancel' })
        await lab.sweepAfter(MINUTE)
        expect(await lab.runIds('skips')).toHaveLength(2)
        expect((await lab.schedule('skips')).lastProblem).toBeNull()
      })

      it('that cannot start a run says why, and the next one is tried', async () => {
        await lab.make('gone', { workflow: 'nowhere' })
        await lab.make('busy')
        await lab.make('refused', { inputJson: '{"n":"one"}' })
        await lab.register({
          isOpen: true,
          exclusive: true,
          schema: { type: 'object', properties: { n: { type: 'number' } } },
        })
        await lab.start('mine', { workflow: 'tick', exclusive: true, steps: [stepPlan('work')] })
        await lab.sweepAfter(MINUTE)
        expect(await lab.runIds()).toEqual(['mine'])
        const problem = async (id: string) => (await lab.schedule(id)).lastProblem
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
        await lab.register()
        await lab.sweepAfter(MINUTE)
        expect(await lab.runIds()).toEqual(['mine', 'busy.20260101T000200Z', 'refused.20260101T000200Z'])
        expect((await lab.schedule('busy')).lastProblem).toBeNull()
        expect(await lab.schedule('gone')).toMatchObject({ status: 'active', lastRunId: null })
      })

      it('whose run id somebody took starts a run under an id that cannot be foretold', async () => {
        await lab.start('s1.20260101T000100Z', { owner: 'bob', tags: [] })
        await lab.make('s1')
        await lab.sweepAfter(MINUTE)
        expect(await lab.runIds('s1')).toEqual([expect.stringMatching(/^s1\.20260101T000100Z\.[0-9a-f]{6}$/)])
        expect((await lab.schedule('s1')).lastProblem).toBeNull()
      })
    })

    describe('the clock', () => {
      it('that jumps ahead makes one run, for the newest tick', async () => {
        await lab.make('s1')
        await lab.make('never', { missed: 'none', cron: '0 * * * *' })
        await lab.make('once', { at: START + MINUTE })
        await lab.make('once-never', { at: START + MINUTE, missed: 'none' })
        await lab.sweepAfter(150 * MINUTE + 30_000)
        expect(await lab.runIds()).toEqual(expect.arrayContaining(['s1.20260101T023000Z', 'once.20260101T000100Z']))
        expect(await lab.runIds()).toHaveLength(2)
        expect((await lab.schedule('s1')).nextAt).toBe(isoAfter(151 * MINUTE))
        expect(await lab.schedule('never')).toMatchObject({
          nextAt: isoAfter(180 * MINUTE),
          lastProblem: { code: 'missed', at: isoAfter(120 * MINUTE) },
        })
        expect(await lab.schedule('once-never')).toMatchObject({ status: 'ended', lastProblem: { code: 'missed' } })
        // A tick that is merely late was not missed.
        await lab.sweepAfter(30 * MINUTE)
        expect(await lab.runIds('never')).toEqual(['never.20260101T030000Z'])
      })

      it('that goes back starts no tick again, and goes on where it was', async () => {
        await lab.make('s1')
        await lab.sweepAfter(2 * MINUTE)
        await lab.sweepAfter(-90_000)
        await lab.sweepAfter(MINUTE)
        expect(await lab.runIds()).toEqual(['s1.20260101T000200Z'])
        // Begun anew at the earlier time, it comes to the tick that had its run.
        await lab.store.schedules.update('s1', { status: 'paused' })
        await lab.store.schedules.update('s1', { status: 'active' })
        expect((await lab.schedule('s1')).nextAt).toBe(isoAfter(2 * MINUTE))
        await lab.sweepAfter(30_000)
        expect(await lab.runIds()).toEqual(['s1.20260101T000200Z'])
        await lab.sweepAfter(MINUTE)
        expect(await lab.runIds()).toEqual(['s1.20260101T000200Z', 's1.20260101T000300Z'])
      })

      it('goes on while the store is closed: a downtime is one run', async () => {
        await lab.make('s1')
        await lab.sweepAfter(MINUTE)
        lab.clock.advance(10 * MINUTE)
        await lab.reopen()
        await lab.store.work.sweep()
        expect(await lab.runIds()).toEqual(['s1.20260101T000100Z', 's1.20260101T001100Z'])
      })
    })
  })
}
