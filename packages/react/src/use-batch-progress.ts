import type { Freshness } from '@monofil/client'
import type { MonofilError } from '@monofil/protocol'
import { useMemo } from 'react'
import { type BatchProgress, batchOf } from './batch.ts'
import type { WorkflowName } from './register.ts'
import { useRun } from './use-run.ts'
import { connected } from './use-watched.ts'

/** A batch as a component shows it. */
export interface UseBatchProgress {
  /** Null until the first word about the run. */
  readonly data: BatchProgress | null
  readonly isLoading: boolean
  /** Set when the run is not there, or not for this reader, or the connection was given up. */
  readonly error: MonofilError | null
  readonly isConnected: boolean
  /** How true it is, and how late the newest change came. */
  readonly freshness: Freshness
  readonly lagMs: number | null
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
      isConnected: connected(view),
      freshness: view.freshness,
      lagMs: view.lagMs,
      lastUpdate: view.lastUpdate,
    }),
    [view],
  )
}
