import type {
  Item,
  ItemStatus,
  Report,
  ReportAnswer,
  Run,
  Usage,
  UsageDelta,
  UsageDimension,
  UsageRow,
} from '@monofil/protocol'
import { isTerminal, topicOfRun } from '@monofil/protocol'
import type { Commit, Lease, LoggedEvent, NewRunRow, Outcome, StepPlan, Store } from '@monofil/server'
import { expect } from 'vitest'
import type { StoreHost } from './store-host.ts'
import { FakeClock, type OpenedStore } from './store-host.ts'

/** A step's plan with what a test does not care about left out. */
export function stepPlan(name: string, options: Partial<StepPlan> = {}): StepPlan {
  const backoff = { minMs: 1000, maxMs: 60_000, factor: 2 }
  return { name, each: null, after: [], weight: 1, concurrency: 4, attempts: 1, backoff, timeoutMs: 30_000, ...options }
}

/** The workflow of the photos example: a list, an item for each entry, a summary. */
export const PHOTOS: readonly StepPlan[] = [
  stepPlan('list'),
  stepPlan('analyse', { each: 'list', concurrency: 4, attempts: 3 }),
  stepPlan('summary', { after: ['analyse'] }),
]

export function newRun(id: string, options: Partial<NewRunRow> = {}): NewRunRow {
  return {
    id,
    workflow: 'photos',
    external: false,
    exclusive: false,
    steps: PHOTOS,
    totals: {},
    heartbeatMs: null,
    inputJson: '{"folder":"x"}',
    bodyJson: '{"input":{"folder":"x"},"workflow":"photos"}',
    tags: [],
    owner: 'alice',
    roles: [],
    key: null,
    budgetJson: null,
    parentId: null,
    ...options,
  }
}

export function externalRun(id: string, options: Partial<NewRunRow> = {}): NewRunRow {
  return newRun(id, { external: true, workflow: 'elsewhere', steps: [], ...options })
}

const EVERYTHING = { viewer: { all: true } } as const

/** A store under test with what a test does to it in a word, and the checks that must hold at every moment. */
export class RunLab {
  readonly clock = new FakeClock()
  readonly commits: Commit[] = []
  readonly #open: (host: StoreHost) => Promise<OpenedStore>
  #opened: OpenedStore | undefined
  #store: Store | undefined
  #reports = 0
  #seq = 1
  /** What recovery changed was announced to nobody: who opens a store reads it first. */
  #openedAt = 0

  constructor(open: (host: StoreHost) => Promise<OpenedStore>) {
    this.#open = open
  }

  async open(): Promise<void> {
    this.#opened = await this.#open({ clock: this.clock, onCommit: (commit) => this.commits.push(commit) })
    this.#store = this.#opened.store
  }

  async reopen(): Promise<void> {
    this.#store = await this.#opened?.reopen()
    this.#openedAt = this.commits.length
  }

  async close(): Promise<void> {
    await this.#opened?.close()
  }

