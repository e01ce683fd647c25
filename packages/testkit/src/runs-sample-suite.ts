import type { Lease } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const STEPS = [
  stepPlan('list'),
  stepPlan('load', { each: 'list', attempts: 2 }),
  stepPlan('score', { each: 'load', conditional: true }),
  stepPlan('sum', { after: ['score'] }),
]

/** A run with a sample does the first items of each list and then waits to be told to go on. */
export function sampleSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('a sample', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const listed = async (elements: number, options: object = {}) => {
      await lab.start('r1', { steps: STEPS, sample: 2, ...options })
      const { fence } = await lab.claimOne()
      await lab.settle({
        fence,
        kind: 'completed',
        resultJson: JSON.stringify(Array.from({ length: elements }, (_, i) => i)),
      })
    }
    const finish = async (...leases: readonly Lease[]) => {
      for (const lease of leases) {
        lab.clock.advance(1000)
        await lab.spend(lease, { tokens: 10 })
        await lab.settle({ fence: lease.fence, kind: 'completed', resultJson: '1' })
        await lab.check('r1')
      }
    }
    const ids = (leases: readonly Lease[]) => leases.map(({ itemId }) => itemId)
    const waiting = { reason: 'sample', until: null, limit: null }

    it('does the first items through every step over them, shows what the rest would cost, and waits', async () => {
      await listed(6)
      const loads = await lab.claim()
      expect(ids(loads)).toEqual(['load:1', 'load:2'])
      expect(await lab.check('r1')).toMatchObject({ status: 'running', sample: 2, waiting: null })
      await finish(...loads)
      const scores = await lab.claim()
      expect(ids(scores)).toEqual(['score:1', 'score:2'])
      await finish(...scores)
      const run = await lab.check('r1')
      expect(run).toMatchObject({ status: 'paused', sample: 2, waiting, wanted: 'run', controls: ['resume', 'cancel'] })
      expect(run.steps[1]?.waiting).toEqual(waiting)
      expect(run.usage).toEqual({ tokens: 40, projected: { tokens: 120 } })
      expect(run.eta?.highMs).toBeGreaterThan(0)
      expect(await lab.claim()).toEqual([])
      await lab.reopen()
      expect(await lab.check('r1')).toMatchObject({ status: 'paused', waiting })
      expect(await lab.store.runs.control('r1', { action: 'resume' })).toMatchObject({
        status: 'running',
        sample: null,
      })
      await lab.work(() => 1)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed' })
    })

    it('waits for what is tried again, and takes no other item in its place', async () => {
      await listed(6)
      const [first, second] = await lab.claim()
      if (first === undefined || second === undefined) throw new Error('no leases')
      await lab.settle({ fence: first.fence, kind: 'failed', error: { code: 'e', message: 'm' }, retryable: true })
      await finish(second)
      expect(await lab.check('r1')).toMatchObject({ status: 'running', counts: { retrying: 1 } })
      expect(ids(await lab.claim())).toEqual(['load:1', 'score:2'])
    })

    it('holds no other run up while an item of it waits for its next attempt', async () => {
      await listed(6)
      const leases = await lab.claim()
      const error = { code: 'e', message: 'm' }
      await lab.settle(...leases.map(({ fence }) => ({ fence, kind: 'failed', error, retryable: true }) as const))
      await lab.start('r2', { steps: [stepPlan('only')] })
      expect(ids(await lab.claim(1))).toEqual(['only'])
    })

    it('of a list that is no longer holds nothing up', async () => {
      await listed(2)
      await lab.work(() => 1)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed' })
    })

    it('holds no other run up, and can be cancelled, paused, and outlast a budget', async () => {
      await listed(4, { budgetJson: '{"tokens":40}' })
      await lab.start('r2', { steps: [stepPlan('only')] })
      const leases = await lab.claim()
      expect(ids(leases)).toEqual(['load:1', 'load:2', 'only'])
      await lab.store.runs.control('r1', { action: 'pause' })
      await finish(...leases.slice(0, 2))
      expect(await lab.check('r1')).toMatchObject({ status: 'paused', waiting: { reason: 'paused' } })
      await lab.store.runs.control('r1', { action: 'resume' })
      await finish(...(await lab.claim()))
      expect(await lab.check('r1')).toMatchObject({ waiting: { reason: 'budget', limit: 'tokens' } })
      await lab.store.runs.update('r1', { budgetJson: null })
      expect(await lab.check('r1')).toMatchObject({ status: 'paused', sample: 2, waiting })
      expect(await lab.store.runs.control('r1', { action: 'cancel' })).toMatchObject({
        status: 'cancelled',
        sample: null,
      })
    })
  })
}
