import type { DatabaseSync } from 'node:sqlite'
import { topicOfRun } from '@monofil/protocol'
import type { GroupTx } from '../group-tx.ts'
import { number, Rows, text } from '../run-sql.ts'
import { trimTopic } from './log-trim.ts'

const SLICE_LINES = 1_000
/** A run whose log is cut keeps this many times its lines as events of its topic: items and steps are among them. */
const EVENTS_PER_LINE = 2

/** Runs, by `seq`, that hold more log lines, or more pieces of texts as events, than they may. */
export function longLogs(db: DatabaseSync, maxLines: number): readonly number[] {
  return new Rows(db)
    .all(
      'SELECT run FROM run_log_sizes WHERE held > ? UNION SELECT run FROM run_texts WHERE events > ?',
      maxLines,
      maxLines * EVENTS_PER_LINE,
    )
    .map((row) => number(row, 'run'))
}

/**
 * Cuts the oldest lines of a run's log, and with them the oldest events of its topic, one slice: a handler that logs in
 * a loop must not fill the disk. Answers whether there may be more.
 */
export function trimRunLog(tx: GroupTx, args: { readonly run: number; readonly maxLines: number }): boolean {
  const { run, maxLines } = args
  const sql = new Rows(tx.db)
  const row = sql.get(
    `SELECT ifnull(s.held, 0) AS held, r.id FROM runs r LEFT JOIN run_log_sizes s ON s.run = r.seq
     WHERE r.seq = ? AND r.removed_at IS NULL`,
    run,
  )
  if (row === undefined) return false
  const over = number(row, 'held') - maxLines
  const cut =
    over <= 0
      ? 0
      : sql.run(
          'DELETE FROM run_logs WHERE seq IN (SELECT seq FROM run_logs WHERE run = ? ORDER BY seq LIMIT ?)',
          run,
          Math.min(over, SLICE_LINES),
        )
  if (cut > 0) sql.run('UPDATE run_log_sizes SET held = held - ?1, cut = cut + ?1 WHERE run = ?2', cut, run)
  const limits = { before: 0, maxCount: maxLines * EVENTS_PER_LINE, maxBytes: Number.MAX_SAFE_INTEGER }
  const events = trimTopic(tx, topicOfRun(text(row, 'id')), limits)
  // The texts themselves are kept (`texts`): no more of their pieces are there than the topic has events.
  if (!events.more) sql.run('UPDATE run_texts SET events = min(events, ?) WHERE run = ?', limits.maxCount, run)
  return cut < over || events.more
}
