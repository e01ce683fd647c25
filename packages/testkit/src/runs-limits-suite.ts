import type { LimitPlan } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const TEN: LimitPlan = { name: 'api', rate: { count: 10, perMs: 1000, burst: 1 }, concurrency: null }
const TWO: LimitPlan = { name: 'seats', rate: null, concurrency: 2 }

/** Limits that steps share by name: what is given out, when, and what stands in the way. */
export function limitsSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('limits', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    /** A run of a workflow of its own name whose second step has `count` items under these limits. */
    async function withItems(id: string, count: number, limits: readonly LimitPlan[]) {
      const steps = [stepPlan('list'), stepPlan('call', { each: 'list', concurrency: 1000, limits })]
      await lab.start(id, { workflow: id, steps })
      const lease = await lab.claimOne({ workflow: id })
      const list = JSON.stringify(Array.from({ length: count }, (_, n) => n))
      await lab.settle({ fence: lease.fence, kind: 'completed', resultJson: list })
    }
    const claim = (max = 100, workflows = ['r1', 'r2'], worker = 'w1') =>
      lab.store.work.claim({ worker, workflows, max, leaseMs: 15_000 })
    const starts = (leases: readonly { readonly startInMs: number }[]) => leases.map(({ startInMs }) => startInMs)

    it('spaces starts evenly over claims, workers, workflows and runs', async () => {
      await withItems('r1', 30, [TEN])
      await withItems('r2', 30, [TEN])
      const at: number[] = []
      for (let ms = 0; ms < 3000; ms += 50) {
        const worker = `w${ms % 100}`
        const workflow = ms % 200 === 0 ? 'r1' : 'r2'
        at.push(...starts(await claim(20, [workflow], worker)).map((inMs) => ms + inMs))
        lab.clock.advance(50)
      }
      expect(at.length).toBeGreaterThan(28)
      expect(at.length).toBeLessThanOrEqual(31)
      for (const [i, start] of at.slice(1).entries()) expect(start - (at[i] ?? 0)).toBeGreaterThanOrEqual(99)
    })

    it('says when the next slot comes, and offers it then', async () => {
      await withItems('r1', 5, [{ ...TEN, rate: { count: 1, perMs: 5000, burst: 1 } }])
      expect(await claim()).toHaveLength(1)
      expect(await claim()).toEqual([])
      expect(await lab.store.work.sweep()).toBe(1000)
      lab.clock.advance(4500)
      const nextMs = await lab.store.work.sweep()
      expect([nextMs >= 390 && nextMs <= 410, await claim()]).toEqual([true, []])
      lab.clock.advance(nextMs)
      const commits = lab.commits.length
      await lab.store.work.sweep()
      expect(lab.commits.slice(commits).some(({ work }) => work)).toBe(true)
      expect(starts(await claim())).toEqual([100])
      await lab.check('r1')
    })

    it('shares seats over runs, and gives one back with each end, whatever end', async () => {
      await withItems('r1', 2, [TWO])
      await withItems('r2', 2, [TWO])
      const [a, b] = await claim()
      if (a === undefined || b === undefined) throw new Error('two leases')
      expect(await claim()).toEqual([])
      expect((await lab.run('r2')).waiting).toEqual({ reason: 'limit', until: null, limit: 'seats' })
      await lab.settle({ fence: a.fence, kind: 'failed', error: { code: 'x', message: 'x' }, retryable: false })
      const [c] = await claim()
      expect(c).toMatchObject({ runId: 'r2' })
      await lab.store.runs.control('r1', { action: 'cancel' })
      const [d] = await claim()
      expect(d).toMatchObject({ runId: 'r2' })
      expect((await lab.run('r2')).waiting).toBeNull()
      lab.clock.advance(20_000)
      await lab.store.work.sweep()
      expect(await claim()).toEqual([])
      for (const id of ['r1', 'r2']) await lab.check(id)
    })

    it('does not hide what can run behind what cannot', async () => {
      await withItems('full', 200, [{ ...TWO, concurrency: 1 }])
      await withItems('free', 3, [])
      const leases = await claim(4, ['full', 'free'])
      expect(leases.map(({ runId }) => runId)).toEqual(['full', 'free', 'free', 'free'])
    })

    it('gives of a step with two limits what both give', async () => {
      await withItems('r1', 9, [TEN, { ...TWO, concurrency: 1 }])
      const [first] = await claim()
      expect(await claim()).toEqual([])
      await lab.settle({ fence: first?.fence ?? 0, kind: 'completed', resultJson: '1' })
      expect(starts(await claim())).toEqual([100])
    })

    it('moves when a handler was told to come back later: nothing before, for nobody, and no attempt is counted', async () => {
      await withItems('r1', 3, [TEN])
      await withItems('r2', 3, [TEN])
      const [lease] = await claim(1)
      await lab.settle({ fence: lease?.fence ?? 0, kind: 'limited', retryAfterMs: 30_000 })
      expect(await lab.item('r1', 'call:1')).toMatchObject({ status: 'queued', attempts: 0 })
      expect(await claim()).toEqual([])
      const { waiting } = await lab.run('r2')
      expect(waiting).toMatchObject({ reason: 'limit', limit: 'api' })
      expect(Math.abs(Date.parse(waiting?.until ?? '') - lab.clock.now() - 30_000)).toBeLessThanOrEqual(1100)
      lab.clock.advance(29_000)
      expect(await claim()).toEqual([])
      lab.clock.advance(1000)
      expect(await claim(1)).toHaveLength(1)
      await lab.check('r1')
    })

    it('lets only the item wait that was told so under no limit', async () => {
      await withItems('r1', 2, [])
      const [lease] = await claim(1)
      await lab.settle({ fence: lease?.fence ?? 0, kind: 'limited', retryAfterMs: 5000 })
      expect((await lab.item('r1', 'call:1')).waiting).toMatchObject({ reason: 'backoff' })
      expect((await claim()).map(({ itemId }) => itemId)).toEqual(['call:2'])
      lab.clock.advance(5000)
      expect((await claim()).map(({ itemId }) => itemId)).toEqual(['call:1'])
    })

    it('keeps to them over a restart: nothing sooner than before, seats are counted', async () => {
      await withItems('r1', 9, [TWO, { ...TEN, rate: { count: 1, perMs: 10_000, burst: 1 } }])
      const [lease] = await claim()
      await lab.settle({ fence: lease?.fence ?? 0, kind: 'limited', retryAfterMs: 60_000 })
      await lab.reopen()
      expect(await claim()).toEqual([])
      lab.clock.advance(59_000)
      expect(await claim()).toEqual([])
      lab.clock.advance(1500)
      expect(await claim()).toHaveLength(1)
    })

    it('takes the bounds that were registered last, for runs that exist too', async () => {
      await withItems('r1', 9, [TWO])
      const step = stepPlan('call', { limits: [{ ...TWO, concurrency: 3 }] })
      await lab.store.workflows.register([{ name: 'n', steps: [step], inputSchemaJson: null, exclusive: false }])
      expect(await claim()).toHaveLength(3)
    })
  })
}
