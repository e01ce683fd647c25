import type { Failure, ItemStatus, Report } from '@monofil/protocol'
import { ITEM_STATUSES, isItemTerminal, isTerminal } from '@monofil/protocol'
import { moveStep } from './advance.ts'
import { moveItem } from './item-moves.ts'
import { REPORTED_ITEM } from './item-state.ts'
import type { ItemRecord, StepRecord } from './records.ts'
import { newItem, rowsOf } from './records.ts'
import type { Rejection, ReportBatch, Where } from './report-batch.ts'
import { DEFAULT_STEP, refuseStatus } from './report-batch.ts'
import { addUsage } from './usage.ts'

/** Applies a report about an item; the first mention creates it, and its step. */
export function applyItemReport(batch: ReportBatch, { report, field }: Where, id: string): Rejection | null {
  const status = itemStatus(report, field)
  const step = batch.step(report.step ?? DEFAULT_STEP)
  const item = batch.item(step, id) ?? create(step, id)
  const later = report.attempt !== undefined && report.attempt > item.attempts
  if (report.attempt !== undefined && report.attempt < item.attempts) return 'stale'
  if (isItemTerminal(item.status) && !later) return 'stale'
  moveTo(step, item, { status: status ?? (later ? 'running' : item.status), later, at: batch.at(report) })
  if (report.attempt !== undefined) item.attempts = report.attempt
  take(batch, item, { report, field })
  if (report.total !== undefined) step.announced = report.total
  followItem(step, item, batch.now)
  batch.touch(step, item)
  if (report.text !== undefined) {
    const text = { item, step: step.plan.name, attempt: item.attempts, piece: report.text }
    batch.texts.take(text, field)
  }
  batch.takeExtras(report, field)
  return null
}

function itemStatus(report: Report, field: string): ItemStatus | undefined {
  const { status } = report
  if (status === undefined) return undefined
  return ITEM_STATUSES.find((known) => known === status) ?? refuseStatus(field, 'an item', status)
}

function create(step: StepRecord, id: string): ItemRecord {
  const item = newItem(step.position, id, rowsOf(step.tally) + 1, 'null')
  step.tally.queued += 1
  return item
}

function moveTo(
  step: StepRecord,
  item: ItemRecord,
  to: { readonly status: ItemStatus; readonly later: boolean; readonly at: number },
): void {
  // A next attempt ends the one before it, whatever became of that.
  if (isItemTerminal(item.status)) moveItem(step, item, 'reopen', to.at)
  else if (to.later && item.status === 'running') moveItem(step, item, 'lose', to.at)
  for (const input of REPORTED_ITEM[item.status][to.status]) moveItem(step, item, input, to.at)
}

function take(batch: ReportBatch, item: ItemRecord, { report, field }: Where): void {
  if (report.result !== undefined) item.resultJson = JSON.stringify(report.result)
  if (report.error !== undefined) item.error = failureOf(report.error)
  else if (item.status === 'completed') item.error = null
  if (item.status === 'failed') item.error ??= { code: 'error', message: 'reported as failed, without a message' }
  if (report.usage !== undefined) {
    item.usage = addUsage(item.usage, report.usage, { runId: batch.run.id, field: `${field}.usage` })
  }
}

/** A step runs with its first item under way, and again when an item opens after its end. */
function followItem(step: StepRecord, item: ItemRecord, now: number): void {
  if (isTerminal(step.status)) {
    if (!isItemTerminal(item.status)) moveStep(step, 'reopen', now)
  } else if (item.status !== 'queued') {
    moveStep(step, 'start', now)
  }
}

/** An error as reported: its message alone, or with a code. */
export function failureOf(error: NonNullable<Report['error']>): Failure {
  return typeof error === 'string'
    ? { code: 'error', message: error }
    : { code: error.code ?? 'error', message: error.message }
}
