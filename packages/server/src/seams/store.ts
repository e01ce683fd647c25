import type { KpiStore } from './kpi-store.ts'
import type { LogStore } from './log-store.ts'
import type { NotificationStore } from './notification-store.ts'
import type { PushStore } from './push-store.ts'
import type { RevocationStore } from './revocation-store.ts'
import type { RunStore } from './run-store.ts'
import type { ScheduleStore } from './schedule-store.ts'
import type { TicketStore } from './ticket-store.ts'
import type { UsageStore } from './usage-store.ts'
import type { WorkStore } from './work-store.ts'
import type { WorkflowStore } from './workflow-store.ts'

export type { KpiStore, LeasedKpi, NewKpi } from './kpi-store.ts'
export type {
  Appended,
  LogPage,
  LogStore,
  NewLogEvent,
  Retention,
} from './log-store.ts'
export type {
  FailureGroup,
  FailureRef,
  ItemFilter,
  LinePage,
  LineQuery,
  NewRunRow,
  Page,
  RunControl,
  RunFilter,
  RunRetention,
  RunStore,
  SignalAnswer,
  TextQuery,
} from './run-store.ts'
export type { UsageQuery, UsageStore, UsageViewer } from './usage-store.ts'
export type {
  Lease,
  NewLogLine,
  NewText,
  NewUsage,
  Outcome,
  WorkStore,
} from './work-store.ts'
export type {
  RetryClass,
  StepPlan,
  WorkflowPlan,
  WorkflowStore,
} from './workflow-store.ts'

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
  readonly usage: UsageStore
  readonly kpis: KpiStore
  readonly notifications: NotificationStore
  readonly pushes: PushStore
  /** The epoch of every topic of this store; constant while it is open. */
  readonly epoch: string
  /** Finishes what was accepted, then releases everything. Later calls reject with `store_unavailable`. */
  close(): Promise<void>
}
