import { z } from 'zod'
import {
  activeRun,
  counts,
  envelope,
  failure,
  failureGroup,
  gap,
  item,
  itemText,
  kpi,
  logLine,
  patchAnswer,
  problem,
  reportAnswer,
  revocation,
  run,
  schedule,
  session,
  step,
  textInfo,
  ticket,
  usageRow,
  waiting,
} from './answers.ts'
import { newKpi } from './kpis.ts'
import {
  inboxCounts,
  inboxItem,
  noticeQueueStatus,
  preferencesView,
  queuedNotice,
  traceLine,
} from './notice-answers.ts'
import { markAll, markInbox, newNotification, patchNotification, preferences, receipts } from './notifications.ts'
import { overview, throughput } from './overview.ts'
import { id, json, label, topic } from './primitives.ts'
import { pushEndpoint, pushSubscription } from './push.ts'
import { newRevocation } from './revocations.ts'
import {
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
} from './runs.ts'
import { newSchedule, patchSchedule, runSchedule } from './schedules.ts'
import { newEvent, openStream, patchStream } from './stream.ts'

const listOf = <T extends z.ZodType>(one: T) => z.object({ items: z.array(one), nextCursor: z.string().nullable() })

const workflow = z.object({
  name: z.string(),
  exclusive: z.boolean(),
  steps: z.array(
    z.object({ name: z.string(), each: z.string().nullable(), after: z.array(z.string()), weight: z.number() }),
  ),
  inputSchema: z.unknown().describe('JSON Schema of the input; null: anything goes.'),
})

const connection = z.object({
  connection: z.string(),
  marker: z.string(),
  user: z.string(),
  topics: z.array(z.string()),
  openedAt: z.string(),
  address: z.string(),
  node: z.string(),
  queuedBytes: z.int(),
  lagEvents: z.int(),
  mode: z.enum(['live', 'catching_up']),
})

/** Every schema the OpenAPI document names, requests and answers. */
export const COMPONENTS = {
  Id: id,
  Topic: topic,
  Label: label,
  Json: json,
  NewRun: newRun,
  PatchRun: patchRun,
  PauseRun: pauseRun,
  NoBody: noBody,
  RetryRun: retryRun,
  RerunRun: rerunRun,
  RunSignal: runSignal,
  ControlRuns: controlRuns,
  Report: report,
  Reports: reports,
  NewSchedule: newSchedule,
  PatchSchedule: patchSchedule,
  RunSchedule: runSchedule,
  OpenStream: openStream,
  PatchStream: patchStream,
  NewEvent: newEvent,
  Publish: z.union([newEvent, z.strictObject({ events: z.array(newEvent).min(1).max(1000) })]),
  Problem: problem,
  Counts: counts,
  Waiting: waiting,
  Failure: failure,
  Step: step,
  Run: run,
  RunList: listOf(run),
  Item: item,
  ItemList: listOf(item),
  RunExport: z.object({ run, items: z.array(item) }),
  TextInfo: textInfo,
  TextInfoList: listOf(textInfo),
  ItemText: itemText,
  NewKpi: newKpi,
  KpiVersion: z.object({ version: z.int().min(0) }),
  Kpi: kpi,
  KpiList: listOf(kpi),
  LogLine: logLine,
  LogLineList: listOf(logLine).extend({ newest: z.string(), cut: z.int().min(0) }),
  FailureGroup: failureGroup,
  FailureGroupList: listOf(failureGroup),
  Throughput: throughput,
  Overview: overview,
  ControlledRuns: z.object({
    matched: z.int().min(0),
    done: z.int().min(0),
    failed: z.array(z.object({ id: z.string(), code: z.string(), state: z.string().optional() })),
    nextCursor: z.string().nullable(),
  }),
  ReportAnswers: z.object({
    reports: z.array(reportAnswer),
    run: z.object({ status: run.shape.status, wanted: run.shape.wanted }),
  }),
  UsageRow: usageRow,
  UsageList: listOf(usageRow),
  Schedule: schedule,
  ScheduleList: listOf(schedule),
  Workflow: workflow,
  WorkflowList: listOf(workflow),
  Status: z.object({ isRunning: z.boolean(), currentRunId: z.string().nullable(), running: z.array(activeRun) }),
  Connection: connection,
  ConnectionList: listOf(connection),
  PatchAnswer: patchAnswer,
  Envelope: envelope,
  Gap: gap,
  EventList: listOf(envelope).extend({
    oldestOffset: z.int().min(1),
    latestOffset: z.int().min(0),
    gap: gap.optional(),
  }),
  Published: z.object({
    events: z.array(
      z.object({
        topic: z.string(),
        epoch: z.string().nullable(),
        offset: z.int().nullable(),
        duplicate: z.boolean().optional(),
      }),
    ),
  }),
  NewNotification: newNotification,
  PatchNotification: patchNotification,
  SentNotification: z.object({ id: z.string(), created: z.boolean() }),
  QueuedNotice: queuedNotice,
  QueuedNoticeList: listOf(queuedNotice),
  NoticeQueueStatus: noticeQueueStatus,
  TraceLineList: listOf(traceLine).extend({ notification: queuedNotice.nullable() }),
  InboxItem: inboxItem,
  InboxList: listOf(inboxItem).extend({ counts: inboxCounts }),
  InboxCounts: inboxCounts,
  Marked: z.object({ changed: z.int().min(0), counts: inboxCounts }),
  MarkInbox: markInbox,
  MarkAll: markAll,
  Receipts: receipts,
  Preferences: preferences,
  PreferencesView: preferencesView,
  PushKey: z.object({ publicKey: z.string() }),
  PushSubscription: pushSubscription,
  PushEndpoint: pushEndpoint,
  NewRevocation: newRevocation,
  Revocation: revocation,
  RevocationList: listOf(revocation),
  Session: session,
  Ticket: ticket,
  Health: z.object({ status: z.enum(['ok', 'ready']) }),
} as const satisfies Readonly<Record<string, z.ZodType>>

/** The name of a schema in the OpenAPI document. */
export type SchemaName = keyof typeof COMPONENTS

type JsonSchema = Readonly<Record<string, unknown>>

/** All named schemas as JSON Schema 2020-12, each a `$ref` under `#/components/schemas/` for the others. */
export function jsonSchemas(): Readonly<Record<string, JsonSchema>> {
  const names = z.registry<{ id: string }>()
  for (const [name, schema] of Object.entries(COMPONENTS)) names.add(schema, { id: name })
  const { schemas } = z.toJSONSchema(names, { io: 'input', uri: (name) => `#/components/schemas/${name}` })
  const plain = Object.entries(schemas).map(([name, schema]) => {
    const { $schema: _schema, $id: _id, ...rest } = schema as Record<string, unknown>
    return [name, rest] as const
  })
  // The union of all that JSON can hold says nothing that this does not.
  return { ...Object.fromEntries(plain), Json: { description: 'Any JSON value.' } }
}
