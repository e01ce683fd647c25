import type { Lease } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalRun, RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** Retries: what another round does again, and what it leaves. */
export function retrySuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('retries', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const retry = (items?: readonly string[]) => lab.store.runs.control('r1', { action: 'retry', items })

    /** Works until nothing is left; answers which items were worked on, with their attempt and input. */
    async function worked(handle: (lease: Lease) => unknown = ({ index }) => index): Promise<readonly string[]> {
      const seen: string[] = []
      await lab.work((lease) => {
        seen.push(`${lease.itemId}#${lease.attempt} ${lease.inputJson}`)
        return handle(lease)
      })
      return seen
    }

    const fails =
      (...ids: string[]) =>
      (lease: Lease) => {
        if (ids.includes(lease.itemId)) throw new Error(`no ${lease.itemId}`)
        if (lease.step === 'list') return [10, 20, 30]
        return lease.index * 100
      }

    /** list, then two steps over its items, then one over them all. */
    const STEPS = [
      stepPlan('list'),
      stepPlan('load', { each: 'list', attempts: 2 }),
      stepPlan('score', { each: 'load' }),
      stepPlan('end'),
    ]

    it('does again only what failed, with all its attempts, and the single steps after it', async () => {
      await lab.start('r1', { steps: STEPS })
      await worked(fails('score:2'))
      const first = await lab.check('r1')
      expect(first).toMatchObject({ status: 'partial', round: 1, progress: 100, counts: { failed: 1, completed: 7 } })
      lab.clock.advance(5000)
      const again = await retry()
      expect(again).toMatchObject({
        status: 'queued',
        round: 2,
        error: null,
        result: null,
        startedAt: null,
        finishedAt: null,
        eta: null,
        counts: { queued: 2, completed: 6, failed: 0 },
      })
      expect(again.progress).toBe(66.6)
      expect(again.steps.map(({ status, waiting }) => [status, waiting?.reason])).toEqual([
        ['completed', undefined],
        ['completed', undefined],
        ['queued', 'worker'],
        ['queued', 'dependency'],
      ])
      expect(await lab.check('r1')).toEqual(again)
      expect(await worked()).toEqual(['score:2#1 200', 'end#1 null'])
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', round: 2, progress: 100, result: 1 })
    })

    it('gives a retried item as many attempts as the first round did', async () => {
      await lab.start('r1', { steps: [stepPlan('one', { attempts: 2 })] })
      for (const round of [1, 2]) {
        for (const attempt of [1, 2]) {
          lab.clock.advance(60_000)
          const lease = await lab.claimOne()
          expect(lease.attempt).toBe(attempt)
          const error = { code: 'error', message: 'no' }
          await lab.settle({ fence: lease.fence, kind: 'failed', error, retryable: true })
        }
        expect(await lab.check('r1')).toMatchObject({ status: 'failed', round, error: { message: 'no' } })
        await retry()
      }
      expect(await lab.check('r1')).toMatchObject({ status: 'queued', round: 3, error: null })
    })

    it('opens what was cancelled because of the failure again', async () => {
      await lab.start('r1', { steps: STEPS })
      await worked(fails('list'))
      expect(await lab.check('r1')).toMatchObject({ status: 'failed', counts: { failed: 1, cancelled: 1 } })
      expect(await retry()).toMatchObject({ status: 'queued', counts: { queued: 2 }, totalIsFinal: false })
      await lab.check('r1')
      expect(await worked(fails())).toHaveLength(8)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', counts: { completed: 8, total: 8 } })
    })

    it('goes on with a cancelled run where it was', async () => {
      await lab.start('r1', { steps: STEPS })
      await lab.settle({ fence: (await lab.claimOne()).fence, kind: 'completed', resultJson: '[10,20,30]' })
      const [first] = await lab.claim(2)
      await lab.settle({ fence: first?.fence ?? 0, kind: 'completed', resultJson: '100' })
      await lab.store.runs.control('r1', { action: 'cancel' })
      expect(await lab.check('r1')).toMatchObject({ counts: { completed: 2, cancelled: 4 } })
      expect(await retry()).toMatchObject({ counts: { completed: 2, queued: 4 } })
      await lab.check('r1')
      expect(await worked()).toEqual([
        'load:2#1 20',
        'load:3#1 30',
        'score:1#1 100',
        'score:2#1 2',
        'score:3#1 3',
        'end#1 null',
      ])
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', counts: { completed: 8 } })
    })

    it('does chosen completed items again, and what was made of them', async () => {
      await lab.start('r1', { steps: STEPS })
      await worked(fails())
      await expect(retry()).rejects.toMatchObject({ code: 'invalid_state', details: { state: 'completed' } })
      expect(await retry(['load:2'])).toMatchObject({ status: 'queued', counts: { queued: 3, completed: 5 } })
      expect(await lab.item('r1', 'score:2')).toMatchObject({ status: 'queued', result: null, attempts: 0 })
      await lab.check('r1')
      expect(await worked((lease) => lease.index * 1000)).toEqual(['load:2#1 20', 'score:2#1 2000', 'end#1 null'])
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', counts: { total: 8 } })
      expect(await lab.item('r1', 'score:2')).toMatchObject({ input: 2000, result: 2000 })
      expect(await lab.item('r1', 'score:1')).toMatchObject({ result: 100 })
    })

    it('gives up what waits for an item that fails this time', async () => {
      await lab.start('r1', { steps: STEPS })
      await worked(fails())
      await retry(['load:2', 'load:3'])
      await worked((lease) => {
        if (lease.itemId === 'load:2') throw new Error('no')
        return 7
      })
      lab.clock.advance(60_000)
      await worked((lease) => {
        if (lease.itemId === 'load:2') throw new Error('no')
        return 7
      })
      expect(await lab.item('r1', 'score:2')).toMatchObject({ status: 'cancelled' })
      expect(await lab.check('r1')).toMatchObject({
        status: 'partial',
        counts: { completed: 6, failed: 1, cancelled: 1 },
      })
      // Chosen by what was made of it: the item that has no result comes first.
      expect(await retry(['score:2'])).toMatchObject({ counts: { queued: 3 } })
      expect(await worked(() => 8)).toEqual(['load:2#1 20', 'score:2#1 8', 'end#1 null'])
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', round: 3 })
    })

    it('makes a list anew: longer, shorter, changed', async () => {
      await lab.start('r1', { steps: STEPS })
      await worked(fails())
      await retry(['list'])
      expect(await lab.check('r1')).toMatchObject({ counts: { queued: 8, completed: 0 }, totalIsFinal: false })
      const longer = (lease: Lease) => (lease.step === 'list' ? [1, 2, 3, 4] : 5)
      expect(await worked(longer)).toHaveLength(10)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', counts: { completed: 10, total: 10 } })
      expect(await lab.item('r1', 'load:1')).toMatchObject({ input: 1 })
      await retry(['list'])
      const shorter = (lease: Lease) => (lease.step === 'list' ? [1, 2] : 5)
      expect(await worked(shorter)).toHaveLength(6)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', counts: { completed: 6, cancelled: 4 } })
    })

    it('does the source again where its result could not be used', async () => {
      await lab.start('r1', { steps: STEPS })
      await worked(() => 'no array')
      expect(await lab.check('r1')).toMatchObject({ status: 'failed', error: { code: 'invalid_result' } })
      await retry()
      expect(await worked(fails())).toHaveLength(8)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed' })
    })

    it('leaves branches that do not depend on it', async () => {
      const steps = [
        stepPlan('list'),
        stepPlan('load', { each: 'list', after: ['gate'] }),
        stepPlan('gate', { after: ['list'] }),
        stepPlan('side', { after: ['list'] }),
        stepPlan('end', { after: ['load'] }),
      ]
      await lab.start('r1', { steps })
      await worked(fails('load:1'))
      expect(await retry(['gate'])).toMatchObject({ counts: { queued: 1 } })
      expect(await worked(fails())).toEqual(['gate#1 null'])
      expect(await lab.check('r1')).toMatchObject({ status: 'partial', counts: { failed: 1 } })
      expect(await retry(['gate', 'load:1'])).toMatchObject({ counts: { queued: 3 } })
      expect(await worked(fails())).toEqual(['gate#1 null', 'load:1#1 10', 'end#1 null'])
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', counts: { failed: 0 } })
    })

    it('refuses items that are not there, and those that would be cancelled at once', async () => {
      await lab.start('r1', { steps: STEPS })
      await worked(fails('list'))
      const before = await lab.check('r1')
      await expect(retry(['list', 'nothing'])).rejects.toMatchObject({
        code: 'invalid_request',
        details: { field: 'items[1]' },
      })
      await expect(retry(['end'])).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'items' } })
      expect(await lab.check('r1')).toEqual(before)
    })

    it('takes a second click for the first, and refuses what failed since until the run is over', async () => {
      await lab.start('r1', { steps: STEPS })
      await worked(fails('load:1', 'load:2'))
      lab.clock.advance(60_000)
      await worked(fails('load:1', 'load:2'))
      const [a, b] = await Promise.all([retry(['load:1']), retry(['load:1'])])
      expect(a).toEqual(b)
      expect(await retry(['load:1'])).toEqual(a)
      expect(await retry()).toEqual(a)
      await expect(retry(['load:2'])).rejects.toMatchObject({ code: 'invalid_state', details: { state: 'queued' } })
      expect(await lab.check('r1')).toMatchObject({ round: 2, counts: { failed: 1 } })
    })

    it('does not run beside another run with its key', async () => {
      const only = { steps: [stepPlan('one')], exclusive: true, key: 'k' }
      await lab.start('r1', only)
      await worked(fails('one'))
      await lab.start('r2', only)
      await expect(retry()).rejects.toMatchObject({ code: 'key_busy', details: { runId: 'r2' } })
      expect(await lab.check('r1')).toMatchObject({ status: 'failed', round: 1 })
      await worked()
      await retry()
      await expect(lab.start('r3', only)).rejects.toMatchObject({ code: 'key_busy', details: { runId: 'r1' } })
    })

    it('tells what a run was asked for', async () => {
      await lab.start('r1')
      expect(await lab.store.runs.request('r1')).toBe('{"input":{"folder":"x"},"workflow":"photos"}')
      expect(await lab.store.runs.request('r2')).toBeUndefined()
      await lab.store.runs.create(externalRun('e1'))
      await expect(lab.store.runs.control('e1', { action: 'retry' })).rejects.toMatchObject({ code: 'invalid_state' })
    })
  })
}
