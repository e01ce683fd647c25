import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const LIST = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']

/** Claiming and settling: our own runs from end to end. */
export function workSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('work', () => {
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

    it('drives photos with failures and retries to partial, and holds every promise on the way', async () => {
      await lab.start('r1')
      const first = await lab.claimOne()
      expect(first).toMatchObject({
        runId: 'r1',
        step: 'list',
        itemId: 'list',
        index: 1,
        attempt: 1,
        inputJson: 'null',
      })
      expect(first).toMatchObject({ workflow: 'photos', runInputJson: '{"folder":"x"}', timeoutMs: 30_000 })
      expect(await lab.check('r1')).toMatchObject({ status: 'running' })
      await lab.settle({ fence: first.fence, kind: 'completed', resultJson: JSON.stringify(LIST) })
      expect(await lab.check('r1')).toMatchObject({ progress: 33.3, totalIsFinal: true, progressKnown: true })

      const leases = await lab.claim()
      expect(leases.map((lease) => [lease.itemId, lease.inputJson])).toEqual([
        ['analyse:1', '"p1"'],
        ['analyse:2', '"p2"'],
        ['analyse:3', '"p3"'],
        ['analyse:4', '"p4"'],
      ])
      const broken = new Error('cannot read p2')
      await lab.settle(
        ...leases.map(({ fence, index }) =>
          index === 2
            ? ({ fence, kind: 'failed', error: { code: 'error', message: broken.message }, retryable: true } as const)
            : ({ fence, kind: 'completed', resultJson: String(index * 10) } as const),
        ),
      )
      expect(await lab.check('r1')).toMatchObject({ counts: { retrying: 1, completed: 4, queued: 3 } })
      expect(await lab.item('r1', 'analyse:2')).toMatchObject({
        status: 'retrying',
        attempts: 1,
        error: { code: 'error', message: 'cannot read p2' },
        waiting: { reason: 'backoff' },
      })
      await lab.work((lease) => lease.index * 10)
      expect(await lab.check('r1')).toMatchObject({ counts: { retrying: 1, completed: 6, queued: 1 } })

      for (const attempt of [2, 3]) {
        expect(await lab.claim()).toEqual([])
        lab.clock.advance(60_000)
        const again = await lab.claimOne()
        expect(again).toMatchObject({ itemId: 'analyse:2', attempt })
        await lab.settle({
          fence: again.fence,
          kind: 'failed',
          error: { code: 'error', message: broken.message },
          retryable: true,
        })
        await lab.check('r1')
      }
      const summary = await lab.claimOne()
      expect(summary.step).toBe('summary')
      const results = await lab.store.work.results({ runId: 'r1', step: 'analyse', after: 0, limit: 3 })
      expect(results.map(({ index, resultJson }) => [index, resultJson])).toEqual([
        [1, '10'],
        [3, '30'],
        [4, '40'],
      ])
      await lab.settle({ fence: summary.fence, kind: 'completed', resultJson: '{"photos":5}' })
      const run = await lab.check('r1')
      expect(run).toMatchObject({ status: 'partial', progress: 100, result: { photos: 5 }, error: null })
      expect(run.steps.map(({ status }) => status)).toEqual(['completed', 'partial', 'completed'])
      const types = (await lab.events('r1')).map(({ type }) => type)
      expect(types.slice(-2)).toEqual(['status', 'complete'])
      expect(await lab.claim()).toEqual([])
    })

    it('claims oldest run first, within a step no more than its concurrency, over all workers', async () => {
      for (const [id, concurrency] of [
        ['r1', 2],
        ['r2', 3],
      ] as const) {
        await lab.start(id, { steps: [stepPlan('list'), stepPlan('analyse', { each: 'list', concurrency })] })
      }
      const lists = await lab.claim(2)
      await lab.settle(
        ...lists.map(({ fence }) => ({ fence, kind: 'completed', resultJson: '[1,2,3,4,5,6]' }) as const),
      )
      const first = await lab.claim(4, { worker: 'w1' })
      expect(first.map(({ runId, index }) => [runId, index])).toEqual([
        ['r1', 1],
        ['r1', 2],
        ['r2', 1],
        ['r2', 2],
      ])
      const second = await lab.claim(4, { worker: 'w2' })
      expect(second.map(({ runId, index }) => [runId, index])).toEqual([['r2', 3]])
      expect(await lab.claim(4, { worker: 'w3' })).toEqual([])
      await lab.settle({ fence: first[0]?.fence ?? 0, kind: 'released' })
      expect(await lab.claim(4, { worker: 'w3' })).toMatchObject([{ runId: 'r1', index: 1, attempt: 1 }])
      expect(await lab.claim(4, { workflow: 'other' })).toEqual([])
    })

    it('says when work is there, and nothing when it is not', async () => {
      await lab.start('r1')
      expect(lab.commits.at(-1)?.work).toBe(true)
      await lab.claim()
      expect(lab.commits.at(-1)?.work).toBe(false)
      const commits = lab.commits.length
      expect(await lab.claim()).toEqual([])
      expect(lab.commits).toHaveLength(commits)
    })

    it('fails the run with its single step, and cancels what depends on it', async () => {
      await lab.start('r1')
      await lab.work(() => {
        throw new Error('no such folder')
      })
      const run = await lab.check('r1')
      expect(run).toMatchObject({
        status: 'failed',
        error: { code: 'error', message: 'no such folder' },
        progress: 33.3,
      })
      expect(run.steps.map(({ status }) => status)).toEqual(['failed', 'cancelled', 'cancelled'])
      expect(run.counts).toMatchObject({ failed: 1, cancelled: 1, total: 2 })
    })

    it('fails the run when every item of a step failed', async () => {
      await withItems('r1')
      await lab.work((lease) => {
        throw new Error(`cannot read p${lease.index}`)
      })
      expect(await lab.check('r1')).toMatchObject({
        status: 'failed',
        error: { message: 'all 6 items of step analyse failed, the first with: cannot read p1' },
      })
    })

    it('lets independent branches go on beside a failure', async () => {
      const steps = [
        stepPlan('root'),
        stepPlan('bad', { after: ['root'] }),
        stepPlan('good', { after: ['root'] }),
        stepPlan('after-bad', { after: ['bad'] }),
        stepPlan('after-good', { after: ['good'] }),
      ]
      await lab.start('r1', { steps })
      const done: string[] = []
      await lab.work((lease) => {
        if (lease.step === 'bad') throw new Error('bad')
        done.push(lease.step)
      })
      expect(done).toEqual(['root', 'good', 'after-good'])
      const run = await lab.check('r1')
      expect(run.steps.map(({ status }) => status)).toEqual([
        'completed',
        'failed',
        'completed',
        'cancelled',
        'completed',
      ])
      expect(run.status).toBe('failed')
    })

    it('completes a step without items, and the steps after it run', async () => {
      await lab.start('r1')
      await lab.work((lease) => (lease.step === 'list' ? [] : 'nothing to sum up'))
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', progress: 100, result: 'nothing to sum up' })
    })

    it('fails a step that runs over what is no array', async () => {
      await lab.start('r1')
      await lab.work(() => ({ files: 3 }))
      const run = await lab.check('r1')
      expect(run).toMatchObject({
        status: 'failed',
        error: {
          code: 'invalid_result',
          message: 'step analyse runs over the result of step list, which must be an array and was an object',
        },
      })
      expect(run.steps.map(({ status }) => status)).toEqual(['completed', 'failed', 'cancelled'])
    })

    it('streams items from step to step, and counts their total before it is final', async () => {
      const steps = [
        stepPlan('list'),
        stepPlan('load', { each: 'list', concurrency: 2 }),
        stepPlan('score', { each: 'load', concurrency: 2 }),
      ]
      await lab.start('r1', { steps })
      const list = await lab.claimOne()
      await lab.settle({ fence: list.fence, kind: 'completed', resultJson: '[1,2,3,4]' })
      expect(await lab.check('r1')).toMatchObject({ totalIsFinal: false, progressKnown: true })
      const [a, b] = await lab.claim(2)
      await lab.settle({ fence: b?.fence ?? 0, kind: 'completed', resultJson: '"second"' })
      const [next, score] = await lab.claim(2)
      expect(next).toMatchObject({ step: 'load', index: 3 })
      expect(score).toMatchObject({ step: 'score', itemId: 'score:2', index: 2, inputJson: '"second"' })
      await lab.settle(
        { fence: a?.fence ?? 0, kind: 'failed', error: { code: 'e', message: 'm' }, retryable: false },
        { fence: next?.fence ?? 0, kind: 'completed', resultJson: '3' },
        { fence: score?.fence ?? 0, kind: 'completed', resultJson: '"done"' },
      )
      await lab.check('r1')
      await lab.work((lease) => lease.index)
      const run = await lab.check('r1')
      expect(run).toMatchObject({ status: 'partial', result: null })
      expect(run.steps.map(({ counts }) => counts.total)).toEqual([1, 4, 3])
    })

    it('gives a streamed step that waited for another the results there are, then those to come', async () => {
      const steps = [
        stepPlan('list'),
        stepPlan('load', { each: 'list' }),
        stepPlan('model', { after: ['list'] }),
        stepPlan('score', { each: 'load', after: ['model'] }),
      ]
      await lab.start('r1', { steps })
      const list = await lab.claimOne()
      await lab.settle({ fence: list.fence, kind: 'completed', resultJson: '[1,2]' })
      const [first, second, model] = await lab.claim(3)
      expect(model?.step).toBe('model')
      await lab.settle({ fence: second?.fence ?? 0, kind: 'completed', resultJson: '"b"' })
      expect(await lab.claim()).toEqual([])
      await lab.settle({ fence: model?.fence ?? 0, kind: 'completed', resultJson: 'null' })
      expect(await lab.claim()).toMatchObject([{ itemId: 'score:2', inputJson: '"b"' }])
      await lab.settle({ fence: first?.fence ?? 0, kind: 'completed', resultJson: '"a"' })
      expect(await lab.claim()).toMatchObject([{ itemId: 'score:1', inputJson: '"a"' }])
      expect((await lab.check('r1')).counts.total).toBe(6)
    })

    it('keeps log lines of leased items, live and kept, and drops those of lost leases', async () => {
      await lab.start('r1')
      const lease = await lab.claimOne()
      const { fence } = lease
      await lab.store.work.logLines([
        { fence, level: 'info', message: 'one', dataJson: '{"n":1}' },
        { fence: fence + 1, level: 'info', message: 'of nobody' },
        { fence, level: 'error', message: 'two' },
      ])
      const page = await lab.store.runs.logs('r1', { limit: 1 })
      expect(page.items).toEqual([
        {
          level: 'info',
          message: 'one',
          data: { n: 1 },
          step: 'list',
          item: 'list',
          offset: expect.any(Number),
          at: '2026-01-01T00:00:00.000Z',
        },
      ])
      const rest = await lab.store.runs.logs('r1', { limit: 5, cursor: page.nextCursor ?? undefined })
      expect(rest.items.map(({ message }) => message)).toEqual(['two'])
      expect(rest.nextCursor).toBeNull()
      const logged = (await lab.events('r1')).filter(({ type }) => type === 'log')
      expect(logged.map(({ dataJson, offset }) => ({ ...JSON.parse(dataJson), offset }))).toEqual([
        ...page.items,
        ...rest.items,
      ])
      await lab.check('r1')
    })

    it('groups failures by step and what they have in common', async () => {
      await withItems('r1')
      await lab.work((lease) => {
        if (lease.step === 'summary') return null
        if (lease.index <= 4) throw new Error(`cannot read '/tmp/p${lease.index}.jpg': error ${lease.index}`)
        if (lease.index === 5) throw new Error('quota exhausted')
        return 1
      })
      const groups = await lab.store.runs.failures('r1')
      expect(groups).toEqual([
        {
          message: 'cannot read <text>: error <n>',
          code: 'error',
          step: 'analyse',
          count: 4,
          items: ['analyse:1', 'analyse:2', 'analyse:3', 'analyse:4'],
        },
        { message: 'quota exhausted', code: 'error', step: 'analyse', count: 1, items: ['analyse:5'] },
      ])
    })

    it('measures what is left once five items are done', async () => {
      await lab.start('r1', { steps: [stepPlan('list'), stepPlan('analyse', { each: 'list', concurrency: 1 })] })
      const list = await lab.claimOne()
      await lab.settle({ fence: list.fence, kind: 'completed', resultJson: JSON.stringify(Array(20).fill(0)) })
      for (let i = 1; i <= 10; i++) {
        const { fence } = await lab.claimOne()
        lab.clock.advance(100)
        await lab.settle({ fence, kind: 'completed', resultJson: '1' })
        const { eta } = await lab.check('r1')
        if (i < 5) expect(eta).toBeNull()
        else expect(eta).toEqual({ lowMs: (20 - i) * 100, highMs: (20 - i) * 100 })
      }
    })
  })
}
