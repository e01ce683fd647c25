import type { Budget } from './runs.ts'

/** The three states of a schedule: `ended` is one with `at` whose time is over, until it is given another. */
export const SCHEDULE_STATUSES = ['active', 'paused', 'ended'] as const
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number]

/** What a tick does while the run that the schedule last started is still open. */
export const SCHEDULE_OVERLAPS = ['skip', 'allow'] as const
export type ScheduleOverlap = (typeof SCHEDULE_OVERLAPS)[number]

/** What becomes of ticks that nobody was there for: one run for the newest of them, or none. */
export const SCHEDULE_MISSED = ['one', 'none'] as const
export type ScheduleMissed = (typeof SCHEDULE_MISSED)[number]

/** Why the newest tick started no run; `at` is the tick. */
export interface ScheduleProblem {
  /** A code of the protocol, or `run_open` (overlap) and `missed`, which are no errors. */
  readonly code: string
  readonly message: string
  readonly at: string
}

/** Runs that begin by the clock: again and again (`cron`), or once (`at`). Times are ISO 8601 in UTC. */
export interface Schedule {
  readonly id: string
  readonly workflow: string
  readonly input: unknown
  /** Five fields, six with seconds in front, or a word such as `@daily`; null for one with `at`. */
  readonly cron: string | null
  /** The IANA zone in which `cron` is read; null for one with `at`. */
  readonly timezone: string | null
  readonly at: string | null
  readonly key: string | null
  /** Of its runs, which carry `schedule:{id}` as well. */
  readonly tags: readonly string[]
  readonly roles: readonly string[]
  readonly budget: Budget | null
  readonly overlap: ScheduleOverlap
  readonly missed: ScheduleMissed
  readonly status: ScheduleStatus
  /** Null unless active. */
  readonly nextAt: string | null
  /** The time for which it last started a run. */
  readonly lastAt: string | null
  readonly lastRunId: string | null
  /** Null when the newest tick started a run. */
  readonly lastProblem: ScheduleProblem | null
  readonly owner: string
  readonly createdAt: string
  /** The next times, at most five; empty unless active. */
  readonly upcoming: readonly string[]
}
