import { isTerminal } from '@monofil/protocol'
import { holdOf } from './budget.ts'
import { heldMs, sharedMs, waitMs } from './eta-limits.ts'
import { barriersOf, isStreamed, sourceOf, stepNamed } from './plan.ts'
import { expectedItems } from './progress.ts'
import type { Pace, RunRecord, StepRecord } from './records.ts'

const MIN_ITEMS = 5
const MIN_SPAN_MS = 10_000
/** How many gaps the pace remembers. */
const MEMORY = 50

/** The pace after one more item ended: the gap is measured from the end before it, the first from the step's start. */
export function addEnd(pace: Pace, now: number, startedAt: number | null): void {
  const gap = Math.max(0, now - (pace.lastAt ?? startedAt ?? now))
  // Older gaps fade: a run that becomes slower says so, and the error of the mean does not shrink for ever.
  if (pace.count < MEMORY) pace.count += 1
  else pace.spread *= 1 - 1 / MEMORY
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
 * How long the run will still take, or null while it is unknown: before 5 items or 10 s of a step in work, while the
 * total of a step to come is unknown, and while somebody is waited for. A function of the rows alone, so that every
 * reader at an offset gets the same. A step to come with a single item counts nothing: nobody has measured it. What
 * limits still forbid bounds both ends, however fast the items were.
 */
export function etaOf(run: RunRecord): Eta | null {
  // Of a sample that is done it says what people decide by: how long the rest would take.
  const sampled = holdOf(run)?.reason === 'sample'
  if (run.status !== 'running' && !sampled) return null
  const left = new Map(run.steps.map((step) => [step, leftOf(run.steps, step)] as const))
  const sight: Sight = { run, left, known: new Map(), sampled }
  let end = NOTHING
  for (const step of run.steps) {
    const own = endOf(sight, step)
    if (own === null) return null
    end = later(end, own)
  }
  if (!run.steps.some((step) => isMeasured(sight, step))) return null
  const shared = sharedMs(new Map([...left].map(([step, items]) => [step, items ?? 0])))
  const { lowMs, highMs } = later(end, { lowMs: shared, highMs: shared })
  return { lowMs: Math.round(lowMs), highMs: Math.round(highMs) }
}

/** One look at a run: its items left by step (null: unknown), and the ends that are known by now. */
interface Sight {
  readonly run: RunRecord
  readonly left: ReadonlyMap<StepRecord, number | null>
  readonly known: Map<StepRecord, Eta | null>
  /** A sample that is done is what there is to measure by, however small. */
  readonly sampled: boolean
}

const NOTHING: Eta = { lowMs: 0, highMs: 0 }

function later(a: Eta, b: Eta): Eta {
  return { lowMs: Math.max(a.lowMs, b.lowMs), highMs: Math.max(a.highMs, b.highMs) }
}

function endOf(sight: Sight, step: StepRecord): Eta | null {
  const { known } = sight
  const { steps } = sight.run
  const before = known.get(step)
  if (before !== undefined) return before
  // Set first: a plan with a circle must not become one here.
  known.set(step, null)
  const own = remainingOf(sight, step)
  if (own === null) return null
  let begin = NOTHING
  for (const name of barriersOf(steps, step)) {
    const barrier = stepNamed(steps, name)
    const end = barrier === undefined ? begin : endOf(sight, barrier)
    if (end === null) return null
    begin = later(begin, end)
  }
  let end: Eta = { lowMs: begin.lowMs + own.lowMs, highMs: begin.highMs + own.highMs }
  const source = isStreamed(steps, step) ? sourceOf(steps, step) : undefined
  if (source !== undefined) {
    // A streamed step works beside its source, and cannot end before it.
    const feed = endOf(sight, source)
    if (feed === null) return null
    end = later(end, feed)
  }
  known.set(step, end)
  return end
}

function isMeasured({ sampled }: Sight, step: StepRecord): boolean {
  const { count, lastAt } = step.pace
  if (sampled && count > 0) return true
  return count >= MIN_ITEMS || (count > 0 && lastAt !== null && lastAt - (step.startedAt ?? lastAt) >= MIN_SPAN_MS)
}

function leftOf(steps: readonly StepRecord[], step: StepRecord): number | null {
  if (isTerminal(step.status)) return 0
  const expected = expectedItems(steps, step)
  const { completed, failed, cancelled } = step.tally
  return expected === null ? null : Math.max(0, expected - completed - failed - cancelled)
}

/** Mean x items left, give or take twice the standard error of the mean and of the sum; not before its limits let it. */
function remainingOf(sight: Sight, step: StepRecord): Eta | null {
  const { run, left: all } = sight
  if (isTerminal(step.status)) return NOTHING
  // Nobody knows when people answer.
  if (step.plan.signal !== undefined) return null
  const left = all.get(step) ?? null
  if (left === null) return null
  if (left === 0) return NOTHING
  const held = heldMs(run, step, left)
  if (step.plan.each === null && expectedItems(run.steps, step) === 1) return { lowMs: held, highMs: held }
  if (!isMeasured(sight, step)) return null
  const { count, meanMs, spread } = step.pace
  const deviation = count > 1 ? Math.sqrt(spread / (count - 1)) : meanMs
  const slack = 2 * deviation * (left / Math.sqrt(count) + Math.sqrt(left))
  // Nothing starts during a wait, so that the pace begins after it.
  const pace = { lowMs: left * meanMs - slack, highMs: left * meanMs + slack + waitMs(run, step) }
  return later({ lowMs: held, highMs: held }, pace)
}
