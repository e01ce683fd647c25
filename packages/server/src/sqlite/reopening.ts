import type { SQLInputValue } from 'node:sqlite'
import type { ItemStatus } from '@monofil/protocol'
import { moveItem } from '../runs/item-moves.ts'
import type { ItemRecord, RunRecord, StepRecord } from '../runs/records.ts'
import type { StepAgain } from '../runs/retry.ts'
import type { RunBook } from './run-book.ts'
import { itemOfRow } from './run-rows.ts'
import { number, text } from './run-sql.ts'

interface Condition {
  readonly where: string
  readonly values: readonly SQLInputValue[]
}

/** Queues a finished step's items again for the run's next round. */
export class Reopening {
  readonly #book: RunBook
  readonly #run: RunRecord

  constructor(book: RunBook, run: RunRecord) {
    this.#book = book
    this.#run = run
  }

  /** `ask` offers an item that is answered from outside; others become claimable here where they may. */
  reopen(again: StepAgain, ask: (item: ItemRecord) => void): void {
    const which = whichOf(again)
    const offered = offeredOf(again)
    if (again.step.plan.signal === undefined) this.#many(again.step, which, offered)
    else this.#each(again.step, { which, offered }, ask)
  }

  /** What `moveItem` does, 500 by a statement: row by row, 100,000 of them are in memory at once. */
  #many(step: StepRecord, { where, values }: Condition, offered: string): void {
    const { sql } = this.#book
    const rows = sql.all(
      `SELECT status, count(*) AS n, sum(skipped) AS skipped, sum(${offered}) AS offered FROM items
       WHERE run = ? AND step = ? AND ${where} GROUP BY status`,
      this.#run.seq,
      step.position,
      ...values,
    )
    for (const row of rows) {
      step.tally[text(row, 'status') as ItemStatus] -= number(row, 'n')
      step.tally.queued += number(row, 'n')
      step.skipped -= number(row, 'skipped')
      step.ready += number(row, 'offered')
    }
    this.#book.saveMany(this.#run, step, {
      where,
      values,
      set: `status = 'queued', ready = ${offered}, attempts = 0, interruptions = 0, checked = 0, skipped = 0, result = NULL,
        error_code = NULL, error_message = NULL, started_at = NULL, finished_at = NULL, not_before = NULL`,
    })
  }

  #each(
    step: StepRecord,
    { which, offered }: { readonly which: Condition; readonly offered: string },
    ask: (item: ItemRecord) => void,
  ): void {
    const { sql, tx } = this.#book
    const rows = sql.all(
      `SELECT *, ${offered} AS offered FROM items WHERE run = ? AND step = ? AND ${which.where} ORDER BY idx`,
      this.#run.seq,
      step.position,
      ...which.values,
    )
    for (const row of rows) {
      const item = itemOfRow(row)
      moveItem(step, item, 'reopen', tx.now)
      if (row['offered'] === 1) ask(item)
      this.#book.saveItem(this.#run, step, item)
    }
  }
}

/** Those asked for; those made of an item that is open again go with it, which is open by now in the order of the plan. */
function whichOf({ which, source }: StepAgain): Condition {
  const over = "status IN ('completed', 'failed', 'cancelled')"
  const fed = source === null ? '' : ` OR ${sourceIs(source, 'queued')}`
  if (which === 'all') return { where: over, values: [] }
  if (which === 'unfinished') return { where: `${over} AND (status != 'completed'${fed})`, values: [] }
  const chosen = 'id IN (SELECT value FROM json_each(?))'
  return { where: `${over} AND (${chosen}${fed})`, values: [JSON.stringify([...which])] }
}

/** Whether an item may be claimed at once, as SQL. */
function offeredOf({ begun, source }: StepAgain): string {
  if (!begun) return '0'
  return source === null ? '1' : sourceIs(source, 'completed')
}

function sourceIs(source: StepRecord, status: ItemStatus): string {
  return `EXISTS (SELECT 1 FROM items s WHERE s.run = items.run AND s.step = ${source.position} AND s.idx = items.idx AND s.status = '${status}')`
}
