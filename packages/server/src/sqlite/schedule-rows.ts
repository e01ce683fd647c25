import { MonofilError, type Schedule, type ScheduleStatus } from '@monofil/protocol'
import { nextTicks, type When } from '../runs/schedule.ts'
import type { NewScheduleRow } from '../seams/schedule-store.ts'
import { number, numberOrNull, type Rows, type SqlRow, text, textOrNull } from './run-sql.ts'

/** A schedule as its row has it. */
export interface ScheduleRecord extends NewScheduleRow {
  readonly seq: number
  readonly status: ScheduleStatus
  readonly nextAt: number | null
  readonly lastAt: number | null
  readonly lastRunId: string | null
  readonly problem: { readonly code: string; readonly message: string; readonly at: number } | null
  readonly createdAt: number
}

export function recordOfRow(row: SqlRow): ScheduleRecord {
  return {
    seq: number(row, 'seq'),
    id: text(row, 'id'),
    workflow: text(row, 'workflow'),
    owner: text(row, 'owner'),
    bodyJson: text(row, 'body'),
    inputJson: text(row, 'input'),
    inputSchemaJson: textOrNull(row, 'input_schema'),
    cron: textOrNull(row, 'cron'),
    timezone: textOrNull(row, 'timezone'),
    at: numberOrNull(row, 'at'),
    key: textOrNull(row, 'key'),
    tags: JSON.parse(text(row, 'tags')) as string[],
    roles: JSON.parse(text(row, 'roles')) as string[],
    budgetJson: textOrNull(row, 'budget'),
    overlap: text(row, 'overlap') as ScheduleRecord['overlap'],
    missed: text(row, 'missed') as ScheduleRecord['missed'],
    status: text(row, 'status') as ScheduleStatus,
    nextAt: numberOrNull(row, 'next_at'),
    lastAt: numberOrNull(row, 'last_at'),
    lastRunId: textOrNull(row, 'last_run'),
    problem: problemOf(row),
    createdAt: number(row, 'created_at'),
  }
}

function problemOf(row: SqlRow): ScheduleRecord['problem'] {
  const code = textOrNull(row, 'problem_code')
  return code === null ? null : { code, message: text(row, 'problem_message'), at: number(row, 'problem_at') }
}

/** The schedule with this id. @throws `not_found`. */
export function findSchedule(sql: Rows, id: string): ScheduleRecord {
  const row = sql.get('SELECT * FROM schedules WHERE id = ?', id)
  if (row === undefined) throw new MonofilError('not_found', `There is no schedule ${id}.`)
  return recordOfRow(row)
}

/** When it starts runs. */
export function whenOf(record: Pick<NewScheduleRow, 'cron' | 'timezone' | 'at'>): When {
  if (record.cron !== null) return { cron: record.cron, timezone: record.timezone ?? 'UTC', at: null }
  return { cron: null, timezone: null, at: record.at ?? 0 }
}

const UPCOMING = 5

/** As the protocol shows it. */
export function scheduleView(record: ScheduleRecord): Schedule {
  const { problem, nextAt } = record
  return {
    id: record.id,
    workflow: record.workflow,
    input: JSON.parse(record.inputJson) as unknown,
    cron: record.cron,
    timezone: record.timezone,
    at: isoOf(record.at),
    key: record.key,
    tags: record.tags,
    roles: record.roles,
    budget: record.budgetJson === null ? null : (JSON.parse(record.budgetJson) as Schedule['budget']),
    overlap: record.overlap,
    missed: record.missed,
    status: record.status,
    nextAt: isoOf(nextAt),
    lastAt: isoOf(record.lastAt),
    lastRunId: record.lastRunId,
    lastProblem: problem && { ...problem, at: new Date(problem.at).toISOString() },
    owner: record.owner,
    createdAt: new Date(record.createdAt).toISOString(),
    upcoming: nextAt === null ? [] : upcomingOf(record, nextAt),
  }
}

function upcomingOf(record: ScheduleRecord, nextAt: number): readonly string[] {
  const later = nextTicks(whenOf(record), nextAt, UPCOMING - 1)
  return [nextAt, ...later].map((ms) => new Date(ms).toISOString())
}

function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
