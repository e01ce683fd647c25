import type { Run } from '@monofil/protocol'
import { ITEM_STATUSES } from '@monofil/protocol'
import type { Lease, LimitPlan, Outcome, RunControl } from '@monofil/server'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { externalRun, RunLab, stepPlan, sumOf } from './runs-lab.ts'
import type { OpenedStore, StoreHost } from './store-host.ts'

const SEATS: LimitPlan = { name: 'seats', rate: null, concurrency: 3 }
const STEPS = [
  stepPlan('list'),
  stepPlan('load', { each: 'list', concurrency: 3, attempts: 2, conditional: true }),
  stepPlan('review', { each: 'load', timeoutMs: 60_000, signal: { kind: 'approval', roles: [] } }),
  stepPlan('score', { each: 'review', concurrency: 2, attempts: 2, weight: 2, conditional: true, limits: [SEATS] }),
  stepPlan('side', { after: ['list'], conditional: true }),
  stepPlan('paid', { after: ['side'], timeoutMs: 60_000, signal: { kind: 'signal', roles: [] } }),
  stepPlan('end', { after: ['score', 'paid'] }),
]

const OVER_LISTS = new Set(STEPS.filter(({ each }) => each !== null).map(({ name }) => name))

const pick = fc.nat(20)

/** What can happen to a store, in any order. `pick` chooses among the leases ever given out, dead ones too. */
const act = fc.oneof(
  fc.record({
    do: fc.constant('claim' as const),
    max: fc.integer({ min: 1, max: 4 }),
    worker: fc.constantFrom('w1', 'w2', 'local-1'),
  }),
  fc.record({ do: fc.constant('complete' as const), pick }),
  fc.record({ do: fc.constant('fail' as const), pick, retryable: fc.boolean() }),
  fc.record({ do: fc.constant('giveBack' as const), pick }),
  fc.record({ do: fc.constant('skip' as const), pick }),
  fc.record({ do: fc.constant('want' as const), pick }),
  fc.record({
    do: fc.constant('answer' as const),
    item: fc.constantFrom('review:1', 'review:2', 'review:3', 'paid'),
    approve: fc.boolean(),
  }),
  fc.record({ do: fc.constant('line' as const), pick }),
  fc.record({ do: fc.constant('renew' as const), pick }),
  fc.record({ do: fc.constant('release' as const), worker: fc.constantFrom('w1', 'w2') }),
  fc.record({ do: fc.constant('time' as const), ms: fc.constantFrom(100, 1000, 16_000) }),
  fc.record({ do: fc.constant('spend' as const), pick, seq: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    do: fc.constant('budget' as const),
    id: fc.constantFrom('r1', 'r1', 'e1'),
    budget: fc.oneof(
      fc.constant(null),
      fc.record({ tokens: fc.constantFrom(0, 1, 30) }),
      fc.record({ cost: fc.constantFrom('0.2', '1') }),
      fc.record({ items: fc.integer({ min: 0, max: 6 }) }),
      fc.record({ timeMs: fc.constantFrom(500, 60_000) }),
    ),
  }),
  fc.record({ do: fc.constant('reopen' as const) }),
  fc.record({
    do: fc.constant('control' as const),
    id: fc.constantFrom('r1', 'r1', 'r1', 'e1'),
    control: fc.oneof(
      fc.record({ action: fc.constant('pause' as const), hard: fc.boolean() }),
      fc.record({ action: fc.constant('resume' as const) }),
      fc.record({ action: fc.constant('cancel' as const), force: fc.boolean() }),
      fc.record({ action: fc.constant('retry' as const) }),
      fc.record({
        action: fc.constant('retry' as const),
        items: fc.uniqueArray(
          fc.constantFrom(
            ...['list', 'load:1', 'load:2', 'load:3', 'review:1', 'review:2', 'score:1', 'score:2', 'score:3'],
            ...['side', 'paid', 'end'],
          ),
          { minLength: 1, maxLength: 3 },
        ),
      }),
    ),
  }),
  fc.record({
    do: fc.constant('report' as const),
    reports: fc.array(
      fc.record(
        {
          id: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8', '9'),
          step: fc.constantFrom('main', 'other'),
          item: fc.constantFrom('a', 'b', 'c'),
          attempt: fc.integer({ min: 1, max: 3 }),
          status: fc.constantFrom(...ITEM_STATUSES),
          total: fc.nat(5),
          usage: fc.constant({ tokens: 1, cost: '0.1' }),
          log: fc.constant('line'),
        },
        { requiredKeys: ['id'] },
      ),
      { minLength: 1, maxLength: 4 },
    ),
  }),
)

