import type { DatabaseSync } from 'node:sqlite'
import type { WorkStore } from '../../seams/store.ts'
import { placeOf } from '../run-rows.ts'
import { number, Rows, text } from '../run-sql.ts'

type Query = Parameters<WorkStore['results']>[0]
type Results = Awaited<ReturnType<WorkStore['results']>>

/** Results of a step's completed items with an index over `after` (0: from the first), by index. */
export function workResults(db: DatabaseSync, query: Query): Results {
  const sql = new Rows(db)
  const place = placeOf(sql, query.runId, query.step)
  if (place === undefined) return []
  const rows = sql.all(
    `SELECT idx, id, result FROM items
     WHERE run = ? AND step = ? AND idx > ? AND status = 'completed' AND skipped = 0 ORDER BY idx LIMIT ?`,
    place.run,
    place.position,
    query.after,
    query.limit,
  )
  return rows.map((row) => ({ index: number(row, 'idx'), itemId: text(row, 'id'), resultJson: text(row, 'result') }))
}
