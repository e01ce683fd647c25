import type { Failure } from '@monofil/protocol'
import { isTerminal } from '@monofil/protocol'
import type { ItemPort } from '../runs/advance.ts'
import { moveRun, moveStep } from '../runs/advance.ts'
import { moveItem, offerItem } from '../runs/item-moves.ts'
import { itemIdOf, streamedFrom } from '../runs/plan.ts'
import type { ItemRecord, RunRecord, StepRecord } from '../runs/records.ts'
import { newItem, openOf, rowsOf } from '../runs/records.ts'
import type { RetryPort, StepAgain } from '../runs/retry.ts'
import { Reopening } from './reopening.ts'
import type { RunBook } from './run-book.ts'
import { itemOfRow } from './run-rows.ts'
import { number, text, textOrNull } from './run-sql.ts'

/** The items of one run in the tables, as driving it needs them. */
export class RunItems implements ItemPort, RetryPort {
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
    if (made.ready) this.#offer(step, item)
    this.#book.saveItem(this.#run, step, item)
  }

  offer(step: StepRecord): void {
    this.#offerWhere(step, "status = 'queued' AND ready = 0")
  }

  offerFed(step: StepRecord, count: number): void {
    const where = `status = 'queued' AND ready = 0 AND idx <= ${count}`
    if (step.plan.signal !== undefined) {
      this.#offerWhere(step, where)
      return
    }
    const update = `UPDATE items SET ready = 1 WHERE run = ? AND step = ? AND ${where}`
    step.ready += this.#book.sql.run(update, this.#run.seq, step.position)
  }

  #offerWhere(step: StepRecord, where: string): void {
    for (const item of this.#items(step, where)) {
      this.#offer(step, item)
      if (step.plan.signal !== undefined) {
        this.#book.saveItem(this.#run, step, item)
        continue
      }
      // Not an event: whether an item may be claimed is not shown.
      this.#book.sql.run('UPDATE items SET ready = 1 WHERE key = ?', item.key)
    }
  }

  expand(step: StepRecord, source: StepRecord): Failure | null {
    // A skipped step has no result: there is nothing to run over.
    const result: unknown = JSON.parse(this.resultOf(source) ?? '[]')
    if (!Array.isArray(result)) {
      const found = result === null ? 'null' : `a${typeof result === 'object' ? 'n' : ''} ${typeof result}`
      return {
        code: 'invalid_result',
        message: `step ${step.plan.name} runs over the result of step ${source.plan.name}, which must be an array and was ${found}`,
      }
    }
    const known = this.#byIndex(step)
    for (const [i, element] of result.entries()) {
      this.take(step, i + 1, { inputJson: JSON.stringify(element), known: known.get(i + 1), ready: true })
    }
    for (const item of known.values()) if (item.index > result.length) this.#giveUp(step, item)
    return null
  }

  catchUp(step: StepRecord, source: StepRecord): void {
    const known = this.#byIndex(step)
    for (const item of this.#items(source, "status = 'completed' AND skipped = 0")) {
      this.take(step, item.index, {
        inputJson: item.resultJson ?? 'null',
        known: known.get(item.index),
        ready: true,
      })
    }
  }

  /** Records a result, and makes items of it where other steps run over this one's. */
  complete(step: StepRecord, item: ItemRecord, resultJson: string): void {
    item.resultJson = resultJson
    item.error = null
    moveItem(step, item, 'complete', this.#book.tx.now)
    this.#book.saveItem(this.#run, step, item)
    for (const next of streamedFrom(this.#run.steps, step)) {
      if (next.begun && !isTerminal(next.status)) this.feed(next, item.index, resultJson)
    }
  }

  /** Ends an item that waited for an answer and will not have one, or not the one that was hoped for. */
  refuse(step: StepRecord, item: ItemRecord, error: Failure): void {
    this.#answered(step, item)
    item.error = error
    moveItem(step, item, 'fail_last', this.#book.tx.now)
    this.drop(step, item.index)
    this.#book.saveItem(this.#run, step, item)
  }

  /** Completes an item that waited for an answer. */
  answer(step: StepRecord, item: ItemRecord, resultJson: string): void {
    this.#answered(step, item)
    this.complete(step, item, resultJson)
  }

  /** Makes an item of a result of the step's source, or offers the one of an earlier round that waits for it. */
  feed(step: StepRecord, index: number, inputJson: string): void {
    this.take(step, index, { inputJson, known: this.#waitingAt(step, index), ready: true })
  }

  /** An item as an element or a result makes it: a new one, or that of an earlier round, unless that one is over or under way. */
  take(
    step: StepRecord,
    index: number,
    made: { readonly inputJson: string; readonly known: ItemRecord | undefined; readonly ready: boolean },
  ): void {
    const { known, inputJson, ready } = made
    if (known === undefined) {
      this.add(step, index, { inputJson, ready })
    } else if (known.status === 'queued' && !known.ready) {
      known.inputJson = inputJson
      if (ready) this.#offer(step, known)
      this.#book.sql.run('UPDATE items SET input = ? WHERE key = ?', inputJson, known.key)
      this.#book.saveItem(this.#run, step, known)
    }
  }

  /** An item ended without a result: what an earlier round made of it has nothing to wait for any more. */
  drop(step: StepRecord, index: number): void {
    for (const next of streamedFrom(this.#run.steps, step)) {
      const item = this.#waitingAt(next, index)
      if (item !== undefined) this.#giveUp(next, item)
    }
  }

  reopen(again: StepAgain): void {
    new Reopening(this.#book, this.#run).reopen(again, (item) => this.#offer(again.step, item))
  }

  /** Takes every lease of a step's items back; `input` says what becomes of them. */
  takeLeases(step: StepRecord, input: 'release' | 'cancel'): void {
    if (step.tally.running === 0) return
    const { sql, tx } = this.#book
    // CROSS: there are few leases, and the run may have a million items.
    const rows = sql.all(
      'SELECT i.*, l.fence FROM leases l CROSS JOIN items i ON i.key = l.item WHERE i.run = ? AND i.step = ? ORDER BY i.idx',
      this.#run.seq,
      step.position,
    )
    for (const row of rows) {
      const fence = number(row, 'fence')
      sql.run('DELETE FROM leases WHERE fence = ?', fence)
      tx.leaseTaken(fence)
      const item = itemOfRow(row)
      moveItem(step, item, input, tx.now)
      if (input === 'release') offerItem(step, item)
      this.#book.saveItem(this.#run, step, item)
    }
  }

  /** Cancels what is not over of the items with an index over `count`, and what was made of them. */
  cancelBeyond(step: StepRecord, count: number): void {
    const { sql, tx } = this.#book
    for (const item of this.open(step)) {
      if (item.index <= count) continue
      const lease = item.status === 'running' ? sql.get('SELECT fence FROM leases WHERE item = ?', item.key) : undefined
      if (lease !== undefined) {
        sql.run('DELETE FROM leases WHERE item = ?', item.key)
        tx.leaseTaken(number(lease, 'fence'))
      }
      this.#giveUp(step, item)
    }
  }

  cancelOpen(step: StepRecord): void {
    this.takeLeases(step, 'cancel')
    const { tally } = step
    const open = openOf(tally)
    this.#book.saveMany(this.#run, step, {
      where: "status IN ('queued', 'running', 'retrying')",
      set: `status = 'cancelled', ready = 0, not_before = NULL, finished_at = ${this.#book.tx.now}`,
    })
    tally.cancelled += open
    Object.assign(tally, { queued: 0, running: 0, retrying: 0 })
    step.ready = 0
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

  /** Makes an item claimable. One that waits for an answer is asked for it, or has it already. */
  #offer(step: StepRecord, item: ItemRecord): void {
    if (step.plan.signal === undefined) {
      offerItem(step, item)
      return
    }
    const { now } = this.#book.tx
    moveStep(step, 'start', now)
    moveRun(this.#run, 'start', now)
    item.startedAt = now
    item.notBefore = now + step.plan.timeoutMs
    if (item.resultJson === null) return
    this.#answered(step, item)
    moveItem(step, item, 'complete', now)
  }

  /** An answer is one attempt, which began when it was asked for. */
  #answered(step: StepRecord, item: ItemRecord): void {
    const { startedAt } = item
    moveItem(step, item, 'claim', this.#book.tx.now)
    item.startedAt = startedAt
  }

  #giveUp(step: StepRecord, item: ItemRecord): void {
    if (!moveItem(step, item, 'cancel', this.#book.tx.now)) return
    this.#book.saveItem(this.#run, step, item)
    this.drop(step, item.index)
  }

  /** The step's items of earlier rounds; none in the first. */
  #byIndex(step: StepRecord): Map<number, ItemRecord> {
    if (rowsOf(step.tally) === 0) return new Map()
    return new Map(this.#items(step, '1').map((item) => [item.index, item]))
  }

  /** The item of an earlier round that waits for the one it is made of. */
  #waitingAt(step: StepRecord, index: number): ItemRecord | undefined {
    if (step.tally.queued + step.tally.retrying <= step.ready) return undefined
    const row = this.#book.sql.get(
      "SELECT * FROM items WHERE run = ? AND step = ? AND idx = ? AND status = 'queued' AND ready = 0",
      this.#run.seq,
      step.position,
      index,
    )
    return row === undefined ? undefined : itemOfRow(row)
  }

  #items(step: StepRecord, where: string): readonly ItemRecord[] {
    return this.#book.sql
      .all(`SELECT * FROM items WHERE run = ? AND step = ? AND ${where} ORDER BY idx`, this.#run.seq, step.position)
      .map(itemOfRow)
  }
}
