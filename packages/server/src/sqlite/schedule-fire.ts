import { createRequire } from 'node:module'
import { MonofilError, type Run } from '@monofil/protocol'
import { checkInput, compileInput, type Zod } from '../runs/input.ts'
import { newestTick, nextTick, runIdOfTick, tagOfSchedule } from '../runs/schedule.ts'
import { runsCreate } from './commands/run-create.ts'
import { workflowsGet } from './commands/workflows.ts'
import { Rows, text } from './run-sql.ts'
import { recordOfRow, type ScheduleRecord, whenOf } from './schedule-rows.ts'
import type { Tx } from './tx.ts'

/** In one sweep; more are due again 10 ms later. */
const BATCH = 100
/** A tick that is later than this was missed: nobody swept when it came. Sweeps are a second apart at most. */
const MISSED_AFTER_MS = 60_000

/** Starts the run of every schedule that is due, or says why not, and sets its next time. */
export function fireSchedules(tx: Tx): void {
  const sql = new Rows(tx.db)
  const due = sql.all('SELECT * FROM schedules WHERE next_at <= ? ORDER BY next_at LIMIT ?', tx.now, BATCH)
  for (const row of due) fire(tx, sql, recordOfRow(row))
}

interface Fate {
  readonly tick: number
  /** Null: it has no other. */
  readonly next: number | null
  /** The run that it has, or why it has none. */
  readonly end: { readonly runId: string } | { readonly code: string; readonly message: string }
}

function fire(tx: Tx, sql: Rows, record: ScheduleRecord): void {
  const { tick, next, end } = fateOf(tx, sql, record)
  const status = next === null ? 'ended' : 'active'
  if ('runId' in end) {
    sql.run(
      `UPDATE schedules SET status = ?, next_at = ?, last_at = ?, last_run = ?,
         problem_code = NULL, problem_message = NULL, problem_at = NULL WHERE seq = ?`,
      ...[status, next, tick, end.runId, record.seq],
    )
    return
  }
  sql.run(
    'UPDATE schedules SET status = ?, next_at = ?, problem_code = ?, problem_message = ?, problem_at = ? WHERE seq = ?',
    ...[status, next, end.code, end.message, tick, record.seq],
  )
}

function fateOf(tx: Tx, sql: Rows, record: ScheduleRecord): Fate {
  let tick = record.nextAt ?? tx.now
  let next: number | null = null
  try {
    const when = whenOf(record)
    if (when.at === null) {
      tick = newestTick(when, tick, tx.now)
      next = nextTick(when.cron, when.timezone, tx.now)
    }
    const why = skipped(tx, sql, { record, tick })
    if (why !== undefined) return { tick, next, end: why }
    return { tick, next, end: { runId: runOfTick(tx, sql, { record, tick }) } }
  } catch (error) {
    // A refusal wrote nothing. Anything else is the store's own, and takes the whole sweep back.
    if (!(error instanceof MonofilError)) throw error
    return { tick, next, end: { code: error.code, message: error.message } }
  }
}

/**
 * Starts the run of a tick. Its id can be foretold, so that anybody who may start anything can have taken it: the run
 * then gets one that cannot, instead of none.
 */
function runOfTick(tx: Tx, sql: Rows, { record, tick }: { readonly record: ScheduleRecord; readonly tick: number }) {
  const id = runIdOfTick(record.id, tick)
  try {
    return startOf(tx, record, id).run.id
  } catch (error) {
    if (!MonofilError.is(error) || error.code !== 'id_taken') throw error
    const row = sql.get('SELECT lower(hex(randomblob(3))) AS other')
    if (row === undefined) throw error
    return startOf(tx, record, `${id}.${text(row, 'other')}`).run.id
  }
}

function skipped(
  tx: Tx,
  sql: Rows,
  { record, tick }: { readonly record: ScheduleRecord; readonly tick: number },
): { readonly code: string; readonly message: string } | undefined {
  if (record.missed === 'none' && tx.now - tick > MISSED_AFTER_MS) {
    return { code: 'missed', message: 'nobody was there to start a run, and missed is none' }
  }
  if (record.overlap === 'allow' || record.lastRunId === null) return undefined
  const open = sql.get('SELECT id FROM runs WHERE id = ? AND finished_at IS NULL', record.lastRunId)
  if (open === undefined) return undefined
  return { code: 'run_open', message: `run ${record.lastRunId} was still open, and overlap is skip` }
}

/**
 * Starts a run of a schedule by the workflow of now, or answers the one with this id.
 * @throws before it writes: `unknown_workflow`, `invalid_input`, and as `runs.create`.
 */
export function startOf(tx: Tx, record: ScheduleRecord, id: string): { readonly run: Run; readonly created: boolean } {
  const plan = workflowsGet(tx.db, record.workflow)
  if (plan === undefined) {
    throw new MonofilError('unknown_workflow', `No worker has registered a workflow ${record.workflow}.`)
  }
  if (plan.inputSchemaJson !== null && plan.inputSchemaJson !== record.inputSchemaJson) {
    checkAgain(plan.inputSchemaJson, record.inputJson)
  }
  const tags = [...new Set([...record.tags, tagOfSchedule(record.id)])]
  return runsCreate(tx, {
    id,
    workflow: record.workflow,
    external: false,
    exclusive: plan.exclusive,
    steps: plan.steps,
    totals: {},
    heartbeatMs: null,
    inputJson: record.inputJson,
    bodyJson: bodyOf(record, tags),
    tags,
    owner: record.owner,
    roles: record.roles,
    key: record.key,
    budgetJson: record.budgetJson ?? (plan.budget === undefined ? null : JSON.stringify(plan.budget)),
    parentId: null,
  })
}

/** What a request for this run would have said, so that it can be started anew as others can. */
function bodyOf(record: ScheduleRecord, tags: readonly string[]): string {
  const { inputJson, budgetJson, key, roles, workflow } = record
  return JSON.stringify({
    ...(budgetJson === null ? {} : { budget: JSON.parse(budgetJson) as unknown }),
    input: JSON.parse(inputJson) as unknown,
    ...(key === null ? {} : { key }),
    ...(roles.length === 0 ? {} : { roles }),
    tags,
    workflow,
  })
}

/** The workflow's schema is not the one that the input was checked by. */
function checkAgain(schemaJson: string, inputJson: string): void {
  // Loaded when it is needed, which is seldom: 55 ms and 12 MB of every start otherwise.
  const { z } = createRequire(import.meta.url)('zod') as { readonly z: Zod }
  const schema = compileInput(schemaJson, z)
  if (schema !== undefined) checkInput(schema, JSON.parse(inputJson) as unknown)
}
