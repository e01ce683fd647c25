import { backoffMs, hasAttemptLeft, jitterOf, retryOf } from '../../runs/backoff.ts'
import { moveItem, offerItem, skipItem } from '../../runs/item-moves.ts'
import type { ItemRecord, RunRecord, StepRecord } from '../../runs/records.ts'
import type { Outcome } from '../../seams/store.ts'
import { LimitBook } from '../limit-book.ts'
import { RunBook } from '../run-book.ts'
import { RunFeed } from '../run-feed.ts'
import { RunItems } from '../run-items.ts'
import { drive, LEASED } from '../run-leases.ts'
import { itemOfRow } from '../run-rows.ts'
import { number } from '../run-sql.ts'
import type { Tx } from '../tx.ts'
import { sendOwn } from './notice-send.ts'

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
  run.lastSeenAt = book.tx.now
  if (outcome.kind === 'completed') complete(book, { run, step, item }, outcome)
  else if (outcome.kind === 'failed') fail(book, { run, step, item }, outcome)
  else if (outcome.kind === 'limited') limited(book, { run, step, item }, outcome)
  else if (outcome.kind === 'skipped') skip(book, { run, step, item })
  else release(book, { run, step, item }, outcome.kind === 'wanted')
  return true
}

interface Held {
  readonly run: RunRecord
  readonly step: StepRecord
  readonly item: ItemRecord
}

function complete(book: RunBook, held: Held, outcome: Outcome & { kind: 'completed' }): void {
  new RunItems(book, held.run).complete(held.step, held.item, outcome.resultJson)
  for (const notice of outcome.notices ?? []) sendOwn(book.tx, { ...notice, sender: held.run.owner })
  endList(book, held, outcome)
}

/** The elements of a list that came while it was made are all there. */
function endList(book: RunBook, { run, step }: Held, { fed, resultJson }: Outcome & { kind: 'completed' }): void {
  const feed = new RunFeed(book, run)
  if (fed !== undefined) feed.end(step, fed)
  // An earlier attempt handed elements over, this one answered with a whole list: it is taken like them.
  else if (step.fed !== null) {
    const list: unknown = JSON.parse(resultJson)
    const elements = Array.isArray(list) ? list.map((element) => JSON.stringify(element)) : []
    feed.add(step, 1, elements)
    feed.end(step, elements.length)
  }
}

function fail(book: RunBook, { run, step, item }: Held, outcome: Outcome & { kind: 'failed' }): void {
  item.error = { code: outcome.error.code, message: outcome.error.message }
  const retry = retryOf(step.plan, item.error.code)
  const again = outcome.retryable && hasAttemptLeft(retry, item)
  moveItem(step, item, again ? 'fail' : 'fail_last', book.tx.now)
  if (again) {
    const delay = backoffMs(retry.backoff, item.attempts - item.interruptions, jitterOf(outcome.fence))
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

/** Nothing is made of a skipped item; what an earlier round made of it has nothing to wait for. */
function skip(book: RunBook, { run, step, item }: Held): void {
  skipItem(step, item, book.tx.now)
  new RunItems(book, run).drop(step, item.index)
  if (step.fed !== null) new RunFeed(book, run).end(step, 0)
  book.saveItem(run, step, item)
}

function release(book: RunBook, { run, step, item }: Held, wanted: boolean): void {
  if (wanted) item.checked = true
  moveItem(step, item, 'release', book.tx.now)
  offerItem(step, item)
  book.saveItem(run, step, item)
}
