import type { ItemList, RunView } from '@monofil/client'
import { type Counts, type Failure, isTerminal, type Run, type RunStatus } from '@monofil/protocol'

/** A run's progress as a person asks for it. */
export interface BatchProgress {
  readonly run: Run
  readonly status: RunStatus
  readonly counts: Counts
  readonly items: ItemList
  readonly summary: BatchSummary
}

export interface BatchSummary {
  /** Whole percent, 0 to 100; 100 only for completed and partial. */
  readonly percent: number
  /** False while it is not known how much there is to do. */
  readonly known: boolean
  /** Items that are over, of how many. */
  readonly done: number
  readonly total: number
  readonly finished: boolean
  /** How long it took, or has taken so far as the last word about it says; null before it began. */
  readonly tookMs: number | null
  readonly eta: Run['eta']
  /** Failures with the same message, the most frequent first. */
  readonly failures: readonly FailureSummary[]
}

export interface FailureSummary extends Failure {
  readonly count: number
}

/** The progress that a view shows; null while nothing is known. */
export function batchOf(view: RunView): BatchProgress | null {
  const { run, items } = view
  if (run === null) return null
  const { counts, status } = run
  const finished = isTerminal(status)
  const whole = status === 'completed' || status === 'partial'
  const summary: BatchSummary = {
    percent: whole ? 100 : Math.min(99, Math.floor(run.progress)),
    known: run.progressKnown,
    done: counts.completed + counts.failed + counts.cancelled,
    total: counts.total,
    finished,
    tookMs: tookMs(run, view.lastUpdate),
    eta: finished ? null : run.eta,
    failures: counts.failed > 0 ? failuresOf(items) : [],
  }
  return { run, status, counts, items, summary }
}

function tookMs({ startedAt, finishedAt }: Run, lastUpdate: number | null): number | null {
  if (startedAt === null) return null
  const end = finishedAt === null ? lastUpdate : Date.parse(finishedAt)
  return end === null ? null : Math.max(0, end - Date.parse(startedAt))
}

function failuresOf(items: ItemList): FailureSummary[] {
  const groups = new Map<string, { code: string; message: string; count: number }>()
  for (const { status, error } of items) {
    if (status !== 'failed' || error === null) continue
    const key = `${error.code} ${error.message}`
    const group = groups.get(key)
    if (group) group.count += 1
    else groups.set(key, { ...error, count: 1 })
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}
