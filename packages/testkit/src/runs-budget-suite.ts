import type { Budget } from '@monofil/protocol'
import type { Lease } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalRun, RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const STEPS = [
  stepPlan('list'),
  stepPlan('ask', { each: 'list', attempts: 2, backoff: { minMs: 0, maxMs: 0, factor: 1 } }),
  stepPlan('sum', { after: ['ask'] }),
]
const json = (budget: Budget | null) => (budget === null ? null : JSON.stringify(budget))

/** A budget pauses its run by itself, and a larger one lets it go on. */
export function budgetSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('a budget', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const listed = async (budget: Budget, elements = 10) => {
      await lab.start('r1', { steps: STEPS, budgetJson: json(budget) })
      const { fence } = await lab.claimOne()
      await lab.settle({
        fence,
        kind: 'completed',
        resultJson: JSON.stringify(Array.from({ length: elements }, () => 1)),
      })
    }
    const complete = (...leases: readonly Lease[]) =>
      lab.settle(...leases.map(({ fence }) => ({ fence, kind: 'completed', resultJson: '1' }) as const))
    const raise = (budget: Budget | null, id = 'r1') => lab.store.runs.update(id, { budgetJson: json(budget) })
    const control = (action: 'pause' | 'resume' | 'cancel', id = 'r1') => lab.store.runs.control(id, { action })
    const held = (limit: string) => ({
      status: 'paused',
      waiting: { reason: 'budget', until: null, limit },
      controls: ['cancel'],
    })

    it.each([
      ['tokens', { tokens: 100 }, { tokens: 100 }, { tokens: 101 }],
      ['cost', { cost: '0.5' }, { cost: '0.5', currency: 'USD' }, { cost: '0.500001' }],
    ] as const)(
      'of %s pauses with the commit that reaches it, and ends what is at work',
      async (part, budget, used, more) => {
        await listed(budget)
        const [first, second] = await lab.claim(2)
        if (first === undefined || second === undefined) throw new Error('no leases')
        await lab.spend(first, used)
        const run = await lab.check('r1')
        expect(run).toMatchObject({ ...held(part), wanted: 'run', counts: { running: 2 } })
        expect(run.steps[1]).toMatchObject({ status: 'running', waiting: { reason: 'budget', limit: part } })
        expect(await lab.claim()).toEqual([])
        await complete(first, second)
        await lab.reopen()
        expect(await lab.check('r1')).toMatchObject({ ...held(part), counts: { running: 0, completed: 3 } })
        await expect(control('resume')).rejects.toMatchObject({
          code: 'invalid_state',
          message: expect.stringContaining(`(${part}): raise it`),
        })
        expect(await raise(more)).toMatchObject({ status: 'running' })
        expect((await lab.claim()).length).toBe(4)
        await lab.check('r1')
      },
    )

    it('of items gives out so many, and holds the run only where there is another', async () => {
      await listed({ items: 3 }, 5)
      const leases = await lab.claim()
      expect(leases).toHaveLength(3)
      expect(await lab.check('r1')).toMatchObject({ ...held('items'), counts: { running: 3 } })
      await complete(...leases)
      expect(await lab.claim()).toEqual([])
      expect(await raise({ items: 5 })).toMatchObject({ status: 'running' })
      // All of them are begun: what is left, the single step, is not counted.
      await complete(...(await lab.claim()))
      await complete(await lab.claimOne())
      expect(await lab.check('r1')).toMatchObject({ status: 'completed' })
    })

    it('of items lets those that were begun be tried again', async () => {
      await listed({ items: 2 }, 2)
      const leases = await lab.claim()
      await lab.settle(
        ...leases.map(
          ({ fence }) => ({ fence, kind: 'failed', error: { code: 'e', message: 'm' }, retryable: true }) as const,
        ),
      )
      expect((await lab.claim()).map(({ attempt }) => attempt)).toEqual([2, 2])
    })

    it('of time counts what the run was running, by the sweep, pauses apart', async () => {
      await listed({ timeMs: 60_000 })
      lab.clock.advance(30_000)
      await lab.store.work.sweep()
      await control('pause')
      lab.clock.advance(3_600_000)
      await control('resume')
      lab.clock.advance(29_000)
      expect(await lab.store.work.sweep()).toBeLessThanOrEqual(1000)
      expect(await lab.check('r1')).toMatchObject({ status: 'running' })
      lab.clock.advance(1000)
      await lab.store.work.sweep()
      expect(await lab.check('r1')).toMatchObject(held('timeMs'))
      expect(await lab.claim()).toEqual([])
      expect(await raise({ timeMs: 61_000 })).toMatchObject({ status: 'running' })
      lab.clock.advance(1000)
      await lab.store.work.sweep()
      expect(await lab.check('r1')).toMatchObject(held('timeMs'))
    })

    it("leaves a person's pause to that person", async () => {
      await listed({ tokens: 10 })
      const lease = await lab.claimOne()
      await control('pause')
      await lab.spend(lease, { tokens: 10 })
      expect(await lab.check('r1')).toMatchObject({ ...held('tokens'), wanted: 'pause' })
      expect(await raise({ tokens: 20 })).toMatchObject({
        status: 'paused',
        waiting: { reason: 'paused' },
        controls: ['resume', 'cancel'],
      })
      expect(await control('resume')).toMatchObject({ status: 'running' })
      expect(await raise({ tokens: 5 })).toMatchObject(held('tokens'))
      expect(await raise(null)).toMatchObject({ status: 'running', budget: null })
    })

    it('holds a run that is started, or retried, with nothing left of it', async () => {
      expect(await lab.start('r1', { steps: STEPS, budgetJson: json({ tokens: 0 }) })).toMatchObject(held('tokens'))
      expect(await raise({ tokens: 10 })).toMatchObject({ status: 'queued' })
      const lease = await lab.claimOne()
      await lab.spend(lease, { tokens: 10 })
      expect(await control('cancel')).toMatchObject({ status: 'cancelled', waiting: null })
      await lab.store.runs.control('r1', { action: 'retry' })
      expect(await lab.check('r1')).toMatchObject({ ...held('tokens'), round: 2 })
      expect(await lab.claim()).toEqual([])
    })

    it('asks the reporter of an external run to pause', async () => {
      await lab.store.runs.create(
        externalRun('e1', { totals: { main: 5 }, budgetJson: json({ items: 2, timeMs: 60_000 }) }),
      )
      await lab.report('e1', { item: 'a', status: 'running' })
      expect(await lab.check('e1')).toMatchObject({ status: 'running', wanted: 'run', waiting: null })
      await lab.report('e1', { item: 'b', status: 'running' })
      const asked = { status: 'running', wanted: 'pause', waiting: { reason: 'budget', limit: 'items' } }
      expect(await lab.check('e1')).toMatchObject(asked)
      await expect(control('resume', 'e1')).rejects.toMatchObject({ code: 'invalid_state' })
      expect(await raise({ timeMs: 60_000 }, 'e1')).toMatchObject({ wanted: 'run' })
      lab.clock.advance(60_000)
      await lab.store.work.sweep()
      expect(await lab.check('e1')).toMatchObject({ ...asked, waiting: { limit: 'timeMs' } })
      expect(await lab.store.work.sweep()).toBeGreaterThan(100)
    })
  })
}
