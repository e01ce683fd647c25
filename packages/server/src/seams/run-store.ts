import type {
  FailureGroup,
  FailureRef,
  Item,
  LogLevel,
  LogLine,
  Report,
  ReportAnswer,
  Run,
  RunStatus,
} from '@monofil/protocol'
import type { Viewer } from './auth.ts'
import type { StepPlan } from './workflow-store.ts'

export interface NewRunRow {
  readonly id: string
  readonly workflow: string
  readonly external: boolean
  readonly exclusive: boolean
  readonly steps: readonly StepPlan[]
  /** Announced totals of external steps, by step name. */
  readonly totals: Readonly<Record<string, number>>
  readonly heartbeatMs: number | null
  readonly inputJson: string
  /** The request's body as canonical JSON without `id`: the same id with another body is refused. */
  readonly bodyJson: string
  readonly tags: readonly string[]
  readonly owner: string
  readonly roles: readonly string[]
  readonly key: string | null
  readonly budgetJson: string | null
  readonly parentId: string | null
}

export interface RunFilter {
  readonly viewer: Viewer
  readonly status?: readonly RunStatus[] | undefined
  readonly workflow?: string | undefined
  readonly tag?: string | undefined
  readonly owner?: string | undefined
  readonly key?: string | undefined
  /** Found in id, workflow, key, tags (case-insensitive). */
  readonly q?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface ItemFilter {
  readonly viewer: Viewer
  /** Left out: items of all runs the viewer may see. */
  readonly runId?: string | undefined
  readonly workflow?: string | undefined
  readonly step?: string | undefined
  readonly status?: readonly Item['status'][] | undefined
  readonly q?: string | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
}

export type { FailureGroup, FailureRef } from '@monofil/protocol'

/** What finished runs and the logs of all runs are kept within; null: no bound. */
export interface RunRetention {
  /** Since its end; a run that is open never goes. */
  readonly maxAgeMs: number | null
  /** Of finished runs; those that ended first go first. */
  readonly maxCount: number | null
  /** Log lines of one run; the oldest go. */
  readonly maxLogLines: number | null
}

/** Which of a run's log lines, and from which end. */
export interface LineQuery {
  readonly step?: string | undefined
  readonly item?: string | undefined
  /** This level and those above it. */
  readonly level?: LogLevel | undefined
  /** Found in the message (case-insensitive). */
  readonly q?: string | undefined
  /** `asc` when left out: the oldest first. */
  readonly order?: 'asc' | 'desc' | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

export interface LinePage extends Page<LogLine> {
  /** The cursor of the run's newest line: what is written later follows it in ascending order. */
  readonly newest: string
  /** How many of the run's oldest lines are gone, since a run keeps only so many. */
  readonly cut: number
}

/** What is asked of a run. Each twice is as good as once. */
export type RunControl =
  /** No item is claimed any more once this is committed; `hard` takes back those under way, their attempts not counted. */
  | { readonly action: 'pause'; readonly hard?: boolean | undefined }
  | { readonly action: 'resume' }
  /** Ends the run with its open items. Of an external run `wanted` changes, unless it is `force`d. */
  | { readonly action: 'cancel'; readonly force?: boolean | undefined }
  /** The next round: what failed or was cancelled, or these items, by their ids, with what was made of them. */
  | {
      readonly action: 'retry'
      readonly items?: readonly string[] | undefined
      /** All items of these groups of failures, however many; in place of `items`. */
      readonly failures?: readonly FailureRef[] | undefined
    }

/** An answer to an item that waits for one, by whom. */
export interface SignalAnswer {
  readonly step: string
  /** Left out: the step's only item. */
  readonly item?: string | undefined
  readonly by: string
  /** Of an approval; left out for a signal. */
  readonly approve?: boolean | undefined
  readonly note?: string | undefined
  readonly dataJson?: string | undefined
}

/** Since when ends of items are counted, and how long the buckets are, in ms. */
export interface EndRange {
  readonly fromMs: number
  readonly bucketMs: number
}

/** How many items ended in one bucket. */
export interface EndCount {
  readonly bucket: number
  readonly completed: number
  readonly failed: number
}

/** The same of one step. */
export interface StepEnds extends EndCount {
  readonly step: string
}

/** What there is to do and what came of it, of the runs a viewer may see; `limit` runs of each list. */
export type WorkView = (view: {
  readonly viewer: Viewer
  readonly failedSinceMs: number
  readonly ends: EndRange
  readonly limit: number
}) => Promise<{
  /** Runs that are not over, counted. */
  readonly states: readonly { readonly workflow: string; readonly status: string; readonly count: number }[]
  /** Their items. */
  readonly queues: readonly { readonly workflow: string; readonly queued: number; readonly running: number }[]
  /** The newest of them. */
  readonly active: readonly Run[]
  /** Runs that ended failed or partial; those that ended last. */
  readonly failed: { readonly count: number; readonly runs: readonly Run[] }
  readonly ends: readonly EndCount[]
}>

export interface RunStore {
  /**
   * Creates the run, or answers the one with this id if owner and body are the same.
   * @throws `id_taken` (another owner), `run_conflict` (another body), `key_busy` (with `runId`).
   */
  create(run: NewRunRow): Promise<{ readonly run: Run; readonly created: boolean }>
  get(id: string): Promise<Run | undefined>
  /** Newest first. @throws `invalid_request` for a cursor that is not one. */
  list(filter: RunFilter): Promise<Page<Run>>
  /** Queued, running and paused runs, oldest first. */
  active(): Promise<readonly Run[]>
  /** In order of step and index. @throws `invalid_request` for a cursor that is not one. */
  items(filter: ItemFilter): Promise<Page<Item>>
  /** A run with its first items as one consistent read; go on with `items` for the rest. */
  snapshot(id: string, limit: number): Promise<{ readonly run: Run; readonly items: Page<Item> } | undefined>
  /** One consistent read. @throws `invalid_request` for a cursor that is not one. */
  logs(id: string, query: LineQuery): Promise<LinePage>
  /** The largest first, at most a few hundred: what does not group shares one group per step and code. */
  failures(id: string): Promise<readonly FailureGroup[]>
  /** Items that completed or failed, by step and bucket, in their order; buckets without any are left out. */
  throughput(id: string, range: EndRange): Promise<readonly StepEnds[]>
  /** One consistent read. */
  readonly overview: WorkView
  update(
    id: string,
    patch: { readonly budgetJson?: string | null | undefined; readonly tags?: readonly string[] | undefined },
  ): Promise<Run>
  /**
   * Pauses, resumes, cancels or retries a run; leases taken by it are named in the commit's `revoked`. Answers the run
   * as it is then. @throws `not_found`; `invalid_state` with `state`; `key_busy` for a retry beside an exclusive run;
   * `invalid_request` with `field` for chosen items that are not there or cannot run.
   */
  control(id: string, control: RunControl): Promise<Run>
  /**
   * Answers an item that waits for an approval or a signal; the same answer again changes nothing. A signal for a step
   * that has not begun is kept for it. Answers the item as it is then.
   * @throws `not_found`; `invalid_request` with `field` where the answer does not fit; `invalid_state` with `state` when
   * it was answered otherwise or nobody waits.
   */
  signal(id: string, answer: SignalAnswer): Promise<Item>
  /** The body the run was made with, as canonical JSON without `id`. */
  request(id: string): Promise<string | undefined>
  /**
   * Finished runs only (`invalid_state` otherwise): gone from every query with this one small commit, the id stays
   * taken; rows and log leave the disk with the next `trim`. @throws `not_found`.
   */
  remove(id: string): Promise<void>
  /**
   * Removes finished runs that are over a bound and frees the disk of all that was removed, also before a crash, in
   * small commits; resolves when nothing is left to do. Answers how many runs went.
   */
  trim(retention: RunRetention): Promise<number>
  /** Applies reports of an external run in order, in one commit. @throws `not_found`, `invalid_state`. */
  report(
    id: string,
    reports: readonly Report[],
  ): Promise<{ readonly answers: readonly ReportAnswer[]; readonly run: Run }>
}
