import type { Run } from '@monofil/protocol'
import {
  notificationsClaim,
  notificationsMark,
  notificationsReceive,
  notificationsSetPreferences,
} from './commands/inbox-mark.ts'
import {
  notificationsCounts,
  notificationsInbox,
  notificationsPreferences,
  notificationsPreferencesOf,
  notificationsSnapshot,
} from './commands/inbox-read.ts'
import { kpisGet, kpisList, kpisRead, kpisRemove, kpisSet, kpisVersion, workKpis } from './commands/kpis.ts'
import { logAppend, logForgetIds } from './commands/log-append.ts'
import { logBounds, logRead } from './commands/log-read.ts'
import { logTrim, trimCandidates } from './commands/log-trim.ts'
import { notificationsRetract, notificationsRetry, notificationsUpdate } from './commands/notice-change.ts'
import { notificationsMeet } from './commands/notice-meet.ts'
import { notificationsSettlePushes, notificationsTakePushes } from './commands/notice-push.ts'
import {
  notificationsGet,
  notificationsList,
  notificationsStatus,
  notificationsTrace,
} from './commands/notice-queue.ts'
import { notificationsSend, notificationsSpreadTo } from './commands/notice-send.ts'
import { notificationsSweep } from './commands/notice-sweep.ts'
import {
  notificationsForgetPeople,
  notificationsIdlePeople,
  notificationsLongLogs,
  notificationsPurge,
  notificationsTrimLog,
} from './commands/notice-trim.ts'
import { pushesAdd, pushesKeys, pushesOf, pushesRemove } from './commands/push-subscriptions.ts'
import {
  revocationsAdd,
  revocationsList,
  revocationsNow,
  revocationsRemove,
  revocationsVersion,
} from './commands/revocations.ts'
import { runsControl } from './commands/run-control.ts'
import { runsCreate } from './commands/run-create.ts'
import { runsFailures, runsLogs } from './commands/run-history.ts'
import { runsItems, runsSnapshot } from './commands/run-item-list.ts'
import { runsActive, runsGet, runsList, runsRequest } from './commands/run-list.ts'
import { longLogs, trimRunLog } from './commands/run-log-trim.ts'
import { runsDue, runsPurge, runsRemove, runsRetire } from './commands/run-remove.ts'
import { runsReport } from './commands/run-report.ts'
import { runsSignal } from './commands/run-signal.ts'
import { runsText, runsTexts } from './commands/run-texts.ts'
import { runsOverview, runsThroughput } from './commands/run-throughput.ts'
import { runsUpdate } from './commands/run-update.ts'
import {
  schedulesCreate,
  schedulesGet,
  schedulesList,
  schedulesRemove,
  schedulesStart,
  schedulesUpdate,
} from './commands/schedules.ts'
import { ticketsKeep, ticketsRights, ticketsSecret, ticketsUse } from './commands/tickets.ts'
import { usageList, usageTrim } from './commands/usage-list.ts'
import { workClaim } from './commands/work-claim.ts'
import { workFeed } from './commands/work-feed.ts'
import { workRecover, workRelease, workRenew } from './commands/work-leases.ts'
import { workLogLines } from './commands/work-log-lines.ts'
import { workResults } from './commands/work-results.ts'
import { workSettle } from './commands/work-settle.ts'
import { workSweep } from './commands/work-sweep.ts'
import { workTexts } from './commands/work-texts.ts'
import { workUsage } from './commands/work-usage.ts'
import { workflowsGet, workflowsList, workflowsRegister } from './commands/workflows.ts'
import type { Connection } from './database.ts'
import type { GroupTx, RunReader } from './group-tx.ts'
import { readItems, readRun } from './run-rows.ts'
import type { ReadContext } from './tx.ts'

/** A command that changes something; `finish` may correct its answer by what is true at the end of the group. */
interface Write<A, R> {
  readonly kind: 'write'
  readonly run: (tx: GroupTx, args: A) => R
  readonly finish: ((answer: R, runs: Runs) => R) | undefined
}

interface Read<A, R> {
  readonly kind: 'read'
  readonly run: (db: Connection, args: A, context: ReadContext) => R
}

function write<A, R>(run: Write<A, R>['run'], finish?: Write<A, R>['finish']): Write<A, R> {
  return { kind: 'write', run, finish }
}

function read<A, R>(run: Read<A, R>['run']): Read<A, R> {
  return { kind: 'read', run }
}

type Runs = ReadonlyMap<string, Run>

/** An answer that holds a run gets it as it is at the end of the group, at the offset it is true at. */
function withRun<R extends { readonly run: Run }>(answer: R, runs: Runs): R {
  const run = runs.get(answer.run.id)
  return run === undefined ? answer : { ...answer, run }
}

