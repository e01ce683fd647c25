import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { LogLevel, LogLine } from '@monofil/protocol'
import { type FailureGroup, FailureGroups, LOG_LEVELS } from '@monofil/protocol'
import type { LinePage, LineQuery } from '../../seams/store.ts'
import { formatPlace, parsePlace } from '../run-cursor.ts'
import { containing } from '../run-query.ts'
import type { SqlRow } from '../run-sql.ts'
import { number, numberOrNull, Rows, text, textOrNull } from '../run-sql.ts'

/** One page of a run's log lines. In ascending order a page does not change while lines arrive. */
export function runsLogs(db: DatabaseSync, args: { readonly id: string; readonly query: LineQuery }): LinePage {
  const { id, query } = args
  const sql = new Rows(db)
  const cursor = query.cursor === undefined ? undefined : (parsePlace('l', query.cursor, 1)[0] ?? 0)
  const run = sql.get(
    `SELECT r.seq, ifnull(s.cut, 0) AS cut, ifnull((SELECT max(seq) FROM run_logs WHERE run = r.seq), 0) AS newest
     FROM runs r LEFT JOIN run_log_sizes s ON s.run = r.seq WHERE r.id = ?`,
    id,
  )
  if (run === undefined) return { items: [], nextCursor: null, newest: formatPlace('l', [0]), cut: 0 }
  const { where, values } = conditions(number(run, 'seq'), query)
  const isDown = query.order === 'desc'
  if (cursor !== undefined) {
    where.push(isDown ? 'seq < ?' : 'seq > ?')
    values.push(cursor)
  }
  const rows = sql.all(
    `SELECT * FROM run_logs WHERE ${where.join(' AND ')} ORDER BY seq ${isDown ? 'DESC' : 'ASC'} LIMIT ?`,
    ...values,
    query.limit + 1,
  )
  const page = rows.slice(0, query.limit)
  const last = page.at(-1)
  return {
    items: page.map(lineOfRow),
    nextCursor: rows.length > page.length && last !== undefined ? formatPlace('l', [number(last, 'seq')]) : null,
    newest: formatPlace('l', [number(run, 'newest')]),
    cut: number(run, 'cut'),
  }
}

/** `item` has an index of its own; level, step and text are looked for in the run's lines, which are bounded. */
function conditions(seq: number, query: LineQuery): { readonly where: string[]; readonly values: SQLInputValue[] } {
  const where = ['run = ?']
  const values: SQLInputValue[] = [seq]
  const also = (condition: string, value: string | undefined): void => {
    if (value === undefined) return
    where.push(condition)
    values.push(value)
  }
  also('item = ?', query.item)
  also('step = ?', query.step)
  if (query.level !== undefined && query.level !== 'debug') {
    also('level IN (SELECT value FROM json_each(?))', JSON.stringify(LOG_LEVELS.slice(levelRank(query.level))))
  }
  also("message LIKE ? ESCAPE '\\'", query.q === undefined ? undefined : containing(query.q))
  return { where, values }
}

function levelRank(level: LogLevel): number {
  return LOG_LEVELS.indexOf(level)
}

function lineOfRow(row: SqlRow): LogLine {
  const data = textOrNull(row, 'data')
  return {
    level: text(row, 'level') as LogLevel,
    message: text(row, 'message'),
    ...(data === null ? {} : { data: JSON.parse(data) as unknown }),
    step: textOrNull(row, 'step'),
    item: textOrNull(row, 'item'),
    at: text(row, 'at'),
    offset: numberOrNull(row, 'offset'),
  }
}

/** The run's failed items grouped by step and normalised message, the largest group first. */
export function runsFailures(db: DatabaseSync, id: string): readonly FailureGroup[] {
  return failureGroups(db, id).list()
}

/** The same groups, open to be asked for ids: `maxItems` of each are kept. One pass, a row in memory at a time. */
export function failureGroups(db: DatabaseSync, id: string, maxItems?: number): FailureGroups {
  const groups = new FailureGroups(maxItems)
  // CROSS: in the order of the index on failed items, so that nothing is sorted.
  const rows = new Rows(db).each(
    `SELECT s.name AS step, i.id AS item, i.error_code, i.error_message FROM runs r
     CROSS JOIN items i ON i.run = r.seq AND i.status = 'failed'
     CROSS JOIN run_steps s ON s.run = i.run AND s.position = i.step
     WHERE r.id = ? ORDER BY i.run, i.step, i.idx`,
    id,
  )
  for (const row of rows) {
    groups.add({
      step: text(row, 'step'),
      item: text(row, 'item'),
      code: textOrNull(row, 'error_code') ?? 'error',
      message: textOrNull(row, 'error_message') ?? '',
    })
  }
  return groups
}
