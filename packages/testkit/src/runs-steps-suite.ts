import type { Lease, StepPlan } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const API = { name: 'api', rate: { count: 10, perMs: 1000, burst: 1 }, concurrency: null }

/** Steps that ask before they work, and that retry by class of error. */
export function stepsSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('conditional steps', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    /** A list of `count`, each scored if its `when` says so, each score sent on, and a last step. */
    async function begin(count: number, options: Partial<StepPlan> = {}): Promise<void> {
      await lab.start('r1', {
        steps: [
          stepPlan('list'),
          stepPlan('score', { each: 'list', concurrency: 100, conditional: true, ...options }),
          stepPlan('send', { each: 'score', concurrency: 100 }),
          stepPlan('end', { after: ['send'] }),
        ],
      })
      const list = await lab.claimOne()
      const result = JSON.stringify(Array.from({ length: count }, (_, n) => n))
      await lab.settle({ fence: list.fence, kind: 'completed', resultJson: result })
    }
    const skip = (leases: readonly Lease[]) =>
      lab.settle(...leases.map(({ fence }) => ({ fence, kind: 'skipped' as const })))
    const want = (leases: readonly Lease[]) =>
      lab.settle(...leases.map(({ fence }) => ({ fence, kind: 'wanted' as const })))
    const step = async (name: string) => (await lab.check('r1')).steps.find((one) => one.name === name)

    it('asks before the item is done, and makes nothing of what is skipped', async () => {
      await begin(4)
      const leases = await lab.claim()
      expect(leases.map(({ ask }) => ask)).toEqual(['first', 'first', 'first', 'first'])
      await skip(leases.slice(0, 3))
      await lab.settle({ fence: leases[3]?.fence ?? 0, kind: 'completed', resultJson: '7' })
      expect(await step('score')).toMatchObject({ status: 'completed', skipped: 3, counts: { completed: 4, total: 4 } })
      expect(await lab.item('r1', 'score:1')).toMatchObject({ status: 'completed', skipped: true, result: null })
      expect(await lab.store.work.results({ runId: 'r1', step: 'score', after: 0, limit: 9 })).toMatchObject([
        { index: 4 },
      ])
      const sent = await lab.claim()
      expect(sent.map(({ itemId, ask }) => [itemId, ask])).toEqual([['send:4', null]])
      await lab.settle({ fence: sent[0]?.fence ?? 0, kind: 'completed', resultJson: '1' })
      await lab.work(() => 1)
      expect(await lab.check('r1')).toMatchObject({
        status: 'completed',
        progress: 100,
        counts: { completed: 7, total: 7 },
      })
    })

    it('with limits asks first, without taking a place under them', async () => {
      await begin(5, { limits: [API] })
      const asked = await lab.claim()
      expect(asked.map(({ ask, startInMs }) => [ask, startInMs])).toEqual(Array(5).fill(['only', 0]))
      await skip(asked.slice(0, 3))
      await want(asked.slice(3))
      // Not one slot is gone: both that are wanted start within what the rate gives at once.
      const [first, ...rest] = await lab.claim()
      expect([first?.itemId, first?.ask, first?.attempt, first?.startInMs]).toEqual(['score:4', null, 1, 0])
      lab.clock.advance(100)
      const second = rest[0] ?? (await lab.claimOne())
      expect([second.itemId, second.ask]).toEqual(['score:5', null])
      await lab.check('r1')
    })

    it('asks on while the limits give nothing', async () => {
      await begin(3, { limits: [{ ...API, rate: null, concurrency: 1 }], concurrency: 2 })
      await want([await lab.claimOne()])
      const work = await lab.claim()
      expect(work.map(({ itemId, ask }) => [itemId, ask])).toEqual([
        ['score:1', null],
        ['score:2', 'only'],
      ])
      await skip(work.slice(1))
      expect((await lab.claim()).map(({ itemId, ask }) => [itemId, ask])).toEqual([['score:3', 'only']])
      await lab.check('r1')
    })

    it('does not ask again for a retry of the same round, and does for another round', async () => {
      await begin(1, { limits: [API], attempts: 2, backoff: { minMs: 0, maxMs: 0, factor: 1 } })
      await want([await lab.claimOne()])
      const fail = async () => {
        lab.clock.advance(1000)
        const lease = await lab.claimOne()
        const error = { code: 'error', message: 'no' }
        await lab.settle({ fence: lease.fence, kind: 'failed', error, retryable: true })
        return [lease.ask, lease.attempt]
      }
      expect([await fail(), await fail()]).toEqual([
        [null, 1],
        [null, 2],
      ])
      expect((await lab.check('r1')).status).toBe('failed')
      await lab.store.runs.control('r1', { action: 'retry' })
      expect((await lab.claimOne()).ask).toBe('only')
    })

    it('a skipped single step is over without a result: what runs over it has no items, what comes after it runs', async () => {
      await lab.start('r1', {
        steps: [
          stepPlan('list', { conditional: true }),
          stepPlan('each', { each: 'list' }),
          stepPlan('end', { conditional: true }),
        ],
      })
      await skip([await lab.claimOne()])
      expect(await step('each')).toMatchObject({ status: 'completed', counts: { total: 0 } })
      await skip([await lab.claimOne()])
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', result: null, counts: { completed: 2 } })
    })

    it('counts what was skipped as neither success nor failure of the others', async () => {
      await begin(3)
      const leases = await lab.claim()
      await skip(leases.slice(0, 2))
      const error = { code: 'error', message: 'no' }
      await lab.settle({ fence: leases[2]?.fence ?? 0, kind: 'failed', error, retryable: false })
      expect(await step('score')).toMatchObject({ status: 'failed', skipped: 2 })
      await lab.store.runs.control('r1', { action: 'retry', items: ['score:1', 'score:3'] })
      expect(await step('score')).toMatchObject({ skipped: 1, counts: { completed: 1, queued: 2 } })
      await lab.work(() => 1)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed' })
    })
  })

  describe('retries by class of error', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const now = { minMs: 0, maxMs: 0, factor: 1 }
    const PLAN = stepPlan('one', {
      attempts: 2,
      backoff: now,
      retryBy: [
        { code: 'unauthorized', attempts: 1, backoff: now },
        { code: 'quota', attempts: 4, backoff: { minMs: 60_000, maxMs: 60_000, factor: 1 } },
        { code: 'http_5*', attempts: 3, backoff: now },
        { code: 'lease_lost', attempts: 1, backoff: now },
      ],
    })
    /** How often an item is tried whose every attempt fails with this code. */
    async function attempts(code: string): Promise<number> {
      await lab.start(code, { steps: [PLAN] })
      for (;;) {
        lab.clock.advance(60_000)
        const [lease] = await lab.claim()
        if (lease === undefined) return (await lab.item(code, 'one')).attempts
        await lab.settle({ fence: lease.fence, kind: 'failed', error: { code, message: 'no' }, retryable: true })
      }
    }

    it.each([
      ['unauthorized', 1],
      ['other', 2],
      ['http_503', 3],
      ['http_5', 3],
      ['http_404', 2],
      ['quota', 4],
    ])('%s is tried %d times', async (code, times) => {
      expect(await attempts(code)).toBe(times)
      expect(await lab.check(code)).toMatchObject({ status: 'failed', error: { code } })
    })

    it('waits as long as the class says', async () => {
      await lab.start('r1', { steps: [PLAN] })
      const { fence } = await lab.claimOne()
      await lab.settle({ fence, kind: 'failed', error: { code: 'quota', message: 'no' }, retryable: true })
      lab.clock.advance(29_000)
      expect(await lab.claim()).toEqual([])
      lab.clock.advance(31_000)
      expect(await lab.claim()).toHaveLength(1)
    })

    it('knows lost leases as a class', async () => {
      await lab.start('r1', { steps: [PLAN] })
      await lab.claimOne({ leaseMs: 1000 })
      lab.clock.advance(1001)
      await lab.store.work.sweep()
      expect(await lab.check('r1')).toMatchObject({ status: 'failed', error: { code: 'lease_lost' } })
    })
  })
}
