import type { LimitPlan } from './limit.ts'
import type { RunRecord, StepRecord } from './records.ts'

/** How long the limits of a step keep it at least, in ms, with `left` items that are not over. */
export function heldMs(run: RunRecord, step: StepRecord, left: number): number {
  const slots = slotsOf(step, left)
  if (slots === 0) return 0
  const spacing = (step.plan.limits ?? []).map((limit) => spacedMs(limit, slots))
  return waitMs(run, step) + Math.max(0, ...spacing)
}

/** How long the rates keep the run at least, in ms: steps that name one limit share its slots. */
export function sharedMs(left: ReadonlyMap<StepRecord, number>): number {
  const shared = new Map<string, { readonly limit: LimitPlan; readonly slots: number }>()
  for (const [step, items] of left) {
    for (const limit of step.plan.limits ?? []) {
      const slots = (shared.get(limit.name)?.slots ?? 0) + slotsOf(step, items)
      shared.set(limit.name, { limit, slots })
    }
  }
  return Math.max(0, ...[...shared.values()].map(({ limit, slots }) => spacedMs(limit, slots)))
}

/** Starts that are still to come: those at work had theirs. Of items that may be skipped nobody knows whether they need one. */
function slotsOf({ plan, tally }: StepRecord, left: number): number {
  return plan.conditional === true ? 0 : Math.max(0, left - tally.running)
}

/** The first `burst` may start at once, the others one after the other. */
function spacedMs({ rate }: LimitPlan, slots: number): number {
  return rate === null ? 0 : (Math.max(0, slots - rate.burst) * rate.perMs) / rate.count
}

/**
 * Until the limit that refused the step gives again, counted from the run's last sign of life: a row knows no now, and
 * a time left that did would differ between two who read the same offset.
 */
export function waitMs(run: RunRecord, { short }: StepRecord): number {
  return short === null || short.until === null ? 0 : Math.max(0, short.until - (run.lastSeenAt ?? short.until))
}
