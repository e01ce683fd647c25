import type { RunStatus } from '@monofil/protocol'
import { RUN_STATUSES } from '@monofil/protocol'
import type { RunControl } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { EXTERNAL_CONTROLS, OWN_CONTROLS } from './control-table.ts'
import { externalRun, RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const LIST = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']

const ACTIONS = ['pause', 'resume', 'cancel', 'retry'] as const

const PAIRS = RUN_STATUSES.flatMap((status) => ACTIONS.map((action) => [status, action] as const))

/** Controls: what each does in each state, and what it does to the work. */
export function controlSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('controls', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const control = (id: string, asked: RunControl) => lab.store.runs.control(id, asked)
    const revoked = () => lab.commits.flatMap((commit) => commit.revoked)

    async function withItems(id: string, analyse: Parameters<typeof stepPlan>[1] = {}): Promise<void> {
      await lab.start(id, {
        steps: [stepPlan('list'), stepPlan('analyse', { each: 'list', ...analyse }), stepPlan('summary')],
      })
      const lease = await lab.claimOne()
      await lab.settle({ fence: lease.fence, kind: 'completed', resultJson: JSON.stringify(LIST) })
    }

    /** A run of ours in this state. */
    async function inState(id: string, status: RunStatus): Promise<void> {
      await lab.start(id, { steps: [stepPlan('list'), stepPlan('each', { each: 'list' })] })
      if (status === 'queued') return
      const [list] = await lab.claim(1)
      await lab.settle({ fence: list?.fence ?? 0, kind: 'completed', resultJson: '[1,2]' })
      if (status === 'running') return
      if (status === 'paused') await control(id, { action: 'pause' })
      else if (status === 'cancelled') await control(id, { action: 'cancel' })
      else {
        await lab.work(({ index }) => {
          if (status === 'failed' || (status === 'partial' && index === 2)) throw new Error('no')
          return index
        })
      }
      expect((await lab.run(id)).status).toBe(status)
    }

    it.each(PAIRS)('%s and %s: as the table says, twice as good as once', async (status, action) => {
      await inState('r1', status)
      const expected = OWN_CONTROLS[status][action]
      const before = await lab.check('r1')
      if (expected === null) {
        await expect(control('r1', { action })).rejects.toMatchObject({
          code: 'invalid_state',
          details: { state: status, runId: 'r1' },
        })
        expect(await lab.run('r1')).toEqual(before)
        return
      }
      const once = await control('r1', { action })
      expect(once).toMatchObject({ status: expected, round: action === 'retry' ? 2 : 1 })
      expect(await lab.check('r1')).toEqual(once)
      const commits = lab.commits.length
      expect(await control('r1', { action })).toEqual(once)
      expect(lab.commits).toHaveLength(commits)
      expect(await lab.check('r1')).toEqual(once)
    })

    it.each(PAIRS)('an external run that is %s, and %s: what is wanted, the status stays', async (status, action) => {
      await lab.store.runs.create(externalRun('e1'))
      if (status === 'partial') await lab.report('e1', { item: 'a', status: 'failed' }, { status: 'completed' })
      else if (status !== 'queued') await lab.report('e1', { status })
      const before = await lab.check('e1')
      expect(before.status).toBe(status)
      const wanted = EXTERNAL_CONTROLS[status][action]
      if (wanted === null) {
        await expect(control('e1', { action })).rejects.toMatchObject({
          code: 'invalid_state',
          details: { state: status },
        })
        expect(await lab.run('e1')).toEqual(before)
        return
      }
      for (let times = 0; times < 2; times++) {
        const { wanted: _wanted, controls: _controls, ...same } = before
        expect(await control('e1', { action })).toMatchObject({ ...same, wanted })
        await lab.check('e1')
      }
    })

    it('says what is allowed now', async () => {
      await lab.start('r1')
      expect(await lab.run('r1')).toMatchObject({ controls: ['pause', 'cancel'] })
      expect(await control('r1', { action: 'pause' })).toMatchObject({ controls: ['resume', 'cancel'] })
      expect(await control('r1', { action: 'cancel' })).toMatchObject({ controls: ['retry', 'rerun'] })
      await lab.store.runs.create(externalRun('e1'))
      expect(await control('e1', { action: 'pause' })).toMatchObject({ controls: ['resume', 'cancel'] })
      await lab.report('e1', { status: 'completed' })
      expect(await lab.run('e1')).toMatchObject({ controls: ['rerun'] })
      await expect(control('nobody', { action: 'pause' })).rejects.toMatchObject({ code: 'not_found' })
    })

    it('lets running items end while paused, and gives none out until it is resumed', async () => {
      await withItems('r1', { concurrency: 2 })
      const held = await lab.claim()
      expect(held).toHaveLength(2)
      const paused = await control('r1', { action: 'pause' })
      expect(paused).toMatchObject({ status: 'paused', waiting: { reason: 'paused', until: null, limit: null } })
      expect(paused.steps.map(({ status, waiting }) => [status, waiting?.reason])).toEqual([
        ['completed', undefined],
        ['running', 'paused'],
        ['queued', 'dependency'],
      ])
      expect(revoked()).toEqual([])
      expect(await lab.settle({ fence: held[0]?.fence ?? 0, kind: 'completed', resultJson: '1' })).toEqual([true])
      expect(await lab.claim()).toEqual([])
      const failed = { code: 'error', message: 'no' }
      await lab.settle({ fence: held[1]?.fence ?? 0, kind: 'failed', error: failed, retryable: false })
      expect(await lab.check('r1')).toMatchObject({ status: 'paused', counts: { running: 0, queued: 5 } })
      await lab.reopen()
      expect(await lab.claim()).toEqual([])
      const commits = lab.commits.length
      expect(await control('r1', { action: 'resume' })).toMatchObject({
        status: 'running',
        waiting: { reason: 'worker' },
      })
      expect(lab.commits.slice(commits).map(({ work }) => work)).toEqual([true])
      expect(await lab.claim()).toHaveLength(2)
      await lab.check('r1')
    })

    it('keeps what is due by its backoff back while paused', async () => {
      await withItems('r1', { attempts: 2 })
      const { fence } = await lab.claimOne()
      await lab.settle({ fence, kind: 'failed', error: { code: 'error', message: 'no' }, retryable: true })
      await control('r1', { action: 'pause' })
      lab.clock.advance(60_000)
      await lab.store.work.sweep()
      expect(await lab.claim()).toEqual([])
      await control('r1', { action: 'resume' })
      expect((await lab.claim()).map(({ itemId }) => itemId)).toContain('analyse:1')
      await lab.check('r1')
    })

    it('ends a paused run with its last item, if nothing else is open', async () => {
      await lab.start('r1', { steps: [stepPlan('one')] })
      const { fence } = await lab.claimOne()
      await control('r1', { action: 'pause' })
      await lab.settle({ fence, kind: 'completed', resultJson: '1' })
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', progress: 100, result: 1 })
    })

    it('goes back to queued where nothing of it was ever begun', async () => {
      await lab.start('r1')
      await control('r1', { action: 'pause' })
      expect(await lab.claim()).toEqual([])
      expect(await control('r1', { action: 'resume' })).toMatchObject({ status: 'queued', startedAt: null })
      expect(await lab.claim()).toHaveLength(1)
      expect(await lab.check('r1')).toMatchObject({ status: 'running' })
    })

    it('takes back what runs by a hard pause, without counting the attempt, and names the leases', async () => {
      await withItems('r1', { concurrency: 2 })
      const held = await lab.claim()
      const fences = held.map(({ fence }) => fence)
      expect(await control('r1', { action: 'pause', hard: true })).toMatchObject({
        status: 'paused',
        counts: { running: 0, queued: 7 },
      })
      expect(revoked()).toEqual(fences)
      expect(await lab.item('r1', 'analyse:1')).toMatchObject({ status: 'queued', attempts: 0 })
      expect(await lab.settle({ fence: fences[0] ?? 0, kind: 'completed', resultJson: '"late"' })).toEqual([false])
      expect(await lab.store.work.renew('w1', fences, 1000)).toEqual(fences)
      expect(await lab.claim()).toEqual([])
      await lab.check('r1')
      // A hard pause of a run that is paused takes back what still runs.
      await control('r1', { action: 'resume' })
      const again = await lab.claim()
      expect(again.map(({ attempt }) => attempt)).toEqual([1, 1])
      await control('r1', { action: 'pause' })
      expect(await control('r1', { action: 'pause', hard: true })).toMatchObject({ counts: { running: 0 } })
      expect(revoked()).toEqual([...fences, ...again.map(({ fence }) => fence)])
      await lab.check('r1')
    })

    it('cancels what is open, names the leases, refuses late results, and ends the round once', async () => {
      await withItems('r1', { concurrency: 3, attempts: 2 })
      const held = await lab.claim()
      const fences = held.map(({ fence }) => fence)
      await lab.settle(
        { fence: fences[0] ?? 0, kind: 'completed', resultJson: '1' },
        { fence: fences[1] ?? 0, kind: 'failed', error: { code: 'error', message: 'no' }, retryable: true },
      )
      const run = await control('r1', { action: 'cancel' })
      expect(run).toMatchObject({
        status: 'cancelled',
        error: null,
        waiting: null,
        counts: { completed: 2, cancelled: 6, running: 0, queued: 0, retrying: 0 },
      })
      expect(run.steps.map(({ status }) => status)).toEqual(['completed', 'cancelled', 'cancelled'])
      expect(revoked()).toEqual([fences[2]])
      expect(await lab.settle({ fence: fences[2] ?? 0, kind: 'completed', resultJson: '"late"' })).toEqual([false])
      lab.clock.advance(60_000)
      await lab.store.work.sweep()
      expect(await lab.claim()).toEqual([])
      const ended = await lab.check('r1')
      expect(ended).toEqual(run)
      expect((await lab.events('r1')).at(-1)).toMatchObject({ type: 'failed' })
    })

    it.each([
      ['cancelled', { action: 'cancel' }],
      ['paused at once', { action: 'pause', hard: true }],
    ] as const)('gives the seats of a shared limit to others when a run is %s', async (_word, asked) => {
      const limits = [{ name: 'model', concurrency: 2, rate: null }]
      const one = { steps: [stepPlan('list'), stepPlan('call', { each: 'list', limits })] }
      for (const id of ['r1', 'r2']) await lab.start(id, one)
      const lists = await lab.claim(2)
      await lab.settle(...lists.map(({ fence }) => ({ fence, kind: 'completed', resultJson: '[1,2,3]' }) as const))
      expect((await lab.claim()).map(({ runId }) => runId)).toEqual(['r1', 'r1'])
      expect(await lab.claim()).toEqual([])
      const commits = lab.commits.length
      await control('r1', asked)
      expect(lab.commits.slice(commits).map(({ work }) => work)).toEqual([true])
      expect((await lab.claim()).map(({ runId }) => runId)).toEqual(['r2', 'r2'])
      for (const id of ['r1', 'r2']) await lab.check(id)
    })

    it('names the leases that a sweep or a lost worker gave up', async () => {
      await withItems('r1', { concurrency: 2, attempts: 3 })
      const held = await lab.claim(2, { leaseMs: 1000 })
      lab.clock.advance(1000)
      await lab.store.work.sweep()
      expect(revoked()).toEqual(held.map(({ fence }) => fence))
    })

    it('takes the reporter at its word, and ends what nobody reports on any more by force', async () => {
      await lab.store.runs.create(externalRun('e1', { totals: { main: 3 }, heartbeatMs: 1000 }))
      await lab.report('e1', { item: 'a', status: 'completed' }, { item: 'b', status: 'running' })
      expect(await control('e1', { action: 'pause' })).toMatchObject({ status: 'running', wanted: 'pause' })
      await lab.report('e1', { status: 'paused' })
      expect(await control('e1', { action: 'resume' })).toMatchObject({ status: 'paused', wanted: 'run' })
      await lab.report('e1', { status: 'running' })
      expect(await control('e1', { action: 'cancel' })).toMatchObject({ status: 'running', wanted: 'cancel' })
      lab.clock.advance(2000)
      await lab.store.work.sweep()
      expect(await lab.run('e1')).toMatchObject({ stalledSince: expect.any(String) })
      const ended = await control('e1', { action: 'cancel', force: true })
      expect(ended).toMatchObject({ status: 'cancelled', counts: { completed: 1, cancelled: 2 } })
      expect(await lab.check('e1')).toEqual(ended)
      expect(await control('e1', { action: 'cancel', force: true })).toEqual(ended)
      await expect(lab.report('e1', { item: 'b', status: 'completed' })).rejects.toMatchObject({
        code: 'invalid_state',
      })
      expect(await lab.report('e1', { log: 'too late' })).toMatchObject([{ applied: true }])
    })

    it('holds its promises when everything is asked at once', async () => {
      await withItems('r1', { concurrency: 3 })
      const held = await lab.claim()
      await Promise.allSettled([
        control('r1', { action: 'pause', hard: true }),
        lab.settle(...held.map(({ fence }) => ({ fence, kind: 'completed', resultJson: '1' }) as const)),
        control('r1', { action: 'resume' }),
        lab.claim(2, { worker: 'w2' }),
        control('r1', { action: 'cancel' }),
        lab.store.work.sweep(),
        control('r1', { action: 'retry' }),
        lab.claim(2, { worker: 'w3' }),
        control('r1', { action: 'pause' }),
        lab.store.work.release('w3'),
      ])
      expect(await lab.check('r1')).toMatchObject({ status: 'paused', round: 2 })
    })
  })
}
