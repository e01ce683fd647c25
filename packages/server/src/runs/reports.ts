import type { Report, ReportAnswer } from '@monofil/protocol'
import { isTerminal, MonofilError } from '@monofil/protocol'
import { moveRun } from './advance.ts'
import type { Rejection, ReportBatch, Where } from './report-batch.ts'
import { applyItemReport } from './report-item.ts'
import { applyRunReport, applyStepReport } from './report-step.ts'

/**
 * Applies one report of a request. Known ids come first, also after the end; only applied reports become known, so
 * that one refused as `items_open` can be sent again. @throws `invalid_state`, `invalid_request`, `currency_mismatch`.
 */
export function applyReport(batch: ReportBatch, report: Report, index: number): ReportAnswer {
  if (batch.applied.has(report.id) || batch.port.isKnown(report.id)) {
    return { id: report.id, applied: false, reason: 'duplicate' }
  }
  const where = { report, field: `reports[${index}]` }
  const reason = isTerminal(batch.run.status) ? afterEnd(batch, where) : dispatch(batch, where)
  if (reason !== null) return { id: report.id, applied: false, reason }
  batch.applied.add(report.id)
  return { id: report.id, applied: true }
}

function dispatch(batch: ReportBatch, where: Where): Rejection | null {
  const { step, item, text } = where.report
  if (text !== undefined && item === undefined) {
    throw new MonofilError('invalid_request', 'a text belongs to an item: name it', { field: `${where.field}.item` })
  }
  let reason: Rejection | null
  if (item !== undefined) reason = applyItemReport(batch, where, item)
  else if (step !== undefined) reason = applyStepReport(batch, where, step)
  else reason = applyRunReport(batch, where)
  if (reason === null) moveRun(batch.run, 'start', batch.now)
  return reason
}

/** After the end nothing but the run's log lines and its sum of usage changes: its log topic has ended. */
function afterEnd(batch: ReportBatch, { report, field }: Where): null {
  const { id: _id, step: _step, item: _item, at: _at, log, usage, ...others } = report
  const isExtra = log !== undefined || usage !== undefined
  if (!isExtra || Object.values(others).some((value) => value !== undefined)) {
    const { id, status } = batch.run
    throw new MonofilError(
      'invalid_state',
      `run ${id} is ${status}: after the end only log and usage are taken; a new run can be started`,
      { field, state: status, runId: id },
    )
  }
  batch.takeExtras(report, field)
  return null
}
