export type { Authenticator, Credentials, Principal, Viewer } from './seams/auth.ts'
export type { Bus, BusMessage, EphemeralEvent } from './seams/bus.ts'
export type { Commit, LoggedEvent } from './seams/commit.ts'
export type {
  Appended,
  FailureGroup,
  ItemFilter,
  Lease,
  LogPage,
  LogStore,
  NewLogEvent,
  NewLogLine,
  NewRunRow,
  Outcome,
  Page,
  Retention,
  RunFilter,
  RunStore,
  StepPlan,
  Store,
  WorkflowPlan,
  WorkflowStore,
  WorkStore,
} from './seams/store.ts'
export type { Clock, Logger, Random } from './seams/system.ts'
export { silentLogger, systemClock } from './seams/system.ts'
