import { isTerminal } from '@monofil/protocol'
import { isStreamed, sourceOf } from './plan.ts'
import type { RunRecord, StepRecord } from './records.ts'
import { rowsOf, unmentionedOf } from './records.ts'

/**
 * How many items a step will have, or null while nobody can know. A streamed step's is known before it is final: its
 * source's, less those that ended without a result (failed, cancelled, skipped); it can only shrink, so progress made of it can only grow.
 */
export function expectedItems(steps: readonly StepRecord[], step: StepRecord): number | null {
  if (step.totalIsFinal || step.announced !== null) return rowsOf(step.tally) + unmentionedOf(step)
  const source = sourceOf(steps, step)
  if (source === undefined || !isStreamed(steps, step)) return null
  const expected = expectedItems(steps, source)
  return expected === null ? null : expected - source.tally.failed - source.tally.cancelled - source.skipped
}

/** Whether every step's total is known, so that progress means what it says. */
export function isProgressKnown(run: RunRecord): boolean {
  if (isTerminal(run.status)) return true
  return run.steps.length > 0 && run.steps.every((step) => expectedItems(run.steps, step) !== null)
}

/**
 * Progress in tenths of a percent: the sum over steps of weight x done / total, rounded down; an unknown total counts
 * 0. Never below what the round already showed; 1000 exactly when the run is completed or partial, 999 at most before.
 */
export function progressOf(run: RunRecord): number {
  if (run.status === 'completed' || run.status === 'partial') return 1000
  let weights = 0
  let done = 0
  for (const step of run.steps) {
    weights += step.plan.weight
    done += step.plan.weight * shareOf(run.steps, step)
  }
  // The epsilon keeps 3 x 0.1 from being shown as 0.2 by binary fractions.
  const tenths = weights === 0 ? 0 : Math.floor((1000 * done) / weights + 1e-6)
  return Math.min(999, Math.max(run.progress, tenths))
}

/** A step that is over counts whole, unless some of it was cancelled, as with the run: that was never done. */
function shareOf(steps: readonly StepRecord[], step: StepRecord): number {
  if (step.status === 'completed') return 1
  if (step.status === 'partial' && step.tally.cancelled + unmentionedOf(step) === 0) return 1
  const expected = expectedItems(steps, step)
  return expected === null || expected === 0 ? 0 : (step.tally.completed + step.tally.failed) / expected
}
