import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalRun, newRun, RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** Creating, joining, refusing, changing and deleting runs. */
export function createSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('create', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    it('answers the run as the protocol shows it', async () => {
      const { run, created } = await lab.store.runs.create(
        newRun('r1', { tags: ['a', 'b'], roles: ['ops'], key: 'k', budgetJson: '{"tokens":5}', parentId: 'r0' }),
      )
      expect(created).toBe(true)
      expect(run).toMatchObject({
        id: 'r1',
        workflow: 'photos',
        external: false,
        status: 'queued',
        round: 1,
        progress: 0,
        progressKnown: false,
        counts: { queued: 2, running: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0, total: 2 },
        totalIsFinal: false,
        wanted: 'run',
        controls: ['pause', 'cancel'],
        input: { folder: 'x' },
        result: null,
        error: null,
        tags: ['a', 'b'],
        owner: 'alice',
        roles: ['ops'],
        key: 'k',
        usage: {},
        budget: { tokens: 5 },
        eta: null,
        parentId: 'r0',
        createdAt: '2026-01-01T00:00:00.000Z',
        startedAt: null,
        finishedAt: null,
        lastSeenAt: null,
        stalledSince: null,
        epoch: lab.store.epoch,
        href: '/console/runs/r1',
      })
      expect(run.steps.map(({ after }) => after)).toEqual([[], ['list'], ['analyse']])
      expect(run.steps.map((step) => [step.name, step.status, step.waiting?.reason ?? null])).toEqual([
        ['list', 'queued', 'worker'],
        ['analyse', 'queued', 'dependency'],
        ['summary', 'queued', 'dependency'],
      ])
      expect(await lab.check('r1')).toEqual(run)
    })

    it('joins the run with the same id, owner and body, and refuses another body or owner', async () => {
      await lab.start('r1')
      const again = await lab.store.runs.create(newRun('r1'))
      expect(again).toEqual({ run: await lab.run('r1'), created: false })
      await expect(lab.start('r1', { bodyJson: '{}' })).rejects.toMatchObject({
        code: 'run_conflict',
        details: { runId: 'r1' },
      })
      await expect(lab.start('r1', { owner: 'bob' })).rejects.toMatchObject({ code: 'id_taken' })
      expect((await lab.store.runs.list({ viewer: { all: true }, limit: 10 })).items).toHaveLength(1)
    })

    it('makes one run of many requests at once', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => lab.store.runs.create(newRun('r1'))))
      expect(answers.filter(({ created }) => created)).toHaveLength(1)
    })

    it('keeps a key to one active exclusive run', async () => {
      const exclusive = { exclusive: true, key: 'k' }
      await lab.start('r1', exclusive)
      await expect(lab.start('r2', exclusive)).rejects.toMatchObject({ code: 'key_busy', details: { runId: 'r1' } })
      await lab.start('r3', { exclusive: true, key: 'other' })
      await lab.start('r4', { ...exclusive, workflow: 'other' })
      // The same id joins before the key is asked.
      expect((await lab.store.runs.create(newRun('r1', exclusive))).created).toBe(false)
      await lab.work((lease) => (lease.step === 'list' ? [] : null))
      expect((await lab.run('r1')).status).toBe('completed')
      await lab.start('r5', exclusive)
    })

    it('keeps a workflow to one active exclusive run without a key', async () => {
      await lab.start('r1', { exclusive: true })
      await expect(lab.start('r2', { exclusive: true })).rejects.toMatchObject({ code: 'key_busy' })
      await expect(lab.start('r3', { exclusive: true, key: 'k' })).rejects.toMatchObject({ code: 'key_busy' })
      await lab.start('r4')
    })

    it('ends a workflow without steps at once', async () => {
      const run = await lab.start('r1', { steps: [] })
      expect(run).toMatchObject({ status: 'completed', progress: 100 })
      expect(await lab.check('r1')).toEqual(run)
    })

    it('changes tags and budget, and finds the run by its new tags', async () => {
      await lab.start('r1', { tags: ['old'] })
      const run = await lab.store.runs.update('r1', { tags: ['Größe'], budgetJson: '{"items":3}' })
      expect(run).toMatchObject({ tags: ['Größe'], budget: { items: 3 } })
      expect(await lab.check('r1')).toEqual(run)
      const viewer = { all: true } as const
      expect((await lab.store.runs.list({ viewer, tag: 'old', limit: 5 })).items).toEqual([])
      expect((await lab.store.runs.list({ viewer, q: 'GRÖSSE', limit: 5 })).items).toEqual([])
      expect((await lab.store.runs.list({ viewer, q: 'GRÖßE', limit: 5 })).items).toEqual([run])
      expect((await lab.store.runs.update('r1', { budgetJson: null })).budget).toBeNull()
      await expect(lab.store.runs.update('none', { tags: [] })).rejects.toMatchObject({ code: 'not_found' })
    })

    it('deletes finished runs only, whole, and keeps their ids taken', async () => {
      await lab.start('r1', { steps: [stepPlan('one')], tags: ['t'], roles: ['ops'] })
      await expect(lab.store.runs.remove('r1')).rejects.toMatchObject({
        code: 'invalid_state',
        details: { state: 'queued' },
      })
      const lease = await lab.claimOne()
      await lab.store.work.logLines([{ fence: lease.fence, level: 'info', message: 'm' }])
      await lab.settle({ fence: lease.fence, kind: 'completed', resultJson: '1' })
      await lab.store.runs.remove('r1')
      expect(lab.commits.at(-1)).toMatchObject({ removedRuns: ['r1'], runs: [] })
      expect(await lab.store.runs.get('r1')).toBeUndefined()
      expect(await lab.store.runs.snapshot('r1', 5)).toBeUndefined()
      expect(await lab.items('r1')).toEqual([])
      expect(await lab.events('r1')).toEqual([])
      expect((await lab.store.runs.logs('r1', { limit: 5 })).items).toEqual([])
      expect((await lab.store.runs.list({ viewer: { all: true }, tag: 't', limit: 5 })).items).toEqual([])
      await expect(lab.start('r1')).rejects.toMatchObject({ code: 'id_taken' })
      await expect(lab.store.runs.remove('r1')).rejects.toMatchObject({ code: 'not_found' })
    })

    it('keeps an external run with its steps and announced totals', async () => {
      const { run } = await lab.store.runs.create(externalRun('e1', { steps: [stepPlan('a')], totals: { a: 3, b: 2 } }))
      expect(run.steps.map(({ name, counts }) => [name, counts.queued, counts.total])).toEqual([
        ['a', 3, 3],
        ['b', 2, 2],
      ])
      expect(run).toMatchObject({
        status: 'queued',
        external: true,
        totalIsFinal: true,
        progressKnown: true,
        offset: 0,
      })
      expect(await lab.claim(10, { workflow: 'elsewhere' })).toEqual([])
    })
  })
}
