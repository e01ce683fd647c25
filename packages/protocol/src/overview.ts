import type { RunState } from './runs.ts'

/** Buckets of equal length in which ends of items are counted; all lists beside it have `buckets` entries. */
export interface Buckets {
  /** When the first bucket begins. The last one may not be over yet. */
  readonly from: string
  readonly bucketMs: number
  readonly buckets: number
}

/** Items that ended, bucket by bucket; an item that was done again counts where it ended last. */
export interface Ended {
  readonly completed: readonly number[]
  readonly failed: readonly number[]
}

/** `GET /v1/runs/{id}/throughput`: ends of a run's items over time, from its start to its end or now. */
export interface Throughput extends Buckets {
  /** Steps of which an item ended, in the order of the steps. */
  readonly steps: readonly (Ended & { readonly step: string })[]
}

/** What a workflow's runs that are not over have to do, in items. */
export interface QueueDepth {
  readonly workflow: string
  readonly runs: number
  readonly queued: number
  readonly running: number
}

/** `GET /v1/overview`: how the hub does, of what the reader may see. */
export interface Overview {
  readonly at: string
  /** Runs that are not over. */
  readonly runs: { readonly queued: number; readonly running: number; readonly paused: number }
  /** The newest of them, at most 10. */
  readonly active: readonly RunState[]
  /** The deepest first. */
  readonly queues: readonly QueueDepth[]
  /** Runs that failed, wholly or in part, in the last 24 hours: how many, and the 10 that ended last. */
  readonly failed: { readonly count: number; readonly runs: readonly RunState[] }
  /** Ends of items in the hours asked for, in runs that may be seen. */
  readonly ended: Buckets & Ended
  /** Open streams; null for those who may not look at them. */
  readonly connections: number | null
}
