import { MonofilError } from '@monofil/protocol'
import { moveRun, moveStep } from './advance.ts'
import { barriersOf, isStreamed, sourceOf, stepNamed } from './plan.ts'
import type { RunRecord, StepRecord } from './records.ts'
import { rowsOf } from './records.ts'

/** Item ids chosen of each step, by its position; null: all that failed or was cancelled. */
export type Chosen = ReadonlyMap<number, ReadonlySet<string>> | null

/** What the next round does with a step's items. */
export interface StepAgain {
  readonly step: StepRecord
  /** Which of its own items are done again: every one, what was not done, or these. */
  readonly which: 'all' | 'unfinished' | ReadonlySet<string>
  /** The step whose reopened items take theirs here with them; null where each item stands for itself. */
  readonly source: StepRecord | null
  /** Whether its items may be offered at once; otherwise what it depends on comes first. */
  readonly begun: boolean
  /** Whether further items can appear. */
  readonly grows: boolean
}

/** What reopening a run does to its items. */
export interface RetryPort {
  /** Queues items again, claimable where the step is begun and the item they are made of is completed. */
  reopen(again: StepAgain): void
}

/**
 * Decides what the next round of a finished run does again, in the order in which steps depend on each other. Nothing
 * is changed. What was completed stays, except what was chosen, what was made of it, and single steps after a reopened
 * step: their input changes.
 * @throws `invalid_state` when there is nothing to do again; `invalid_request` for a chosen item that could not run.
 */
export function planRetry(run: RunRecord, chosen: Chosen): readonly StepAgain[] {
  const again = new Map<StepRecord, StepAgain>()
  const forced = chosen === null ? sourcesWithoutUse(run.steps) : new Set<StepRecord>()
  for (const step of inOrder(run.steps)) {
    const one = stepAgain(run.steps, step, { again, forced, chosen })
    if (one !== undefined) again.set(step, one)
  }
  if (again.size === 0) {
    throw new MonofilError('invalid_state', `run ${run.id} is ${run.status}: nothing in it failed or was cancelled`, {
      state: run.status,
      runId: run.id,
    })
  }
  for (const { step } of again.values()) refuseHopeless(run, step, again)
  return [...again.values()]
}

interface Planned {
  readonly again: ReadonlyMap<StepRecord, StepAgain>
  readonly forced: ReadonlySet<StepRecord>
  readonly chosen: Chosen
}

function stepAgain(steps: readonly StepRecord[], step: StepRecord, planned: Planned): StepAgain | undefined {
  const { again, forced, chosen } = planned
  const isReopened = (name: string): boolean => again.has(stepNamed(steps, name) ?? step)
  const source = sourceOf(steps, step)
  const streamed = isStreamed(steps, step)
  const waits = barriersOf(steps, step).some(isReopened)
  const fed = source !== undefined && again.has(source)
  const isAll = forced.has(step) || (step.plan.each === null ? waits : fed && !streamed && !goesOn(source, chosen))
  const own = chosen === null ? step.tally.failed + step.tally.cancelled : (chosen.get(step.position)?.size ?? 0)
  if (!isAll && own === 0 && !fed && !(waits && !step.begun)) return undefined
  return {
    step,
    which: isAll ? 'all' : chosen === null ? 'unfinished' : (chosen.get(step.position) ?? new Set()),
    source: streamed && source !== undefined ? source : null,
    begun: step.begun && !waits,
    grows: step.plan.each !== null && (fed || !step.totalIsFinal),
  }
}

/** Whether a list that was cut off while it was handed over is only to be finished: its elements keep their indices. */
function goesOn(source: StepRecord, chosen: Chosen): boolean {
  return chosen === null && source.fed !== null && source.status !== 'completed'
}

/** Single steps whose result their `each` step could not use: without another result that step would fail again. */
function sourcesWithoutUse(steps: readonly StepRecord[]): Set<StepRecord> {
  const found = new Set<StepRecord>()
  for (const step of steps) {
    const source = sourceOf(steps, step)
    const failed = step.status === 'failed' && rowsOf(step.tally) === 0
    if (failed && source !== undefined && !isStreamed(steps, step)) found.add(source)
  }
  return found
}

/** What failed before a step and stays so would cancel it at once. */
function refuseHopeless(run: RunRecord, step: StepRecord, again: ReadonlyMap<StepRecord, StepAgain>): void {
  const { each } = step.plan
  for (const name of [...barriersOf(run.steps, step), ...(each === null ? [] : [each])]) {
    const other = stepNamed(run.steps, name)
    if (other === undefined || again.has(other)) continue
    if (other.status !== 'failed' && other.status !== 'cancelled') continue
    const message = `items of step ${step.plan.name} wait for step ${name}, which ${other.status === 'failed' ? 'failed' : 'was cancelled'}: choose its items too, or none for all`
    throw new MonofilError('invalid_request', message, { field: 'items', runId: run.id })
  }
}

/** Every step after those it depends on. */
function inOrder(steps: readonly StepRecord[]): readonly StepRecord[] {
  const order = new Set<StepRecord>()
  const walk = (step: StepRecord, path: ReadonlySet<StepRecord>): void => {
    if (order.has(step) || path.has(step)) return
    const { each } = step.plan
    for (const name of [...barriersOf(steps, step), ...(each === null ? [] : [each])]) {
      const before = stepNamed(steps, name)
      if (before !== undefined) walk(before, new Set([...path, step]))
    }
    order.add(step)
  }
  for (const step of steps) walk(step, new Set())
  return [...order]
}

/** Opens the next round as planned: progress, times and pace begin anew. The caller drives the run on. */
export function applyRetry(run: RunRecord, plan: readonly StepAgain[], items: RetryPort, now: number): void {
  run.round += 1
  run.progress = 0
  run.error = null
  run.resultJson = null
  run.startedAt = null
  moveRun(run, 'reopen', now)
  for (const again of plan) {
    const { step } = again
    step.begun = again.begun
    step.totalIsFinal = !again.grows
    step.fed = null
    step.error = null
    step.short = null
    step.startedAt = null
    Object.assign(step.pace, { count: 0, meanMs: 0, spread: 0, lastAt: null })
    moveStep(step, 'retry', now)
    items.reopen(again)
  }
}
