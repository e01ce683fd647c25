import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalRun, RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const HOUR = 3_600_000
const JUMPS = [HOUR, -HOUR]

/** The machine's clock is set: nobody waits longer or shorter for that, and nothing ends before it began. */
export function clockSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('when the clock is set', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    async function fail(): Promise<void> {
      const { fence } = await lab.claimOne()
      await lab.settle({ fence, kind: 'failed', error: { code: 'e', message: 'm' }, retryable: true })
    }

    for (const jump of JUMPS) {
      it(`by ${jump} ms, a backoff and a lease last as long as before`, async () => {
        const backoff = { minMs: 2_000, maxMs: 2_000, factor: 1 }
        await lab.start('r1', { steps: [stepPlan('one', { attempts: 3, backoff })] })
        await fail()
        lab.clock.set(jump)
        expect(await lab.claim()).toEqual([])
        lab.clock.advance(900)
        expect(await lab.claim()).toEqual([])
        lab.clock.advance(1_100)
        const [lease] = await lab.claim(1, { leaseMs: 1_000 })
        lab.clock.set(-jump)
        lab.clock.advance(900)
        await lab.store.work.sweep()
        expect(await lab.settle({ fence: lease?.fence ?? 0, kind: 'completed', resultJson: '1' })).toEqual([true])
        await lab.check('r1')
      })

      it(`by ${jump} ms, silence is what it was, and so is the pace`, async () => {
        await lab.store.runs.create(externalRun('far', { heartbeatMs: 60_000 }))
        await lab.report('far', { item: 'a', status: 'running' })
        await lab.start('r1', { steps: [stepPlan('list'), stepPlan('each', { each: 'list', concurrency: 100 })] })
        const list = JSON.stringify(Array.from({ length: 40 }, (_, n) => n))
        await lab.settle({ fence: (await lab.claimOne()).fence, kind: 'completed', resultJson: list })
        for (let n = 0; n < 20; n += 1) {
          const { fence } = await lab.claimOne()
          lab.clock.advance(1_000)
          if (n === 10) lab.clock.set(jump)
          await lab.settle({ fence, kind: 'completed', resultJson: '1' })
        }
        await lab.store.work.sweep()
        expect((await lab.run('far')).stalledSince).toBeNull()
        const { eta } = await lab.run('r1')
        expect(eta?.lowMs).toBeGreaterThan(15_000)
        expect(eta?.highMs).toBeLessThan(25_000)
        lab.clock.advance(60_000)
        await lab.store.work.sweep()
        expect((await lab.run('far')).stalledSince).not.toBeNull()
      })
    }

    it('back, nothing ends before it began', async () => {
      await lab.start('r1', { steps: [stepPlan('one')] })
      const { fence } = await lab.claimOne()
      lab.clock.set(-HOUR)
      await lab.settle({ fence, kind: 'completed', resultJson: '1' })
      const run = await lab.check('r1')
      for (const { startedAt, finishedAt } of [run, ...run.steps, ...(await lab.items('r1'))]) {
        expect(Date.parse(finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(startedAt ?? ''))
      }
    })

    it('back while the store is closed, a backoff does not wait for the old time', async () => {
      await lab.start('r1', { steps: [stepPlan('one', { attempts: 3 })] })
      await fail()
      lab.clock.set(-HOUR)
      await lab.reopen()
      lab.clock.advance(1_000)
      expect(await lab.claimOne()).toMatchObject({ attempt: 2 })
      await lab.check('r1')
    })

    it('back, a limit that was moved is not moved further by a restart', async () => {
      const limits = [{ name: 'l', rate: null, concurrency: 5 }]
      await lab.start('r1', { steps: [stepPlan('one', { limits })] })
      await lab.settle({ fence: (await lab.claimOne()).fence, kind: 'limited', retryAfterMs: 10_000 })
      lab.clock.set(-HOUR)
      lab.clock.advance(5_000)
      await lab.store.work.sweep()
      await lab.reopen()
      lab.clock.advance(4_800)
      expect(await lab.claim()).toEqual([])
      // A slot is given up to 100 ms ahead.
      lab.clock.advance(200)
      expect(await lab.claim()).toHaveLength(1)
    })
  })
}
