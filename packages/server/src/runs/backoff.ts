import type { StepPlan } from '../seams/store.ts'

/**
 * How long an item waits after its `failures`-th failure, in ms: exponential, between half of the full delay and the
 * whole. `jitter` in [0, 1) is given in, so that the ledger stays a function of its inputs.
 */
export function backoffMs(plan: StepPlan['backoff'], failures: number, jitter: number): number {
  const full = Math.min(plan.maxMs, plan.minMs * plan.factor ** Math.max(0, failures - 1))
  return Math.round(full * (0.5 + jitter / 2))
}

/** The attempts and backoff of a failure with this code: those of the first class that fits, else the step's own. */
export function retryOf(plan: StepPlan, code: string): Pick<StepPlan, 'attempts' | 'backoff'> {
  return plan.retryBy?.find((one) => fits(one.code, code)) ?? plan
}

function fits(pattern: string, code: string): boolean {
  return pattern.endsWith('*') ? code.startsWith(pattern.slice(0, -1)) : code === pattern
}

/** A spread in [0, 1) that is fixed per fence: items that failed together do not come back together. */
export function jitterOf(fence: number): number {
  return (fence * 0.6180339887498949) % 1
}

/** How often a worker's process may die under an item before the item is given up as poison. */
export const MAX_INTERRUPTIONS = 10

/** Whether an item may be tried again after a failure or an expired lease: deaths of the process do not use up attempts. */
export function hasAttemptLeft(
  plan: Pick<StepPlan, 'attempts'>,
  item: { attempts: number; interruptions: number },
): boolean {
  return item.attempts - item.interruptions < plan.attempts
}
