import type { Lease } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** An item that kills its worker each time ends, and nobody who was beside it does for that. */
export function poisonSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('items under which workers die', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    async function withItems(id: string, count: number, plan: Parameters<typeof stepPlan>[1] = {}): Promise<void> {
      const step = stepPlan('treat', { each: 'list', concurrency: 1000, ...plan })
      await lab.start(id, { workflow: id, steps: [stepPlan('list'), step] })
      const lease = await lab.claimOne({ workflow: id })
      const list = JSON.stringify(Array.from({ length: count }, (_, n) => n))
      await lab.settle({ fence: lease.fence, kind: 'completed', resultJson: list })
    }
    /** The workers of so many processes in a row die under what they claimed. */
    async function die(times: number, max: number, workflows: string[] = ['r1', 'r2']): Promise<void> {
      for (let time = 0; time < times; time += 1) {
        expect(await claim(max, 'w1', workflows)).toHaveLength(max)
        await lab.store.work.release('w1')
      }
    }
    const claim = (max: number, worker = 'w1', workflows = ['r1', 'r2']) =>
      lab.store.work.claim({ worker, workflows, max, leaseMs: 15_000 })
    const complete = (leases: readonly Lease[]) =>
      lab.settle(...leases.map(({ fence }) => ({ fence, kind: 'completed' as const, resultJson: '1' })))
    const ids = (leases: readonly Lease[]) => leases.map(({ itemId }) => itemId)

    it('end when their worker had nothing else: those beside it are cleared by running without it', async () => {
      await withItems('r1', 40)
      const poison = 'treat:3'
      let deaths = 0
      for (let worker = 1; ; worker += 1) {
        const leases = await claim(8, `w${worker}`)
        if (leases.length === 0) break
        if (ids(leases).includes(poison)) {
          deaths += 1
          expect(await lab.store.work.release(`w${worker}`)).toBe(leases.length)
        } else await complete(leases)
      }
      expect(deaths).toBe(11)
      const items = (await lab.items('r1')).filter(({ step }) => step === 'treat')
      expect(items.filter(({ status }) => status !== 'completed')).toMatchObject([{ id: poison, status: 'failed' }])
      expect(Math.max(...items.filter(({ id }) => id !== poison).map(({ attempts }) => attempts))).toBe(5)
      expect(await lab.check('r1')).toMatchObject({ status: 'partial' })
    })

    it('do not end others that are at work whenever a neighbour kills, however many such neighbours there are', async () => {
      await withItems('r1', 12)
      // The first never gets the time to end, the next ten kill at once.
      const isPoison = (lease: Lease) => lease.index >= 2 && lease.index <= 11
      for (let round = 0; ; round += 1) {
        const leases = await claim(8, `w${round}`)
        if (leases.length === 0) break
        if (leases.some(isPoison)) await lab.store.work.release(`w${round}`)
        else await complete(leases)
      }
      const items = (await lab.items('r1')).filter(({ step }) => step === 'treat')
      expect(items.filter(({ status }) => status === 'completed').map(({ index }) => index)).toEqual([1, 12])
      expect(items.filter(({ status }) => status === 'failed')).toHaveLength(10)
      await lab.check('r1')
    })

    it('run with half as many beside them, which a worker that holds more waits for; another one takes them', async () => {
      await withItems('r1', 4)
      await withItems('r2', 9)
      await die(1, 4)
      // Once is bad luck.
      await die(1, 4)
      const held = await claim(8, 'w2', ['r2'])
      expect(await claim(4, 'w2')).toEqual([])
      await complete(held.slice(0, 6))
      expect(await claim(4, 'w2')).toEqual([])
      await complete(held.slice(6, 7))
      expect(ids(await claim(4, 'w2', ['r1']))).toEqual(['treat:1'])
      expect(await claim(4, 'w2')).toEqual([])
      expect(ids(await claim(4, 'w3'))).toEqual(['treat:2', 'treat:3'])
      await complete(held.slice(7))
      expect(ids(await claim(4, 'w2'))).toEqual(['treat:4'])
      await lab.check('r1')
    })

    it('hide nobody while their limit holds them back', async () => {
      const limits = [{ name: 'seat', rate: null, concurrency: 1 }]
      await withItems('r1', 2, { limits })
      await withItems('r2', 3)
      // Dies alone: from now on it wants a worker for itself.
      await die(2, 1, ['r1'])
      const [seat] = await claim(1, 'w2', ['r1'])
      expect(seat).toMatchObject({ itemId: 'treat:1', attempt: 3 })
      const [first, ...others] = await claim(3, 'w3')
      expect([first?.runId, ...others.map(({ runId }) => runId)]).toEqual(['r2', 'r2', 'r2'])
      await lab.store.work.release('w2')
      expect(await claim(1, 'w3')).toEqual([])
      expect(ids(await claim(2, 'w4'))).toEqual(['treat:1'])
      await lab.check('r1')
    })

    it('count anew in another round', async () => {
      await withItems('r1', 1)
      await die(11, 1)
      expect(await lab.run('r1')).toMatchObject({ status: 'failed' })
      await lab.store.runs.control('r1', { action: 'retry' })
      await withItems('r2', 3)
      expect(ids(await claim(4))).toEqual(['treat:1', 'treat:1', 'treat:2', 'treat:3'])
    })
  })
}
