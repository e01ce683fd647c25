import { RunBook } from '../run-book.ts'
import { LEASED, offerDue, takeBack } from '../run-leases.ts'
import { number, numberOrNull } from '../run-sql.ts'
import { fireSchedules } from '../schedule-fire.ts'
import type { Tx } from '../tx.ts'

/** A sweep is due at the latest after this long: what comes to be meanwhile is not known to who waits. */
const LATEST_MS = 1000
const SOONEST_MS = 10
const BATCH = 1000

/** Takes back leases that ran out, offers what waited long enough, marks silent external runs, starts the runs of schedules
 * that are due. Answers ms to the next. */
export function workSweep(tx: Tx): number {
  const book = new RunBook(tx)
  offerDue(book)
  // A slot of a limit that was waited for is there.
  if (book.sql.run('UPDATE limits SET wanted_at = NULL WHERE wanted_at <= ?', tx.monotonic) > 0) tx.workReady()
  takeBack(book, book.sql.all(`${LEASED} WHERE l.until <= ? ORDER BY l.until LIMIT ${BATCH}`, tx.monotonic), false)
  for (const row of book.sql.all(`SELECT seq FROM runs WHERE stall_at <= ? LIMIT ${BATCH}`, tx.now)) {
    book.open(number(row, 'seq')).stalledSince = tx.now
  }
  // Only looked at: its time is up, which the book finds as it is closed.
  for (const row of book.sql.all(`SELECT seq FROM runs WHERE budget_at <= ? LIMIT ${BATCH}`, tx.now)) {
    book.open(number(row, 'seq'))
  }
  book.close()
  fireSchedules(tx)
  return nextSweep(book)
}

function nextSweep(book: RunBook): number {
  const { sql, tx } = book
  const lease = sql.get('SELECT min(until) AS at FROM leases')
  const backoff = sql.get('SELECT min(not_before) AS at FROM items WHERE not_before IS NOT NULL AND ready = 0')
  const stall = sql.get('SELECT min(stall_at) AS at FROM runs WHERE stall_at IS NOT NULL')
  const budget = sql.get('SELECT min(budget_at) AS at FROM runs WHERE budget_at IS NOT NULL')
  const schedule = sql.get('SELECT min(next_at) AS at FROM schedules WHERE next_at IS NOT NULL')
  const slot = sql.get('SELECT min(wanted_at) AS at FROM limits WHERE wanted_at IS NOT NULL')
  const waits = [
    (numberOrNull(slot ?? {}, 'at') ?? Infinity) - tx.monotonic,
    (numberOrNull(lease ?? {}, 'at') ?? Infinity) - tx.monotonic,
    (numberOrNull(backoff ?? {}, 'at') ?? Infinity) - tx.now,
    (numberOrNull(stall ?? {}, 'at') ?? Infinity) - tx.now,
    (numberOrNull(budget ?? {}, 'at') ?? Infinity) - tx.now,
    (numberOrNull(schedule ?? {}, 'at') ?? Infinity) - tx.now,
  ]
  return Math.max(SOONEST_MS, Math.min(LATEST_MS, ...waits.map(Math.ceil)))
}