/** Every command of the store by its name on the way to the threads. */
export const commands = {
  'log.append': write(logAppend),
  'log.read': read(logRead),
  'log.bounds': read(logBounds),
  'log.trimCandidates': read(trimCandidates),
  'log.trim': write(logTrim),
  'log.forgetIds': write(logForgetIds),
  'workflows.register': write(workflowsRegister),
  'workflows.get': read(workflowsGet),
  'workflows.list': read(workflowsList),
  'runs.create': write(runsCreate, withRun),
  'runs.get': read(runsGet),
  'runs.list': read(runsList),
  'runs.active': read(runsActive),
  'runs.items': read(runsItems),
  'runs.snapshot': read(runsSnapshot),
  'runs.logs': read(runsLogs),
  'runs.failures': read(runsFailures),
  'runs.throughput': read(runsThroughput),
  'runs.overview': read(runsOverview),
  'runs.update': write(runsUpdate, (run, runs: Runs) => runs.get(run.id) ?? run),
  'runs.control': write(runsControl, (run, runs: Runs) => runs.get(run.id) ?? run),
  'runs.signal': write(runsSignal),
  'runs.request': read(runsRequest),
  'runs.remove': write(runsRemove),
  'runs.due': read(runsDue),
  'runs.retire': write(runsRetire),
  'runs.purge': write(runsPurge),
  'runs.longLogs': read(longLogs),
  'runs.trimLog': write(trimRunLog),
  'runs.report': write(runsReport, withRun),
  'runs.texts': read(runsTexts),
  'runs.text': read(runsText),
  'schedules.create': write(schedulesCreate),
  'schedules.get': read(schedulesGet),
  'schedules.list': read(schedulesList),
  'schedules.update': write(schedulesUpdate),
  'schedules.remove': write(schedulesRemove),
  'schedules.start': write(schedulesStart, withRun),
  'notifications.send': write(notificationsSend),
  'notifications.spreadTo': write(notificationsSpreadTo),
  'notifications.get': read(notificationsGet),
  'notifications.list': read(notificationsList),
  'notifications.status': read(notificationsStatus),
  'notifications.update': write(notificationsUpdate),
  'notifications.retract': write(notificationsRetract),
  'notifications.retry': write(notificationsRetry),
  'notifications.trace': read(notificationsTrace),
  'notifications.inbox': read(notificationsInbox),
  'notifications.snapshot': read(notificationsSnapshot),
  'notifications.counts': read(notificationsCounts),
  'notifications.mark': write(notificationsMark),
  'notifications.claim': write(notificationsClaim),
  'notifications.receive': write(notificationsReceive),
  'notifications.preferences': read(notificationsPreferences),
  'notifications.preferencesOf': read(notificationsPreferencesOf),
  'notifications.setPreferences': write(notificationsSetPreferences),
  'notifications.meet': write(notificationsMeet),
  'notifications.sweep': write(notificationsSweep),
  'notifications.takePushes': write(notificationsTakePushes),
  'notifications.settlePushes': write(notificationsSettlePushes),
  'notifications.purge': write(notificationsPurge),
  'notifications.longLogs': read(notificationsLongLogs),
  'notifications.idlePeople': read(notificationsIdlePeople),
  'notifications.forgetPeople': write(notificationsForgetPeople),
  'notifications.trimLog': write(notificationsTrimLog),
  'pushes.keys': write(pushesKeys),
  'pushes.add': write(pushesAdd),
  'pushes.of': read(pushesOf),
  'pushes.remove': write(pushesRemove),
  'revocations.add': write(revocationsAdd),
  'revocations.list': read(revocationsList),
  'revocations.remove': write(revocationsRemove),
  'revocations.now': read(revocationsNow),
  'revocations.version': read(revocationsVersion),
  'kpis.set': write(kpisSet),
  'kpis.get': read(kpisGet),
  'kpis.list': read(kpisList),
  'kpis.remove': write(kpisRemove),
  'kpis.read': read(kpisRead),
  'kpis.version': read(kpisVersion),
  'tickets.secret': write(ticketsSecret),
  'tickets.use': write(ticketsUse),
  'tickets.keep': write(ticketsKeep),
  'tickets.rights': read(ticketsRights),
  'usage.list': read(usageList),
  'usage.trim': write(usageTrim),
  'work.claim': write(workClaim),
  'work.renew': write(workRenew),
  'work.settle': write(workSettle),
  'work.feed': write(workFeed),
  'work.logLines': write(workLogLines),
  'work.usage': write(workUsage),
  'work.texts': write(workTexts),
  'work.kpis': write(workKpis),
  'work.results': read(workResults),
  'work.release': write(workRelease),
  'work.recover': write(workRecover),
  'work.sweep': write(workSweep),
}

type Table = typeof commands

/** Names of the commands of one kind. */
export type MethodOf<K extends 'read' | 'write'> = {
  [M in keyof Table]: Table[M] extends { readonly kind: K } ? M : never
}[keyof Table]

export type ArgsOf<M extends keyof Table> = Parameters<Table[M]['run']>[1]
export type AnswerOf<M extends keyof Table> = ReturnType<Table[M]['run']>

/** How the end of a group reads changed runs and items. */
export const runReader: RunReader = { readRun, readItems }
