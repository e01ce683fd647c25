import { isTerminal } from '@monofil/protocol'
import { barriersOf, isStreamed, sourceOf, stepNamed } from './plan.ts'
import { expectedItems } from './progress.ts'
import type { Pace, RunRecord, StepRecord } from './records.ts'

const MIN_ITEMS = 5
const MIN_SPAN_MS = 10_000

/** The pace after one more item ended: the gap is measured from the end before it, the first from the step's start. */
export function addEnd(pace: Pace, now: number, startedAt: number | null): void {
  const gap = Math.max(0, now - (pace.lastAt ?? startedAt ?? now))
  pace.count += 1
  const difference = gap - pace.meanMs
  pace.meanMs += difference / pace.count
  pace.spread += difference * (gap - pace.meanMs)
  pace.lastAt = now
}

/** How long something will still take, in ms. */
export interface Eta {
  readonly lowMs: number
  readonly highMs: number
}

/**
 * How long the run will still take, or null while it is unknown: before 5 items or 10 s of a step in work, or while the
 * total of a step to come is unknown. A function of the rows alone, so that every reader at an offset gets the same.
 * A step to come with a single item counts nothing: nobody has measured it.
 */
export function etaOf(run: RunRecord): Eta | null {
  if (run.status !== 'running') return null
  const known = new Map<StepRecord, Eta | null>()
  let [lowMs, highMs] = [0, 0]
  let measured = false
  for (const step of run.steps) {
    const end = endOf(run.steps, step, known)
    if (end === null) return null
    measured ||= isMeasured(step)
    lowMs = Math.max(lowMs, end.lowMs)
    highMs = Math.max(highMs, end.highMs)
  }
  return measured ? { lowMs: Math.round(lowMs), highMs: Math.round(highMs) } : null
}

function endOf(steps: readonly StepRecord[], step: StepRecord, known: Map<StepRecord, Eta | null>): Eta | null {
  const before = known.get(step)
  if (before !== undefined) return before
  // Set first: a plan with a circle must not become one here.
  known.set(step, null)
  const own = remainingOf(steps, step)
  let begin: Eta = { lowMs: 0, highMs: 0 }
  for (const name of barriersOf(steps, step)) {
    const barrier = stepNamed(steps, name)
    const end = barrier === undefined ? begin : endOf(steps, barrier, known)
    if (end === null) return null
    begin = { lowMs: Math.max(begin.lowMs, end.lowMs), highMs: Math.max(begin.highMs, end.highMs) }
  }
  if (own === null) return null
  let end: Eta = { lowMs: begin.lowMs + own.lowMs, highMs: begin.highMs + own.highMs }
  const source = isStreamed(steps, step) ? sourceOf(steps, step) : undefined
  if (source !== undefined) {
    // A streamed step works beside its source, and cannot end before it.
    const feed = endOf(steps, source, known)
    if (feed === null) return null
    end = { lowMs: Math.max(end.lowMs, feed.lowMs), highMs: Math.max(end.highMs, feed.highMs) }
  }
  known.set(step, end)
  return end
}

function isMeasured(step: StepRecord): boolean {
  const { count, lastAt } = step.pace
  return count >= MIN_ITEMS || (count > 0 && lastAt !== null && lastAt - (step.startedAt ?? lastAt) >= MIN_SPAN_MS)
}

/** Mean x items left, give or take twice the standard error of the mean and of the sum. */
function remainingOf(steps: readonly StepRecord[], step: StepRecord): Eta | null {
  if (isTerminal(step.status)) return { lowMs: 0, highMs: 0 }
  const expected = expectedItems(steps, step)
  if (expected === null) return null
  const { completed, failed, cancelled } = step.tally
  const left = Math.max(0, expected - completed - failed - cancelled)
  if (left === 0 || (expected === 1 && step.plan.each === null)) return { lowMs: 0, highMs: 0 }
  if (!isMeasured(step)) return null
  const { count, meanMs, spread } = step.pace
  const deviation = count > 1 ? Math.sqrt(spread / (count - 1)) : meanMs
  const slack = 2 * deviation * (left / Math.sqrt(count) + Math.sqrt(left))
  return { lowMs: Math.max(0, left * meanMs - slack), highMs: left * meanMs + slack }
}
