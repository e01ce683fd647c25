import type { Report } from '@monofil/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalRun, RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

/** Work that runs elsewhere, reported (protocol 4). */
export function reportSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('reports', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    async function external(options: Parameters<typeof externalRun>[1] = {}): Promise<void> {
      await lab.store.runs.create(externalRun('e1', options))
    }

    const applied = (answers: readonly { applied: boolean; reason?: string }[]) =>
      answers.map((answer) => answer.reason ?? answer.applied)

    it('carries a run from the first report to complete, with items, totals, logs, texts and usage', async () => {
      await external()
      await lab.report('e1', { log: 'starting', total: 3 })
      expect(await lab.check('e1')).toMatchObject({
        status: 'running',
        counts: { queued: 3, total: 3 },
        lastSeenAt: '2026-01-01T00:00:00.000Z',
      })
      await lab.report(
        'e1',
        { item: 'a', status: 'running' },
        { item: 'a', text: { name: 'answer', position: 0, text: 'Hel' } },
        { item: 'b', status: 'completed', result: { n: 1 }, usage: { tokens: 5, cost: '0.1', currency: 'EUR' } },
        { item: 'c', status: 'failed', error: 'no luck', usage: { tokens: 2, cost: '0.2' } },
      )
      expect(await lab.check('e1')).toMatchObject({
        counts: { queued: 0, running: 1, completed: 1, failed: 1, total: 3 },
        usage: { tokens: 7, cost: '0.3', currency: 'EUR' },
        progress: 66.6,
        progressKnown: true,
      })
      expect(await lab.item('e1', 'c')).toMatchObject({
        step: 'main',
        index: 3,
        attempts: 1,
        error: { code: 'error', message: 'no luck' },
        usage: { tokens: 2, cost: '0.2' },
      })
      expect(applied(await lab.report('e1', { status: 'completed', result: 'all' }))).toEqual(['items_open'])
      await lab.report('e1', { item: 'a', status: 'completed' }, { status: 'completed', result: 'all', log: 'bye' })
      const run = await lab.check('e1')
      expect(run).toMatchObject({ status: 'partial', result: 'all', progress: 100 })
      const types = (await lab.events('e1')).map(({ type }) => type)
      expect(types.filter((type) => type === 'log')).toHaveLength(2)
      expect(types.filter((type) => type === 'text')).toHaveLength(1)
      expect(types.at(-1)).toBe('complete')
    })

    it('applies a report once, whatever is sent how often, also after the end', async () => {
      await external()
      const reports: Report[] = [
        { id: '1', item: 'a', status: 'completed', usage: { tokens: 1 } },
        { id: '1', item: 'b', status: 'completed' },
        { id: '2', status: 'completed' },
      ]
      const first = await lab.store.runs.report('e1', reports)
      expect(applied(first.answers)).toEqual([true, 'duplicate', true])
      const before = await lab.check('e1')
      expect(before.status).toBe('completed')
      const again = await lab.store.runs.report('e1', reports)
      expect(applied(again.answers)).toEqual(['duplicate', 'duplicate', 'duplicate'])
      expect(await lab.run('e1')).toEqual(before)
    })

    it('refuses what is stale: a lower attempt, and a finished item of the same attempt', async () => {
      await external()
      await lab.report('e1', { item: 'a', attempt: 2, status: 'running' })
      expect(applied(await lab.report('e1', { item: 'a', attempt: 1, status: 'failed' }))).toEqual(['stale'])
      await lab.report('e1', { item: 'a', attempt: 2, status: 'failed' })
      expect(applied(await lab.report('e1', { item: 'a', status: 'completed' }))).toEqual(['stale'])
      expect(applied(await lab.report('e1', { item: 'a', attempt: 2, log: 'late' }))).toEqual(['stale'])
      expect(await lab.item('e1', 'a')).toMatchObject({ status: 'failed', attempts: 2 })
      expect(applied(await lab.report('e1', { item: 'a', attempt: 3, status: 'completed', result: 1 }))).toEqual([true])
      expect(await lab.item('e1', 'a')).toMatchObject({ status: 'completed', attempts: 3, error: null, result: 1 })
      await lab.check('e1')
    })

    it('lets an item be retried in its own words', async () => {
      await external()
      await lab.report('e1', { item: 'a', status: 'running' }, { item: 'a', status: 'retrying', error: 'once more' })
      expect(await lab.item('e1', 'a')).toMatchObject({ status: 'retrying', attempts: 1, waiting: null })
      await lab.report('e1', { item: 'a', status: 'running' })
      expect(await lab.item('e1', 'a')).toMatchObject({ status: 'running', attempts: 2 })
      await lab.report('e1', { item: 'a', attempt: 3 })
      expect(await lab.item('e1', 'a')).toMatchObject({ status: 'running', attempts: 3 })
      await lab.report('e1', { item: 'a', status: 'queued' }, { item: 'a', status: 'cancelled' })
      expect(await lab.check('e1')).toMatchObject({ counts: { cancelled: 1, total: 1 } })
    })

    it('takes the larger of the announced total and the items', async () => {
      await external()
      await lab.report('e1', { step: 's', total: 1 }, { step: 's', item: 'a' }, { step: 's', item: 'b' })
      expect((await lab.check('e1')).counts).toMatchObject({ queued: 2, total: 2 })
      await lab.report('e1', { step: 's', total: 5 })
      expect((await lab.check('e1')).counts).toMatchObject({ queued: 5, total: 5 })
      await lab.report('e1', { step: 's', total: 2 })
      expect((await lab.check('e1')).counts).toMatchObject({ queued: 2, total: 2 })
    })

    it('moves steps by the reporter’s word, and opens one again for a new item', async () => {
      await external({ steps: [stepPlan('a'), stepPlan('b')] })
      await lab.report('e1', { step: 'a', status: 'running' }, { step: 'a', item: 'x', status: 'completed' })
      const answers = await lab.report('e1', { step: 'a', status: 'completed' }, { step: 'b', status: 'paused' })
      expect(applied(answers)).toEqual([true, true])
      expect((await lab.check('e1')).steps.map(({ status }) => status)).toEqual(['completed', 'paused'])
      await lab.report('e1', { step: 'a', item: 'y', status: 'running' }, { step: 'b', status: 'running' })
      expect((await lab.check('e1')).steps.map(({ status }) => status)).toEqual(['running', 'running'])
      expect(applied(await lab.report('e1', { step: 'a', status: 'completed' }))).toEqual(['items_open'])
      await lab.report('e1', { step: 'a', status: 'failed', error: { code: 'x', message: 'm' } })
      const run = await lab.check('e1')
      expect(run.steps[0]).toMatchObject({ status: 'failed', counts: { completed: 1, cancelled: 1 } })
      expect(applied(await lab.report('e1', { step: 'a', status: 'completed' }))).toEqual(['stale'])
      await lab.report('e1', { status: 'completed' })
      expect(await lab.check('e1')).toMatchObject({ status: 'partial' })
    })

    it('leaves no step behind whose first report was refused', async () => {
      await external()
      expect(applied(await lab.report('e1', { step: 's', status: 'completed', total: 3 }))).toEqual(['items_open'])
      expect(await lab.check('e1')).toMatchObject({ status: 'queued', steps: [] })
    })

    it('pauses, goes on, and ends by the reporter’s word', async () => {
      await external({ totals: { main: 4 } })
      await lab.report('e1', { status: 'paused' }, { item: 'a', status: 'running' })
      expect(await lab.check('e1')).toMatchObject({ status: 'paused' })
      await lab.report('e1', { status: 'running' })
      expect(await lab.check('e1')).toMatchObject({ status: 'running' })
      await lab.report('e1', { status: 'failed', error: 'the reporter gave up' })
      const run = await lab.check('e1')
      expect(run).toMatchObject({
        status: 'failed',
        progress: 0,
        error: { code: 'error', message: 'the reporter gave up' },
        counts: { cancelled: 4, running: 0, queued: 0, total: 4 },
      })
    })

    it('cancels a run that was never begun', async () => {
      await external()
      await lab.report('e1', { status: 'cancelled' })
      expect(await lab.check('e1')).toMatchObject({ status: 'cancelled', error: null })
    })

    it('leaves the progress of a run that failed midway where it was', async () => {
      await external()
      const items = (['a', 'b', 'c'] as const).map((item): Omit<Report, 'id'> => ({ item, status: 'completed' }))
      await lab.report('e1', { total: 5 }, ...items, { item: 'd', status: 'failed', error: 'no luck' })
      await lab.report('e1', { status: 'failed', error: { code: 'quota', message: 'used up' } })
      expect(await lab.check('e1')).toMatchObject({ status: 'failed', progress: 80 })
    })

    it('after the end takes log and usage only, and its topic has ended', async () => {
      await external()
      await lab.report('e1', { status: 'completed' })
      const head = (await lab.run('e1')).offset
      await lab.report('e1', { log: 'a word more', usage: { tokens: 3 } })
      const run = await lab.check('e1')
      expect(run).toMatchObject({ status: 'completed', usage: { tokens: 3 }, offset: head })
      expect((await lab.store.runs.logs('e1', { limit: 5 })).items).toMatchObject([{ message: 'a word more' }])
      await expect(lab.report('e1', { item: 'a', status: 'completed' })).rejects.toMatchObject({
        code: 'invalid_state',
        details: { state: 'completed' },
      })
    })

    it('applies a request whole or not at all', async () => {
      await external()
      const before = await lab.run('e1')
      const bad: Omit<Report, 'id'>[] = [
        { item: 'a', status: 'paused' },
        { step: 's', status: 'retrying' },
        { status: 'partial' },
        { text: { name: 'n', position: 0, text: 't' } },
      ]
      for (const report of bad) {
        const good = { item: 'good', status: 'completed' as const, log: 'x', usage: { tokens: 1 } }
        await expect(lab.report('e1', good, report)).rejects.toMatchObject({ code: 'invalid_request' })
      }
      const usage = { tokens: 1, cost: '1', currency: 'EUR' }
      await expect(lab.report('e1', { usage }, { usage: { cost: '1', currency: 'USD' } })).rejects.toMatchObject({
        code: 'currency_mismatch',
        details: { field: 'reports[1].usage.currency' },
      })
      await expect(lab.report('e1', { status: 'completed' }, { item: 'a' })).rejects.toMatchObject({
        code: 'invalid_state',
      })
      expect(await lab.run('e1')).toEqual(before)
      expect(await lab.items('e1')).toEqual([])
      await expect(lab.report('none', { log: 'x' })).rejects.toMatchObject({ code: 'not_found' })
      await lab.start('own')
      await expect(lab.report('own', { log: 'x' })).rejects.toMatchObject({ code: 'invalid_state' })
    })

    it('sums money exactly', async () => {
      await external()
      const reports = Array.from({ length: 1000 }, () => ({ usage: { cost: '0.000001' } }))
      await lab.report('e1', ...reports, { usage: { cost: '999999999999999.999' } })
      expect((await lab.run('e1')).usage).toEqual({ cost: '1000000000000000', projected: null })
    })

    it('notes when it happened, by the reporter’s clock', async () => {
      await external()
      await lab.report(
        'e1',
        { item: 'a', status: 'running', at: '2025-12-31T22:00:00+01:00' },
        {
          item: 'a',
          status: 'completed',
          at: '2025-12-31T21:00:05Z',
          log: { level: 'warn', message: 'slow', data: 1 },
        },
      )
      expect(await lab.item('e1', 'a')).toMatchObject({
        startedAt: '2025-12-31T21:00:00.000Z',
        finishedAt: '2025-12-31T21:00:05.000Z',
      })
      expect((await lab.store.runs.logs('e1', { limit: 5 })).items).toEqual([
        { level: 'warn', message: 'slow', data: 1, step: 'main', item: 'a', at: '2025-12-31T21:00:05.000Z', offset: 2 },
      ])
    })

    it('marks a silent reporter as stalled, until it is heard again', async () => {
      await external({ heartbeatMs: 5000 })
      lab.clock.advance(4000)
      await lab.report('e1', { item: 'a', status: 'running' })
      lab.clock.advance(4999)
      await lab.store.work.sweep()
      expect((await lab.run('e1')).stalledSince).toBeNull()
      lab.clock.advance(1)
      await lab.store.work.sweep()
      expect(await lab.check('e1')).toMatchObject({ stalledSince: '2026-01-01T00:00:09.000Z', status: 'running' })
      await lab.report('e1', { log: 'back' })
      expect(await lab.check('e1')).toMatchObject({ stalledSince: null })
      await lab.report('e1', { item: 'a', status: 'completed' }, { status: 'completed' })
      lab.clock.advance(60_000)
      await lab.store.work.sweep()
      expect(await lab.check('e1')).toMatchObject({ stalledSince: null })
    })

    it('does not take the time in which nobody could be heard for silence', async () => {
      await external({ heartbeatMs: 5000 })
      await lab.report('e1', { item: 'a', status: 'running' })
      lab.clock.advance(60_000)
      await lab.reopen()
      lab.clock.advance(4999)
      await lab.store.work.sweep()
      expect((await lab.run('e1')).stalledSince).toBeNull()
      lab.clock.advance(1)
      await lab.store.work.sweep()
      expect(await lab.run('e1')).toMatchObject({
        lastSeenAt: '2026-01-01T00:00:00.000Z',
        stalledSince: '2026-01-01T00:01:05.000Z',
      })
    })

    it('takes any request for a word, also one that changes nothing', async () => {
      await external({ heartbeatMs: 5000 })
      const alive: Report = { id: 'alive' }
      expect(applied((await lab.store.runs.report('e1', [alive])).answers)).toEqual([true])
      expect(await lab.check('e1')).toMatchObject({ status: 'running', counts: { total: 0 } })
      for (let beat = 0; beat < 3; beat += 1) {
        lab.clock.advance(4999)
        expect(applied((await lab.store.runs.report('e1', [alive])).answers)).toEqual(['duplicate'])
        await lab.store.work.sweep()
        expect(await lab.run('e1')).toMatchObject({ stalledSince: null })
      }
      expect((await lab.run('e1')).lastSeenAt).toBe('2026-01-01T00:00:14.997Z')
    })

    it('ends with the last of several reporters, whoever that is', async () => {
      await external({ totals: { main: 2 } })
      const end = (id: string): Report => ({ id, status: 'completed' })
      await lab.report('e1', { item: 'a', status: 'completed' })
      expect(applied((await lab.store.runs.report('e1', [end('one')])).answers)).toEqual(['items_open'])
      await lab.report('e1', { item: 'b', status: 'completed' })
      expect(applied((await lab.store.runs.report('e1', [end('two')])).answers)).toEqual([true])
      await expect(lab.store.runs.report('e1', [end('one')])).rejects.toMatchObject({ code: 'invalid_state' })
      expect(await lab.check('e1')).toMatchObject({ status: 'completed', counts: { completed: 2, total: 2 } })
    })

    it('is exclusive per workflow, and per key where there is one', async () => {
      const create = (id: string, options: Parameters<typeof externalRun>[1]) =>
        lab.store.runs.create(externalRun(id, { exclusive: true, ...options }))
      await create('k1', { key: 'one' })
      await create('k2', { key: 'two' })
      await create('other', { workflow: 'another' })
      await expect(create('k3', { key: 'one' })).rejects.toMatchObject({ code: 'key_busy' })
      await expect(create('all', {})).rejects.toMatchObject({ code: 'key_busy' })
      await expect(create('again', { workflow: 'another' })).rejects.toMatchObject({ code: 'key_busy' })
    })

    it('keeps items of different steps apart, whatever their ids', async () => {
      await external()
      await lab.report(
        'e1',
        { item: 'x', status: 'completed' },
        { step: 's', item: 'x', status: 'failed', error: 'no' },
      )
      expect(await lab.check('e1')).toMatchObject({ counts: { completed: 1, failed: 1, total: 2 } })
      expect((await lab.run('e1')).steps.map(({ name }) => name)).toEqual(['main', 's'])
      await lab.report('e1', { status: 'completed' })
      expect(await lab.check('e1')).toMatchObject({ status: 'partial' })
    })

    it('holds its key and status like any run', async () => {
      await external({ exclusive: true, key: 'k' })
      const second = externalRun('e2', { exclusive: true, key: 'k' })
      await expect(lab.store.runs.create(second)).rejects.toMatchObject({ code: 'key_busy' })
      expect((await lab.store.runs.active()).map(({ id }) => id)).toEqual(['e1'])
      await lab.report('e1', { status: 'completed' })
      expect(await lab.store.runs.active()).toEqual([])
      await lab.store.runs.create(second)
    })
  })
}
