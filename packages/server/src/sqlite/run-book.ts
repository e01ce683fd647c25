import type { SQLInputValue } from 'node:sqlite'
import { isTerminal, topicOfRun } from '@monofil/protocol'
import { isSampled } from '../runs/budget.ts'
import { followHold } from '../runs/follow-hold.ts'
import { progressOf } from '../runs/progress.ts'
import type { ItemRecord, RunRecord, StepRecord } from '../runs/records.ts'
import { itemJson, runEndView, stepView } from '../runs/view.ts'
import {
  INSERT_ITEM,
  INSERT_STEP,
  itemValues,
  runValues,
  stepValues,
  UPDATE_ITEM,
  UPDATE_RUN,
  UPDATE_STEP,
} from './run-columns.ts'
import { notifyRunEnd } from './run-end-notice.ts'
import { runOfRow } from './run-rows.ts'
import { number, Rows, text } from './run-sql.ts'
import type { Tx } from './tx.ts'

interface Entry {
  readonly run: RunRecord
  /** What is in the tables: only what differs at the end is written. */
  readonly rowBefore: readonly SQLInputValue[]
  readonly stepsBefore: readonly (readonly SQLInputValue[])[]
  readonly claimableBefore: readonly number[]
  readonly runningBefore: readonly number[]
}

/** A change of many items: which, by a condition with its values, and what becomes of their columns. */
export interface ManyChange {
  readonly where: string
  readonly values?: readonly SQLInputValue[]
  readonly set: string
}

/**
 * The runs one command works on: each is read once, changed in memory, and written back by `close` with its events,
 * so that a batch of 100 outcomes moves a step's counters with one update. Items are written as they change.
 */
export class RunBook {
  readonly sql: Rows
  readonly tx: Tx
  readonly #entries = new Map<number, Entry>()

  constructor(tx: Tx) {
    this.tx = tx
    this.sql = new Rows(tx.db)
  }

  /** The run with this `seq`, which must exist. */
  open(seq: number): RunRecord {
    const known = this.#entries.get(seq)
    if (known !== undefined) return known.run
    const row = this.sql.get('SELECT * FROM runs WHERE seq = ?', seq)
    if (row === undefined)
      throw new Error(`the ledger has rows of run ${seq}, but not the run: its database is damaged`)
    return this.#keep(runOfRow(this.sql, row))
  }

  find(id: string): RunRecord | undefined {
    const row = this.sql.get('SELECT * FROM runs WHERE id = ?', id)
    if (row === undefined) return undefined
    return this.#entries.get(Number(row['seq']))?.run ?? this.#keep(runOfRow(this.sql, row))
  }

  /** Takes up a run whose rows were just inserted. */
  adopt(run: RunRecord): void {
    for (const step of run.steps) this.#insertStep(run, step)
    this.#keep(run)
  }

