export type { BundleEnd, BundleHead, BundleList, BundleNote, RunBundle } from './bundle.ts'
export { BUNDLE_FORMAT, BUNDLE_LISTS, BUNDLE_VERSION } from './bundle.ts'
export type {
  ControlEvents,
  Denied,
  Dropped,
  Gap,
  Goodbye,
  GoodbyeReason,
  Hello,
  Keyed,
  PatchAnswer,
  Snapshot,
  State,
  SubscriptionAnswer,
} from './control.ts'
export { GOODBYE_REASONS } from './control.ts'
export type { Cursor } from './cursor.ts'
export { formatCursor, parseCursor } from './cursor.ts'
export type { Envelope, StoredEnvelope } from './envelope.ts'
export type { ErrorCode, ErrorDetails, Finding, Problem } from './errors.ts'
export { MonofilError, STATUS } from './errors.ts'
export type { FailedItem, FailureGroup, FailureRef } from './failures.ts'
export {
  FailureGroups,
  groupFailures,
  MAX_FAILURE_GROUPS,
  normaliseMessage,
  OTHER_FAILURES,
} from './failures.ts'
export {
  isId,
  isLabel,
  isReservedTopic,
  isStateTopic,
  isSub,
  isTopic,
  matchesPattern,
  runOfTopic,
  topicOfRun,
} from './ids.ts'
export type { Kpi, KpiChange } from './kpis.ts'
export { kpiOfTopic, topicOfKpi } from './kpis.ts'
export type {
  DeliveryCounts,
  DeliveryState,
  InboxCounts,
  InboxEvents,
  InboxItem,
  InboxMark,
  InboxSnapshot,
  NoticeAction,
  NoticeChannel,
  NoticePreferences,
  NoticeQueueStatus,
  NoticeStatus,
  QueuedNotice,
  QuietReason,
  Severity,
  TraceLine,
} from './notifications.ts'
export { DELIVERY_STATES, INBOX_MARKS, NOTICE_CHANNELS, NOTICE_STATUSES, SEVERITIES } from './notifications.ts'
export type { Buckets, Ended, Overview, QueueDepth, Throughput } from './overview.ts'
export { problemOf, TITLES } from './problem.ts'
export type { Revocation } from './revocations.ts'
export type {
  ActiveRun,
  Budget,
  Counts,
  Failure,
  Item,
  ItemStatus,
  LogLevel,
  LogLine,
  Report,
  ReportAnswer,
  Run,
  RunAction,
  RunEnd,
  RunEvents,
  RunSignal,
  RunState,
  RunStatus,
  RunUsage,
  Step,
  StepSignal,
  Usage,
  UsageDelta,
  Waiting,
} from './runs.ts'
export { ITEM_STATUSES, isItemTerminal, isTerminal, LOG_LEVELS, RUN_ACTIONS, RUN_STATUSES } from './runs.ts'
export type {
  Schedule,
  ScheduleMissed,
  ScheduleOverlap,
  ScheduleProblem,
  ScheduleStatus,
} from './schedules.ts'
export { SCHEDULE_MISSED, SCHEDULE_OVERLAPS, SCHEDULE_STATUSES } from './schedules.ts'
export type { SseDecoder, SseHandlers, SseMessage } from './sse-decode.ts'
export { createSseDecoder } from './sse-decode.ts'
export type { SseBlock } from './sse-encode.ts'
export { encodeSse } from './sse-encode.ts'
export type { ItemText, TextEvent, TextInfo } from './texts.ts'
export { DEFAULT_TEXT_CHARS, DEFAULT_TEXT_NAME } from './texts.ts'
export type { UsageDimension, UsageRow } from './usage.ts'
export { USAGE_DIMENSIONS } from './usage.ts'
