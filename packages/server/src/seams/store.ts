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
  StepSignal,
} from '@monofil/protocol'
import type { LimitPlan } from '../runs/limit.ts'
import type { Viewer } from './auth.ts'
import type { LoggedEvent } from './commit.ts'
import type { RevocationStore } from './revocations.ts'
import type { ScheduleStore } from './schedules.ts'
import type { TicketStore } from './tickets.ts'

/**
 * The durable truth. Methods are domain commands: each is atomic (state, counters and events change in one
 * transaction) and resolves after the commit is durable. Every commit is announced once, in commit order, through
 * the `onCommit` its opener was given, on the process that owns the transaction. No SQL and no transaction type
 * crosses this seam; JSON values cross it as text (`…Json`), parsed once at an edge and never on the way.
 *
 * Failures are `MonofilError`s: domain codes as named below, `store_unavailable` when the store cannot be reached,
 * `store_full` when the disk is full. A rejected command changed nothing.
 */
export interface Store {
  readonly log: LogStore
  readonly runs: RunStore
  readonly work: WorkStore
  readonly workflows: WorkflowStore
  readonly tickets: TicketStore
  readonly schedules: ScheduleStore
  readonly revocations: RevocationStore
  /** The epoch of every topic of this store; constant while it is open. */
  readonly epoch: string
  /** Finishes what was accepted, then releases everything. Later calls reject with `store_unavailable`. */
  close(): Promise<void>
}

// ---------------------------------------------------------------- log

export interface NewLogEvent {
  readonly topic: string
  readonly type: string
  readonly dataJson: string
  /** The publisher's id: known for the topic (24 h, and within the batch), the event is not appended again. */
  readonly id?: string | undefined
}

export interface Appended {
  readonly topic: string
  readonly epoch: string
  readonly offset: number
  readonly duplicate: boolean
}

export interface LogPage {
  /** Ascending, without holes; empty when `after` is the head. */
  readonly events: readonly LoggedEvent[]
  /** Offset of the oldest event held; `head + 1` when none is. */
  readonly oldest: number
  /** Offset of the newest event ever appended; 0 for a topic never written. */
  readonly head: number
}

export interface Retention {
  readonly maxAgeMs: number
  readonly maxCount: number
  readonly maxBytes: number
}

export interface LogStore {
  /** Appends all in one commit, in the order given; answers in that order. */
  append(events: readonly NewLogEvent[]): Promise<readonly Appended[]>
  /** Events after `after` (0: from the oldest held), at most `limit` and about `maxBytes`, at least one if there is any. */
  read(query: { topic: string; after: number; limit: number; maxBytes: number }): Promise<LogPage>
  /** One consistent read of a topic's bounds. */
  bounds(topic: string): Promise<{ readonly oldest: number; readonly head: number }>
  /** Trims application topics from the oldest, in small commits; heads are never reused. Answers how many went. */
  trim(retention: Retention): Promise<number>
}

// ---------------------------------------------------------------- workflows

/** What the store must know of a step to drive it. */
export interface StepPlan {
  readonly name: string
  /** The step whose items (or whose one result, an array) become this step's items; null: a single item. */
  readonly each: string | null
  /** Steps that must be over before this one begins; a step with neither `each` nor `after` follows the one above it. */
  readonly after: readonly string[]
  readonly weight: number
  /** How many of its items run at once, over all workers. */
  readonly concurrency: number
  /** Attempts in all, at least 1. */
  readonly attempts: number
  readonly backoff: { readonly minMs: number; readonly maxMs: number; readonly factor: number }
  readonly timeoutMs: number
  /** By the code of a failure: attempts in all and backoff in place of the step's. The first that fits counts. */
  readonly retryBy?: readonly RetryClass[] | undefined
  /** Whether the worker asks the step's `when` before an item is done. */
  readonly conditional?: boolean | undefined
  /** Its items are not claimed but answered from outside, within `timeoutMs`. */
  readonly signal?: StepSignal | undefined
  /** Limits that all of its items keep to; none when left out. */
  readonly limits?: readonly LimitPlan[] | undefined
}

/** How failures of one class are tried again. */
export interface RetryClass {
  /** A failure's code, or a prefix of codes ending in `*`. */
  readonly code: string
  readonly attempts: number
  readonly backoff: StepPlan['backoff']
}

export interface WorkflowPlan {
  readonly name: string
  readonly steps: readonly StepPlan[]
  /** JSON Schema of the input, or null when anything goes. */
  readonly inputSchemaJson: string | null
  /** Whether the workflow asks for one active run per key. */
  readonly exclusive: boolean
  /** Whether the roles on a run may control it, as its owner may; false when left out. */
  readonly controlledByRoles?: boolean | undefined
}