type Act = typeof act extends fc.Arbitrary<infer A> ? A : never

const OUTCOMES = {
  complete: ({ fence, resultJson }) => ({ fence, kind: 'completed', resultJson }),
  fail: ({ fence, retryable }) => ({ fence, kind: 'failed', error: { code: 'error', message: 'random' }, retryable }),
  giveBack: ({ fence }) => ({ fence, kind: 'released' }),
  skip: ({ fence }) => ({ fence, kind: 'skipped' }),
  want: ({ fence }) => ({ fence, kind: 'wanted' }),
} as const satisfies Record<
  string,
  (made: { readonly fence: number; readonly resultJson: string; readonly retryable: boolean }) => Outcome
>

class History {
  readonly lab: RunLab
  /** Whether several acts are under way together: what one of them answers may hold what another did. */
  isCrowd = false
  readonly leases: Lease[] = []
  readonly settled = new Set<number>()

  constructor(lab: RunLab) {
    this.lab = lab
  }

  async play(one: Act): Promise<void> {
    const { work, runs } = this.lab.store
    switch (one.do) {
      case 'claim':
        this.leases.push(...(await this.#claim(one.max, one.worker)))
        return
      case 'complete':
      case 'fail':
      case 'giveBack':
      case 'skip':
      case 'want':
        await this.#settle(one)
        return
      case 'answer':
        await this.#answer(one)
        return
      case 'line':
        return work.logLines([{ fence: this.#fence(one.pick), level: 'info', message: 'm' }])
      case 'renew':
        await work.renew('w1', [this.#fence(one.pick)], 15_000)
        return
      case 'release':
        await work.release(one.worker)
        return
      case 'time':
        this.lab.clock.advance(one.ms)
        await work.sweep()
        return
      case 'spend':
        return this.#spend(one)
      case 'budget':
        await runs.update(one.id, { budgetJson: one.budget === null ? null : JSON.stringify(one.budget) })
        return
      case 'reopen':
        return this.lab.reopen()
      case 'control':
        await runs.control(one.id, one.control).then(
          (run) => this.#checkAllowed(one.control, run),
          (error: unknown) =>
            expect(error).toMatchObject({ code: expect.stringMatching(/^(invalid_request|invalid_state)$/) }),
        )
        return
      case 'report':
        // Refused as a whole where one of them cannot be: nothing may have changed then, which `check` shows.
        await runs.report('e1', one.reports).catch((error: unknown) => {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(invalid_request|invalid_state)$/) })
        })
    }
  }

  /** What was taken shows: nothing is answered that did not happen. */
  #checkAllowed({ action }: RunControl, run: Run): void {
    if (this.isCrowd) return
    if (run.external) expect(run.status === 'cancelled' || run.wanted !== 'run' || action === 'resume').toBe(true)
    else if (action === 'cancel') expect(run.status).toBe('cancelled')
    else if (action === 'pause') expect(run.status).toBe('paused')
    else expect(['queued', 'running', 'paused']).toContain(run.status)
  }

  async #claim(max: number, worker: string): Promise<readonly Lease[]> {
    const { status, budget } = await this.lab.run('r1')
    const leases = await this.lab.claim(max, { worker })
    if (this.isCrowd) return leases
    // Whatever paused it, a person, its budget or its sample: nothing is given out after that commit.
    if (status === 'paused') expect(leases).toEqual([])
    const fresh = leases.filter(({ attempt, step }) => attempt === 1 && OVER_LISTS.has(step)).length
    if (budget?.items !== undefined) expect(fresh).toBeLessThanOrEqual(budget.items)
    return leases
  }

  async #spend({ pick, seq }: Act & { do: 'spend' }): Promise<void> {
    const lease = this.leases[pick % Math.max(1, this.leases.length)]
    if (lease !== undefined) await this.lab.spend(lease, { tokens: 10, cost: '0.1', model: `m${seq}` }, seq)
  }

  /** The ledger of days is the sum of all runs, to the millionth. */
  async checkLedger(): Promise<void> {
    const runs = [await this.lab.run('r1'), await this.lab.run('e1')]
    const rows = await this.lab.ledger(['day', 'model'])
    expect(sumOf(rows.map((usage) => ({ usage: { tokens: usage.tokens, cost: usage.cost } })))).toEqual(sumOf(runs))
  }

  #fence(pick: number): number {
    return this.leases[pick % Math.max(1, this.leases.length)]?.fence ?? 0
  }