  get store(): Store {
    if (this.#store === undefined) throw new Error('the lab is not open')
    return this.#store
  }

  async run(id: string): Promise<Run> {
    const run = await this.store.runs.get(id)
    if (run === undefined) throw new Error(`no run ${id}`)
    return run
  }

  async start(id: string, options: Partial<NewRunRow> = {}): Promise<Run> {
    return (await this.store.runs.create(newRun(id, options))).run
  }

  async items(id: string): Promise<readonly Item[]> {
    const all: Item[] = []
    let cursor: string | undefined
    do {
      const page = await this.store.runs.items({ ...EVERYTHING, runId: id, limit: 200, cursor })
      all.push(...page.items)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return all
  }

  async item(id: string, itemId: string): Promise<Item> {
    const item = (await this.items(id)).find((one) => one.id === itemId)
    if (item === undefined) throw new Error(`no item ${itemId} in run ${id}`)
    return item
  }

  async events(id: string): Promise<readonly LoggedEvent[]> {
    const query = { topic: topicOfRun(id), after: 0, limit: 100_000, maxBytes: 1e9 }
    return (await this.store.log.read(query)).events
  }

  claim(max = 100, options: { worker?: string; leaseMs?: number; workflow?: string } = {}): Promise<readonly Lease[]> {
    const { worker = 'w1', leaseMs = 15_000, workflow = 'photos' } = options
    return this.store.work.claim({ worker, workflows: [workflow], max, leaseMs })
  }

  async claimOne(options: { worker?: string; leaseMs?: number; workflow?: string } = {}): Promise<Lease> {
    const [lease] = await this.claim(1, options)
    if (lease === undefined) throw new Error('there is nothing to claim')
    return lease
  }

  settle(...outcomes: Outcome[]): Promise<readonly boolean[]> {
    return this.store.work.settle(outcomes)
  }

  /** Works on everything claimable until nothing is left; `handle` answers a result, or throws. */
  async work(handle: (lease: Lease) => unknown): Promise<void> {
    for (;;) {
      const leases = await this.claim()
      if (leases.length === 0) return
      await this.settle(...leases.map((lease) => outcomeOf(lease, handle)))
    }
  }

  /** Counts what a lease used, under its next number, or the one given. */
  async spend({ fence, runId, step, itemId }: Lease, usage: UsageDelta, seq = this.#seq++): Promise<void> {
    await this.store.work.usage([{ fence, seq, runId, step, itemId, usage }])
  }

  /** What the ledger of days holds of all. */
  async ledger(by: readonly UsageDimension[] = ['day']): Promise<readonly UsageRow[]> {
    return (await this.store.usage.list({ ...EVERYTHING, days: 400, by, limit: 200 })).items
  }

  async report(id: string, ...reports: Omit<Report, 'id'>[]): Promise<readonly ReportAnswer[]> {
    const named = reports.map((report) => ({ id: `report-${++this.#reports}`, ...report }))
    return (await this.store.runs.report(id, named)).answers
  }

  /** What must hold of a run at every moment. Throws where it does not. */
  async check(id: string): Promise<Run> {
    const run = await this.run(id)
    const items = await this.items(id)
    const events = await this.events(id)
    expect(events.map(({ offset }) => offset)).toEqual(events.map((_, i) => i + 1))
    expect(run.offset).toBe(events.length)
    checkCounts(run, items)
    checkUsage(run, items)
    checkItems(items, events)
    checkEnds(run, events)
    this.#checkProgress(run)
    return run
  }

  #checkProgress(run: Run): void {
    const shown = this.commits.flatMap((commit) => commit.runs).filter(({ id }) => id === run.id)
    for (const [i, state] of shown.entries()) {
      expect(state.progress === 100).toBe(state.status === 'completed' || state.status === 'partial')
      const before = shown[i - 1]
      expect(state.round).toBeGreaterThanOrEqual(before?.round ?? 1)
      if (before?.round !== state.round) continue
      expect(state.progress).toBeGreaterThanOrEqual(before.progress)
      // Terminal is terminal within a round.
      if (isTerminal(before.status)) expect(state.status).toBe(before.status)
    }
    // What was announced last is what a read answers: the stream and REST agree. Log lines are no news of the run.
    const newest = this.commits.slice(this.#openedAt).flatMap((commit) => commit.runs.filter(({ id }) => id === run.id))
    if (newest.length > 0) expect({ ...run, offset: 0 }).toEqual({ ...newest.at(-1), offset: 0 })
  }
}

function outcomeOf(lease: Lease, handle: (lease: Lease) => unknown): Outcome {
  try {
    return { fence: lease.fence, kind: 'completed', resultJson: JSON.stringify(handle(lease) ?? null) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { fence: lease.fence, kind: 'failed', error: { code: 'error', message }, retryable: true }
  }
}

const STATUSES: readonly ItemStatus[] = ['queued', 'running', 'retrying', 'completed', 'failed', 'cancelled']

function checkCounts(run: Run, items: readonly Item[]): void {
  for (const step of run.steps) {
    const rows = items.filter((item) => item.step === step.name)
    const unmentioned = step.counts.total - rows.length
    expect(unmentioned).toBeGreaterThanOrEqual(0)
    if (!run.external) expect(unmentioned).toBe(0)
    expect(step.skipped).toBe(rows.filter((item) => item.skipped).length)
    for (const status of STATUSES) {
      const extra = status === (isTerminal(step.status) ? 'cancelled' : 'queued') ? unmentioned : 0
      expect(step.counts[status]).toBe(rows.filter((item) => item.status === status).length + extra)
    }
    if (isTerminal(step.status)) expect(step.counts.queued + step.counts.running + step.counts.retrying).toBe(0)
  }
  for (const status of [...STATUSES, 'total'] as const) {
    expect(run.counts[status]).toBe(run.steps.reduce((sum, step) => sum + step.counts[status], 0))
  }
}

/** Sums of rows are exact at every moment: items, their step, the run. A reporter may name no item, or no step. */
function checkUsage(run: Run, items: readonly Item[]): void {
  for (const step of run.steps) {
    const rows = items.filter((item) => item.step === step.name)
    atMost(sumOf(rows), sumOf([step]), run)
  }
  atMost(sumOf(run.steps), sumOf([run]), run)
}

function atMost(parts: Sum, whole: Sum, { external, status, round }: Run): void {
  expect(parts.tokens).toBeLessThanOrEqual(whole.tokens)
  expect(parts.micros <= whole.micros).toBe(true)
  // What comes after the end of a round counts for the step and the run only, and stays so in the next.
  if (!external && round === 1 && !isTerminal(status)) expect(parts).toEqual(whole)
}

interface Sum {
  readonly tokens: number
  readonly micros: bigint
}

/** What these used in all, in tokens and millionths. */
export function sumOf(used: readonly { readonly usage: Usage }[]): Sum {
  let tokens = 0
  let micros = 0n
  for (const { usage } of used) {
    const [whole = '0', places = ''] = (usage.cost ?? '0').split('.')
    tokens += usage.tokens ?? 0
    micros += BigInt(whole) * 1_000_000n + BigInt(places.padEnd(6, '0'))
  }
  return { tokens, micros }
}

/** Who reads the whole log has the same items as who asks, and each item names the event that last changed it. */
function checkItems(items: readonly Item[], events: readonly LoggedEvent[]): void {
  const read = new Map<string, Item>()
  for (const event of events) {
    if (event.type !== 'item') continue
    const changed = JSON.parse(event.dataJson) as Item[]
    expect(changed.length).toBeLessThanOrEqual(500)
    for (const item of changed) {
      if (item.offset === event.offset) read.set(`${item.step}/${item.id}`, item)
    }
  }
  expect(read).toEqual(new Map(items.map((item) => [`${item.step}/${item.id}`, item])))
}

function checkEnds(run: Run, events: readonly LoggedEvent[]): void {
  const ends = events.filter(({ type }) => type === 'complete' || type === 'failed')
  expect(ends).toHaveLength(isTerminal(run.status) ? run.round : run.round - 1)
  if (!isTerminal(run.status)) return
  const last = events.at(-1)
  expect(last?.type).toBe(run.status === 'completed' || run.status === 'partial' ? 'complete' : 'failed')
  const { input: _input, usage: _usage, tags: _tags, budget: _budget, steps, ...end } = run
  // What was used may be heard of later.
  const ended = steps.map(({ usage: _used, ...step }) => step)
  expect(JSON.parse(last?.dataJson ?? '')).toMatchObject({ ...end, steps: ended })
}
