import type { DatabaseSync } from 'node:sqlite'
import type { WorkStore } from '../../seams/store.ts'
import { number, Rows, text } from '../run-sql.ts'

type Query = Parameters<WorkStore['results']>[0]
type Results = Awaited<ReturnType<WorkStore['results']>>

/** Results of a step's completed items with an index over `after` (0: from the first), by index. */
export function workResults(db: DatabaseSync, query: Query): Results {
  return new Rows(db)
    .all(
      `SELECT i.idx, i.id, i.result FROM runs r JOIN run_steps s ON s.run = r.seq
       JOIN items i ON i.run = r.seq AND i.step = s.position
       WHERE r.id = ? AND s.name = ? AND i.idx > ? AND i.status = 'completed' ORDER BY i.idx LIMIT ?`,
      query.runId,
      query.step,
      query.after,
      query.limit,
    )
    .map((row) => ({ index: number(row, 'idx'), itemId: text(row, 'id'), resultJson: text(row, 'result') }))
}
