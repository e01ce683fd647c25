import type { FailureGroup } from '@monofil/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** Failures by cause, and doing those of one cause again. */
export function failuresSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('failures', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const steps = [stepPlan('list'), stepPlan('each', { each: 'list', concurrency: 10_000 })]

    /** A run whose items fail as `why` says; it answers null for those that do not. */
    async function failing(count: number, why: (index: number) => string | null): Promise<readonly FailureGroup[]> {
      await lab.start('r', { steps })
      await lab.work((lease) => {
        if (lease.step === 'list') return Array.from({ length: count }, (_, i) => i)
        const message = why(lease.index)
        if (message !== null) throw new Error(message)
        return null
      })
      return lab.store.runs.failures('r')
    }

    it('of one cause are retried together, however many, and no others', async () => {
      const groups = await failing(1500, (i) => (i <= 1200 ? `cannot read /in/${i}.png` : i <= 1400 ? 'quota' : null))
      expect(groups.map(({ message, count, items }) => [message, count, items.length])).toEqual([
        ['cannot read <path>', 1200, 1000],
        ['quota', 200, 200],
      ])
      const [reads] = groups
      if (reads === undefined) throw new Error('no group')
      const { step, code, message } = reads
      const run = await lab.store.runs.control('r', { action: 'retry', failures: [{ step, code, message }] })
      expect(run).toMatchObject({ round: 2, counts: { queued: 1200, failed: 200, completed: 101 } })
      // A double click is one retry.
      expect((await lab.store.runs.control('r', { action: 'retry', failures: [reads] })).round).toBe(2)
      await lab.work(() => null)
      expect(await lab.check('r')).toMatchObject({ status: 'partial', counts: { failed: 200, completed: 1301 } })
      expect((await lab.store.runs.failures('r')).map((group) => group.message)).toEqual(['quota'])
    })

    it('are named by what the list says of them: the words of one, or what many share; several at once', async () => {
      const groups = await failing(6, (i) =>
        i === 1 ? 'item 7 is "odd"' : i <= 3 ? `no ${i}` : i <= 5 ? 'quota' : null,
      )
      expect(groups.map(({ message }) => message)).toEqual(['no <n>', 'quota', 'item 7 is "odd"'])
      const chosen = groups.filter(({ message }) => message !== 'quota')
      const run = await lab.store.runs.control('r', { action: 'retry', failures: chosen })
      expect(run.counts).toMatchObject({ queued: 3, failed: 2 })
    })

    it('that nobody had are refused', async () => {
      await failing(2, () => 'no')
      const failures = [{ step: 'each', code: 'error', message: 'yes' }]
      await expect(lab.store.runs.control('r', { action: 'retry', failures })).rejects.toMatchObject({
        code: 'invalid_request',
        details: { field: 'failures[0]' },
      })
    })

    it('with a message each stay a short list, whose last group is the rest and can be retried too', async () => {
      const letters = (i: number) => String(i).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '')
      const groups = await failing(700, (i) => `cause ${letters(i)}`)
      expect(groups).toHaveLength(501)
      expect(groups[0]).toMatchObject({ message: '<other messages>', count: 200 })
      const run = await lab.store.runs.control('r', { action: 'retry', failures: groups.slice(0, 1) })
      expect(run.counts).toMatchObject({ queued: 200, failed: 500 })
    })
  })
}
