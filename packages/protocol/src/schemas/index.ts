export type { SchemaName } from './components.ts'
export { COMPONENTS, jsonSchemas } from './components.ts'
export { newKpi } from './kpis.ts'
export type { NewNotification, PatchNotification } from './notifications.ts'
export {
  markAll,
  markInbox,
  newNotification,
  patchNotification,
  preferences,
  receipts,
} from './notifications.ts'
export { durationMs, id, json, label, money, time, topic } from './primitives.ts'
export { pushEndpoint, pushSubscription } from './push.ts'
export type { NewRevocationBody } from './revocations.ts'
export { newRevocation } from './revocations.ts'
export type { ControlRuns, NewRun, PatchRun, ReportInput } from './runs.ts'
export {
  budget,
  controlRuns,
  newRun,
  noBody,
  patchRun,
  pauseRun,
  report,
  reports,
  rerunRun,
  retryRun,
  runSignal,
  usage,
} from './runs.ts'
export type { NewSchedule, PatchSchedule } from './schedules.ts'
export { newSchedule, patchSchedule, runSchedule } from './schedules.ts'
export type { NewEvent, OpenStream, PatchStream } from './stream.ts'
export { newEvent, openStream, patchStream } from './stream.ts'
