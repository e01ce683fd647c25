import type { DatabaseSync } from 'node:sqlite'
import type { GroupTx } from '../group-tx.ts'
import { number, Rows } from '../run-sql.ts'
import { type Trimmed, trimTopic } from './log-trim.ts'

/** How many rows one slice deletes at most. */
const SLICE = 1_000
/** A log holds some events for each item of its inbox: it came, it was read, it was changed. */
const EVENTS_PER_ITEM = 5
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Forgets notices that ended and are older than the queue's retention, with all that became of them, one slice. Answers
 * how many rows went; 0: there is nothing left to do.
 */
export function notificationsPurge(tx: GroupTx): number {
  const sql = new Rows(tx.db)
  const ended = sql.get(
    `SELECT seq FROM notices WHERE state IN ('retracted', 'expired') AND created_at < ? AND tell_after IS NULL
       ORDER BY seq LIMIT 1`,
    tx.now - tx.rules.queueMaxAgeMs,
  )
  if (ended === undefined) return 0
  const seq = number(ended, 'seq')
  const people = sql.all('SELECT person FROM inbox WHERE notice = ? LIMIT ?', seq, SLICE)
  for (const row of people) {
    sql.run('DELETE FROM inbox WHERE person = ? AND notice = ?', number(row, 'person'), seq)
    sql.run('DELETE FROM pushes WHERE person = ? AND notice = ?', number(row, 'person'), seq)
  }
  if (people.length < SLICE) sql.run('DELETE FROM notices WHERE seq = ?', seq)
  return people.length + 1
}

/** Logs of users that hold more than they may. */
export function notificationsLongLogs(
  db: DatabaseSync,
  { before, maxCount }: { readonly before: number; readonly maxCount: number },
): readonly string[] {
  const sql = `SELECT name FROM topics WHERE name >= 'user:' AND name < 'user;' AND oldest <= head
    AND (oldest_at < ? OR head - oldest + 1 > ?) LIMIT 100`
  return new Rows(db).all(sql, before, maxCount * EVENTS_PER_ITEM).map((row) => String(row['name']))
}

/** Deletes from the oldest of a user's log, one slice. The head stays. */
export function notificationsTrimLog(tx: GroupTx, topic: string): Trimmed {
  const { inboxMaxAgeMs, inboxMaxCount } = tx.rules
  const limits = { before: tx.now - inboxMaxAgeMs, maxCount: inboxMaxCount * EVENTS_PER_ITEM, maxBytes: MAX_BYTES }
  return trimTopic(tx, topic, limits)
}
