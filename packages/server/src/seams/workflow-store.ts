import type { Budget, StepSignal } from '@monofil/protocol'
import type { RunEndAudience } from '../notifications/rules.ts'
import type { LimitPlan } from '../runs/limit.ts'

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
  /** Of runs that are started without one; none when left out. */
  readonly budget?: Budget | undefined
  /** Of runs that people start without one: items of each list done before the run waits; all when left out. */
  readonly sample?: number | undefined
  /** Whom the end of a run tells; as the store is set up when left out. */
  readonly notify?: RunEndAudience | undefined
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
