import type { Lease, StepPlan } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const WALK: readonly StepPlan[] = [
  stepPlan('list', { attempts: 3, backoff: { minMs: 0, maxMs: 0, factor: 1 } }),
  stepPlan('analyse', { each: 'list', attempts: 2, backoff: { minMs: 0, maxMs: 0, factor: 1 } }),
  stepPlan('summary', { after: ['analyse'] }),
]

/** Lists that are handed over page by page while they are made. */
export function feedSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('lists that come in pages', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    async function listing(steps: readonly StepPlan[] = WALK): Promise<Lease> {
      await lab.start('r1', { steps })
      return lab.claimOne()
    }
    const feed = (lease: Lease, from: number, ...elements: unknown[]) =>
      lab.store.work.feed({ fence: lease.fence, from, elementsJson: elements.map((one) => JSON.stringify(one)) })
    const end = (lease: Lease, fed: number) =>
      lab.settle({ fence: lease.fence, kind: 'completed', resultJson: 'null', fed })
    const fail = (lease: Lease, retryable = true) =>
      lab.settle({ fence: lease.fence, kind: 'failed', error: { code: 'disk', message: 'gone' }, retryable })
    const states = async () =>
      (await lab.items('r1')).map(({ id, status, input }) => `${id} ${status} ${String(input)}`)

    it('offers elements before the list is whole, and ends when it is', async () => {
      const list = await listing()
      expect(await feed(list, 1, 'a', 'b')).toBe(true)
      expect(await lab.check('r1')).toMatchObject({
        progressKnown: false,
        totalIsFinal: false,
        steps: [
          { status: 'running' },
          { counts: { queued: 2 }, waiting: { reason: 'worker' } },
          { waiting: { reason: 'dependency' } },
        ],
      })
      const early = await lab.claim()
      expect(early.map(({ itemId, inputJson }) => [itemId, inputJson])).toEqual([
        ['analyse:1', '"a"'],
        ['analyse:2', '"b"'],
      ])
      await lab.settle(...early.map(({ fence }) => ({ fence, kind: 'completed' as const, resultJson: '1' })))
      // Without open items it is not over: more may come.
      expect(await lab.check('r1')).toMatchObject({ status: 'running', steps: [{}, { status: 'running' }, {}] })
      await feed(list, 3, 'c')
      await end(list, 3)
      expect(await lab.check('r1')).toMatchObject({ progressKnown: true, totalIsFinal: true })
      await lab.work(() => null)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', counts: { completed: 5, total: 5 } })
    })

    it('knows an index that comes twice, from one attempt or from the next', async () => {
      const list = await listing()
      await feed(list, 1, 'a', 'b')
      await feed(list, 1, 'a', 'b')
      const [first] = await lab.claim(1)
      if (first === undefined) throw new Error('nothing to claim')
      await lab.settle({ fence: first.fence, kind: 'completed', resultJson: '1' })
      await fail(list)
      const again = await lab.claimOne()
      expect(again).toMatchObject({ itemId: 'list', attempt: 2 })
      await feed(again, 1, 'other', 'b', 'c')
      await end(again, 3)
      expect(await states()).toEqual([
        'list completed null',
        'analyse:1 completed a',
        'analyse:2 queued b',
        'analyse:3 queued c',
        'summary queued null',
      ])
      await lab.work(() => null)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', counts: { total: 5 } })
    })

    it('takes the last word on how many there are: what is beyond it is cancelled, at work or not', async () => {
      const list = await listing()
      await feed(list, 1, 'a', 'b', 'c')
      const [, b] = await lab.claim(2)
      await fail(list)
      const again = await lab.claimOne()
      await feed(again, 1, 'a')
      await end(again, 1)
      expect((await lab.run('r1')).steps[1]?.counts).toMatchObject({ running: 1, cancelled: 2 })
      expect(lab.commits.at(-1)?.revoked).toEqual([b?.fence])
      await lab.check('r1')
    })

    it('keeps nothing of a lease that is lost', async () => {
      const list = await listing()
      lab.clock.advance(16_000)
      await lab.store.work.sweep()
      expect(await feed(list, 1, 'a')).toBe(false)
      expect((await lab.run('r1')).steps[1]?.counts.total).toBe(0)
    })

    it('cancels what is open when the list fails, and a retry finishes it', async () => {
      const list = await listing()
      await feed(list, 1, 'a', 'b')
      const [a] = await lab.claim(1)
      if (a === undefined) throw new Error('nothing to claim')
      await lab.settle({ fence: a.fence, kind: 'completed', resultJson: '1' })
      await fail(list, false)
      expect(await lab.check('r1')).toMatchObject({
        status: 'failed',
        counts: { completed: 1, failed: 1, cancelled: 2 },
      })
      await lab.store.runs.control('r1', { action: 'retry' })
      const again = await lab.claim()
      expect(again.map(({ itemId }) => itemId)).toEqual(['list'])
      const [second] = again
      if (second === undefined) throw new Error('nothing to claim')
      await feed(second, 1, 'a', 'B', 'c')
      await end(second, 3)
      const done: string[] = []
      await lab.work(({ itemId, inputJson }) => done.push(`${itemId} ${inputJson}`))
      expect(done).toEqual(['analyse:2 "B"', 'analyse:3 "c"', 'summary null'])
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', round: 2, counts: { completed: 5 } })
    })

    it('holds elements back while another step has to be over first', async () => {
      const steps = [
        stepPlan('list'),
        stepPlan('key', { after: ['list'] }),
        stepPlan('call', { each: 'list', after: ['key'] }),
      ]
      const list = await listing(steps)
      await feed(list, 1, 'a', 'b')
      expect(await lab.claim()).toEqual([])
      await end(list, 2)
      expect((await lab.check('r1')).totalIsFinal).toBe(true)
      const [key] = await lab.claim()
      expect(key?.itemId).toBe('key')
      await lab.settle({ fence: key?.fence ?? 0, kind: 'completed', resultJson: 'null' })
      expect((await lab.claim()).map(({ itemId }) => itemId)).toEqual(['call:1', 'call:2'])
      await lab.check('r1')
    })

    it('ends a step whose list turned out empty', async () => {
      await end(await listing(), 0)
      await lab.work(() => null)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', counts: { total: 2 } })
    })

    it('takes a whole list from an attempt after one that handed elements over', async () => {
      const list = await listing()
      await feed(list, 1, 'a', 'b', 'c')
      await fail(list)
      const again = await lab.claimOne()
      await lab.settle({ fence: again.fence, kind: 'completed', resultJson: '["a","b"]' })
      await lab.work(() => null)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', counts: { completed: 4, cancelled: 1 } })
    })

    it('goes on over a restart of its owner with what it has', async () => {
      const list = await listing()
      await feed(list, 1, 'a', 'b')
      await lab.reopen()
      expect((await lab.run('r1')).steps[1]?.counts.total).toBe(2)
      lab.clock.advance(20_000)
      await lab.store.work.sweep()
      const again = (await lab.claim()).find(({ itemId }) => itemId === 'list')
      if (again === undefined) throw new Error('the list is not offered again')
      await feed(again, 1, 'a', 'b', 'c')
      await end(again, 3)
      await lab.check('r1')
      expect((await lab.run('r1')).steps[1]?.counts.total).toBe(3)
    })
  })
}
