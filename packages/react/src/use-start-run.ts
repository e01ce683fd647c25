import { isTerminal, MonofilError, type Run } from '@monofil/protocol'
import { useMemo, useState } from 'react'
import { useAsked } from './asked.ts'
import { useSteadyId } from './client-id.ts'
import type { WorkflowInput, WorkflowName } from './register.ts'
import { useRun } from './use-run.ts'
import { useStatus } from './use-status.ts'

export interface UseStartRunOptions {
  /** One run at a time for each; without one it is one of the whole workflow. */
  readonly key?: string | undefined
  readonly tags?: readonly string[] | undefined
  /**
   * The run's id where the application has one for what is to be done (a launch, an order): it is done once, also
   * long after. The same id with other input is refused with `run_conflict`. Default: a new one for each start.
   */
  readonly id?: string | undefined
}

/** `unknown`: what runs is not known yet. `starting`: this page is asking. `running`: a run is active, of whoever. */
export type StartBlock = 'unknown' | 'starting' | 'running'

export interface StartRun<W extends string> {
  /**
   * Starts a run, or joins the one that is active: resolves with it, or with null where `error` says why not, or where
   * the active one is not for this reader's eyes. Called again meanwhile it is the same request.
   */
  readonly start: (input: WorkflowInput<W>) => Promise<Run | null>
  /** Why a start button is disabled; null: it can be pressed. */
  readonly blocked: StartBlock | null
  /** Active, in whichever tab or browser it was started, or being started here. */
  readonly isRunning: boolean
  /** The active run, else the last one that was active while this was shown; null where one may not see it, too. */
  readonly runId: string | null
  readonly error: MonofilError | null
  readonly dismiss: () => void
}

/**
 * A start button that starts one run, however often, wherever and by how many it is pressed: the hub takes one active
 * run per workflow and key, and who comes second joins it.
 */
export function useStartRun<W extends WorkflowName>(workflow: W, options: UseStartRunOptions = {}): StartRun<W> {
  const { key, id: given } = options
  const tags = options.tags?.join('\n')
  const { page, asked } = useAsked(`start:${workflow}/${key ?? ''}`)
  const status = useStatus({ workflow })
  const steady = useSteadyId()
  const answer = asked.answer as Run | null
  const joined = useActive(answer)
  const active = status.running.filter((run) => key === undefined || run.key === key || run.runId === joined)
  const currentId = joined ?? active.find((run) => run.runId !== null)?.runId ?? null
  const runId = useLast(`${workflow}/${key ?? ''}`, currentId, answer?.id ?? null)
  const start = useMemo(() => {
    const { runs } = page.client.api
    return (input: WorkflowInput<W>) =>
      page.ask('start', () => {
        const body = {
          workflow,
          input,
          exclusive: true,
          ...(key === undefined ? {} : { key }),
          ...(tags === undefined ? {} : { tags: tags.split('\n') }),
        }
        const call = (id: string) => runs.start({ ...body, id }).catch(join)
        return given === undefined ? steady(JSON.stringify(body), call) : call(given)
      })
    /** A run is in the way: that is the one the person wants to see. */
    function join(error: unknown): Promise<Run> {
      const busy = MonofilError.is(error) && error.code === 'key_busy' ? error.details.runId : undefined
      if (busy === undefined) throw error
      return runs.get(busy)
    }
  }, [page, workflow, key, tags, given, steady])
  const isStarting = asked.pending !== null
  const isRunning = isStarting || active.length > 0 || joined !== null
  const blocked = isStarting ? 'starting' : isRunning ? 'running' : status.isLoading ? 'unknown' : null
  return useMemo(
    () => ({ start, blocked, isRunning, runId, error: asked.error, dismiss: page.dismiss }),
    [start, blocked, isRunning, runId, asked.error, page],
  )
}

/** The id of a run for as long as it is active: its start is known here before the hub's list of what runs says so. */
function useActive(answer: Run | null): string | null {
  const id = answer === null || isTerminal(answer.status) ? null : answer.id
  const { run, status } = useRun<WorkflowName>(id)
  const over = status === 'gone' || status === 'error' || (run !== null && isTerminal(run.status))
  return over ? null : id
}

/** What is active, else what last was, or was last answered (a start by id may answer a run that is over). */
function useLast(subject: string, currentId: string | null, answeredId: string | null): string | null {
  const [last, setLast] = useState({ subject, id: currentId, answeredId })
  const moved = last.subject !== subject || last.answeredId !== answeredId
  const id = currentId ?? (moved ? answeredId : last.id)
  if (moved || id !== last.id) setLast({ subject, id, answeredId })
  return id
}
