import { advance } from '../runs/advance.ts'
import { hasAttemptLeft, MAX_INTERRUPTIONS, retryOf } from '../runs/backoff.ts'
import { companyAfter } from '../runs/company.ts'
import { moveItem, offerItem } from '../runs/item-moves.ts'
import type { RunBook } from './run-book.ts'
import { RunItems } from './run-items.ts'
import { itemOfRow } from './run-rows.ts'
import type { SqlRow } from './run-sql.ts'
import { bool, number, text } from './run-sql.ts'

/** A lease with the row of its item; the condition and order follow. */
export const LEASED = 'SELECT i.*, l.fence, l.worker, l.orphaned FROM leases l JOIN items i ON i.key = l.item'

/** The code of an attempt whose lease ended without a word. */
const LOST = 'lease_lost'

/**
 * Takes these leases (rows of `LEASED`) back. `gone`: the worker's process is known to have ended, which does not use
 * up one of the plan's attempts, so that a crash never fails an item that has none to spare; but an item under which
 * processes keep dying ends too, once it was the only one its process had. Otherwise the lease ran out, and its
 * attempt counts. Of a worker that is gone, all it held must be given at once.
 */
export function takeBack(book: RunBook, rows: readonly SqlRow[], gone: boolean): void {
  const heldBy = new Map<string, number>()
  for (const row of rows) heldBy.set(text(row, 'worker'), (heldBy.get(text(row, 'worker')) ?? 0) + 1)
  for (const row of rows) {
    book.sql.run('DELETE FROM leases WHERE fence = ?', number(row, 'fence'))
    book.tx.leaseTaken(number(row, 'fence'))
    const run = book.open(number(row, 'run'))
    const item = itemOfRow(row)
    const step = run.steps[item.position]
    if (step === undefined) continue
    const died = gone || bool(row, 'orphaned')
    const held = heldBy.get(text(row, 'worker')) ?? 1
    if (died) {
      item.interruptions += 1
      book.sql.run('UPDATE items SET company = ? WHERE key = ?', companyAfter(item.interruptions, held), item.key)
    }
    const mayDie = held > 1 || item.interruptions <= MAX_INTERRUPTIONS
    const again = died ? mayDie : hasAttemptLeft(retryOf(step.plan, LOST), item)
    item.error = { code: LOST, message: lostMessage(item.id, text(row, 'worker'), died) }
    if (!moveItem(step, item, again ? 'lose' : 'lose_last', book.tx.now)) continue
    if (again) offerItem(step, item)
    else new RunItems(book, run).drop(step, item.index)
    book.saveItem(run, step, item)
  }
  drive(book)
}

function lostMessage(item: string, worker: string, died: boolean): string {
  return died
    ? `worker ${worker} ended while it worked on item ${item}`
    : `worker ${worker} did not renew its lease of item ${item} in time`
}

/** Drives every run the command touched and writes all of it. */
export function drive(book: RunBook): void {
  for (const run of book.runs) if (!run.external) advance(run, new RunItems(book, run), book.tx.now)
  book.close()
}

/**
 * Makes items claimable whose backoff is over, which is not an event: whether an item may be claimed is not shown. Ends
 * those that waited too long for an answer. Closes the book.
 */
export function offerDue(book: RunBook): void {
  const due = book.sql.all('SELECT * FROM items WHERE ready = 0 AND not_before <= ? LIMIT 1000', book.tx.now)
  for (const row of due) {
    const item = itemOfRow(row)
    const run = book.open(number(row, 'run'))
    const step = run.steps[item.position]
    if (step === undefined) continue
    if (step.plan.signal !== undefined) {
      const message = `no answer came within ${step.plan.timeoutMs} ms`
      new RunItems(book, run).refuse(step, item, { code: 'timeout', message })
      continue
    }
    offerItem(step, item)
    book.sql.run('UPDATE items SET ready = 1 WHERE key = ?', item.key)
  }
  drive(book)
}
