import type { SQLInputValue } from 'node:sqlite'
import { isTerminal } from '@monofil/protocol'
import { budgetAt, isSampled } from '../runs/budget.ts'
import type { ItemRecord, RunRecord, StepRecord } from '../runs/records.ts'

const RUN_COLUMNS = [
  'status',
  'round',
  'progress',
  'wanted',
  'result',
  'error_code',
  'error_message',
  'tokens',
  'micros',
  'currency',
  'stall_at',
  'started_at',
  'finished_at',
  'last_seen_at',
  'stalled_since',
  'budget',
  'sample',
  'ran_ms',
  'running_since',
  'budget_at',
]
export const UPDATE_RUN = `UPDATE runs SET ${assign(RUN_COLUMNS)} WHERE seq = ?`

/** The columns of a run that change, the status first. */
export function runValues(run: RunRecord): SQLInputValue[] {
  return [
    run.status,
    run.round,
    run.progress,
    run.wanted,
    run.resultJson,
    run.error?.code ?? null,
    run.error?.message ?? null,
    ...usageValues(run),
    stallAt(run),
    run.startedAt,
    run.finishedAt,
    run.lastSeenAt,
    run.stalledSince,
    run.budgetJson,
    run.sample,
    run.ranMs,
    run.runningSince,
    budgetAt(run),
  ]
}

/** When an external run has been silent for too long; null when nobody waits for it, or once it was said. */
function stallAt(run: RunRecord): number | null {
  if (!run.external || run.heartbeatMs === null || run.stalledSince !== null || isTerminal(run.status)) return null
  return (run.lastSeenAt ?? run.createdAt) + run.heartbeatMs
}

const STEP_COLUMNS = [
  'status',
  'begun',
  'total_is_final',
  'announced',
  'queued',
  'running',
  'retrying',
  'completed',
  'failed',
  'cancelled',
  'ready',
  'skipped',
  'pace_count',
  'pace_mean',
  'pace_spread',
  'pace_last_at',
  'waiting_limit',
  'waiting_until',
  'error_code',
  'error_message',
  'started_at',
  'finished_at',
  'held',
  'fed',
  'tokens',
  'micros',
  'currency',
]
export const UPDATE_STEP = `UPDATE run_steps SET ${assign(STEP_COLUMNS)} WHERE run = ? AND position = ?`
export const INSERT_STEP = insert('run_steps', [
  'run',
  'position',
  'name',
  'workflow',
  'plan',
  'concurrency',
  'limits',
  ...STEP_COLUMNS,
])

/** The columns of a step that change, the status first. Held: nothing of it is claimed, since its run is paused or its part of the sample taken. */
export function stepValues(run: RunRecord, step: StepRecord): SQLInputValue[] {
  const { tally, pace } = step
  return [
    step.status,
    Number(step.begun),
    Number(step.totalIsFinal),
    step.announced,
    tally.queued,
    tally.running,
    tally.retrying,
    tally.completed,
    tally.failed,
    tally.cancelled,
    step.ready,
    step.skipped,
    pace.count,
    pace.meanMs,
    pace.spread,
    pace.lastAt,
    step.short?.limit ?? null,
    step.short?.until ?? null,
    step.error?.code ?? null,
    step.error?.message ?? null,
    step.startedAt,
    step.finishedAt,
    Number(run.status === 'paused' || isSampled(run, step)),
    step.fed,
    ...usageValues(step),
  ]
}

const ITEM_COLUMNS = [
  'status',
  'ready',
  'checked',
  'skipped',
  'attempts',
  'interruptions',
  'result',
  'error_code',
  'error_message',
  'tokens',
  'micros',
  'currency',
  'started_at',
  'finished_at',
  'not_before',
  'offset',
]
export const UPDATE_ITEM = `UPDATE items SET ${assign(ITEM_COLUMNS)} WHERE key = ?`
export const INSERT_ITEM = insert('items', ['run', 'step', 'idx', 'id', 'input', ...ITEM_COLUMNS])

/** The columns of an item that change. */
export function itemValues(item: ItemRecord): SQLInputValue[] {
  return [
    item.status,
    Number(item.ready),
    Number(item.checked),
    Number(item.skipped),
    item.attempts,
    item.interruptions,
    item.resultJson,
    item.error?.code ?? null,
    item.error?.message ?? null,
    ...usageValues(item),
    item.startedAt,
    item.finishedAt,
    item.notBefore,
    item.offset,
  ]
}

function usageValues({ usage }: Pick<RunRecord, 'usage'>): SQLInputValue[] {
  return [usage.tokens, usage.micros?.toString() ?? null, usage.currency]
}

function assign(columns: readonly string[]): string {
  return columns.map((column) => `${column} = ?`).join(', ')
}

function insert(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`
}
