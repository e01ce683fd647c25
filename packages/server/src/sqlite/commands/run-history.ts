import type { DatabaseSync } from 'node:sqlite'
import type { LogLine } from '@monofil/protocol'
import { groupFailures } from '../../runs/failures.ts'
import type { FailureGroup, Page } from '../../seams/store.ts'
import { formatPlace, parsePlace } from '../run-cursor.ts'
import type { SqlRow } from '../run-sql.ts'
import { number, Rows, text, textOrNull } from '../run-sql.ts'

/** One page of a run's log lines, oldest first: a page does not change while lines arrive. */
export function runsLogs(
  db: DatabaseSync,
  args: { readonly id: string; readonly limit: number; readonly cursor?: string | undefined },
): Page<LogLine> {
  const after = args.cursor === undefined ? 0 : (parsePlace('l', args.cursor, 1)[0] ?? 0)
  const rows = new Rows(db).all(
    `SELECT l.* FROM runs r JOIN run_logs l ON l.run = r.seq
     WHERE r.id = ? AND l.seq > ? ORDER BY l.seq LIMIT ?`,
    args.id,
    after,
    args.limit + 1,
  )
  const page = rows.slice(0, args.limit)
  const last = page.at(-1)
  return {
    items: page.map(lineOfRow),
    nextCursor: rows.length > page.length && last !== undefined ? formatPlace('l', [number(last, 'seq')]) : null,
  }
}

function lineOfRow(row: SqlRow): LogLine {
  const data = textOrNull(row, 'data')
  return {
    level: text(row, 'level') as LogLine['level'],
    message: text(row, 'message'),
    ...(data === null ? {} : { data: JSON.parse(data) as unknown }),
    step: textOrNull(row, 'step'),
    item: textOrNull(row, 'item'),
    at: text(row, 'at'),
  }
}

/** The run's failed items grouped by step and normalised message, the largest group first. */
export function runsFailures(db: DatabaseSync, id: string): readonly FailureGroup[] {
  const rows = new Rows(db).all(
    `SELECT s.name AS step, i.id AS item, i.error_code, i.error_message FROM runs r
     JOIN items i ON i.run = r.seq AND i.status = 'failed'
     JOIN run_steps s ON s.run = i.run AND s.position = i.step
     WHERE r.id = ? ORDER BY i.step, i.idx`,
    id,
  )
  return groupFailures(
    rows.map((row) => ({
      step: text(row, 'step'),
      item: text(row, 'item'),
      code: textOrNull(row, 'error_code') ?? 'error',
      message: textOrNull(row, 'error_message') ?? '',
    })),
  )
}
