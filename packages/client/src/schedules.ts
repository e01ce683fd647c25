import type { Budget, Run, Schedule, ScheduleMissed, ScheduleOverlap, ScheduleStatus } from '@monofil/protocol'
import type { Page, PageQuery } from './api.ts'

interface ScheduleParts {
  readonly input?: unknown
  /** Five fields, six with seconds in front, or a word such as `@daily`. */
  readonly cron?: string | undefined
  /** Of the cron; an IANA name, `UTC` when left out. */
  readonly timezone?: string | undefined
  /** Once, at this time (ISO 8601), in place of a cron. */
  readonly at?: string | undefined
  readonly tags?: readonly string[] | undefined
  readonly roles?: readonly string[] | undefined
  /** `skip` (default): no run begins while the last one is open. */
  readonly overlap?: ScheduleOverlap | undefined
  /** `one` (default): after a downtime one run for the newest tick that was missed. */
  readonly missed?: ScheduleMissed | undefined
}

/** Body of `POST /v1/schedules`. With an `id`, the same call again answers the schedule that exists. */
export interface NewSchedule extends ScheduleParts {
  readonly id?: string | undefined
  readonly workflow: string
  readonly key?: string | undefined
  readonly budget?: Budget | undefined
}

/** What is changed of a schedule; left out stays. `cron` takes the place of `at`, and the other way. */
export interface SchedulePatch extends ScheduleParts {
  readonly status?: 'active' | 'paused' | undefined
  readonly key?: string | null | undefined
  readonly budget?: Budget | null | undefined
}

export interface SchedulesFilter extends PageQuery {
  readonly workflow?: string | undefined
  readonly status?: ScheduleStatus | readonly ScheduleStatus[] | undefined
}

/** Runs that begin by the clock. */
export interface SchedulesApi {
  /** `dryRun`: checks everything, makes nothing, and answers the schedule with the times it would have. */
  create(schedule: NewSchedule, options?: { readonly dryRun?: boolean | undefined }): Promise<Schedule>
  /** One's own, newest first; an admin's are everybody's. */
  list(filter?: SchedulesFilter): Promise<Page<Schedule>>
  get(id: string): Promise<Schedule>
  update(id: string, patch: SchedulePatch): Promise<Schedule>
  /** Its runs stay. */
  remove(id: string): Promise<void>
  /** Starts a run of it now, also of a paused one. With an `id`, the same call again answers that run. */
  run(id: string, options?: { readonly id?: string | undefined }): Promise<Run>
}
