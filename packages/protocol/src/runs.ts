/** The seven states of a run (protocol 4). */
export const RUN_STATUSES = ['queued', 'running', 'paused', 'completed', 'partial', 'failed', 'cancelled'] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

/** The six states of an item; a step has a run's. */
export const ITEM_STATUSES = ['queued', 'running', 'retrying', 'completed', 'failed', 'cancelled'] as const
export type ItemStatus = (typeof ITEM_STATUSES)[number]

/** What can be asked of a run (protocol 4). */
export const RUN_ACTIONS = ['pause', 'resume', 'cancel', 'retry', 'rerun'] as const
export type RunAction = (typeof RUN_ACTIONS)[number]

const TERMINAL: ReadonlySet<string> = new Set(['completed', 'partial', 'failed', 'cancelled'])

/** Whether a run or step in this status is over (until a retry opens the next round). */
export function isTerminal(status: RunStatus): boolean {
  return TERMINAL.has(status)
}

/** Whether an item in this status is over. */
export function isItemTerminal(status: ItemStatus): boolean {
  return TERMINAL.has(status)
}

/** How many items are in each state; `total` is their sum plus, for external steps, the announced but unmentioned. */
export interface Counts {
  readonly queued: number
  readonly running: number
  readonly retrying: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
  readonly total: number
}

/** Why something stands still, and until when, if that is known. */
export interface Waiting {
  readonly reason: 'limit' | 'paused' | 'backoff' | 'dependency' | 'worker' | StepSignal['kind']
  readonly until: string | null
  readonly limit: string | null
}

export interface Failure {
  readonly code: string
  readonly message: string
}

export interface Usage {
  readonly tokens?: number
  /** Decimal string, at most 6 places. */
  readonly cost?: string
  readonly currency?: string
}

export interface Budget {
  readonly tokens?: number
  readonly cost?: string
  readonly items?: number
  readonly timeMs?: number
}

/** What a step waits for that does no work of its own, and the roles that may answer it beside owner and admin. */
export interface StepSignal {
  readonly kind: 'approval' | 'signal'
  readonly roles: readonly string[]
}

export interface Step {
  readonly name: string
  readonly status: RunStatus
  readonly weight: number
  readonly counts: Counts
  /** How many of the completed items were not done, since the step's `when` said no. */
  readonly skipped: number
  /** Not null: its items are answered from outside (`POST /v1/runs/{id}/signals`). */
  readonly signal: StepSignal | null
  /** The steps that must be over before this one begins. */
  readonly after: readonly string[]
  /** The step over whose list or items this one runs; null for a single step and for steps of external runs. */
  readonly each: string | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly waiting: Waiting | null
}

/** A run, whole. `epoch` and `offset` say at which place of its log all of this is true. */
export interface Run {
  readonly id: string
  readonly workflow: string
  readonly external: boolean
  readonly status: RunStatus
  readonly round: number
  /** 0 to 100; below 100 until the run is completed or partial; never falls within a round. */
  readonly progress: number
  /** False while a step's total is unknown and counts as 0. */
  readonly progressKnown: boolean
  readonly counts: Counts
  readonly totalIsFinal: boolean
  readonly steps: readonly Step[]
  readonly waiting: Waiting | null
  readonly wanted: 'run' | 'pause' | 'cancel'
  /** What its state allows now. A single run or list by REST leaves out what the caller may not do. */
  readonly controls: readonly RunAction[]
  readonly input: unknown
  readonly result: unknown
  readonly error: Failure | null
  readonly tags: readonly string[]
  readonly owner: string
  readonly roles: readonly string[]
  readonly key: string | null
  readonly usage: Usage
  readonly budget: Budget | null
  readonly eta: { readonly lowMs: number; readonly highMs: number } | null
  readonly parentId: string | null
  readonly createdAt: string
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly lastSeenAt: string | null
  readonly stalledSince: string | null
  readonly epoch: string
  readonly offset: number
  /** The run's page in the console, relative to the hub. */
  readonly href: string
}

/** What travels as state: the run without what can be big. */
export type RunState = Omit<Run, 'input' | 'result'>

export interface Item {
  readonly id: string
  readonly runId: string
  readonly step: string
  readonly index: number
  readonly status: ItemStatus
  readonly attempts: number
  /** Completed without being done, since the step's `when` said no; its result is null. */
  readonly skipped: boolean
  readonly input: unknown
  readonly result: unknown
  readonly error: Failure | null
  readonly usage: Usage
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly waiting: Waiting | null
  /** The offset of the `item` event that last changed it; of two versions the higher wins. */
  readonly offset: number
}

/** One line of a run's log. */
/** How grave a log line is, the least first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogLine {
  readonly level: LogLevel
  readonly message: string
  readonly data?: unknown
  readonly step: string | null
  readonly item: string | null
  readonly at: string
  /** In lists: the offset of the line's event in `run:{id}`; null for a line written after the end, which has none. */
  readonly offset?: number | null
}

/** Event types of `run:{id}`; `complete` and `failed` end a round. */
export interface RunEvents {
  item: readonly Item[]
  step: Step
  status: { readonly status: RunStatus; readonly round: number }
  log: LogLine
  text: { item: string; attempt: number; name: string; position: number; text: string; done?: boolean }
  complete: RunEnd
  failed: RunEnd
}

/** The last event of a round: the run with its result. */
export type RunEnd = Omit<Run, 'input'>

/** One row of `GET /v1/status`. */
export interface ActiveRun {
  readonly workflow: string
  readonly key: string | null
  /** Null for readers who may start the workflow but not see this run. */
  readonly runId: string | null
  readonly since: string
}

/** The answer to an item that waits for one: an approval's with `approve`, a signal's without. */
export interface RunSignal {
  readonly step: string
  /** Left out: the step's only item. */
  readonly item?: string | undefined
  readonly approve?: boolean | undefined
  /** Why; kept with the answer. */
  readonly note?: string | undefined
  readonly data?: unknown
}

/** One report about an external run (protocol 4). */
export interface Report {
  readonly id: string
  readonly step?: string
  readonly item?: string
  readonly attempt?: number
  readonly status?: RunStatus | ItemStatus
  readonly total?: number
  readonly result?: unknown
  readonly error?: string | { readonly code?: string; readonly message: string }
  readonly usage?: Usage
  readonly log?: string | { readonly level: LogLine['level']; readonly message: string; readonly data?: unknown }
  readonly text?: { readonly name: string; readonly position: number; readonly text: string; readonly done?: boolean }
  readonly at?: string
}

export interface ReportAnswer {
  readonly id: string
  readonly applied: boolean
  readonly reason?: 'duplicate' | 'stale' | 'items_open'
}
