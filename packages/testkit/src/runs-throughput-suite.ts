import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalRun, RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** Ends of items over time, and what there is to do. */
export function throughputSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('ends of items over time', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const SECOND = 1000
    const steps = [stepPlan('list'), stepPlan('each', { each: 'list', concurrency: 2 })]
    const everything = { all: true } as const
    const view = (viewer: Parameters<typeof lab.store.runs.overview>[0]['viewer'], fromMs: number) =>
      lab.store.runs.overview({ viewer, failedSinceMs: fromMs, ends: { fromMs, bucketMs: SECOND }, limit: 2 })

    /** Four items, two a second, of which the last fails; the list took a second. Answers when it began. */
    async function worked(id: string): Promise<number> {
      const fromMs = lab.clock.now()
      await lab.start(id, { steps })
      const [list] = await lab.claim(1)
      await lab.clock.advance(SECOND)
      await lab.settle({ fence: list?.fence ?? 0, kind: 'completed', resultJson: '[1,2,3,4]' })
      for (let round = 0; round < 2; round += 1) {
        const leases = await lab.claim(2)
        await lab.clock.advance(SECOND)
        const error = { code: 'error', message: 'no' }
        await lab.settle(
          ...leases.map(({ fence, index }) =>
            index === 4
              ? ({ fence, kind: 'failed', error, retryable: false } as const)
              : ({ fence, kind: 'completed', resultJson: '1' } as const),
          ),
        )
      }
      return fromMs
    }

    it('are counted by step and bucket, completed and failed apart', async () => {
      const fromMs = await worked('r')
      expect(await lab.store.runs.throughput('r', { fromMs, bucketMs: SECOND })).toEqual([
        { step: 'list', bucket: 1, completed: 1, failed: 0 },
        { step: 'each', bucket: 2, completed: 2, failed: 0 },
        { step: 'each', bucket: 3, completed: 1, failed: 1 },
      ])
      expect(await lab.store.runs.throughput('r', { fromMs, bucketMs: 10 * SECOND })).toEqual([
        { step: 'list', bucket: 0, completed: 1, failed: 0 },
        { step: 'each', bucket: 0, completed: 3, failed: 1 },
      ])
      expect(await lab.store.runs.throughput('none', { fromMs, bucketMs: SECOND })).toEqual([])
    })

    it('count an item that was done again where it ended last', async () => {
      const fromMs = await worked('r')
      await lab.store.runs.control('r', { action: 'retry' })
      await lab.clock.advance(5 * SECOND)
      await lab.work(() => 1)
      const ends = await lab.store.runs.throughput('r', { fromMs, bucketMs: SECOND })
      expect(ends.reduce((sum, { completed }) => sum + completed, 0)).toBe(5)
      expect(ends.reduce((sum, { failed }) => sum + failed, 0)).toBe(0)
      expect(ends.at(-1)).toEqual({ step: 'each', bucket: 8, completed: 1, failed: 0 })
    })

    it('and what there is to do are told of the runs that one may see, in one read', async () => {
      const fromMs = await worked('r')
      await lab.start('open', { steps })
      await lab.store.runs.create(externalRun('bobs', { owner: 'bob', totals: { main: 5 }, steps: [stepPlan('main')] }))
      const all = await view(everything, fromMs)
      expect(all.states).toEqual([
        { workflow: 'elsewhere', status: 'queued', count: 1 },
        { workflow: 'photos', status: 'queued', count: 1 },
      ])
      expect(all.queues).toEqual([
        { workflow: 'elsewhere', queued: 5, running: 0 },
        { workflow: 'photos', queued: 1, running: 0 },
      ])
      expect(all.active.map(({ id }) => id)).toEqual(['bobs', 'open'])
      expect([all.failed.count, all.failed.runs.map(({ id, status }) => [id, status])]).toEqual([1, [['r', 'partial']]])
      expect(all.ends).toEqual([
        { bucket: 1, completed: 1, failed: 0 },
        { bucket: 2, completed: 2, failed: 0 },
        { bucket: 3, completed: 1, failed: 1 },
      ])
      const bobs = await view({ all: false, sub: 'bob', roles: [], patterns: [] }, fromMs)
      expect([bobs.active.map(({ id }) => id), bobs.failed.count, bobs.ends]).toEqual([['bobs'], 0, []])
      const late = await view(everything, lab.clock.now() + SECOND)
      expect([late.failed.count, late.ends, late.active.length]).toEqual([0, [], 2])
    })
  })
}
