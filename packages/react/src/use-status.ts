import type { Freshness } from '@monofil/client'
import type { ActiveRun, MonofilError } from '@monofil/protocol'
import { useMemo } from 'react'
import { useClient } from './MonofilProvider.tsx'
import type { WorkflowName } from './register.ts'
import { connected, useWatched } from './use-watched.ts'

/** What runs now, of a workflow or key or of everything one may start. */
export interface RunningStatus {
  readonly isRunning: boolean
  /** The first of `running`; null where one may not see it, too. */
  readonly currentRunId: string | null
  readonly running: readonly ActiveRun[]
  /** Nothing known yet: a button that must not start twice waits for this. */
  readonly isLoading: boolean
  /** Whether it is true now; false while the connection is missing. */
  readonly isConnected: boolean
  readonly freshness: Freshness
  readonly lagMs: number | null
  readonly error: MonofilError | null
  readonly lastUpdate: number | null
}

/** What runs now, live, so that only the right buttons are blocked. */
export function useStatus(
  filter: { readonly workflow?: WorkflowName | undefined; readonly key?: string | undefined } = {},
): RunningStatus {
  const { workflow, key } = filter
  const client = useClient()
  const view = useWatched(useMemo(() => client.statusView(), [client]))
  return useMemo(() => {
    const { active, status, ...meta } = view
    const running = active.filter(
      (run) => (workflow === undefined || run.workflow === workflow) && (key === undefined || run.key === key),
    )
    return {
      ...meta,
      isRunning: running.length > 0,
      currentRunId: running[0]?.runId ?? null,
      running,
      isLoading: status === 'loading',
      isConnected: connected(view),
    }
  }, [view, workflow, key])
}
