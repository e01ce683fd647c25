import type { Failure } from '@monofil/protocol'
import type { ItemPort } from '../runs/advance.ts'
import { moveItem, offerItem } from '../runs/item-moves.ts'
import { itemIdOf } from '../runs/plan.ts'
import type { ItemRecord, RunRecord, StepRecord } from '../runs/records.ts'
import { newItem } from '../runs/records.ts'
import type { RunBook } from './run-book.ts'
import { itemOfRow } from './run-rows.ts'
import { text, textOrNull } from './run-sql.ts'

/** The items of one run in the tables, as driving it needs them. */
export class RunItems implements ItemPort {
  readonly #book: RunBook
  readonly #run: RunRecord

  constructor(book: RunBook, run: RunRecord) {
    this.#book = book
    this.#run = run
  }

  /** Inserts an item; `ready`: claimable at once. */
  add(step: StepRecord, index: number, made: { readonly inputJson: string; readonly ready: boolean }): void {
    const item = newItem(step.position, itemIdOf(step.plan, index), index, made.inputJson)
    step.tally.queued += 1
    if (made.ready) offerItem(step, item)
    this.#book.saveItem(this.#run, step, item)
  }

  offer(step: StepRecord): void {
    const waiting = this.#items(step, "status = 'queued' AND ready = 0")
    for (const item of waiting) {
      offerItem(step, item)
      // Not an event: whether an item may be claimed is not shown.
      this.#book.sql.run('UPDATE items SET ready = 1 WHERE key = ?', item.key)
    }
  }

  expand(step: StepRecord, source: StepRecord): Failure | null {
    const result: unknown = JSON.parse(this.resultOf(source) ?? 'null')
    if (!Array.isArray(result)) {
      const found = result === null ? 'null' : `a${typeof result === 'object' ? 'n' : ''} ${typeof result}`
      return {
        code: 'invalid_result',
        message: `step ${step.plan.name} runs over the result of step ${source.plan.name}, which must be an array and was ${found}`,
      }
    }
    for (const [i, element] of result.entries()) {
      this.add(step, i + 1, { inputJson: JSON.stringify(element), ready: true })
    }
    return null
  }

  catchUp(step: StepRecord, source: StepRecord): void {
    for (const item of this.#items(source, "status = 'completed'")) {
      this.add(step, item.index, { inputJson: item.resultJson ?? 'null', ready: true })
    }
  }

  cancelOpen(step: StepRecord): void {
    for (const item of this.open(step)) {
      if (item.status === 'running') this.#book.sql.run('DELETE FROM leases WHERE item = ?', item.key)
      moveItem(step, item, 'cancel', this.#book.tx.now)
      this.#book.saveItem(this.#run, step, item)
    }
  }

  /** The step's items that are not over. */
  open(step: StepRecord): readonly ItemRecord[] {
    return this.#items(step, "status IN ('queued', 'running', 'retrying')")
  }

  firstFailure(step: StepRecord): Failure {
    const row = this.#book.sql.get(
      "SELECT error_code, error_message FROM items WHERE run = ? AND step = ? AND status = 'failed' ORDER BY idx LIMIT 1",
      this.#run.seq,
      step.position,
    )
    if (row === undefined) return { code: 'error', message: `step ${step.plan.name} failed` }
    return { code: textOrNull(row, 'error_code') ?? 'error', message: text(row, 'error_message') }
  }

  resultOf(step: StepRecord): string | null {
    const row = this.#book.sql.get(
      "SELECT result FROM items WHERE run = ? AND step = ? AND status = 'completed' LIMIT 1",
      this.#run.seq,
      step.position,
    )
    return row === undefined ? null : textOrNull(row, 'result')
  }

  #items(step: StepRecord, where: string): readonly ItemRecord[] {
    return this.#book.sql
      .all(`SELECT * FROM items WHERE run = ? AND step = ? AND ${where} ORDER BY idx`, this.#run.seq, step.position)
      .map(itemOfRow)
  }
}
