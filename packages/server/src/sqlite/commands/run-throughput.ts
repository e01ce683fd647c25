import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import type { EndRange, StepEnds, WorkView } from '../../seams/run-store.ts'
import { listQueries, rowsOfQuery, seenBy } from '../run-query.ts'
import { viewOfRow } from '../run-rows.ts'
import { number, Rows, type SqlRow, text } from '../run-sql.ts'
import type { ReadContext } from '../tx.ts'

const SUMS = `sum(i.status = 'completed') AS completed, sum(i.status = 'failed') AS failed`

/** How many items of a run's steps ended in each bucket. */
export function runsThroughput(db: DatabaseSync, args: EndRange & { readonly id: string }): readonly StepEnds[] {
  const { id, fromMs, bucketMs } = args
  const rows = new Rows(db).all(
    // Unary +: what is looked for is the run's range in the index, not every item of a state.
    `SELECT s.name AS step, CAST((i.finished_at - ?) / ? AS INTEGER) AS bucket, ${SUMS} FROM runs r
     CROSS JOIN items i INDEXED BY items_ended ON i.run = r.seq AND i.finished_at >= ?
       AND +i.status IN ('completed', 'failed')
     CROSS JOIN run_steps s ON s.run = i.run AND s.position = i.step
     WHERE r.id = ? GROUP BY i.step, bucket ORDER BY i.step, bucket`,
    fromMs,
    bucketMs,
    fromMs,
    id,
  )
  return rows.map((row) => ({ step: text(row, 'step'), ...endsOfRow(row) }))
}

function endsOfRow(row: SqlRow) {
  return { bucket: number(row, 'bucket'), completed: number(row, 'completed'), failed: number(row, 'failed') }
}

/** Active runs, their work, failures and ends of items, of what a viewer may see; all as of one read transaction. */
export function runsOverview(
  db: DatabaseSync,
  args: Parameters<WorkView>[0],
  { epoch }: ReadContext,
): Awaited<ReturnType<WorkView>> {
  const { viewer, failedSinceMs, ends, limit } = args
  const seen = () => listQueries().selectFrom('runs').where(seenBy(viewer))
  const open = () => seen().where('runs.finished_at', 'is', null)
  const failed = () =>
    seen().where('runs.finished_at', '>=', failedSinceMs).where('runs.status', 'in', ['failed', 'partial'])
  const runsOf = (rows: readonly SqlRow[]) => rows.map((row) => viewOfRow(db, row, epoch))

  const states = rowsOfQuery(
    db,
    open()
      .select(['runs.workflow', 'runs.status', sql<number>`count(*)`.as('count')])
      .groupBy(['runs.workflow', 'runs.status'])
      .compile(),
  )
  const queues = rowsOfQuery(
    db,
    open()
      .innerJoin('run_steps', 'run_steps.run', 'runs.seq')
      .where('run_steps.finished_at', 'is', null)
      .select(['runs.workflow', sql<number>`sum(${sql.raw(WAITING)})`.as('queued')])
      .select(sql<number>`sum(run_steps.running)`.as('running'))
      .groupBy('runs.workflow')
      .compile(),
  )
  const active = open().selectAll('runs').orderBy('runs.seq', 'desc').limit(limit)
  const last = failed().selectAll('runs').orderBy('runs.finished_at', 'desc').orderBy('runs.seq', 'desc').limit(limit)
  const count = failed().select(sql<number>`count(*)`.as('count'))
  const ended = seen()
    .innerJoin('items as i', 'i.run', 'runs.seq')
    .where(sql<boolean>`(runs.finished_at IS NULL OR runs.finished_at >= ${ends.fromMs})`)
    .where(sql<boolean>`i.finished_at >= ${ends.fromMs} AND +i.status IN ('completed', 'failed')`)
    .select(sql<number>`CAST((i.finished_at - ${ends.fromMs}) / ${ends.bucketMs} AS INTEGER)`.as('bucket'))
    .select(sql<number>`sum(i.status = 'completed')`.as('completed'))
    .select(sql<number>`sum(i.status = 'failed')`.as('failed'))
    .groupBy('bucket')
  return {
    states: states.map((row) => ({
      workflow: text(row, 'workflow'),
      status: text(row, 'status'),
      count: number(row, 'count'),
    })),
    queues: queues.map((row) => ({
      workflow: text(row, 'workflow'),
      queued: number(row, 'queued'),
      running: number(row, 'running'),
    })),
    active: runsOf(rowsOfQuery(db, active.compile())),
    failed: {
      count: number(rowsOfQuery(db, count.compile())[0] ?? {}, 'count'),
      runs: runsOf(rowsOfQuery(db, last.compile())),
    },
    ends: rowsOfQuery(db, ended.compile()).map(endsOfRow),
  }
}

/** Items of a step that are to be done, those a reporter announced and has not mentioned among them. */
const WAITING = `run_steps.queued + run_steps.retrying + max(0, ifnull(run_steps.announced, 0) - run_steps.queued
  - run_steps.running - run_steps.retrying - run_steps.completed - run_steps.failed - run_steps.cancelled)`
