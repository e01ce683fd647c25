import { isTerminal } from '@monofil/protocol'
import { backoffMs, hasAttemptLeft, jitterOf } from '../../runs/backoff.ts'
import { moveItem, offerItem } from '../../runs/item-moves.ts'
import { streamedFrom } from '../../runs/plan.ts'
import type { ItemRecord, RunRecord, StepRecord } from '../../runs/records.ts'
import type { Outcome } from '../../seams/store.ts'
import { LimitBook } from '../limit-book.ts'
import { RunBook } from '../run-book.ts'
import { RunItems } from '../run-items.ts'
import { drive, LEASED } from '../run-leases.ts'
import { itemOfRow } from '../run-rows.ts'
import { number } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

/** Records outcomes in the order given; false for one whose lease is gone: nothing of it is kept. */
export function workSettle(tx: Tx, outcomes: readonly Outcome[]): readonly boolean[] {
  const book = new RunBook(tx)
  const accepted = outcomes.map((outcome) => settle(book, outcome))
  drive(book)
  return accepted
}

function settle(book: RunBook, outcome: Outcome): boolean {
  const row = book.sql.get(`${LEASED} WHERE l.fence = ?`, outcome.fence)
  if (row === undefined) return false
  book.sql.run('DELETE FROM leases WHERE fence = ?', outcome.fence)
  const run = book.open(number(row, 'run'))
  const item = itemOfRow(row)
  const step = run.steps[item.position]
  if (step === undefined) return false
  if (outcome.kind === 'completed') complete(book, { run, step, item }, outcome.resultJson)
  else if (outcome.kind === 'failed') fail(book, { run, step, item }, outcome)
  else if (outcome.kind === 'limited') limited(book, { run, step, item }, outcome)
  else release(book, { run, step, item })
  return true
}

interface Held {
  readonly run: RunRecord
  readonly step: StepRecord
  readonly item: ItemRecord
}

function complete(book: RunBook, { run, step, item }: Held, resultJson: string): void {
  item.resultJson = resultJson
  item.error = null
  moveItem(step, item, 'complete', book.tx.now)
  book.saveItem(run, step, item)
  for (const next of streamedFrom(run.steps, step)) {
    if (!next.begun || isTerminal(next.status)) continue
    new RunItems(book, run).feed(next, item.index, resultJson)
  }
}

function fail(book: RunBook, { run, step, item }: Held, outcome: Outcome & { kind: 'failed' }): void {
  item.error = { code: outcome.error.code, message: outcome.error.message }
  const again = outcome.retryable && hasAttemptLeft(step.plan, item)
  moveItem(step, item, again ? 'fail' : 'fail_last', book.tx.now)
  if (again) {
    const delay = backoffMs(step.plan.backoff, item.attempts - item.interruptions, jitterOf(outcome.fence))
    if (delay > 0) item.notBefore = book.tx.now + delay
    else offerItem(step, item)
  } else {
    new RunItems(book, run).drop(step, item.index)
  }
  book.saveItem(run, step, item)
}

/** The item goes back, and the limit that was said to be full gives nothing for a while. */
function limited(book: RunBook, { run, step, item }: Held, outcome: Outcome & { kind: 'limited' }): void {
  const limits = new LimitBook(book.tx)
  moveItem(step, item, 'release', book.tx.now)
  if (limits.block(step, outcome.retryAfterMs, outcome.limit)) offerItem(step, item)
  else item.notBefore = book.tx.now + outcome.retryAfterMs
  limits.close()
  book.saveItem(run, step, item)
}

function release(book: RunBook, { run, step, item }: Held): void {
  moveItem(step, item, 'release', book.tx.now)
  offerItem(step, item)
  book.saveItem(run, step, item)
}
