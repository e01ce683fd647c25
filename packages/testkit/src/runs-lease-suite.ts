import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const LIST = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']

/** Leases: who holds an item, how it comes back, and whose word counts. */
export function leaseSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('leases', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    async function withItems(id: string, analyse: Parameters<typeof stepPlan>[1] = {}): Promise<void> {
      await lab.start(id, {
        steps: [stepPlan('list'), stepPlan('analyse', { each: 'list', ...analyse }), stepPlan('summary')],
      })
      const lease = await lab.claimOne()
      await lab.settle({ fence: lease.fence, kind: 'completed', resultJson: JSON.stringify(LIST) })
    }

    it('never gives one item to two claims at once', async () => {
      await withItems('r1', { concurrency: 100 })
      const claims = await Promise.all(Array.from({ length: 8 }, (_, i) => lab.claim(1, { worker: `w${i}` })))
      const fences = claims.flat().map(({ fence }) => fence)
      expect(new Set(claims.flat().map(({ itemId }) => itemId)).size).toBe(6)
      expect(new Set(fences).size).toBe(6)
    })

    it('refuses a late result of a lost lease, and changes nothing', async () => {
      await withItems('r1', { attempts: 3 })
      const lease = await lab.claimOne({ leaseMs: 1000 })
      lab.clock.advance(1000)
      await lab.store.work.sweep()
      expect(await lab.item('r1', lease.itemId)).toMatchObject({ status: 'retrying', error: { code: 'lease_lost' } })
      const again = await lab.claimOne({ worker: 'w2' })
      expect(again).toMatchObject({ itemId: lease.itemId, attempt: 2 })
      expect(again.fence).toBeGreaterThan(lease.fence)
      const before = await lab.check('r1')
      const commits = lab.commits.length
      expect(await lab.settle({ fence: lease.fence, kind: 'completed', resultJson: '"late"' })).toEqual([false])
      expect(lab.commits).toHaveLength(commits)
      expect(await lab.run('r1')).toEqual(before)
      expect(await lab.settle({ fence: again.fence, kind: 'completed', resultJson: '"mine"' })).toEqual([true])
      expect(await lab.settle({ fence: again.fence, kind: 'completed', resultJson: '"twice"' })).toEqual([false])
      expect(await lab.item('r1', lease.itemId)).toMatchObject({ status: 'completed', result: 'mine', attempts: 2 })
      await lab.check('r1')
    })

    it('keeps a renewed lease, and tells which are lost', async () => {
      await withItems('r1', { attempts: 3 })
      const [a, b] = await lab.claim(2, { leaseMs: 1000 })
      if (a === undefined || b === undefined) throw new Error('two leases')
      lab.clock.advance(900)
      expect(await lab.store.work.renew('w1', [a.fence], 1000)).toEqual([])
      expect(await lab.store.work.renew('w2', [b.fence], 1000)).toEqual([b.fence])
      lab.clock.advance(900)
      await lab.store.work.sweep()
      expect(await lab.store.work.renew('w1', [a.fence, b.fence], 1000)).toEqual([b.fence])
      expect(await lab.item('r1', b.itemId)).toMatchObject({ status: 'retrying' })
      await lab.check('r1')
    })

    it('ends an item whose lease ran out as often as it has attempts', async () => {
      await withItems('r1', { attempts: 2 })
      for (const attempt of [1, 2]) {
        expect(await lab.claimOne({ leaseMs: 1000 })).toMatchObject({ itemId: 'analyse:1', attempt })
        lab.clock.advance(1000)
        await lab.store.work.sweep()
      }
      expect(await lab.item('r1', 'analyse:1')).toMatchObject({
        status: 'failed',
        error: { code: 'lease_lost', message: 'worker w1 did not renew its lease of item analyse:1 in time' },
      })
      await lab.check('r1')
    })

    it('gives back what a dead worker held without using up attempts, but not for ever', async () => {
      await lab.start('r1', { steps: [stepPlan('one')] })
      for (let death = 1; death <= 10; death++) {
        expect(await lab.claimOne({ worker: 'w1' })).toMatchObject({ attempt: death })
        expect(await lab.store.work.release('w1')).toBe(1)
        expect(await lab.check('r1')).toMatchObject({ status: 'running', counts: { retrying: 1 } })
      }
      await lab.claimOne({ worker: 'w1' })
      await lab.store.work.release('w1')
      expect(await lab.check('r1')).toMatchObject({ status: 'failed', error: { code: 'lease_lost' } })
      expect(await lab.store.work.release('w1')).toBe(0)
    })

    it('takes over after the store was opened again: local workers at once, others after 2 s without a word', async () => {
      await withItems('r1')
      const local = await lab.claimOne({ worker: 'local-1' })
      const silent = await lab.claimOne({ worker: 'far-1' })
      const alive = await lab.claimOne({ worker: 'far-2' })
      await lab.reopen()
      const recovered = await lab.claimOne()
      expect(recovered).toMatchObject({ itemId: local.itemId, attempt: 2 })
      expect(recovered.fence).toBeGreaterThan(alive.fence)
      expect(await lab.store.work.renew('far-2', [alive.fence], 15_000)).toEqual([])
      lab.clock.advance(2000)
      await lab.store.work.sweep()
      expect(await lab.claimOne()).toMatchObject({ itemId: silent.itemId, attempt: 2 })
      expect(await lab.settle({ fence: local.fence, kind: 'completed', resultJson: '1' })).toEqual([false])
      expect(await lab.settle({ fence: alive.fence, kind: 'completed', resultJson: '1' })).toEqual([true])
      await lab.check('r1')
    })

    it('waits longer after each failure, and comes back by a sweep', async () => {
      await lab.start('r1', { steps: [stepPlan('one', { attempts: 3 })] })
      const waits: number[] = []
      for (const _ of [1, 2]) {
        const lease = await lab.claimOne()
        await lab.settle({ fence: lease.fence, kind: 'failed', error: { code: 'e', message: 'm' }, retryable: true })
        const { waiting } = await lab.item('r1', 'one')
        const wait = Date.parse(waiting?.until ?? '') - lab.clock.now()
        waits.push(wait)
        expect(await lab.store.work.sweep()).toBe(Math.min(wait, 1000))
        lab.clock.advance(wait)
        await lab.store.work.sweep()
        expect(lab.commits.at(-1)?.work).toBe(true)
      }
      expect(waits[0]).toBeGreaterThanOrEqual(500)
      expect(waits[0]).toBeLessThanOrEqual(1000)
      expect(waits[1]).toBeGreaterThanOrEqual(1000)
      expect(waits[1]).toBeLessThanOrEqual(2000)
    })

    it('does not try again what cannot be', async () => {
      await withItems('r1', { attempts: 5 })
      const lease = await lab.claimOne()
      await lab.settle({ fence: lease.fence, kind: 'failed', error: { code: 'e', message: 'm' }, retryable: false })
      expect(await lab.item('r1', 'analyse:1')).toMatchObject({ status: 'failed', attempts: 1 })
    })
  })
}
