import { recoverLimits } from '../limit-book.ts'
import { RunBook } from '../run-book.ts'
import { LEASED, takeBack } from '../run-leases.ts'
import { Rows } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

/** Workers with such ids are processes of the store's owner: they died with it. */
const LOCAL_WORKER = 'local-'

/** How long other workers have to find the store again after it was opened. */
const GRACE_MS = 2000

/** Extends these leases of this worker; answers the fences that are lost. */
export function workRenew(
  tx: Tx,
  request: { readonly worker: string; readonly fences: readonly number[]; readonly leaseMs: number },
): readonly number[] {
  const sql = new Rows(tx.db)
  const until = tx.monotonic + request.leaseMs
  const renew = 'UPDATE leases SET until = ?, orphaned = 0 WHERE fence = ? AND worker = ?'
  return request.fences.filter((fence) => sql.run(renew, until, fence, request.worker) === 0)
}

/** Takes back all that this worker holds, its process being gone; answers how many items that were. */
export function workRelease(tx: Tx, worker: string): number {
  const book = new RunBook(tx)
  const held = book.sql.all(`${LEASED} WHERE l.worker = ? ORDER BY l.fence`, worker)
  takeBack(book, held, true)
  return held.length
}

/**
 * Called once when the store opens, before anything else: the monotonic clock began anew, so every lease is set again.
 * Local workers died with their owner: their items go back at once. Others get 2 s to renew, then theirs go back too,
 * as of a process that died. Reporters of external runs could not be heard meanwhile: their silence begins now. Answers
 * how many items went back.
 */
export function workRecover(tx: Tx): number {
  const book = new RunBook(tx)
  const held = book.sql.all(`${LEASED} WHERE l.worker GLOB ? ORDER BY l.fence`, `${LOCAL_WORKER}*`)
  takeBack(book, held, true)
  book.sql.run('UPDATE leases SET until = ?, orphaned = 1', tx.monotonic + GRACE_MS)
  book.sql.run('UPDATE runs SET stall_at = max(stall_at, ? + heartbeat_ms) WHERE stall_at IS NOT NULL', tx.now)
  recoverLimits(book.sql, tx)
  recoverWaits(book.sql, tx)
  return held.length
}

/** Of what began in the future: the clock went back at least so far, and what it waits for with it. */
function recoverWaits(sql: Rows, tx: Tx): void {
  sql.run(
    `UPDATE items SET not_before = not_before - (started_at - ?1)
     WHERE not_before IS NOT NULL AND ready = 0 AND started_at > ?1`,
    tx.now,
  )
}
