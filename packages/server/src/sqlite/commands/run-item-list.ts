import type { DatabaseSync } from 'node:sqlite'
import type { Item, Run } from '@monofil/protocol'
import { sql } from 'kysely'
import { itemView } from '../../runs/view.ts'
import type { ItemFilter, Page } from '../../seams/store.ts'
import { formatPlace, parsePlace } from '../run-cursor.ts'
import { containing, listQueries, rowsOfQuery, seenBy } from '../run-query.ts'
import { ASKS, asksOf, itemOfRow, readRun } from '../run-rows.ts'
import { number, text } from '../run-sql.ts'
import type { ReadContext } from '../tx.ts'

/** One page of items: of the newest run first, in it by step and index. */
export function runsItems(db: DatabaseSync, filter: ItemFilter): Page<Item> {
  let query = listQueries()
    .selectFrom('items')
    .innerJoin('runs', 'runs.seq', 'items.run')
    .innerJoin('run_steps', (join) =>
      join.onRef('run_steps.run', '=', 'items.run').onRef('run_steps.position', '=', 'items.step'),
    )
    .selectAll('items')
    .select(['runs.id as run_id', 'run_steps.name as step_name', sql<string | null>`${sql.raw(ASKS)}`.as('asks')])
    .where(seenBy(filter.viewer))
    .orderBy('items.run', 'desc')
    .orderBy('items.step')
    .orderBy('items.idx')
    .limit(filter.limit + 1)
  if (filter.runId !== undefined) query = query.where('runs.id', '=', filter.runId)
  if (filter.workflow !== undefined) query = query.where('runs.workflow', '=', filter.workflow)
  if (filter.step !== undefined) query = query.where('run_steps.name', '=', filter.step)
  if (filter.status !== undefined) query = query.where('items.status', 'in', [...filter.status])
  if (filter.q !== undefined) {
    const like = containing(filter.q)
    query = query.where(
      sql<boolean>`(items.id LIKE ${like} ESCAPE '\\' OR items.error_message LIKE ${like} ESCAPE '\\' OR items.input LIKE ${like} ESCAPE '\\')`,
    )
  }
  if (filter.cursor !== undefined) {
    const [run = 0, step = 0, index = 0] = parsePlace('i', filter.cursor, 3)
    const later = sql<boolean>`(items.step, items.idx) > (${step}, ${index})`
    // Within one run a plain range of the index; across runs, the same run's rest or older runs.
    query =
      filter.runId === undefined
        ? query.where(sql<boolean>`items.run <= ${run} AND (items.run < ${run} OR ${later})`)
        : query.where('items.run', '=', run).where(later)
  }
  const rows = rowsOfQuery(db, query.compile())
  const page = rows.slice(0, filter.limit)
  const last = page.at(-1)
  const place = last === undefined ? [] : [number(last, 'run'), number(last, 'step'), number(last, 'idx')]
  return {
    items: page.map((row) =>
      itemView({ runId: text(row, 'run_id'), step: text(row, 'step_name'), asks: asksOf(row) }, itemOfRow(row)),
    ),
    nextCursor: rows.length > page.length ? formatPlace('i', place) : null,
  }
}

/** A run with its first items, both as of the same read transaction. */
export function runsSnapshot(
  db: DatabaseSync,
  args: { readonly id: string; readonly limit: number },
  context: ReadContext,
): { readonly run: Run; readonly items: Page<Item> } | undefined {
  const run = readRun(db, args.id, context)
  if (run === undefined) return undefined
  return { run, items: runsItems(db, { viewer: { all: true }, runId: args.id, limit: args.limit }) }
}
