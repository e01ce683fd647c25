import type { StepPlan } from '../seams/store.ts'
import type { StepRecord } from './records.ts'

/** The plan of a step that a reporter drives: nothing of it is ever claimed here. */
export function externalStep(name: string, weight = 1): StepPlan {
  return {
    name,
    each: null,
    after: [],
    weight,
    concurrency: 0,
    attempts: 1,
    backoff: { minMs: 0, maxMs: 0, factor: 1 },
    timeoutMs: 0,
  }
}

/** Names of the steps that must be over before this one begins. A streaming source is not one of them. */
export function barriersOf(steps: readonly StepRecord[], step: StepRecord): readonly string[] {
  const { each, after } = step.plan
  if (each === null) {
    const above = steps[step.position - 1]
    return after.length > 0 || above === undefined ? after : [above.plan.name]
  }
  return isStreamed(steps, step) ? after : [...after, each]
}

/** Whether each completed item of the step's source becomes an item at once: the source itself runs over items. */
export function isStreamed(steps: readonly StepRecord[], step: StepRecord): boolean {
  return sourceOf(steps, step)?.plan.each != null
}

/** Whether the elements of its list become items of this step while the list is still being made. */
export function isFed(steps: readonly StepRecord[], step: StepRecord): boolean {
  const source = sourceOf(steps, step)
  return source !== undefined && source.plan.each === null && source.fed !== null
}

/** The step whose result or items this one runs over. */
export function sourceOf(steps: readonly StepRecord[], step: StepRecord): StepRecord | undefined {
  return step.plan.each === null ? undefined : stepNamed(steps, step.plan.each)
}

/** The steps that get an item for each completed item of this one. */
export function streamedFrom(steps: readonly StepRecord[], step: StepRecord): readonly StepRecord[] {
  if (step.plan.each === null) return []
  return steps.filter((other) => other.plan.each === step.plan.name)
}

/** The steps that get an item for each element of a single step's list. */
export function overListOf(steps: readonly StepRecord[], source: StepRecord): readonly StepRecord[] {
  return source.plan.each === null ? steps.filter((other) => other.plan.each === source.plan.name) : []
}

export function stepNamed(steps: readonly StepRecord[], name: string): StepRecord | undefined {
  return steps.find((step) => step.plan.name === name)
}

/** The id of a step's item: the step's name for its only one, else `name:index`, counted from 1. */
export function itemIdOf(plan: StepPlan, index: number): string {
  return plan.each === null ? plan.name : `${plan.name}:${index}`
}
