import type { Item } from '@monofil/protocol'
import type { SignalAnswer, StepPlan } from '@monofil/server'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunLab, stepPlan } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const HOUR = 3_600_000

function waits(name: string, kind: 'approval' | 'signal', options: Partial<StepPlan> = {}): StepPlan {
  return stepPlan(name, { timeoutMs: HOUR, signal: { kind, roles: [] }, ...options })
}

/** Steps that wait for an approval or for something that happens outside. */
export function signalsSuite(open: (host: StoreHost) => Promise<OpenedStore>): void {
  describe('signals', () => {
    let lab: RunLab
    beforeEach(async () => {
      lab = new RunLab(open)
      await lab.open()
    })
    afterEach(() => lab.close())

    const answer = (step: string, more: Partial<SignalAnswer> = {}): Promise<Item> =>
      lab.store.runs.signal('r1', { step, by: 'alice', ...more })
    const finish = async (resultJson = '1') => {
      const { fence } = await lab.claimOne()
      await lab.settle({ fence, kind: 'completed', resultJson })
    }

    it('an approval is asked for when its turn comes, and lets the run go on', async () => {
      await lab.start('r1', { steps: [stepPlan('make'), waits('release', 'approval'), stepPlan('ship')] })
      await expect(answer('release', { approve: true })).rejects.toMatchObject({ code: 'invalid_state' })
      await finish()
      const asked = await lab.check('r1')
      const until = '2026-01-01T01:00:00.000Z'
      expect(asked).toMatchObject({ status: 'running', eta: null, waiting: { reason: 'approval', until } })
      expect(asked.steps[1]).toMatchObject({ status: 'running', signal: { kind: 'approval', roles: [] } })
      expect(await lab.item('r1', 'release')).toMatchObject({
        status: 'queued',
        waiting: { reason: 'approval', until },
      })
      expect(await lab.claim()).toEqual([])
      lab.clock.advance(5000)
      const item = await answer('release', { approve: true, note: 'looks good', dataJson: '{"copies":2}' })
      const at = '2026-01-01T00:00:05.000Z'
      const result = { approved: true, by: 'alice', at, note: 'looks good', data: { copies: 2 } }
      expect(item).toMatchObject({ status: 'completed', attempts: 1, waiting: null, result })
      expect(item).toMatchObject({ startedAt: '2026-01-01T00:00:00.000Z', finishedAt: at })
      expect((await lab.store.runs.logs('r1', { limit: 9 })).items).toMatchObject([
        { message: 'step release was approved by alice: looks good', step: 'release', item: 'release' },
      ])
      await lab.check('r1')
      await finish()
      expect(await lab.check('r1')).toMatchObject({ status: 'completed', lastSeenAt: at })
    })

    it('the same decision again changes nothing, by whomever; another one is refused', async () => {
      await lab.start('r1', { steps: [waits('release', 'approval'), stepPlan('ship')] })
      const first = await answer('release', { approve: true })
      const offset = (await lab.check('r1')).offset
      expect(await answer('release', { approve: true, by: 'bob', note: 'me too' })).toEqual(first)
      expect((await lab.check('r1')).offset).toBe(offset)
      await expect(answer('release', { approve: false })).rejects.toMatchObject({
        code: 'invalid_state',
        details: { state: 'completed' },
      })
      await expect(answer('release', { approve: true, dataJson: '1' })).rejects.toMatchObject({ code: 'invalid_state' })
    })

    it('a refusal fails the step; a retry of the run asks again', async () => {
      await lab.start('r1', { steps: [waits('release', 'approval'), stepPlan('ship')] })
      const refused = await answer('release', { approve: false, note: 'too early' })
      const error = { code: 'rejected', message: 'rejected by alice: too early' }
      expect(refused).toMatchObject({ status: 'failed', error })
      expect(await answer('release', { approve: false })).toEqual(refused)
      expect(await lab.check('r1')).toMatchObject({ status: 'failed', error, counts: { failed: 1, cancelled: 1 } })
      await expect(answer('release', { approve: true })).rejects.toMatchObject({ code: 'invalid_state' })
      await lab.store.runs.control('r1', { action: 'retry' })
      expect(await lab.check('r1')).toMatchObject({ waiting: { reason: 'approval' }, round: 2 })
      await answer('release', { approve: true })
      await finish()
      expect(await lab.check('r1')).toMatchObject({ status: 'completed' })
    })

    it('fails what is not answered in time, also over a restart', async () => {
      await lab.start('r1', { steps: [waits('paid', 'signal')] })
      lab.clock.advance(HOUR - 1)
      await lab.store.work.sweep()
      expect((await lab.check('r1')).status).toBe('running')
      await lab.reopen()
      lab.clock.advance(HOUR)
      await lab.store.work.sweep()
      const error = { code: 'timeout', message: `no answer came within ${HOUR} ms` }
      expect(await lab.check('r1')).toMatchObject({ status: 'failed', error })
    })

    it('keeps a signal that comes before anybody waits for it', async () => {
      await lab.start('r1', { steps: [stepPlan('order'), waits('paid', 'signal'), stepPlan('ship')] })
      const early = await answer('paid', { dataJson: '{"amount":"12.50"}' })
      expect(early).toMatchObject({ status: 'queued', result: { amount: '12.50' } })
      expect(await answer('paid', { dataJson: '{"amount":"12.50"}' })).toEqual(early)
      await expect(answer('paid', { dataJson: '2' })).rejects.toMatchObject({ code: 'invalid_state' })
      await lab.check('r1')
      await finish()
      expect(await lab.item('r1', 'paid')).toMatchObject({ status: 'completed', result: { amount: '12.50' } })
      expect((await lab.claimOne()).step).toBe('ship')
      await lab.check('r1')
    })

    it('waits per item, and feeds what was approved to the next step at once', async () => {
      const steps = [
        stepPlan('list'),
        waits('review', 'approval', { each: 'list' }),
        stepPlan('publish', { each: 'review' }),
        stepPlan('end', { after: ['publish'] }),
      ]
      await lab.start('r1', { steps })
      await finish('["a","b","c"]')
      expect((await lab.check('r1')).steps[1]?.waiting).toEqual({ reason: 'approval', until: null, limit: null })
      await expect(answer('review', { approve: true })).rejects.toMatchObject({
        code: 'invalid_request',
        details: { field: 'item' },
      })
      await answer('review', { item: 'review:2', approve: true })
      const publish = await lab.claimOne()
      expect([publish.itemId, JSON.parse(publish.inputJson)]).toMatchObject([
        'publish:2',
        { approved: true, item: 'b' },
      ])
      await answer('review', { item: 'review:1', approve: false })
      await answer('review', { item: 'review:3', approve: true })
      await lab.settle({ fence: publish.fence, kind: 'completed', resultJson: '1' })
      await lab.work(() => 1)
      expect(await lab.check('r1')).toMatchObject({ status: 'partial', counts: { completed: 6, failed: 1 } })
    })

    it('takes answers while the run is paused, and ends with a cancelled one', async () => {
      await lab.start('r1', { steps: [waits('one', 'signal'), waits('two', 'signal', { after: ['one'] })] })
      await lab.store.runs.control('r1', { action: 'pause' })
      expect((await lab.check('r1')).waiting?.reason).toBe('paused')
      expect(await answer('one', { dataJson: '1' })).toMatchObject({ status: 'completed', result: 1 })
      await lab.store.runs.control('r1', { action: 'cancel' })
      await expect(answer('two', { dataJson: '1' })).rejects.toMatchObject({
        code: 'invalid_state',
        details: { state: 'cancelled' },
      })
      await lab.check('r1')
    })

    it.each([
      ['a step that is not there', { step: 'none' }, { code: 'not_found', details: { field: 'step' } }],
      [
        'an item that is not there',
        { step: 'a', item: 'z', approve: true },
        { code: 'not_found', details: { field: 'item' } },
      ],
      ['a step that works', { step: 'work' }, { code: 'invalid_request', details: { field: 'step' } }],
      ['an approval without a word', { step: 'a' }, { code: 'invalid_request', details: { field: 'approve' } }],
      [
        'a signal with an approval',
        { step: 's', approve: true },
        { code: 'invalid_request', details: { field: 'approve' } },
      ],
    ])('refuses %s by name, and changes nothing', async (_, given, error) => {
      const alone = { after: ['work'] }
      await lab.start('r1', { steps: [stepPlan('work'), waits('a', 'approval', alone), waits('s', 'signal', alone)] })
      await finish()
      const before = await lab.check('r1')
      await expect(answer(given.step, given)).rejects.toMatchObject(error)
      expect(await lab.check('r1')).toEqual(before)
      await expect(lab.store.runs.signal('none', { step: 'a', by: 'x' })).rejects.toMatchObject({ code: 'not_found' })
    })
  })
}
