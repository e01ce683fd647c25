import { topicOfRun } from '@monofil/protocol'
import type { NewText } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { externalRun, RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const MAX = 1_000_000

/** What every store promises of texts: what an item says piece by piece. */
export function textsSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('texts', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const say = (fence: number, position: number, text: string, more: Partial<NewText> = {}, max = MAX) =>
      lab.store.work.texts([{ fence, name: 'text', position, text, ...more }], max)
    const textOf = (item = 'list', name = 'text') => lab.store.runs.text({ runId: 'r1', item, name })
    const events = async () =>
      (await lab.events('r1')).flatMap(({ type, dataJson }) =>
        type === 'text' ? [JSON.parse(dataJson) as unknown] : [],
      )

    it('are kept as they come, with an event each, and stay after the end and over a restart', async () => {
      await lab.start('r1', { steps: [stepPlan('list')] })
      const { fence } = await lab.claimOne()
      expect(await textOf()).toBeUndefined()
      expect(await say(fence, 0, 'Hello')).toEqual([true])
      expect(await say(fence, 5, ', wörld 😀')).toEqual([true])
      expect(await textOf()).toMatchObject({
        step: 'list',
        item: 'list',
        name: 'text',
        attempt: 1,
        text: 'Hello, wörld 😀',
        length: 15,
        done: false,
        cut: false,
        epoch: lab.store.epoch,
        offset: (await lab.run('r1')).offset,
      })
      await lab.store.work.texts([{ fence, name: 'why', position: 0, text: 'so', done: true }], MAX)
      expect(await lab.store.runs.texts({ runId: 'r1', item: 'list' })).toMatchObject([
        { name: 'text', length: 15, done: false },
        { name: 'why', length: 2, done: true },
      ])
      const base = { step: 'list', item: 'list', attempt: 1, name: 'text' }
      expect(await events()).toEqual([
        { ...base, position: 0, text: 'Hello' },
        { ...base, position: 5, text: ', wörld 😀' },
        { ...base, name: 'why', position: 0, text: 'so', done: true },
      ])
      await lab.settle({ fence, kind: 'completed', resultJson: 'null' })
      await lab.check('r1')
      await lab.reopen()
      expect(await textOf()).toMatchObject({ text: 'Hello, wörld 😀', done: true })
      expect(await lab.store.runs.texts({ runId: 'r1', item: 'list', step: 'other' })).toEqual([])
      expect(await lab.store.runs.texts({ runId: 'none', item: 'list' })).toEqual([])
    })

    it('begin anew with the next attempt, and refuse the last one', async () => {
      await lab.start('r1', { steps: [stepPlan('list', { attempts: 2 })] })
      const first = await lab.claimOne({ leaseMs: 1000 })
      await say(first.fence, 0, 'a first try that was')
      lab.clock.advance(2000)
      await lab.store.work.sweep()
      lab.clock.advance(60_000)
      await lab.store.work.sweep()
      const second = await lab.claimOne()
      expect(second.attempt).toBe(2)
      expect(await say(first.fence, 20, ' late')).toEqual([false])
      // What the second has not said is a hole, however long the first one's text was.
      expect(await say(second.fence, 3, 'x')).toEqual([false])
      expect(await textOf()).toMatchObject({ attempt: 1, text: 'a first try that was' })
      expect(await say(second.fence, 0, 'second')).toEqual([true])
      expect(await textOf()).toMatchObject({ attempt: 2, text: 'second', length: 6 })
      expect((await events()).at(-1)).toMatchObject({ attempt: 2, position: 0, text: 'second' })
    })

    it('take a piece twice and go back where it says so', async () => {
      await lab.start('r1', { steps: [stepPlan('list')] })
      const { fence } = await lab.claimOne()
      await say(fence, 0, 'x'.repeat(5_000))
      await say(fence, 5_000, 'y'.repeat(5_000))
      await say(fence, 10_000, 'tail')
      await say(fence, 10_000, 'tail')
      expect(await textOf()).toMatchObject({ text: `${'x'.repeat(5_000)}${'y'.repeat(5_000)}tail` })
      await say(fence, 6_000, 'z')
      expect(await textOf()).toMatchObject({ text: `${'x'.repeat(5_000)}${'y'.repeat(1_000)}z`, length: 6_001 })
      await say(fence, 2, '!')
      expect(await textOf()).toMatchObject({ text: 'xx!', length: 3 })
      expect(await say(fence, 4, 'hole')).toEqual([false])
      expect(await say(fence, 3, '')).toEqual([true])
      expect(await events()).toHaveLength(6)
    })

    it('end with a mark at their limit, never within a character', async () => {
      await lab.start('r1', { steps: [stepPlan('list')] })
      const { fence } = await lab.claimOne()
      await say(fence, 0, 'abcd', {}, 6)
      await say(fence, 4, 'e😀f', {}, 6)
      expect(await textOf()).toMatchObject({ text: 'abcde', length: 5, cut: true, done: true })
      expect((await events()).at(-1)).toMatchObject({ position: 4, text: 'e', cut: true, done: true })
      // Its writer goes on counting; nobody hears of it.
      expect(await say(fence, 8, 'more', {}, 6)).toEqual([true])
      expect(await events()).toHaveLength(2)
      await say(fence, 0, 'anew', {}, 6)
      expect(await textOf()).toMatchObject({ text: 'anew', cut: false, done: false })
    })

    it('come by reports too: whole or not at all, and a hole is named', async () => {
      await lab.store.runs.create(externalRun('r1'))
      const piece = (position: number, text: string, name = 'text') => ({ item: 'a', text: { name, position, text } })
      await lab.report('r1', { item: 'a', status: 'running' }, piece(0, 'one '), piece(4, 'two'))
      expect(await textOf('a')).toMatchObject({ step: 'main', attempt: 1, text: 'one two', done: false })
      const before = await lab.events('r1')
      await expect(lab.report('r1', piece(7, ' three'), piece(14, 'four'))).rejects.toMatchObject({
        code: 'invalid_request',
        details: { field: 'reports[1].text.position' },
      })
      expect(await lab.events('r1')).toEqual(before)
      await lab.report('r1', { ...piece(0, 'again'), attempt: 2 })
      expect(await textOf('a')).toMatchObject({ attempt: 2, text: 'again' })
      expect(await lab.report('r1', { ...piece(5, ' late'), attempt: 1 })).toMatchObject([{ reason: 'stale' }])
      const named = [{ id: 'cut', ...piece(5, 'x'.repeat(20)) }]
      await lab.store.runs.report('r1', named, { maxTextChars: 10 })
      expect(await textOf('a')).toMatchObject({ text: 'againxxxxx', cut: true, done: true })
      const many = Array.from({ length: 99 }, (_, i) => piece(0, 'x', `n${i}`))
      await lab.report('r1', ...many)
      await expect(lab.report('r1', piece(0, 'x', 'one more'))).rejects.toMatchObject({ code: 'invalid_request' })
    })

    it('outlive their events, and go with their run', async () => {
      await lab.start('r1', { steps: [stepPlan('list')] })
      const { fence } = await lab.claimOne()
      for (let i = 0; i < 30; i += 1) await say(fence, i, String(i % 10))
      await lab.store.runs.trim({ maxAgeMs: null, maxCount: null, maxLogLines: 5 })
      const page = await lab.store.log.read({ topic: topicOfRun('r1'), after: 0, limit: 100, maxBytes: 1e6 })
      expect(page.events).toHaveLength(10)
      expect(await textOf()).toMatchObject({ text: '012345678901234567890123456789' })
      await lab.settle({ fence, kind: 'completed', resultJson: 'null' })
      await lab.store.runs.remove('r1')
      expect(await textOf()).toBeUndefined()
      await lab.store.runs.trim({ maxAgeMs: null, maxCount: null, maxLogLines: null })
      expect(await textOf()).toBeUndefined()
    })
  })
}