  async #answer({ item, approve }: Act & { do: 'answer' }): Promise<void> {
    const { runs } = this.lab.store
    const answer = item === 'paid' ? { step: item, dataJson: String(approve) } : { step: 'review', item, approve }
    await runs.signal('r1', { ...answer, by: 'alice' }).catch((error: unknown) => {
      expect(error).toMatchObject({ code: expect.stringMatching(/^(not_found|invalid_state)$/) })
    })
  }

  async #settle(one: Act & { do: keyof typeof OUTCOMES }): Promise<void> {
    const fence = this.#fence(one.pick)
    const lease = this.leases.find((known) => known.fence === fence)
    const resultJson = lease?.step === 'list' ? '[1,2,3,4]' : '{"ok":true}'
    const retryable = one.do === 'fail' && one.retryable
    const [accepted] = await this.lab.settle(OUTCOMES[one.do]({ fence, resultJson, retryable }))
    // Recorded once: no lease settles twice.
    if (accepted === true) expect(this.settled.has(fence)).toBe(false)
    if (accepted === true) this.settled.add(fence)
  }

  /** Works on until the run is over: nothing may hang, whatever happened before. */
  async finish(): Promise<void> {
    await this.lab.store.runs.update('r1', { budgetJson: null })
    for (let i = 0; i < 60; i++) {
      // Once for a person's pause, once for the sample.
      await this.lab.store.runs.control('r1', { action: 'resume' }).catch(() => {})
      this.lab.clock.advance(30_000)
      await this.lab.store.work.sweep()
      await this.lab.work((lease) => (lease.step === 'list' ? [1, 2, 3] : lease.index))
      for (const item of ['review:1', 'review:2', 'paid'] as const) {
        await this.#answer({ do: 'answer', item, approve: i % 2 === 0 })
      }
      const { status } = await this.lab.run('r1')
      if (status !== 'queued' && status !== 'running' && status !== 'paused') return
    }
    throw new Error('the run never ended')
  }
}

/** Random histories of claims, outcomes, lost leases, crashes and reports keep every promise at every moment. */
export function randomSuite(open: (host: StoreHost) => Promise<OpenedStore>, rounds: number): void {
  describe('any history', () => {
    it('keeps counters equal to rows, offsets whole, progress rising, one end, and comes to it', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
          const lab = new RunLab(open)
          await lab.open()
          try {
            await lab.start('r1', { steps: STEPS })
            await lab.store.runs.create(externalRun('e1', { totals: { main: 2 }, heartbeatMs: 5000 }))
            const history = new History(lab)
            for (const one of acts) {
              await history.play(one)
              await lab.check('r1')
              await lab.check('e1')
              await history.checkLedger()
            }
            await history.finish()
            await lab.check('r1')
            await history.checkLedger()
          } finally {
            await lab.close()
          }
        }),
        { numRuns: rounds },
      )
    }, 120_000)

    it('keeps them when acts are under way together, as workers and people are', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(act, { minLength: 2, maxLength: 6 }), { maxLength: 12 }), async (crowds) => {
          const lab = new RunLab(open)
          await lab.open()
          try {
            await lab.start('r1', { steps: STEPS, sample: 2 })
            await lab.store.runs.create(externalRun('e1', { totals: { main: 2 }, heartbeatMs: 5000 }))
            const history = new History(lab)
            history.isCrowd = true
            for (const crowd of crowds) {
              // A store that closes while others ask is another test's matter.
              await Promise.all(crowd.filter((one) => one.do !== 'reopen').map((one) => history.play(one)))
              await lab.check('r1')
              await lab.check('e1')
              await history.checkLedger()
            }
            await history.finish()
            await lab.check('r1')
          } finally {
            await lab.close()
          }
        }),
        { numRuns: rounds },
      )
    }, 120_000)
  })
}
