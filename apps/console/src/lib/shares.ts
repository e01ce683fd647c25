import type { Counts, Step } from '@monofil/protocol'

/** The states of items in the order in which a bar shows them: what is over first, what waits last. */
export const BAR_ORDER = ['completed', 'failed', 'cancelled', 'running', 'retrying', 'queued'] as const
export type BarState = (typeof BAR_ORDER)[number]

/** One piece of a segmented bar; `percent` of all pieces is 100, or there are none. */
export interface Share {
  readonly state: BarState
  readonly count: number
  readonly percent: number
}

const LEAST_PERCENT = 0.75

/**
 * The pieces of a bar. A state with few items keeps a sliver that can be seen (0.75 %), because one failed photo among
 * 5,000 is what the reader looks for; the others give way in proportion.
 */
export function sharesOf(counts: Counts): readonly Share[] {
  const known = BAR_ORDER.reduce((sum, state) => sum + counts[state], 0)
  // Announced but unmentioned items of an external run are in the total only: they wait.
  const unmentioned = Math.max(0, counts.total - known)
  const sized = BAR_ORDER.map((state) => ({
    state,
    count: counts[state] + (state === 'queued' ? unmentioned : 0),
  })).filter(({ count }) => count > 0)
  const total = known + unmentioned
  if (total === 0) return []
  const weights = sized.map(({ count }) => Math.max((count / total) * 100, LEAST_PERCENT))
  const sum = weights.reduce((all, weight) => all + weight, 0)
  return sized.map(({ state, count }, index) => ({ state, count, percent: ((weights[index] ?? 0) / sum) * 100 }))
}

/** How many items were worked to an end, as progress counts them: those that were cancelled were not. */
export function doneOf(counts: Counts): number {
  return counts.completed + counts.failed
}

/** How many of the completed items were skipped, as conditions of their steps said. */
export function skippedOf(steps: readonly Pick<Step, 'skipped'>[]): number {
  return steps.reduce((sum, { skipped }) => sum + skipped, 0)
}

/** How many items are not over, those that were announced and not mentioned among them. */
export function openOf(counts: Counts): number {
  return Math.max(0, counts.total - counts.completed - counts.failed - counts.cancelled)
}
