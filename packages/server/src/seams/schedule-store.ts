import type { Run, Schedule, ScheduleMissed, ScheduleOverlap, ScheduleStatus } from '@monofil/protocol'

/** A schedule to be made. One of `cron` (with `timezone`) and `at` (ms since 1970) is not null. */
export interface NewScheduleRow {
  readonly id: string
  readonly workflow: string
  readonly inputJson: string
  /** The schema that the input was found to keep to: while the workflow's is the same, no tick checks again. */
  readonly inputSchemaJson: string | null
  /** The request's body as canonical JSON without `id`: the same id with another body is refused. */
  readonly bodyJson: string
  readonly cron: string | null
  readonly timezone: string | null
  readonly at: number | null
  readonly key: string | null
  readonly tags: readonly string[]
  readonly roles: readonly string[]
  readonly budgetJson: string | null
  readonly overlap: ScheduleOverlap
  readonly missed: ScheduleMissed
  readonly owner: string
  /** True: it is only compared with the one that exists, since whether it may be made was not asked. */
  readonly joinOnly?: boolean | undefined
}

/** What is changed; left out stays. `cron` takes the place of `at`, and the other way. */
export interface SchedulePatch {
  readonly status?: 'active' | 'paused' | undefined
  /** A new input with the schema it was checked by. */
  readonly input?: { readonly json: string; readonly schemaJson: string | null } | undefined
  readonly cron?: string | undefined
  readonly timezone?: string | undefined
  readonly at?: number | undefined
  readonly key?: string | null | undefined
  readonly tags?: readonly string[] | undefined
  readonly roles?: readonly string[] | undefined
  readonly budgetJson?: string | null | undefined
  readonly overlap?: ScheduleOverlap | undefined
  readonly missed?: ScheduleMissed | undefined
}

export interface ScheduleFilter {
  /** Left out: everybody's. */
  readonly owner?: string | undefined
  readonly workflow?: string | undefined
  readonly status?: readonly ScheduleStatus[] | undefined
  readonly limit: number
  readonly cursor?: string | undefined
}

/**
 * Runs that begin by the clock. `work.sweep` starts what is due: in one transaction the run is made, with an id that
 * follows from schedule and tick, and the next time is set, so that a tick has one run whoever sweeps, however often,
 * and whatever dies in between. A tick that cannot start a run says why in `lastProblem`, and the schedule goes on.
 * Of ticks that are over only the newest counts. While the clock stands before a time that was reached once, nothing
 * is started again.
 */
export interface ScheduleStore {
  /**
   * Makes the schedule, or answers the one with this id if owner and body are the same.
   * @throws `not_found` (none to join, with `joinOnly`), `id_taken` (another owner), `run_conflict` (another body), `invalid_request` with `field` for a cron or
   * zone that cannot be read, one that never comes, a time that is over.
   */
  create(schedule: NewScheduleRow): Promise<{ readonly schedule: Schedule; readonly created: boolean }>
  get(id: string): Promise<Schedule | undefined>
  /** Newest first. @throws `invalid_request` for a cursor that is not one. */
  list(filter: ScheduleFilter): Promise<{ readonly items: readonly Schedule[]; readonly nextCursor: string | null }>
  /**
   * Changes it. One that becomes active, or whose times change, goes on from now: what it would have done meanwhile is
   * not missed. An ended one that is given a time is active again. @throws `not_found`, `invalid_request` as `create`.
   */
  update(id: string, patch: SchedulePatch): Promise<Schedule>
  /** The runs it started stay; its id is free. @throws `not_found`. */
  remove(id: string): Promise<void>
  /**
   * Starts a run of it now, whatever its status and overlap, or answers the one with this id.
   * @throws `not_found`, `unknown_workflow`, `invalid_input` by the workflow's schema of now, and as `runs.create`.
   */
  start(id: string, runId: string): Promise<{ readonly run: Run; readonly created: boolean }>
}
