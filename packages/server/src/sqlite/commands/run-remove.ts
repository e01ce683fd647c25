import type { DatabaseSync } from 'node:sqlite'
import { isTerminal, MonofilError, type RunStatus } from '@monofil/protocol'
import type { SqlRow } from '../run-sql.ts'
import { number, Rows, text } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

/** What one commit takes at most, so that others wait a few ms for it: rows, bytes of what they hold, and runs. */
const SLICE_ROWS = 1_000
const SLICE_BYTES = 4_000_000
const SLICE_RUNS = 100

/** Finished runs to go: those that ended before a moment (ms since 1970), and the oldest beyond a count; null: no bound. */
export interface DueRuns {
  readonly before: number | null
  readonly maxCount: number | null
}

/**
 * Removes a finished run: from this commit on nothing finds it, its id stays taken, and `runsPurge` frees the disk.
 * @throws `not_found`, `invalid_state`.
 */
export function runsRemove(tx: Tx, id: string): void {
  const sql = new Rows(tx.db)
  const row = sql.get('SELECT seq, id, status FROM runs WHERE id = ?', id)
  if (row === undefined) throw new MonofilError('not_found', `there is no run ${id}`, { runId: id })
  const status = text(row, 'status') as RunStatus
  if (!isTerminal(status)) {
    throw new MonofilError('invalid_state', `run ${id} is ${status}: only a finished run can be deleted`, {
      state: status,
      runId: id,
    })
  }
  hide(tx, sql, row)
}

/** The next runs to go by their bounds, the oldest first: `seq`s for `runsRetire`; empty when none is left. */
export function runsDue(db: DatabaseSync, { before, maxCount }: DueRuns): readonly number[] {
  const sql = new Rows(db)
  const finished = 'FROM runs WHERE finished_at IS NOT NULL AND removed_at IS NULL'
  const count = maxCount === null ? 0 : number(sql.get(`SELECT count(*) AS n ${finished}`) ?? {}, 'n')
  const over = maxCount === null ? 0 : count - maxCount
  return sql
    .all(`SELECT seq, finished_at ${finished} ORDER BY finished_at, seq LIMIT ${SLICE_RUNS}`)
    .filter((row, i) => i < over || (before !== null && number(row, 'finished_at') < before))
    .map((row) => number(row, 'seq'))
}

/** Removes these runs as `runsRemove` does, unless a retry has opened them again meanwhile. Answers how many went. */
export function runsRetire(tx: Tx, seqs: readonly number[]): number {
  const sql = new Rows(tx.db)
  let count = 0
  let bytes = 0
  for (const seq of seqs) {
    const row = sql.get(
      `SELECT seq, id, octet_length(input) + octet_length(body) + ifnull(octet_length(result), 0) AS bytes
       FROM runs WHERE seq = ? AND finished_at IS NOT NULL AND removed_at IS NULL`,
      seq,
    )
    if (row === undefined) continue
    bytes += number(row, 'bytes')
    if (count > 0 && bytes > SLICE_BYTES) break
    hide(tx, sql, row)
    count += 1
  }
  return count
}

/** One commit takes it out of sight of every query, whatever it holds: its rows are only looked for by its id or `seq`. */
function hide(tx: Tx, sql: Rows, row: SqlRow): void {
  const id = text(row, 'id')
  sql.run(
    `UPDATE runs SET id = '~' || seq, removed_at = ?, input = 'null', body = '{}', result = NULL, search = ''
     WHERE seq = ?`,
    tx.now,
    number(row, 'seq'),
  )
  sql.run('INSERT INTO removed_runs (id, removed_at) VALUES (?, ?)', id, tx.now)
  tx.runRemoved(id)
}

/** What a removed run may have much of, and about how many bytes a row is. */
const LARGE = [
  { table: 'text_parts', key: 'key', bytes: 'octet_length(chars)' },
  { table: 'texts', key: 'key', bytes: '0' },
  { table: 'items', key: 'key', bytes: 'octet_length(input) + ifnull(octet_length(result), 0)' },
  { table: 'run_logs', key: 'seq', bytes: 'octet_length(message) + ifnull(octet_length(data), 0)' },
  { table: 'run_reports', key: 'id', bytes: '0' },
] as const

const SMALL = ['run_steps', 'run_tags', 'run_roles', 'run_log_sizes', 'run_texts'] as const

/** Deletes rows of removed runs, one slice. Answers whether there may be more. */
export function runsPurge(tx: Tx): boolean {
  const sql = new Rows(tx.db)
  const left = { rows: SLICE_ROWS, bytes: SLICE_BYTES }
  for (let runs = 0; runs < SLICE_RUNS; runs += 1) {
    const row = sql.get('SELECT seq FROM runs WHERE removed_at IS NOT NULL ORDER BY seq LIMIT 1')
    if (row === undefined) return false
    const seq = number(row, 'seq')
    for (const part of LARGE) if (!emptied(sql, seq, part, left)) return true
    for (const table of SMALL) sql.run(`DELETE FROM ${table} WHERE run = ?`, seq)
    sql.run('DELETE FROM runs WHERE seq = ?', seq)
  }
  return true
}

/** Deletes a run's rows of one table as far as the slice goes; answers whether that was all. */
function emptied(
  sql: Rows,
  seq: number,
  { table, key, bytes }: (typeof LARGE)[number],
  left: { rows: number; bytes: number },
): boolean {
  const found = sql.all(`SELECT ${key} AS k, ${bytes} AS bytes FROM ${table} WHERE run = ? LIMIT ?`, seq, left.rows)
  const taken: (string | number)[] = []
  for (const row of found) {
    if (left.bytes <= 0) break
    left.bytes -= number(row, 'bytes')
    taken.push(typeof row['k'] === 'number' ? row['k'] : text(row, 'k'))
  }
  // A finished run has no lease; one that a fault left behind must not keep its item.
  if (table === 'items') {
    sql.run('DELETE FROM leases WHERE item IN (SELECT value FROM json_each(?))', JSON.stringify(taken))
  }
  // Reports have no key of their own; the others are to be looked up by theirs, not by their run (hence the plus).
  const ofRun = table === 'run_reports' ? 'run' : '+run'
  sql.run(
    `DELETE FROM ${table} WHERE ${ofRun} = ? AND ${key} IN (SELECT value FROM json_each(?))`,
    seq,
    JSON.stringify(taken),
  )
  const isAll = taken.length === found.length && found.length < left.rows
  left.rows -= taken.length
  return isAll
}
