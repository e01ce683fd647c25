import type { Failure } from '@monofil/protocol'
import { isTerminal } from '@monofil/protocol'
import { endAt } from './item-moves.ts'
import { barriersOf, isFed, isStreamed, sourceOf, stepNamed } from './plan.ts'
import { progressOf } from './progress.ts'
import type { RunRecord, StepRecord, Tally } from './records.ts'
import { openOf } from './records.ts'
import type { RunInput } from './run-state.ts'
import { nextRunStatus } from './run-state.ts'
import type { StepInput } from './step-state.ts'
import { nextStepStatus } from './step-state.ts'

/** What driving a run does to its items. Each changes the step's tally with the rows. */
export interface ItemPort {
  /** Makes the one item of a step claimable. */
  offer(step: StepRecord): void
  /** Makes the items claimable that came before the step began, up to this index. */
  offerFed(step: StepRecord, count: number): void
  /** Makes an item of each element of the source's one result; answers why not when it is no array. */
  expand(step: StepRecord, source: StepRecord): Failure | null
  /** Makes an item of each result of the source so far. */
  catchUp(step: StepRecord, source: StepRecord): void
  /** Cancels the items that are not over. */
  cancelOpen(step: StepRecord): void
  /** The error of the step's first failed item. */
  firstFailure(step: StepRecord): Failure
  /** The result of a step's one item. */
  resultOf(step: StepRecord): string | null
}

/**
 * Drives one of our own runs as far as it can go: begins steps whose turn has come, ends steps without open items,
 * cancels what depends on a failure, ends the run when every step is over. Independent branches go on beside a failure.
 */
export function advance(run: RunRecord, items: ItemPort, now: number): void {
  if (isTerminal(run.status)) return
  let moved = true
  while (moved) {
    moved = false
    for (const step of run.steps) {
      if (!isTerminal(step.status) && advanceStep(run, step, items, now)) moved = true
    }
  }
  if (run.steps.every((step) => isTerminal(step.status))) endRun(run, items, now)
  run.progress = progressOf(run)
}

function advanceStep(run: RunRecord, step: StepRecord, items: ItemPort, now: number): boolean {
  // A list that is handed over while it is made is no barrier: its elements are items already.
  const barriers = isFed(run.steps, step) ? step.plan.after : barriersOf(run.steps, step)
  const before = [...new Set([...barriers, ...(step.plan.each === null ? [] : [step.plan.each])])]
    .map((name) => stepNamed(run.steps, name))
    .filter((other) => other !== undefined)
  if (before.some((other) => other.status === 'failed' || other.status === 'cancelled')) {
    items.cancelOpen(step)
    return moveStep(step, 'cancel', now)
  }
  let moved = false
  if (!step.begun) {
    if (!before.every((other) => isTerminal(other.status) || !barriers.includes(other.plan.name))) return false
    begin(run, step, items)
    if (step.error !== null) return moveStep(step, 'fail', now)
    moved = true
  }
  if (!step.totalIsFinal) {
    const source = sourceOf(run.steps, step)
    if (source === undefined || !isTerminal(source.status)) return moved
    step.totalIsFinal = true
  }
  if (openOf(step.tally) > 0) return moved
  const end = ownStepEnd(step)
  if (end === 'fail') step.error = failureOf(step, items)
  return moveStep(step, end, now)
}

function begin(run: RunRecord, step: StepRecord, items: ItemPort): void {
  step.begun = true
  const source = sourceOf(run.steps, step)
  if (source === undefined) {
    items.offer(step)
  } else if (isFed(run.steps, step)) {
    items.offerFed(step, source.fed ?? 0)
  } else if (isStreamed(run.steps, step)) {
    items.catchUp(step, source)
  } else {
    step.error = items.expand(step, source)
    step.totalIsFinal = true
  }
}

/** How a step without open items ends, by its rows alone. */
export function stepEnd(tally: Tally): 'complete' | 'partial' | 'fail' | 'cancel' {
  if (tally.failed > 0) return tally.completed > 0 ? 'partial' : 'fail'
  return tally.cancelled > 0 ? 'cancel' : 'complete'
}

/**
 * How a step of ours ends: as its rows say, but an item that was cancelled because its source failed in a later round
 * counts as one that never was, and a skipped one beside failures as none that succeeded.
 */
function ownStepEnd({ tally, skipped }: StepRecord): ReturnType<typeof stepEnd> {
  const end = stepEnd({ ...tally, completed: tally.completed - skipped })
  return end === 'cancel' && tally.completed > 0 ? 'complete' : end
}

/** How a run ends whose steps are all over. */
export function runEnd(steps: readonly StepRecord[]): 'complete' | 'partial' | 'fail' | 'cancel' {
  const has = (status: string) => steps.some((step) => step.status === status)
  if (has('failed')) return 'fail'
  if (has('cancelled')) return 'cancel'
  return has('partial') ? 'partial' : 'complete'
}

function failureOf(step: StepRecord, items: ItemPort): Failure {
  const first = items.firstFailure(step)
  if (step.plan.each === null) return first
  const { failed } = step.tally
  return {
    code: first.code,
    message: `all ${failed} items of step ${step.plan.name} failed, the first with: ${first.message}`,
  }
}

function endRun(run: RunRecord, items: ItemPort, now: number): void {
  const end = runEnd(run.steps)
  moveRun(run, end, now)
  run.error = end === 'fail' ? (run.steps.find((step) => step.error !== null)?.error ?? null) : null
  const last = run.steps.at(-1)
  const hasResult = last !== undefined && last.plan.each === null && last.status === 'completed'
  run.resultJson = hasResult ? items.resultOf(last) : null
}

/** Moves a step by its table; answers whether its status changed. */
export function moveStep(step: StepRecord, input: StepInput, now: number): boolean {
  const next = nextStepStatus(step.status, input)
  if (next === null || next === step.status) return false
  step.status = next
  if (next === 'running') step.startedAt ??= now
  step.finishedAt = isTerminal(next) ? endAt(step, now) : null
  if (next === 'completed' || next === 'partial' || next === 'failed') step.startedAt ??= now
  return true
}

/** Moves a run by its table; answers whether its status changed. */
export function moveRun(run: RunRecord, input: RunInput, now: number): boolean {
  const next = nextRunStatus(run.status, input)
  if (next === null || next === run.status) return false
  run.status = next
  if (next !== 'queued' && next !== 'paused' && next !== 'cancelled') run.startedAt ??= now
  run.finishedAt = isTerminal(next) ? endAt(run, now) : null
  return true
}