  get runs(): readonly RunRecord[] {
    return [...this.#entries.values()].map((entry) => entry.run)
  }

  /** Writes an item as it is now and takes its place in the run's log. */
  saveItem(run: RunRecord, step: StepRecord, item: ItemRecord): void {
    const bytes = item.inputJson.length + (item.resultJson?.length ?? 0)
    item.offset = this.tx.itemChanged(run.id, step.plan.name, item.id, bytes)
    const values = itemValues(item)
    if (item.key === null) {
      item.key = this.sql.insert(INSERT_ITEM, run.seq, step.position, item.index, item.id, item.inputJson, ...values)
    } else {
      this.sql.run(UPDATE_ITEM, ...values, item.key)
    }
    const place = { runId: run.id, step: step.plan.name, asks: step.plan.signal?.kind ?? null }
    this.tx.itemShown(run.id, step.plan.name, item.id, itemJson(place, item))
  }

  /**
   * Changes many items of a step alike, 500 by a statement: row by row, 100,000 of them hold the writer twice as long.
   * The caller moves the step's counters.
   */
  saveMany(run: RunRecord, step: StepRecord, change: ManyChange): void {
    const page = `SELECT key, idx, id, length(input) + ifnull(length(result), 0) AS bytes FROM items
      WHERE run = ? AND step = ? AND idx > ? AND ${change.where} ORDER BY idx LIMIT 500`
    const update = `UPDATE items SET ${change.set}, offset = ? WHERE key IN (SELECT value FROM json_each(?))`
    for (let after = -1; ; ) {
      const rows = this.sql.all(page, run.seq, step.position, after, ...(change.values ?? []))
      const byOffset = new Map<number, number[]>()
      for (const row of rows) {
        after = number(row, 'idx')
        const offset = this.tx.itemChanged(run.id, step.plan.name, text(row, 'id'), number(row, 'bytes'))
        const keys = byOffset.get(offset)
        if (keys === undefined) byOffset.set(offset, [number(row, 'key')])
        else keys.push(number(row, 'key'))
      }
      for (const [offset, keys] of byOffset) this.sql.run(update, offset, JSON.stringify(keys))
      if (rows.length < 500) return
    }
  }

  /** Writes every run back and appends its events: steps, then the status, then the round's end, which is its last. */
  close(): void {
    for (const entry of this.#entries.values()) this.#write(entry)
    this.#entries.clear()
  }

  #keep(run: RunRecord): RunRecord {
    this.#entries.set(run.seq, {
      run,
      rowBefore: runValues(run),
      stepsBefore: run.steps.map((step) => stepValues(run, step)),
      claimableBefore: run.steps.map((step) => claimableOf(run, step)),
      runningBefore: run.steps.map((step) => step.tally.running),
    })
    return run
  }

  #write(entry: Entry): void {
    const { run } = entry
    followHold(run, this.tx.now)
    run.progress = progressOf(run)
    let changed = false
    for (const [position, step] of run.steps.entries()) {
      if (this.#writeStep(run, step, entry.stepsBefore[position])) changed = true
      if (claimableOf(run, step) > (entry.claimableBefore[position] ?? 0)) this.tx.workReady()
      this.#countUnderLimits(step, step.tally.running - (entry.runningBefore[position] ?? 0))
    }
    const values = runValues(run)
    if (!same(values, entry.rowBefore)) {
      this.sql.run(UPDATE_RUN, ...values, run.seq)
      changed = true
    }
    // The status, or a round that began with the status it ends with.
    if (values[0] !== entry.rowBefore[0] || values[1] !== entry.rowBefore[1]) this.#announce(run)
    if (changed) this.tx.runChanged(run.id)
  }

  #writeStep(run: RunRecord, step: StepRecord, before: readonly SQLInputValue[] | undefined): boolean {
    const values = stepValues(run, step)
    if (before === undefined) this.#insertStep(run, step)
    else if (same(values, before)) return false
    else this.sql.run(UPDATE_STEP, ...values, run.seq, step.position)
    if (values[0] !== before?.[0]) this.tx.append(topicOfRun(run.id), 'step', JSON.stringify(stepView(run, step)))
    return true
  }

  /** What runs under a limit is counted with the rows it comes from. */
  #countUnderLimits({ plan }: StepRecord, change: number): void {
    if (change === 0 || plan.limits === undefined) return
    for (const { name, concurrency } of plan.limits) {
      this.sql.run('UPDATE limits SET running = max(0, running + ?) WHERE name = ?', change, name)
      if (change < 0 && concurrency !== null) this.tx.workReady()
    }
  }

  #announce(run: RunRecord): void {
    const topic = topicOfRun(run.id)
    const over = isTerminal(run.status)
    if (over) this.tx.sealItems(run.id)
    const offset = this.tx.append(topic, 'status', JSON.stringify({ status: run.status, round: run.round }))
    if (!over) return
    const type = run.status === 'completed' || run.status === 'partial' ? 'complete' : 'failed'
    this.tx.append(topic, type, JSON.stringify(runEndView(run, { epoch: this.tx.epoch, offset: offset + 1 })))
    notifyRunEnd(this.tx, run)
  }

  #insertStep(run: RunRecord, step: StepRecord): void {
    const { plan } = step
    const limits = plan.limits?.length ? JSON.stringify(plan.limits.map(({ name }) => name)) : ''
    const fixed = [run.seq, step.position, plan.name, run.workflow, JSON.stringify(plan), plan.concurrency, limits]
    this.sql.run(INSERT_STEP, ...fixed, ...stepValues(run, step))
  }
}

/** How many of a step's items could be claimed at once. */
function claimableOf(run: RunRecord, step: StepRecord): number {
  if (run.status === 'paused' || isSampled(run, step)) return 0
  return Math.max(0, Math.min(step.ready, step.plan.concurrency - step.tally.running))
}

function same(a: readonly SQLInputValue[], b: readonly SQLInputValue[]): boolean {
  return a.every((value, i) => value === b[i])
}
