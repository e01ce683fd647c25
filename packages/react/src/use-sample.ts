import type { RunState, Usage } from '@monofil/protocol'
import { useRunControls } from './use-run-controls.ts'

/** A run's sample that is done, and what is known by it of the rest. */
export interface DoneSample {
  /** Items of the first list that is cut short. */
  readonly done: number
  readonly failed: number
  readonly total: number
  /** So far. */
  readonly usage: Usage
  /** Of all, at this rate; null while it cannot be told. */
  readonly projected: Usage | null
  /** How long the rest takes, in ms; null while it cannot be told. */
  readonly eta: RunState['eta']
}

/**
 * A sample of a run (`sample` of its start) that waits to be judged, null while none does; `goOn` and `cancel` as
 * `useRunControls` has them, with what is asked and why it was refused. Who opens the page later sees the same.
 */
export function useSample(runId: string | null | undefined) {
  const { run, pending, error, resume, cancel, dismiss } = useRunControls(runId)
  return { sample: run === null ? null : doneSample(run), pending, error, goOn: resume, cancel, dismiss }
}

function doneSample(run: RunState): DoneSample | null {
  if (run.waiting?.reason !== 'sample') return null
  // What came before the list, such as the step that makes it, is no part of the sample.
  const { counts } = run.steps.find(({ waiting }) => waiting?.reason === 'sample') ?? run
  const { completed, failed, cancelled, total } = counts
  const { projected, ...usage } = run.usage
  return { done: completed + failed + cancelled, failed, total, usage, projected, eta: run.eta }
}
