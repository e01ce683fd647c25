import type { Failure, RunState } from '@monofil/protocol'
import { describeDone } from './bar.ts'
import { formatCount, formatDuration } from './format.ts'
import { type Painter, STATUS_LOOKS } from './paint.ts'

/** What of a run its summary tells. */
export type SummaryRun = Pick<
  RunState,
  'id' | 'workflow' | 'status' | 'counts' | 'totalIsFinal' | 'startedAt' | 'finishedAt' | 'href'
> & { readonly error: Failure | null }

/** Failures that have the same cause, as the ledger groups them. */
export interface SummaryFailure {
  readonly step: string
  readonly code: string
  readonly message: string
  readonly count: number
}

const MAX_FAILURES = 5

/**
 * The last lines about a run: how it ended, in what time, what failed and why, and where its page is.
 * `page` is the page's whole address, or null where there is none to open.
 */
export function renderSummary(
  run: SummaryRun,
  failures: readonly SummaryFailure[],
  view: { readonly paint: Painter; readonly page: string | null },
): readonly string[] {
  const { paint } = view
  const colour = paint.status(run.status)
  const lines = [
    `${colour(`${STATUS_LOOKS[run.status].icon} ${run.status}`)}  ${run.workflow} ${run.id}  ${describeEnd(run)}`,
  ]
  if (run.error !== null) lines.push(`  ${colour(`${run.error.code}: ${oneLine(run.error.message)}`)}`)
  for (const failure of failures.slice(0, MAX_FAILURES)) {
    const what = `${formatCount(failure.count)} × ${failure.code} in ${failure.step}`
    lines.push(`  ${paint.status('failed')(what)}  ${oneLine(failure.message)}`)
  }
  if (failures.length > MAX_FAILURES)
    lines.push(`  and ${failures.length - MAX_FAILURES} more causes on the run's page`)
  if (view.page !== null) lines.push(`  ${paint.faint(view.page)}`)
  return lines
}

function describeEnd(run: SummaryRun): string {
  const { counts } = run
  const parts = [describeDone(run)]
  if (run.startedAt !== null && run.finishedAt !== null) {
    const ms = Date.parse(run.finishedAt) - Date.parse(run.startedAt)
    parts[0] = `${parts[0]} in ${formatDuration(ms)}`
  }
  if (counts.failed > 0) parts.push(`${formatCount(counts.failed)} failed`)
  if (counts.cancelled > 0) parts.push(`${formatCount(counts.cancelled)} cancelled`)
  return parts.join(', ')
}

/** A message as one line of a terminal: control characters, with which a terminal could be steered, become spaces. */
export function oneLine(text: string, max = 200): string {
  const flat = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return flat.length <= max ? flat : `${flat.slice(0, max - 1)}…`
}
