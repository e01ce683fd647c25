import type { DatabaseSync } from 'node:sqlite'
import type { Run } from '@monofil/protocol'
import { sql } from 'kysely'
import type { Page, RunFilter } from '../../seams/store.ts'
import { formatPlace, parsePlace } from '../run-cursor.ts'
import { listQueries, rowsOfQuery, seenBy } from '../run-query.ts'
import { readRun, viewOfRow } from '../run-rows.ts'
import { number, Rows, text } from '../run-sql.ts'
import type { ReadContext } from '../tx.ts'

export function runsGet(db: DatabaseSync, id: string, { epoch }: ReadContext): Run | undefined {
  return readRun(db, id, { epoch })
}

/** The body the run was made with. */
export function runsRequest(db: DatabaseSync, id: string): string | undefined {
  const row = new Rows(db).get('SELECT body FROM runs WHERE id = ?', id)
  return row === undefined ? undefined : text(row, 'body')
}

/** Runs that are not over, oldest first. */
export function runsActive(db: DatabaseSync, _args: null, { epoch }: ReadContext): readonly Run[] {
  return new Rows(db)
    .all('SELECT * FROM runs WHERE finished_at IS NULL ORDER BY seq')
    .map((row) => viewOfRow(db, row, epoch))
}

/** One page of the runs the viewer may see, newest first. Runs that arrive meanwhile do not shift the pages. */
export function runsList(db: DatabaseSync, filter: RunFilter, { epoch }: ReadContext): Page<Run> {
  let query = listQueries()
    .selectFrom('runs')
    .selectAll('runs')
    .where(seenBy(filter.viewer))
    .orderBy('runs.seq', 'desc')
    .limit(filter.limit + 1)
  if (filter.status !== undefined) query = query.where('runs.status', 'in', [...filter.status])
  if (filter.workflow !== undefined) query = query.where('runs.workflow', '=', filter.workflow)
  if (filter.owner !== undefined) query = query.where('runs.owner', '=', filter.owner)
  if (filter.key !== undefined) query = query.where('runs.key', '=', filter.key)
  if (filter.since !== undefined) query = query.where('runs.created_at', '>=', Date.parse(filter.since))
  if (filter.until !== undefined) query = query.where('runs.created_at', '<=', Date.parse(filter.until))
  if (filter.q !== undefined) query = query.where(sql<boolean>`instr(runs.search, ${filter.q.toLowerCase()}) > 0`)
  const { tag, cursor } = filter
  if (tag !== undefined) {
    query = query.where('runs.seq', 'in', (e) =>
      e.selectFrom('run_tags').select('run_tags.run').where('run_tags.tag', '=', tag),
    )
  }
  if (cursor !== undefined) query = query.where('runs.seq', '<', parsePlace('r', cursor, 1)[0] ?? 0)
  const rows = rowsOfQuery(db, query.compile())
  const page = rows.slice(0, filter.limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => viewOfRow(db, row, epoch)),
    nextCursor: rows.length > page.length && last !== undefined ? formatPlace('r', [number(last, 'seq')]) : null,
  }
}