export interface WorkflowStore {
  /**
   * Adds or replaces by name. Runs that exist keep the plan they began with; the bounds of a named limit are those that
   * were registered last, for all runs.
   */
  register(plans: readonly WorkflowPlan[]): Promise<void>
  get(name: string): Promise<WorkflowPlan | undefined>
  list(): Promise<readonly WorkflowPlan[]>
}

// ---------------------------------------------------------------- runs

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

// ---------------------------------------------------------------- work

/** An item handed to a worker. Its result counts only under this fence. */
export interface Lease {
  readonly fence: number
  readonly runId: string
  readonly workflow: string
  readonly step: string
  readonly itemId: string
  readonly index: number
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly inputJson: string
  readonly runInputJson: string
  readonly timeoutMs: number
  /**
   * Whether the step's `when` is to be asked: `first`, before the item is done; `only`, and told (`skipped` or
   * `wanted`), since the item has no place under the step's limits yet; null, not.
   */
  readonly ask: 'first' | 'only' | null
  /** Not to be started sooner than so long after the claim, because of a rate. */
  readonly startInMs: number
}

export type Outcome =
  | {
      readonly fence: number
      readonly kind: 'completed'
      readonly resultJson: string
      /** The elements of the item's list came by `feed`, so many in all; left out: the result is the list. */
      readonly fed?: number | undefined
    }
  | {
      readonly fence: number
      readonly kind: 'failed'
      readonly error: { readonly code: string; readonly message: string }
      /** False: no further attempt, whatever the plan allows. */
      readonly retryable: boolean
    }
  /**
   * Somebody told the handler to come back later: the item goes back uncounted, and nothing under the step's limits (or
   * under the one named) is given out for so long. Of a step without that limit only this item waits.
   */
  | {
      readonly fence: number
      readonly kind: 'limited'
      readonly retryAfterMs: number
      readonly limit?: string | undefined
    }
  /** The step's `when` said no: completed without a result, and nothing is made of it. */
  | { readonly fence: number; readonly kind: 'skipped' }
  /** The step's `when` said yes to a lease that was only to ask it. */
  | { readonly fence: number; readonly kind: 'wanted' }
  /** Handed back untouched, as by a worker that stops: the attempt is not counted. */
  | { readonly fence: number; readonly kind: 'released' }

export interface NewLogLine {
  readonly fence: number
  readonly level: LogLine['level']
  readonly message: string
  readonly dataJson?: string | undefined
}

export interface WorkStore {
  /**
   * Up to `max` items of these workflows that may run now, or within 100 ms where a rate spaces them, leased for
   * `leaseMs`. Oldest run first, then step and index; what a limit holds back does not hold back others.
   */
  claim(request: {
    readonly worker: string
    readonly workflows: readonly string[]
    readonly max: number
    readonly leaseMs: number
  }): Promise<readonly Lease[]>
  /** Extends these leases; answers the fences that are lost. */
  renew(worker: string, fences: readonly number[], leaseMs: number): Promise<readonly number[]>
  /** Records outcomes in one commit; answers for each whether it was accepted (false: the lease was lost). */
  settle(outcomes: readonly Outcome[]): Promise<readonly boolean[]>
  /**
   * Makes these elements of the leased item's list, from index `from` (the first is 1) on, items of the steps that run
   * over it, before the list is whole. One commit. An index that is known stays as it is: a page may be sent twice, and
   * another attempt begins at 1 again. False: the lease was lost, nothing is kept.
   */
  feed(elements: {
    readonly fence: number
    readonly from: number
    readonly elementsJson: readonly string[]
  }): Promise<boolean>
  /** Log lines of leased items, kept and live. Lines of lost leases are dropped. */
  logLines(lines: readonly NewLogLine[]): Promise<void>
  /** Results of a step's completed items by index, for `ctx.results(step)`. */
  results(query: {
    readonly runId: string
    readonly step: string
    readonly after: number
    readonly limit: number
  }): Promise<readonly { readonly index: number; readonly itemId: string; readonly resultJson: string }[]>
  /** Takes back at once all that this worker holds: its process is known to be gone. */
  release(worker: string): Promise<number>
  /**
   * Takes back expired leases, offers items whose backoff is over, marks stalled external runs, starts the runs of
   * schedules that are due.
   * Answers when it should be called again at the latest, in ms from now.
   */
  sweep(): Promise<number>
}
