import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { MonofilError, type Run, type Schedule } from '@monofil/protocol'
import { firstTick } from '../../runs/schedule.ts'
import type { NewScheduleRow, ScheduleFilter, SchedulePatch } from '../../seams/schedule-store.ts'
import type { Page } from '../../seams/store.ts'
import { formatPlace, parsePlace } from '../run-cursor.ts'
import { number, Rows, text } from '../run-sql.ts'
import { startOf } from '../schedule-fire.ts'
import { findSchedule, recordOfRow, type ScheduleRecord, scheduleView, whenOf } from '../schedule-rows.ts'
import type { Tx } from '../tx.ts'

/** Makes a schedule, or answers the one that exists. */
export function schedulesCreate(
  tx: Tx,
  args: NewScheduleRow,
): { readonly schedule: Schedule; readonly created: boolean } {
  const sql = new Rows(tx.db)
  const row = sql.get('SELECT owner, body FROM schedules WHERE id = ?', args.id)
  if (row !== undefined) {
    if (text(row, 'owner') !== args.owner) {
      throw new MonofilError('id_taken', `the schedule id ${args.id} is taken: choose another`)
    }
    if (text(row, 'body') === args.bodyJson) return { schedule: viewOf(sql, args.id), created: false }
    const what = `schedule ${args.id} exists with another body: change it with PATCH, or choose another id`
    throw new MonofilError('run_conflict', what)
  }
  if (args.joinOnly === true) throw new MonofilError('not_found', `There is no schedule ${args.id} any more.`)
  const nextAt = firstTick(whenOf(args), tx.now)
  sql.run(
    `INSERT INTO schedules (id, workflow, owner, body, created_at, ${COLUMNS.join(', ')})
     VALUES (?, ?, ?, ?, ?, ${COLUMNS.map(() => '?').join(', ')})`,
    ...[args.id, args.workflow, args.owner, args.bodyJson, tx.now],
    ...values({ ...args, status: 'active', nextAt }),
  )
  return { schedule: viewOf(sql, args.id), created: true }
}

export function schedulesGet(db: DatabaseSync, id: string): Schedule | undefined {
  const row = new Rows(db).get('SELECT * FROM schedules WHERE id = ?', id)
  return row === undefined ? undefined : scheduleView(recordOfRow(row))
}

/** One page, newest first. */
export function schedulesList(db: DatabaseSync, filter: ScheduleFilter): Page<Schedule> {
  const { owner = null, workflow = null, status, limit, cursor } = filter
  const rows = new Rows(db).all(
    `SELECT * FROM schedules WHERE (?1 IS NULL OR owner = ?1) AND (?2 IS NULL OR workflow = ?2)
     AND (?3 IS NULL OR status IN (SELECT value FROM json_each(?3))) AND (?4 IS NULL OR seq < ?4)
     ORDER BY seq DESC LIMIT ?5`,
    owner,
    workflow,
    status === undefined ? null : JSON.stringify(status),
    cursor === undefined ? null : (parsePlace('s', cursor, 1)[0] ?? 0),
    limit + 1,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => scheduleView(recordOfRow(row))),
    nextCursor: rows.length > page.length && last !== undefined ? formatPlace('s', [number(last, 'seq')]) : null,
  }
}

/** Changes a schedule; its times go on from now where they change or begin anew. */
export function schedulesUpdate(
  tx: Tx,
  { id, patch }: { readonly id: string; readonly patch: SchedulePatch },
): Schedule {
  const sql = new Rows(tx.db)
  const before = findSchedule(sql, id)
  const after = retimed(before, merged(before, patch), { patch, now: tx.now })
  sql.run(
    `UPDATE schedules SET ${COLUMNS.map((column) => `${column} = ?`).join(', ')} WHERE seq = ?`,
    ...values(after),
    before.seq,
  )
  return viewOf(sql, id)
}

export function schedulesRemove(tx: Tx, id: string): void {
  const sql = new Rows(tx.db)
  sql.run('DELETE FROM schedules WHERE seq = ?', findSchedule(sql, id).seq)
}

/** Starts a run now; the answered view is corrected by the group's end. */
export function schedulesStart(
  tx: Tx,
  { id, runId }: { readonly id: string; readonly runId: string },
): { readonly run: Run; readonly created: boolean } {
  const sql = new Rows(tx.db)
  const record = findSchedule(sql, id)
  const answer = startOf(tx, record, runId)
  if (answer.created) {
    sql.run('UPDATE schedules SET last_at = ?, last_run = ? WHERE seq = ?', tx.now, runId, record.seq)
  }
  return answer
}

type Changing = Omit<NewScheduleRow, 'id' | 'owner' | 'bodyJson' | 'workflow'> &
  Pick<ScheduleRecord, 'status' | 'nextAt'>

const COLUMNS = [
  'input',
  'input_schema',
  'cron',
  'timezone',
  'at',
  'key',
  'tags',
  'roles',
  'budget',
  'overlap',
  'missed',
  'status',
  'next_at',
] as const

/** In the order of `COLUMNS`. */
function values(row: Changing): readonly SQLInputValue[] {
  return [
    row.inputJson,
    row.inputSchemaJson,
    row.cron,
    row.timezone,
    row.at,
    row.key,
    JSON.stringify(row.tags),
    JSON.stringify(row.roles),
    row.budgetJson,
    row.overlap,
    row.missed,
    row.status,
    row.nextAt,
  ]
}

function merged(before: ScheduleRecord, patch: SchedulePatch): ScheduleRecord {
  return {
    ...before,
    ...timesOf(before, patch),
    inputJson: patch.input?.json ?? before.inputJson,
    inputSchemaJson: patch.input === undefined ? before.inputSchemaJson : patch.input.schemaJson,
    key: patch.key === undefined ? before.key : patch.key,
    tags: patch.tags ?? before.tags,
    roles: patch.roles ?? before.roles,
    budgetJson: patch.budgetJson === undefined ? before.budgetJson : patch.budgetJson,
    overlap: patch.overlap ?? before.overlap,
    missed: patch.missed ?? before.missed,
  }
}

function timesOf(before: ScheduleRecord, patch: SchedulePatch): Pick<NewScheduleRow, 'cron' | 'timezone' | 'at'> {
  if (patch.at !== undefined) return { cron: null, timezone: null, at: patch.at }
  const cron = patch.cron ?? before.cron
  if (cron !== null) return { cron, timezone: patch.timezone ?? before.timezone ?? 'UTC', at: null }
  if (patch.timezone === undefined) return before
  const what = `schedule ${before.id} has no cron, so it has no time zone: its time is one everywhere`
  throw new MonofilError('invalid_request', what, { field: 'timezone' })
}

function retimed(
  before: ScheduleRecord,
  after: ScheduleRecord,
  { patch, now }: { readonly patch: SchedulePatch; readonly now: number },
): ScheduleRecord {
  const isMoved = patch.cron !== undefined || patch.timezone !== undefined || patch.at !== undefined
  // An ended one has nothing to pause, and begins again with a time to come.
  const rested = before.status === 'ended' && patch.status === 'paused' && !isMoved ? 'ended' : patch.status
  const status = rested ?? (isMoved && before.status === 'ended' ? 'active' : before.status)
  if (status === before.status && !isMoved) return after
  const isActive = status === 'active'
  const first = isActive || isMoved ? firstTick(whenOf(after), now) : null
  return { ...after, status, nextAt: isActive ? first : null }
}

function viewOf(sql: Rows, id: string): Schedule {
  return scheduleView(findSchedule(sql, id))
}
