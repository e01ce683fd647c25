import type { Usage } from '@monofil/protocol'
import { isTerminal } from '@monofil/protocol'
import { holdOf } from './budget.ts'
import { expectedItems } from './progress.ts'
import type { RunRecord, StepRecord, UsageSum } from './records.ts'
import { usageView } from './usage.ts'

const MIN_ITEMS = 5

/**
 * What all of the run will have used, if the items to come cost what those before them did: of each step over a list
 * its usage x items / items done, of all else what it has used so far. Null before 5 items (or a whole sample) of a
 * step that spends, while the number of its items is unknown, and once the run is over.
 */
export function projectedOf(run: RunRecord): Usage | null {
  if (isTerminal(run.status) || isNothing(run.usage)) return null
  const enough = holdOf(run)?.reason === 'sample' ? 1 : MIN_ITEMS
  const { tokens, micros, currency } = run.usage
  const sum = { tokens, micros, currency }
  let measured = false
  for (const step of run.steps) {
    if (isNothing(step.usage) || (step.plan.each === null && !run.external)) continue
    const total = expectedItems(run.steps, step)
    const done = step.tally.completed + step.tally.failed - step.skipped
    if (total === null || done < enough) return null
    measured = true
    addRest(sum, step.usage, { total: total - step.skipped, done })
  }
  return measured ? usageView(sum) : null
}

/** Adds what a step will still use. In whole numbers: a projected sum must not be a millionth off what is there. */
function addRest(sum: UsageSum, used: StepRecord['usage'], { total, done }: { total: number; done: number }): void {
  const left = Math.max(0, total - done)
  if (used.tokens !== null) sum.tokens = (sum.tokens ?? 0) + Math.round((used.tokens * left) / done)
  if (used.micros !== null) sum.micros = (sum.micros ?? 0n) + (used.micros * BigInt(left)) / BigInt(done)
}

function isNothing({ tokens, micros }: UsageSum): boolean {
  return tokens === null && micros === null
}
