import type { NewKpi } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** What every store promises of KPIs. */
export function kpisSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('KPIs', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())
    const told = () => lab.commits.flatMap(({ kpis = [] }) => kpis)
    const all = { viewer: { all: true }, patterns: [] } as const

    it('change with their value, unit or data and not otherwise, and outlive the process', async () => {
      const { kpis } = lab.store
      expect(await kpis.get('a')).toBeUndefined()
      const first = await kpis.set({ name: 'a', value: 1.5, unit: '€', dataJson: '{"of":2}' })
      expect(first).toMatchObject({ name: 'a', value: 1.5, unit: '€', data: { of: 2 } })
      expect(told()).toEqual([{ name: 'a', version: first.version, kpi: first }])
      lab.clock.advance(1000)
      expect(await kpis.set({ name: 'a', value: 1.5, unit: '€', dataJson: '{"of":2}' })).toEqual(first)
      expect(told()).toHaveLength(1)
      const second = await kpis.set({ name: 'a', value: 'two' })
      expect(second).toMatchObject({ value: 'two', unit: null, data: null })
      expect(second.version).toBeGreaterThan(first.version)
      expect(Date.parse(second.at)).toBe(Date.parse(first.at) + 1000)
      expect(await kpis.version()).toBe(second.version)
      await lab.reopen()
      expect(await lab.store.kpis.get('a')).toEqual(second)
      expect(await lab.store.kpis.read(['a', 'b'])).toEqual({ version: second.version, items: [second] })
    })

    it('are deleted with a word, and never get an older version', async () => {
      const { kpis } = lab.store
      const first = await kpis.set({ name: 'a', value: 1 })
      await kpis.remove('a')
      expect(await kpis.get('a')).toBeUndefined()
      const gone = told().at(-1)
      expect(gone).toMatchObject({ name: 'a', kpi: null })
      expect(gone?.version).toBeGreaterThan(first.version)
      expect(await kpis.version()).toBe(gone?.version)
      await expect(kpis.remove('a')).rejects.toMatchObject({ code: 'not_found' })
      expect((await kpis.set({ name: 'a', value: 1 })).version).toBeGreaterThan(gone?.version ?? Number.NaN)
    })

    it('are listed by name, by the patterns one holds', async () => {
      const { kpis } = lab.store
      for (const name of ['b', 'team:x', 'team:y', 'a', 'team']) await kpis.set({ name, value: 1 })
      const names = async (query: Parameters<typeof kpis.list>[0]) =>
        (await kpis.list(query)).items.map(({ name }) => name)
      expect(await names({ ...all, limit: 9 })).toEqual(['a', 'b', 'team', 'team:x', 'team:y'])
      const viewer = { all: false, sub: 'me', roles: [], patterns: [] }
      expect(await names({ viewer, patterns: [], limit: 9 })).toEqual([])
      expect(await names({ viewer, patterns: ['kpi:team:*', 'kpi:a'], limit: 9 })).toEqual(['a', 'team:x', 'team:y'])
      const first = await kpis.list({ ...all, limit: 2 })
      expect(first.nextCursor).not.toBeNull()
      expect(await names({ ...all, limit: 3, cursor: first.nextCursor ?? '' })).toEqual(['team', 'team:x', 'team:y'])
      await expect(kpis.list({ ...all, limit: 1, cursor: '*' })).rejects.toMatchObject({ code: 'invalid_request' })
    })

    it('are refused where they are none, and over their number', async () => {
      const { kpis } = lab.store
      const bad: [NewKpi, string][] = [
        [{ name: 'a b', value: 1 }, 'name'],
        [{ name: 'a', value: Number.NaN }, 'value'],
        [{ name: 'a', value: 'x'.repeat(1_025) }, 'value'],
        [{ name: 'a', value: 1, unit: '\n' }, 'unit'],
      ]
      for (const [kpi, field] of bad) {
        await expect(kpis.set(kpi)).rejects.toMatchObject({ code: 'invalid_request', details: { field } })
      }
      const dataJson = JSON.stringify('x'.repeat(20_000))
      await expect(kpis.set({ name: 'a', value: 1, dataJson })).rejects.toMatchObject({ code: 'too_large' })
      await kpis.set({ name: 'a', value: 1 }, { max: 1 })
      await expect(kpis.set({ name: 'b', value: 1 }, { max: 1 })).rejects.toMatchObject({ code: 'store_full' })
      await kpis.set({ name: 'a', value: 2 }, { max: 1 })
      expect(told()).toHaveLength(2)
    })

    it('are set by those who hold a lease', async () => {
      await lab.start('r1', { steps: [stepPlan('list')] })
      const { fence } = await lab.claimOne()
      const { work, kpis } = lab.store
      expect(
        await work.kpis([
          { fence, name: 'a', value: 1 },
          { fence: fence + 1, name: 'b', value: 1 },
        ]),
      ).toEqual([])
      expect(await kpis.get('a')).toMatchObject({ value: 1 })
      expect(await kpis.get('b')).toBeUndefined()
    })
  })
}
