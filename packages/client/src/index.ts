export type { FailureGroup, FailureRef, Overview, Throughput } from '@monofil/protocol'
export type {
  Api,
  ConnectionRow,
  ControlFilter,
  ControlledMany,
  ControlMany,
  ExportOptions,
  ItemsFilter,
  LogsFilter,
  LogsPage,
  NewEvent,
  NewRun,
  Page,
  PageQuery,
  Published,
  RunsFilter,
  StatusAnswer,
  TopicEvents,
  WorkflowInfo,
} from './api.ts'
export { createClient } from './create.ts'
export { ItemList } from './item-list.ts'
export type { KpisApi, NewKpi } from './kpis.ts'
export type { Notes, Recorder } from './notes.ts'
export type { NewNotification, NotificationTarget, NotificationWords } from './notifications.ts'
export type { Backoff, ClientOptions, Clock, GetToken, Logger, SharingSettings, Token } from './options.ts'
export type { PushApi } from './push/api.ts'
export type { NewSchedule, SchedulePatch, SchedulesApi, SchedulesFilter } from './schedules.ts'
export type { NewRevocation, RevocationsApi, Session } from './sessions.ts'
export type {
  ConnectionInfo,
  ConnectionStatus,
  Diagnostics,
  FailureReason,
  Freshness,
  KpiView,
  MonofilClient,
  Role,
  RunsView,
  RunView,
  StatusView,
  SubscribeOptions,
  SubscriptionEnd,
  TopicView,
  ViewMeta,
  ViewStatus,
  Watched,
} from './types.ts'
export { NOTHING } from './types.ts'
export type { ReadUsage, UsageFilter } from './usage.ts'
export { VERSION } from './version.ts'
