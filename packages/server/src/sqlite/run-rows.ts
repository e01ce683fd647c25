import type { DatabaseSync } from 'node:sqlite'
import type { Failure, ItemStatus, Run, RunStatus } from '@monofil/protocol'
import { topicOfRun } from '@monofil/protocol'
import type { ItemRecord, RunRecord, StepRecord, UsageSum } from '../runs/records.ts'
import { type ItemPlace, itemView, runView } from '../runs/view.ts'
import type { StepPlan } from '../seams/store.ts'
import type { SqlRow } from './run-sql.ts'
import { bool, number, numberOrNull, Rows, text, textOrNull } from './run-sql.ts'
import type { ItemReader } from './tx.ts'

/** The run as the wire shows it, at the head of its log; undefined when there is none. */
export function readRun(db: DatabaseSync, id: string, { epoch }: { readonly epoch: string }): Run | undefined {
  const row = new Rows(db).get('SELECT * FROM runs WHERE id = ?', id)
  return row === undefined ? undefined : viewOfRow(db, row, epoch)
}

/** The view of a row of `runs` that a list query read. */
export function viewOfRow(db: DatabaseSync, row: SqlRow, epoch: string): Run {
  const sql = new Rows(db)
  const head = sql.get('SELECT head FROM topics WHERE name = ?', topicOfRun(text(row, 'id')))
  return runView(runOfRow(sql, row), { epoch, offset: head === undefined ? 0 : number(head, 'head') })
}

/** Items of one step by id, in the order asked for; unknown ids are left out. */
export const readItems: ItemReader = (db, runId, step, itemIds) => {
  const sql = new Rows(db)
  const place = placeOf(sql, runId, step)
  if (place === undefined) return []
  // CROSS: asks for each id by its index. Left to itself the planner reads the whole step for each id.
  return sql
    .all(
      `SELECT i.* FROM json_each(?) wanted
       CROSS JOIN items i ON i.run = ? AND i.step = ? AND i.id = wanted.value ORDER BY wanted.key`,
      JSON.stringify(itemIds),
      place.run,
      place.position,
    )
    .map((row) => itemView({ runId, step, asks: place.asks }, itemOfRow(row)))
}

/** What a step waits for that does no work of its own: a column to read with `asksOf`. */
export const ASKS = "json_extract(plan, '$.signal.kind')"

/** What `ASKS` read into `column`. */
export function asksOf(row: SqlRow, column = 'asks'): ItemPlace['asks'] {
  return textOrNull(row, column) as ItemPlace['asks']
}

/** Where the items of a step are; undefined when there is no such step. */
export function placeOf(
  sql: Rows,
  runId: string,
  step: string,
): { readonly run: number; readonly position: number; readonly asks: ItemPlace['asks'] } | undefined {
  const row = sql.get(
    `SELECT s.run, s.position, ${ASKS} AS asks FROM runs r JOIN run_steps s ON s.run = r.seq WHERE r.id = ? AND s.name = ?`,
    runId,
    step,
  )
  return row === undefined
    ? undefined
    : { run: number(row, 'run'), position: number(row, 'position'), asks: asksOf(row) }
}

/** The record of a row of `runs`, with its steps. */
export function runOfRow(sql: Rows, row: SqlRow): RunRecord {
  const seq = number(row, 'seq')
  return {
    seq,
    id: text(row, 'id'),
    workflow: text(row, 'workflow'),
    external: bool(row, 'external'),
    status: text(row, 'status') as RunStatus,
    round: number(row, 'round'),
    progress: number(row, 'progress'),
    wanted: text(row, 'wanted') as RunRecord['wanted'],
    inputJson: text(row, 'input'),
    resultJson: textOrNull(row, 'result'),
    error: failureOf(row),
    tags: JSON.parse(text(row, 'tags')) as string[],
    owner: text(row, 'owner'),
    roles: JSON.parse(text(row, 'roles')) as string[],
    key: textOrNull(row, 'key'),
    usage: usageOf(row),
    budgetJson: textOrNull(row, 'budget'),
    sample: numberOrNull(row, 'sample'),
    ranMs: number(row, 'ran_ms'),
    runningSince: numberOrNull(row, 'running_since'),
    parentId: textOrNull(row, 'parent_id'),
    heartbeatMs: numberOrNull(row, 'heartbeat_ms'),
    createdAt: number(row, 'created_at'),
    startedAt: numberOrNull(row, 'started_at'),
    finishedAt: numberOrNull(row, 'finished_at'),
    lastSeenAt: numberOrNull(row, 'last_seen_at'),
    stalledSince: numberOrNull(row, 'stalled_since'),
    steps: sql.all('SELECT * FROM run_steps WHERE run = ? ORDER BY position', seq).map(stepOfRow),
  }
}

function stepOfRow(row: SqlRow): StepRecord {
  return {
    position: number(row, 'position'),
    plan: JSON.parse(text(row, 'plan')) as StepPlan,
    status: text(row, 'status') as RunStatus,
    begun: bool(row, 'begun'),
    totalIsFinal: bool(row, 'total_is_final'),
    fed: numberOrNull(row, 'fed'),
    announced: numberOrNull(row, 'announced'),
    tally: {
      queued: number(row, 'queued'),
      running: number(row, 'running'),
      retrying: number(row, 'retrying'),
      completed: number(row, 'completed'),
      failed: number(row, 'failed'),
      cancelled: number(row, 'cancelled'),
    },
    ready: number(row, 'ready'),
    skipped: number(row, 'skipped'),
    pace: {
      count: number(row, 'pace_count'),
      meanMs: number(row, 'pace_mean'),
      spread: number(row, 'pace_spread'),
      lastAt: numberOrNull(row, 'pace_last_at'),
    },
    short: shortOf(row),
    error: failureOf(row),
    usage: usageOf(row),
    startedAt: numberOrNull(row, 'started_at'),
    finishedAt: numberOrNull(row, 'finished_at'),
  }
}

function shortOf(row: SqlRow): StepRecord['short'] {
  const limit = textOrNull(row, 'waiting_limit')
  return limit === null ? null : { limit, until: numberOrNull(row, 'waiting_until') }
}

/** The record of a row of `items`. */
export function itemOfRow(row: SqlRow): ItemRecord {
  return {
    key: number(row, 'key'),
    position: number(row, 'step'),
    id: text(row, 'id'),
    index: number(row, 'idx'),
    status: text(row, 'status') as ItemStatus,
    ready: bool(row, 'ready'),
    checked: bool(row, 'checked'),
    skipped: bool(row, 'skipped'),
    attempts: number(row, 'attempts'),
    interruptions: number(row, 'interruptions'),
    inputJson: text(row, 'input'),
    resultJson: textOrNull(row, 'result'),
    error: failureOf(row),
    usage: usageOf(row),
    startedAt: numberOrNull(row, 'started_at'),
    finishedAt: numberOrNull(row, 'finished_at'),
    notBefore: numberOrNull(row, 'not_before'),
    offset: number(row, 'offset'),
  }
}

function failureOf(row: SqlRow): Failure | null {
  const code = textOrNull(row, 'error_code')
  return code === null ? null : { code, message: textOrNull(row, 'error_message') ?? '' }
}

function usageOf(row: SqlRow): UsageSum {
  const micros = textOrNull(row, 'micros')
  return {
    tokens: numberOrNull(row, 'tokens'),
    micros: micros === null ? null : BigInt(micros),
    currency: textOrNull(row, 'currency'),
  }
}
