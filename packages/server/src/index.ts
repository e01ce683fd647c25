export type {
  AuthenticateCallback,
  CallbackAnswer,
  CallbackOptions,
  Deed,
  Deeds,
  JwksTimes,
  JwtOptions,
  RunFacts,
  SigningKey,
  TokenClaims,
} from './auth/index.ts'
export {
  callbackAuthenticator,
  can,
  developmentAuthenticator,
  isOperator,
  issueToken,
  jwtAuthenticator,
  MAX_TOKEN_LIFE_MS,
  MIN_SECRET_BYTES,
  newKeyPair,
  newSecret,
  viewerOf,
} from './auth/index.ts'
export type { ExportSettings } from './exports/index.ts'
export {
  createHub,
  DEVELOPMENT_LIMITS,
  type HubChoices,
  type HubServer,
  isSubnet,
  LIMITS,
  type Limits,
  type Published,
  type ServeOptions,
  serve,
  type TrustProxy,
} from './http/index.ts'
export type { ConnectionView, Hub, HubSettings, Sink } from './hub/index.ts'
export { createLocalBus, newRunId } from './hub/index.ts'
export type {
  Directory,
  NoticeRules,
  NoticeTemplates,
  Notification,
  NotificationTarget,
  RunEndAudience,
} from './notifications/index.ts'
export { Notifier } from './notifications/index.ts'
export type { LimitPlan, Rate } from './runs/limit.ts'
export type { Authenticator, Credentials, Principal, TicketCredential, TicketUse, Viewer } from './seams/auth.ts'
export type { Bus, BusMessage, EphemeralEvent } from './seams/bus.ts'
export type { Commit, LoggedEvent } from './seams/commit.ts'
export type {
  InboxState,
  NewNotice,
  NoticeContent,
  NoticePatch,
  NoticeTarget,
  NotificationStore,
  PushLease,
  PushOutcome,
  SeenUser,
} from './seams/notification-store.ts'
export type { BrowserSubscription, PushBrowsers, PushResult, PushSender } from './seams/push-sender.ts'
export type { PushAddress, PushStore, VapidKeys } from './seams/push-store.ts'
export type { NewRevocationRow, RevocationStore, RevokedKind, RevokedNow } from './seams/revocation-store.ts'
export type {
  NewScheduleRow,
  ScheduleFilter,
  SchedulePatch,
  ScheduleStore,
} from './seams/schedule-store.ts'
export type {
  Appended,
  FailureGroup,
  FailureRef,
  ItemFilter,
  KpiStore,
  Lease,
  LeasedKpi,
  LinePage,
  LineQuery,
  LogPage,
  LogStore,
  NewKpi,
  NewLogEvent,
  NewLogLine,
  NewRunRow,
  NewText,
  NewUsage,
  Outcome,
  Page,
  Retention,
  RetryClass,
  RunControl,
  RunFilter,
  RunRetention,
  RunStore,
  SignalAnswer,
  StepPlan,
  Store,
  TextQuery,
  UsageQuery,
  UsageStore,
  UsageViewer,
  WorkflowPlan,
  WorkflowStore,
  WorkStore,
} from './seams/store.ts'
export type { Clock, Logger, Random } from './seams/system.ts'
export { silentLogger, systemClock } from './seams/system.ts'
export type { TicketStore } from './seams/ticket-store.ts'
