import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalRun, RunLab, stepPlan, sumOf } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const STEPS = [
  stepPlan('list'),
  stepPlan('ask', { each: 'list', attempts: 2, backoff: { minMs: 0, maxMs: 0, factor: 1 } }),
]
const DAY_MS = 86_400_000

/** What attempts use: for item, step, run and day, once. */
export function usageSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('usage', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const listed = async (id = 'r1', elements = 3) => {
      await lab.start(id, { steps: STEPS })
      const { fence } = await lab.claimOne()
      await lab.settle({
        fence,
        kind: 'completed',
        resultJson: JSON.stringify(Array.from({ length: elements }, () => 1)),
      })
    }
    const list = async (query: object) =>
      (await lab.store.usage.list({ viewer: { all: true }, days: 30, by: ['day'], limit: 200, ...query })).items

    it('counts for the item, its step, the run and the day while the item works', async () => {
      await listed()
      const lease = await lab.claimOne()
      await lab.spend(lease, { tokens: 10, cost: '0.1', currency: 'USD', model: 'small' })
      await lab.spend(lease, { tokens: 5, cost: '0.2', model: 'large' })
      const usage = { tokens: 15, cost: '0.3', currency: 'USD' }
      expect(await lab.item('r1', 'ask:1')).toMatchObject({ status: 'running', usage })
      expect(await lab.check('r1')).toMatchObject({
        usage: { ...usage, projected: null },
        steps: [{ usage: {} }, { usage }],
      })
      const day = '2026-01-01'
      expect(await lab.ledger()).toEqual([{ day, ...usage }])
      expect(await lab.ledger(['model'])).toEqual([
        { model: 'large', tokens: 5, cost: '0.2', currency: 'USD' },
        { model: 'small', tokens: 10, cost: '0.1', currency: 'USD' },
      ])
      expect(await lab.ledger(['owner', 'workflow'])).toEqual([{ owner: 'alice', workflow: 'photos', ...usage }])
    })

    it('what is sent twice counts once; what a failed or lost attempt used counts', async () => {
      await listed()
      const first = await lab.claimOne()
      await lab.spend(first, { tokens: 10 }, 1)
      await lab.spend(first, { tokens: 10 }, 1)
      await lab.settle({ fence: first.fence, kind: 'failed', error: { code: 'e', message: 'm' }, retryable: true })
      await lab.spend(first, { tokens: 10 }, 1)
      // Sent before the failure, and heard after it.
      await lab.spend(first, { tokens: 1 }, 2)
      expect(await lab.item('r1', 'ask:1')).toMatchObject({ status: 'retrying', usage: { tokens: 11 } })
      const again = await lab.claimOne()
      expect(again).toMatchObject({ itemId: 'ask:1', attempt: 2 })
      await lab.spend(again, { tokens: 100 }, 1)
      lab.clock.advance(16_000)
      await lab.store.work.sweep()
      await lab.reopen()
      await lab.spend(again, { tokens: 100 }, 1)
      await lab.spend(again, { tokens: 1000 }, 2)
      expect(await lab.check('r1')).toMatchObject({ usage: { tokens: 1111 } })
      expect(await lab.ledger()).toMatchObject([{ tokens: 1111 }])
    })

    it('what comes after the end counts for the step, the run and the day', async () => {
      await listed('r1', 1)
      const lease = await lab.claimOne()
      await lab.settle({ fence: lease.fence, kind: 'completed', resultJson: '1' })
      await lab.spend(lease, { tokens: 7 })
      expect(await lab.check('r1')).toMatchObject({
        status: 'completed',
        usage: { tokens: 7 },
        steps: [{}, { usage: { tokens: 7 } }],
      })
      expect(await lab.ledger()).toMatchObject([{ tokens: 7 }])
    })

    it('a cost in another currency counts for the day alone, and the log says so', async () => {
      await listed()
      const lease = await lab.claimOne()
      await lab.spend(lease, { cost: '1', currency: 'USD' })
      await lab.spend(lease, { tokens: 3, cost: '2', currency: 'EUR' })
      expect(await lab.check('r1')).toMatchObject({ usage: { tokens: 3, cost: '1', currency: 'USD' } })
      expect(await lab.ledger()).toMatchObject([
        { cost: '2', currency: 'EUR', tokens: 3 },
        { cost: '1', currency: 'USD' },
      ])
      const { items } = await lab.store.runs.logs('r1', { limit: 9 })
      expect(items).toMatchObject([{ level: 'warn', item: 'ask:1', message: expect.stringContaining('EUR') }])
    })

    it('sums stay exact beyond 64 bits', async () => {
      await listed()
      for (const lease of await lab.claim(3)) await lab.spend(lease, { cost: '999999999999999.999999' })
      expect(await lab.check('r1')).toMatchObject({ usage: { cost: '2999999999999999.999997' } })
      expect(await lab.ledger()).toMatchObject([{ cost: '2999999999999999.999997' }])
    })

    it('what reporters say counts alike, for step, item and model', async () => {
      await lab.store.runs.create(externalRun('e1', { totals: { main: 2 } }))
      await lab.report(
        'e1',
        { item: 'a', status: 'running', usage: { tokens: 1, model: 'm' } },
        { step: 'main', usage: { tokens: 2 } },
        { usage: { tokens: 4 } },
      )
      const run = await lab.check('e1')
      expect(run).toMatchObject({ usage: { tokens: 7 }, steps: [{ usage: { tokens: 3 } }] })
      expect(await lab.ledger(['model'])).toMatchObject([
        { model: null, tokens: 6 },
        { model: 'm', tokens: 1 },
      ])
      await lab.report(
        'e1',
        { item: 'a', status: 'completed' },
        { item: 'b', status: 'completed' },
        { status: 'completed' },
      )
      await lab.report('e1', { usage: { tokens: 10 } })
      expect(sumOf([await lab.check('e1')]).tokens).toBe(17)
      expect(await lab.ledger()).toMatchObject([{ tokens: 17 }])
    })

    it('is kept by day when its run is gone, until its own bound', async () => {
      await listed('r1', 1)
      const lease = await lab.claimOne()
      await lab.spend(lease, { tokens: 7 })
      await lab.settle({ fence: lease.fence, kind: 'completed', resultJson: '1' })
      await lab.store.runs.remove('r1')
      const keep = { maxAgeMs: null, maxCount: null, maxLogLines: null }
      await lab.store.runs.trim({ ...keep, maxUsageDays: 3 })
      await lab.spend(lease, { tokens: 9 })
      expect(await lab.ledger()).toMatchObject([{ tokens: 7 }])
      lab.clock.advance(2 * DAY_MS)
      await lab.store.runs.trim({ ...keep, maxUsageDays: 3 })
      expect(await list({ days: 3 })).toMatchObject([{ tokens: 7 }])
      expect(await list({ days: 2 })).toEqual([])
      lab.clock.advance(DAY_MS)
      await lab.store.runs.trim({ ...keep, maxUsageDays: 3 })
      expect(await lab.ledger()).toEqual([])
    })

    it('answers page by page, the newest day first, and to each viewer what is theirs', async () => {
      for (const [id, owner, workflow] of [
        ['a', 'alice', 'one'],
        ['b', 'bob', 'two'],
        ['c', 'bob', 'three'],
      ] as const) {
        await lab.store.runs.create(externalRun(id, { owner, workflow }))
        await lab.report(id, { usage: { tokens: 1 } })
        lab.clock.advance(DAY_MS)
      }
      const seen = async (viewer: object) =>
        (await list({ by: ['day', 'workflow'], viewer })).map(({ workflow }) => workflow)
      expect(await seen({ all: true })).toEqual(['three', 'two', 'one'])
      expect(await seen({ all: false, sub: 'alice', patterns: [] })).toEqual(['one'])
      expect(await seen({ all: false, sub: 'alice', patterns: ['workflow:t*'] })).toEqual(['three', 'two', 'one'])
      expect(await seen({ all: false, sub: 'carol', patterns: ['workflow:two', '*'] })).toEqual(['two'])
      expect(await list({ owner: 'bob', by: ['owner'] })).toEqual([
        { owner: 'bob', tokens: 2, cost: '0', currency: null },
      ])
      const query = { viewer: { all: true }, days: 30, by: ['day'], limit: 2 } as const
      const first = await lab.store.usage.list(query)
      expect(first.items.map(({ day }) => day)).toEqual(['2026-01-03', '2026-01-02'])
      const cursor = first.nextCursor ?? ''
      expect(await lab.store.usage.list({ ...query, cursor })).toMatchObject({
        items: [{ day: '2026-01-01' }],
        nextCursor: null,
      })
      for (const bad of ['x', 'W10', Buffer.from('[1,2]').toString('base64url')]) {
        await expect(lab.store.usage.list({ ...query, cursor: bad })).rejects.toMatchObject({
          details: { field: 'cursor' },
        })
      }
    })

    it('projects what all will use from 5 items on, while their number is known', async () => {
      await listed('r1', 20)
      const spendOn = async (count: number) => {
        for (const lease of await lab.claim(count)) {
          await lab.spend(lease, { tokens: 10, cost: '0.000003' })
          await lab.settle({ fence: lease.fence, kind: 'completed', resultJson: '1' })
        }
      }
      await spendOn(4)
      expect((await lab.run('r1')).usage.projected).toBeNull()
      await spendOn(1)
      expect((await lab.run('r1')).usage).toEqual({
        tokens: 50,
        cost: '0.000015',
        projected: { tokens: 200, cost: '0.00006' },
      })
      for (let i = 0; i < 4; i++) await spendOn(4)
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', usage: { tokens: 200, projected: null } })
    })
  })
}
