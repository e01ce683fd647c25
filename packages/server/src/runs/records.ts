import type { Failure, ItemStatus, RunStatus } from '@monofil/protocol'
import type { StepPlan } from '../seams/store.ts'

/** How many rows of a step are in each state. Changed in place while a command works, written once at its end. */
export interface Tally {
  queued: number
  running: number
  retrying: number
  completed: number
  failed: number
  cancelled: number
}

/** How fast a step's items end: running mean and squared deviation (Welford) of the gaps between ends, in ms. */
export interface Pace {
  count: number
  meanMs: number
  /** Sum of squared differences from the mean. */
  spread: number
  /** When the newest item ended, in ms since 1970. */
  lastAt: number | null
}

/** Summed usage. Money in millionths as a bigint: sums of decimals must be exact. */
export interface UsageSum {
  tokens: number | null
  micros: bigint | null
  currency: string | null
}

export interface StepRecord {
  readonly position: number
  readonly plan: StepPlan
  status: RunStatus
  /** Whether what it depends on is over, so that its items may be offered. */
  begun: boolean
  /** Whether no further item can appear. */
  totalIsFinal: boolean
  /** Elements of its list that it handed over in this round before it was over; null where its result is the list. */
  fed: number | null
  /** The total a reporter announced; null for none and for our own workflows. */
  announced: number | null
  readonly tally: Tally
  /** Rows that may be claimed now. */
  ready: number
  /** How many of the completed rows were skipped. */
  skipped: number
  readonly pace: Pace
  /** The limit that last refused it while it had items to give; `until` in ms since 1970, null when nobody knows. */
  short: { readonly limit: string; readonly until: number | null } | null
  error: Failure | null
  /** What its items used. */
  usage: UsageSum
  startedAt: number | null
  finishedAt: number | null
}

export interface ItemRecord {
  /** Null until its row is written. */
  key: number | null
  readonly position: number
  readonly id: string
  readonly index: number
  status: ItemStatus
  ready: boolean
  /** Whether the step's `when` was asked and said yes. */
  checked: boolean
  /** Whether it said no: completed without a result. */
  skipped: boolean
  attempts: number
  /** How many of the attempts ended because the worker's process was gone. */
  interruptions: number
  inputJson: string
  resultJson: string | null
  error: Failure | null
  usage: UsageSum
  startedAt: number | null
  finishedAt: number | null
  /** When a retrying item may be offered again, or until when one waits for its answer, in ms since 1970. */
  notBefore: number | null
  offset: number
}

/** A run as the ledger holds it; times in ms since 1970. */
export interface RunRecord {
  readonly seq: number
  readonly id: string
  readonly workflow: string
  readonly external: boolean
  status: RunStatus
  round: number
  /** Tenths of a percent, 0 to 1000. */
  progress: number
  /** What people want of it; a budget or a sample that holds it is not in here. */
  wanted: 'run' | 'pause' | 'cancel'
  readonly inputJson: string
  resultJson: string | null
  error: Failure | null
  tags: readonly string[]
  readonly owner: string
  readonly roles: readonly string[]
  readonly key: string | null
  usage: UsageSum
  budgetJson: string | null
  /** How many items of each list are begun until somebody says to go on; null: all. */
  sample: number | null
  /** How long it was `running` before the present stretch, in ms. */
  ranMs: number
  /** Since when it is `running`; null while it is not. */
  runningSince: number | null
  readonly parentId: string | null
  readonly heartbeatMs: number | null
  readonly createdAt: number
  startedAt: number | null
  finishedAt: number | null
  lastSeenAt: number | null
  stalledSince: number | null
  readonly steps: StepRecord[]
}

export function emptyTally(): Tally {
  return { queued: 0, running: 0, retrying: 0, completed: 0, failed: 0, cancelled: 0 }
}

export function noUsage(): UsageSum {
  return { tokens: null, micros: null, currency: null }
}

/** Rows of a step. */
export function rowsOf(tally: Tally): number {
  return openOf(tally) + tally.completed + tally.failed + tally.cancelled
}

/** Rows that are not over. */
export function openOf(tally: Tally): number {
  return tally.queued + tally.running + tally.retrying
}

/** Announced by a reporter, but not mentioned yet. */
export function unmentionedOf(step: StepRecord): number {
  return step.announced === null ? 0 : Math.max(0, step.announced - rowsOf(step.tally))
}

/** A step that begins with nothing done. */
export function newStep(position: number, plan: StepPlan): StepRecord {
  return {
    position,
    plan,
    status: 'queued',
    begun: false,
    totalIsFinal: false,
    fed: null,
    announced: null,
    tally: emptyTally(),
    ready: 0,
    skipped: 0,
    pace: { count: 0, meanMs: 0, spread: 0, lastAt: null },
    short: null,
    error: null,
    usage: noUsage(),
    startedAt: null,
    finishedAt: null,
  }
}

/** An item that nobody has touched; its row is yet to be written. */
export function newItem(position: number, id: string, index: number, inputJson: string): ItemRecord {
  return {
    key: null,
    position,
    id,
    index,
    status: 'queued',
    ready: false,
    checked: false,
    skipped: false,
    attempts: 0,
    interruptions: 0,
    inputJson,
    resultJson: null,
    error: null,
    usage: noUsage(),
    startedAt: null,
    finishedAt: null,
    notBefore: null,
    offset: 0,
  }
}
