import { isTerminal } from '@monofil/protocol'
import { overListOf } from '../runs/plan.ts'
import type { ItemRecord, RunRecord, StepRecord } from '../runs/records.ts'
import { rowsOf } from '../runs/records.ts'
import type { RunBook } from './run-book.ts'
import { RunItems } from './run-items.ts'
import { itemOfRow } from './run-rows.ts'

/**
 * The list of a single step that is handed over while the step still runs. An index is one item, whichever attempt
 * names it first: a later attempt begins at 1 again and finds its elements there.
 */
export class RunFeed {
  readonly #book: RunBook
  readonly #run: RunRecord
  readonly #items: RunItems

  constructor(book: RunBook, run: RunRecord) {
    this.#book = book
    this.#run = run
    this.#items = new RunItems(book, run)
  }

  /** Makes items of these elements, JSON each, from index `from` on. */
  add(source: StepRecord, from: number, elements: readonly string[]): void {
    const last = from + elements.length - 1
    source.fed = Math.max(source.fed ?? 0, last)
    for (const step of overListOf(this.#run.steps, source)) {
      if (isTerminal(step.status)) continue
      const known = rowsOf(step.tally) < from ? new Map<number, ItemRecord>() : this.#between(step, from, last)
      for (const [i, inputJson] of elements.entries()) {
        const index = from + i
        const item = known.get(index)
        // It waits for an answer, or was told to come back later: it is under way.
        if (item !== undefined && item.notBefore !== null) continue
        this.#items.take(step, index, { inputJson, known: item, ready: step.begun })
      }
    }
  }

  /** The list is whole and has `count` elements: what an earlier attempt or round made beyond them is cancelled. */
  end(source: StepRecord, count: number): void {
    source.fed = count
    for (const step of overListOf(this.#run.steps, source)) {
      if (isTerminal(step.status)) continue
      step.totalIsFinal = true
      // Indices have no holes: as many rows as elements are those of the elements.
      if (rowsOf(step.tally) > count) this.#items.cancelBeyond(step, count)
    }
  }

  #between(step: StepRecord, from: number, last: number): Map<number, ItemRecord> {
    const rows = this.#book.sql.all(
      'SELECT * FROM items WHERE run = ? AND step = ? AND idx BETWEEN ? AND ?',
      this.#run.seq,
      step.position,
      from,
      last,
    )
    return new Map(rows.map(itemOfRow).map((item) => [item.index, item]))
  }
}
