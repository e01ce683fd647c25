import type { MonofilError } from '@monofil/protocol'
import { useMemo } from 'react'
import { type BatchProgress, batchOf } from './batch.ts'
import type { WorkflowName } from './register.ts'
import { useRun } from './use-run.ts'

/** A batch as a component shows it. */
export interface UseBatchProgress {
  /** Null until the first word about the run. */
  readonly data: BatchProgress | null
  readonly isLoading: boolean
  /** Set when the run is not there, or not for this reader, or the connection was given up. */
  readonly error: MonofilError | null
  readonly isConnected: boolean
  readonly lastUpdate: number | null
}

/** A run's progress: counts, items, summary. Without an id nothing is watched. */
export function useBatchProgress(runId: string | null | undefined): UseBatchProgress {
  const view = useRun<WorkflowName>(runId)
  return useMemo(
    () => ({
      data: batchOf(view),
      isLoading: view.status === 'loading',
      error: view.error,
      isConnected: view.status === 'live',
      lastUpdate: view.lastUpdate,
    }),
    [view],
  )
}
