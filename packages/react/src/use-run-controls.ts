import type { Api, FailureRef } from '@monofil/client'
import { isTerminal, type MonofilError, type Run, type RunAction, type RunState } from '@monofil/protocol'
import { useMemo } from 'react'
import { useAsked } from './asked.ts'
import { useSteadyId } from './client-id.ts'
import type { WorkflowName } from './register.ts'
import { useRun } from './use-run.ts'

/**
 * Why a control cannot be used now. `unknown`: nothing is known of the run. `state`: its state has no such control.
 * `external`: what reports it would have to do it. `forbidden`: the hub said that it is not for this reader.
 * `pending`: something is asked already.
 */
export type ControlBlock = 'unknown' | 'state' | 'external' | 'forbidden' | 'pending'

/** What a retry does again; without, all that failed or was cancelled. */
export interface RetryOptions {
  readonly items?: readonly string[] | undefined
  /** Groups of failures, as `failures` lists them. */
  readonly failures?: readonly FailureRef[] | undefined
}

/** The controls of a run. Each asks the hub and resolves with the run it answers; with null where `error` says why not. */
export interface RunControls {
  /** The run as it is by the stream, or by the last answer where that is newer; null until the first word. */
  readonly run: RunState | null
  /** What its state allows now; who asks may still be refused. */
  readonly allowed: readonly RunAction[]
  /** What was asked and is not answered yet, in any component of the page. Asked again meanwhile it is the same request. */
  readonly pending: RunAction | null
  /** Why the last one was refused, until the next one or `dismiss()`. */
  readonly error: MonofilError | null
  /** Null: it can be used. `retryItems` is `retry` with `items`, which also a completed run allows. */
  readonly why: (control: RunAction | 'retryItems') => ControlBlock | null
  /** Nothing more is begun; `hard` takes back what runs, too. */
  readonly pause: (options?: { readonly hard?: boolean | undefined }) => Promise<Run | null>
  readonly resume: () => Promise<Run | null>
  /** `force` ends an external run here, without its reporter. */
  readonly cancel: (options?: { readonly force?: boolean | undefined }) => Promise<Run | null>
  /** What failed or was cancelled, or these items, or all of these failures, in the run's next round. */
  readonly retry: (options?: RetryOptions) => Promise<Run | null>
  /** Another run like this one; the answer is that run. */
  readonly rerun: () => Promise<Run | null>
  readonly dismiss: () => void
}

/** What can be done with a run, and how it stands with what was asked. Nothing is shown before the hub said it. */
export function useRunControls(runId: string | null | undefined): RunControls {
  return useControlsOf(runId, useRun<WorkflowName>(runId).run)
}

/** The same for who has the run's state already, so that its items need not come. */
export function useControlsOf(runId: string | null | undefined, streamed: RunState | null): RunControls {
  const { page, asked } = useAsked(`run:${runId ?? ''}`)
  const steady = useSteadyId()
  const deeds = useMemo(() => {
    const ask = (action: RunAction, call: (runs: Api['runs'], id: string) => Promise<Run>): Promise<Run | null> =>
      runId ? page.ask(action, () => call(page.client.api.runs, runId)) : Promise.resolve(null)
    // Fields are named one by one: as `onClick={pause}` they are handed an event.
    return {
      pause: (options: { hard?: boolean | undefined } = {}) =>
        ask('pause', (runs, id) => runs.pause(id, { hard: options.hard })),
      resume: () => ask('resume', (runs, id) => runs.resume(id)),
      cancel: (options: { force?: boolean | undefined } = {}) =>
        ask('cancel', (runs, id) => runs.cancel(id, { force: options.force })),
      retry: (options: RetryOptions = {}) =>
        ask('retry', (runs, id) => runs.retry(id, { items: options.items, failures: options.failures })),
      rerun: () => ask('rerun', (runs, id) => steady(id, (made) => runs.rerun(id, { id: made }))),
      dismiss: page.dismiss,
    }
  }, [page, runId, steady])
  return useMemo(() => {
    const run = newer(streamed, asked.answer as Run | null)
    const pending = asked.pending as RunAction | null
    const forbidden = asked.error?.code === 'forbidden'
    const why = (control: RunAction | 'retryItems'): ControlBlock | null => {
      if (run === null) return 'unknown'
      if (forbidden) return 'forbidden'
      return stateBlock(run, control) ?? (pending === null ? null : 'pending')
    }
    return { ...deeds, run, allowed: run?.controls ?? [], pending, error: asked.error, why }
  }, [deeds, streamed, asked])
}

/** An answer may be here before the stream says the same; one about another run says nothing of this one. */
function newer(streamed: RunState | null, answer: Run | null): RunState | null {
  if (streamed === null || answer?.id !== streamed.id || answer.epoch !== streamed.epoch) return streamed
  return answer.offset > streamed.offset ? answer : streamed
}

function stateBlock(run: RunState, control: RunAction | 'retryItems'): ControlBlock | null {
  if (control === 'retryItems') return !isTerminal(run.status) ? 'state' : run.external ? 'external' : null
  if (run.controls.includes(control)) return null
  return control === 'retry' && run.external && isTerminal(run.status) ? 'external' : 'state'
}
