import type { Budget, Waiting } from '@monofil/protocol'
import { isTerminal } from '@monofil/protocol'
import type { RunRecord, StepRecord } from './records.ts'
import { openOf, rowsOf } from './records.ts'
import { parseMoney } from './usage.ts'

/** Why a run holds itself: it reached a part of its budget, or its sample is done. */
export type Hold =
  | { readonly reason: 'budget'; readonly part: keyof Budget }
  | { readonly reason: 'sample'; readonly part: null }

const SAMPLE: Hold = { reason: 'sample', part: null }

export function budgetOf({ budgetJson }: RunRecord): Budget | null {
  return budgetJson === null ? null : (JSON.parse(budgetJson) as Budget)
}

/**
 * What holds the run by its rows alone, null: nothing. So a larger budget lets it go on, and nothing has to be undone.
 * `now` only where the clock counts too: a view says what was true with the run's last change.
 */
export function holdOf(run: RunRecord, now?: number): Hold | null {
  if (isTerminal(run.status)) return null
  const part = reachedPart(run, now)
  if (part !== undefined) return { reason: 'budget', part }
  return isSampleDone(run) ? SAMPLE : null
}

/** What a held run, and each of its open steps, waits for. */
export function holdWaiting({ reason, part }: Hold): Waiting {
  return { reason, until: null, limit: part }
}

function reachedPart(run: RunRecord, now: number | undefined): keyof Budget | undefined {
  const budget = budgetOf(run)
  if (budget === null) return undefined
  const { tokens, cost, items, timeMs } = budget
  if (tokens !== undefined && (run.usage.tokens ?? 0) >= tokens) return 'tokens'
  if (cost !== undefined && (run.usage.micros ?? 0n) >= (parseMoney(cost) ?? 0n)) return 'cost'
  // The last item that it allows may be the last there is: only one too many holds the run.
  if (
    items !== undefined &&
    startedItems(run) >= items &&
    run.steps.some((step) => isCounted(run, step) && isLeft(step))
  )
    return 'items'
  if (timeMs !== undefined && runningMs(run, now ?? run.runningSince ?? 0) >= timeMs) return 'timeMs'
  return undefined
}

function isLeft({ tally, announced }: StepRecord): boolean {
  return tally.queued > 0 || (announced ?? 0) > rowsOf(tally)
}

/** How long the run was `running`, in ms. */
export function runningMs({ ranMs, runningSince }: RunRecord, now: number): number {
  return ranMs + (runningSince === null ? 0 : Math.max(0, now - runningSince))
}

/** Whether the clock alone has reached the budget since the run was last written. */
export function isTimeUp(run: RunRecord, now: number): boolean {
  const at = budgetAt(run)
  return at !== null && at <= now
}

/** When the clock alone will reach the budget, in ms since 1970; null: never, or it has. */
export function budgetAt(run: RunRecord): number | null {
  const timeMs = budgetOf(run)?.timeMs
  if (timeMs === undefined || run.runningSince === null || isTerminal(run.status)) return null
  return run.ranMs >= timeMs ? null : run.runningSince + timeMs - run.ranMs
}

/** A step's items count where there can be many: in steps over a list, and in all that a reporter names. */
function isCounted(run: RunRecord, step: StepRecord): boolean {
  return run.external || step.plan.each !== null
}

/** Items of a step that somebody began; a skipped one is none. */
function startedOf({ tally, skipped }: StepRecord): number {
  return tally.running + tally.retrying + tally.completed + tally.failed - skipped
}

function startedItems(run: RunRecord): number {
  return run.steps.reduce((sum, step) => sum + (isCounted(run, step) ? startedOf(step) : 0), 0)
}

/** How many of a step's items may be begun that nobody began yet; infinity: all. Those that are tried again may. */
export function freshRoom(run: RunRecord, step: StepRecord): number {
  if (!isCounted(run, step)) return Number.POSITIVE_INFINITY
  const budget = budgetOf(run)?.items ?? Number.POSITIVE_INFINITY
  const sample = run.sample ?? Number.POSITIVE_INFINITY
  return Math.max(0, Math.min(budget - startedItems(run), sample - startedOf(step)))
}

/** Whether nothing of a step may be claimed although it has items to give, since its part of the sample is taken. */
export function isSampled(run: RunRecord, step: StepRecord): boolean {
  const { each, signal } = step.plan
  if (run.sample === null || each === null || signal !== undefined) return false
  return step.tally.queued > 0 && step.tally.retrying === 0 && startedOf(step) >= run.sample
}

/** Nothing works, and something is left that only the sample keeps from it. */
function isSampleDone(run: RunRecord): boolean {
  if (run.sample === null) return false
  let left = false
  for (const step of run.steps) {
    if (step.tally.running > 0 || step.tally.retrying > 0) return false
    if (!step.begun || isTerminal(step.status) || step.plan.signal !== undefined) continue
    if (isSampled(run, step)) left = true
    else if (openOf(step.tally) > 0) return false
  }
  return left
}
