import { isTerminal } from '@monofil/protocol'
import { moveRun, moveStep, stepEnd } from './advance.ts'
import { moveItem } from './item-moves.ts'
import type { StepRecord } from './records.ts'
import { openOf, unmentionedOf } from './records.ts'
import type { Rejection, ReportBatch, Where } from './report-batch.ts'
import { DEFAULT_STEP, refuseStatus } from './report-batch.ts'
import { failureOf } from './report-item.ts'

/** Applies a report about a step; the first mention creates it. */
export function applyStepReport(batch: ReportBatch, { report, field }: Where, name: string): Rejection | null {
  const { step, undo } = batch.announce(name, report.total)
  const reason = report.status === undefined ? null : moveReported(batch, step, { report, field })
  if (reason !== null) {
    undo()
    return reason
  }
  if (report.error !== undefined) step.error = failureOf(report.error)
  batch.takeExtras(report, field, { step, item: null })
  return null
}

function moveReported(batch: ReportBatch, step: StepRecord, { report, field }: Where): Rejection | null {
  const { now } = batch
  const status = report.status
  if (status === step.status || status === 'queued') return null
  if (status === 'running') {
    moveStep(step, step.status === 'paused' ? 'resume' : isTerminal(step.status) ? 'reopen' : 'start', now)
    return null
  }
  if (isTerminal(step.status)) return 'stale'
  if (status === 'paused') moveStep(step, 'pause', now)
  else if (status === 'completed' || status === 'partial') return completeStep(step, now)
  else if (status === 'failed') endStep(batch, step, 'fail')
  else if (status === 'cancelled') endStep(batch, step, 'cancel')
  else refuseStatus(field, 'a step', String(status))
  return null
}

function completeStep(step: StepRecord, now: number): Rejection | null {
  if (hasOpen(step)) return 'items_open'
  moveStep(step, step.tally.failed > 0 ? 'partial' : 'complete', now)
  return null
}

/** Applies a report about the run itself; a total without a step is the default step's. */
export function applyRunReport(batch: ReportBatch, { report, field }: Where): Rejection | null {
  const { run, now } = batch
  const { status } = report
  const main = report.total === undefined ? undefined : batch.announce(DEFAULT_STEP, report.total)
  if (status === 'completed' && run.steps.some(hasOpen)) {
    main?.undo()
    return 'items_open'
  }
  // Before the move: a line that comes with the end belongs before it.
  batch.takeExtras(report, field)
  if (report.result !== undefined) run.resultJson = JSON.stringify(report.result)
  if (report.error !== undefined) run.error = failureOf(report.error)
  if (status === undefined) return null
  if (status === 'running') moveRun(run, run.status === 'paused' ? 'resume' : 'start', now)
  else if (status === 'paused') moveRun(run, 'pause', now)
  else if (status === 'completed') completeRun(batch)
  else if (status === 'failed') stopRun(batch, 'fail')
  else if (status === 'cancelled') stopRun(batch, 'cancel')
  else refuseStatus(field, 'a run', status)
  return null
}

function hasOpen(step: StepRecord): boolean {
  return openOf(step.tally) > 0 || (!isTerminal(step.status) && unmentionedOf(step) > 0)
}

function completeRun({ run, now }: ReportBatch): void {
  for (const step of run.steps) moveStep(step, step.tally.failed > 0 ? 'partial' : 'complete', now)
  const failed = run.steps.some((step) => step.status === 'partial' || step.status === 'failed')
  moveRun(run, failed ? 'partial' : 'complete', now)
  run.error = null
}

/** Ends a run that did not come through: what is open is cancelled. */
export function stopRun(batch: ReportBatch, input: 'fail' | 'cancel'): void {
  for (const step of batch.run.steps) {
    if (isTerminal(step.status)) continue
    const untouched = step.status === 'queued' || openOf(step.tally) > 0 || unmentionedOf(step) > 0
    cancelOpen(batch, step)
    const own = stepEnd(step.tally)
    moveStep(step, own === 'complete' && untouched ? 'cancel' : own, batch.now)
  }
  moveRun(batch.run, input, batch.now)
  if (input === 'fail') batch.run.error ??= { code: 'error', message: 'reported as failed, without a message' }
}

function endStep(batch: ReportBatch, step: StepRecord, input: 'fail' | 'cancel'): void {
  cancelOpen(batch, step)
  moveStep(step, input, batch.now)
}

function cancelOpen(batch: ReportBatch, step: StepRecord): void {
  for (const item of batch.openItems(step)) {
    moveItem(step, item, 'cancel', batch.now)
    batch.touch(step, item)
  }
}
