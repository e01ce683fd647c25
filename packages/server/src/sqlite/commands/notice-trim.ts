import type { DatabaseSync } from 'node:sqlite'
import type { GroupTx } from '../group-tx.ts'
import { number, Rows, text } from '../run-sql.ts'
import { type Trimmed, trimTopic } from './log-trim.ts'

/** How many rows one slice deletes at most. */
const SLICE = 1_000
/** How many rows one look at a table covers: other reads get their turn between them. */
const LOOK = 5_000
/** A log holds some events for each item of its inbox: it came, it was read, it was changed. */
const EVENTS_PER_ITEM = 5
const MAX_BYTES = 64 * 1024 * 1024

/**
 * Forgets notices that ended and are older than the queue's retention, with all that became of them, one slice. Answers
 * how many rows went; 0: there is nothing left to do.
 */
export function notificationsPurge(tx: GroupTx): number {
  const sql = new Rows(tx.db)
  // In the order in which they were made: where the first ones are young, all are.
  const ended = sql.all(
    "SELECT seq, created_at, tell_after FROM notices WHERE state IN ('retracted', 'expired') ORDER BY seq LIMIT ?",
    SLICE,
  )
  let count = 0
  for (const row of ended) {
    if (count >= SLICE) break
    if (row['tell_after'] !== null || number(row, 'created_at') >= tx.now - tx.rules.queueMaxAgeMs) continue
    count += purge(sql, number(row, 'seq'), SLICE - count)
  }
  return count
}

function purge(sql: Rows, seq: number, room: number): number {
  const people = sql.all('SELECT person FROM inbox WHERE notice = ? LIMIT ?', seq, room)
  for (const row of people) {
    sql.run('DELETE FROM inbox WHERE person = ? AND notice = ?', number(row, 'person'), seq)
    sql.run('DELETE FROM pushes WHERE person = ? AND notice = ?', number(row, 'person'), seq)
  }
  if (people.length < room) sql.run('DELETE FROM notices WHERE seq = ?', seq)
  return people.length + 1
}

/** Rows of one look, and where the next one begins; null after the last. */
export interface Look<T> {
  readonly found: readonly T[]
  readonly next: number | null
}

/** Logs of users that hold more than they may, among the topics of one look. */
export function notificationsLongLogs(
  db: DatabaseSync,
  { from, before, maxCount }: { readonly from: number; readonly before: number; readonly maxCount: number },
): Look<string> {
  const sql = new Rows(db)
  const long = `SELECT name FROM topics WHERE id >= ? AND id < ? AND name >= 'user:' AND name < 'user;' AND oldest <= head
    AND (oldest_at < ? OR head - oldest + 1 > ? OR bytes > ?) ORDER BY id`
  const rows = sql.all(long, from, from + LOOK, before, maxCount * EVENTS_PER_ITEM, MAX_BYTES)
  const more = sql.get('SELECT 1 AS n FROM topics WHERE id >= ? LIMIT 1', from + LOOK)
  return { found: rows.map((row) => String(row['name'])), next: more === undefined ? null : from + LOOK }
}

// Who was never here, or not for as long as an inbox keeps, said nothing of what they want, and was given nothing that
// is still known: of them nothing is left to forget but that they were there.
const IDLE = `items = 0 AND preferences IS NULL AND (seen_at IS NULL OR seen_at < ?1)
  AND NOT EXISTS (SELECT 1 FROM inbox WHERE person = people.seq)
  AND NOT EXISTS (SELECT 1 FROM digests WHERE person = people.seq)`

/** People of whom nothing is known any more, among those of one look. */
export function notificationsIdlePeople(
  db: DatabaseSync,
  { from, before }: { readonly from: number; readonly before: number },
): Look<number> {
  const sql = new Rows(db)
  const rows = sql.all(`SELECT seq FROM people WHERE seq >= ?2 AND seq < ?3 AND ${IDLE}`, before, from, from + LOOK)
  const more = sql.get('SELECT 1 AS n FROM people WHERE seq >= ? LIMIT 1', from + LOOK)
  return { found: rows.map((row) => number(row, 'seq')), next: more === undefined ? null : from + LOOK }
}

/** Forgets people of whom that is still so. Answers how many. */
export function notificationsForgetPeople(
  tx: GroupTx,
  { people, before }: { readonly people: readonly number[]; readonly before: number },
): number {
  const sql = new Rows(tx.db)
  let count = 0
  for (const seq of people) {
    const row = sql.get(`SELECT roles FROM people WHERE seq = ?2 AND ${IDLE}`, before, seq)
    if (row === undefined) continue
    for (const role of JSON.parse(text(row, 'roles')) as string[]) {
      sql.run('DELETE FROM people_roles WHERE role = ? AND person = ?', role, seq)
    }
    count += sql.run('DELETE FROM people WHERE seq = ?', seq)
  }
  return count
}

/** Deletes from the oldest of a user's log, one slice. The head stays. */
export function notificationsTrimLog(tx: GroupTx, topic: string): Trimmed {
  const { inboxMaxAgeMs, inboxMaxCount } = tx.rules
  const limits = { before: tx.now - inboxMaxAgeMs, maxCount: inboxMaxCount * EVENTS_PER_ITEM, maxBytes: MAX_BYTES }
  return trimTopic(tx, topic, limits)
}
