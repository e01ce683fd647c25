import { isTerminal, type Run, type Step } from '@monofil/protocol'

/** What of a run the graph shows: a run's state as hooks and calls answer it, or one of an earlier moment. */
export type GraphRun = Pick<Run, 'id' | 'workflow' | 'steps'>

/**
 * What a step takes from another one. `end`: it begins when that is over. `item`: each item of the other that is
 * completed becomes an item of this one at once.
 */
export interface Link {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly kind: 'end' | 'item'
}

/** Who takes what from whom, in the order of the steps. Names that no step has are left out. */
export function linksOf(steps: readonly Step[]): readonly Link[] {
  const names = new Set(steps.map(({ name }) => name))
  return steps.flatMap(({ name, after, each }) => {
    const ends = after.map((from) => ({ from, kind: 'end' as const }))
    const items = each === null || after.includes(each) ? [] : [{ from: each, kind: 'item' as const }]
    return [...ends, ...items]
      .filter(({ from }) => names.has(from) && from !== name)
      .map(({ from, kind }) => ({ id: `${from}→${name}`, from, to: name, kind }))
  })
}

/** What changes where its steps stand; counts and states do not. */
export function outlineOf(steps: readonly Step[]): string {
  return JSON.stringify(steps.map(({ name, after, each }) => [name, after, each]))
}

/** The steps it waits for that are not over. */
export function openBefore(step: Step, steps: readonly Step[]): readonly string[] {
  return step.after.filter((name) => steps.some((other) => other.name === name && !isTerminal(other.status)))
}

/** A step that a pause holds is shown as paused once nothing of it runs any more. */
export function shownStatus({ status, waiting, counts }: Step): Step['status'] {
  return waiting?.reason === 'paused' && counts.running === 0 ? 'paused' : status
}

/** Items that are over, as progress counts them: those that were cancelled were not done. */
export function doneOf({ counts }: Step): number {
  return counts.completed + counts.failed
}

/** Items that are not over, those announced and not mentioned among them. */
export function leftOf({ counts }: Step): number {
  return Math.max(0, counts.total - counts.completed - counts.failed - counts.cancelled)
}

/** The step that one looks for first: what runs, else what waits for a person or a limit, else what failed, else the first. */
export function focusOf(steps: readonly Step[]): string | null {
  const wanted = [
    steps.find(({ status, counts }) => status === 'running' && counts.running > 0),
    steps.find(({ waiting }) => waiting !== null && waiting.reason !== 'dependency'),
    steps.find(({ status }) => status === 'failed' || status === 'partial'),
    steps[0],
  ]
  return wanted.find((step) => step !== undefined)?.name ?? null
}
