import type {
  ActiveRun,
  Budget,
  Envelope,
  FailureGroup,
  FailureRef,
  Gap,
  Item,
  ItemStatus,
  ItemText,
  LogLevel,
  LogLine,
  Overview,
  Report,
  ReportAnswer,
  Run,
  RunAction,
  RunSignal,
  RunStatus,
  TextInfo,
  Throughput,
} from '@monofil/protocol'
import type { Call } from './http.ts'
import type { KpisApi } from './kpis.ts'
import type { NewNotification } from './notifications.ts'
import type { PushApi } from './push/api.ts'
import type { SchedulesApi } from './schedules.ts'
import type { RevocationsApi, Session } from './sessions.ts'
import type { ReadUsage } from './usage.ts'

/** A page of a list; `nextCursor` is null at its end. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextCursor: string | null
}

/** Which page: `limit` 1 to 200 (50). */
export interface PageQuery {
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

/** Body of `POST /v1/runs`. With an `id`, the same call again answers the run that exists. */
export interface NewRun {
  readonly id?: string | undefined
  readonly workflow: string
  readonly input?: unknown
  readonly external?: boolean | undefined
  readonly exclusive?: boolean | undefined
  readonly steps?:
    | readonly { readonly name: string; readonly weight?: number | undefined; readonly total?: number | undefined }[]
    | undefined
  readonly total?: number | undefined
  readonly heartbeatMs?: number | undefined
  readonly tags?: readonly string[] | undefined
  readonly roles?: readonly string[] | undefined
  readonly key?: string | undefined
  readonly budget?: Budget | undefined
  /** Items of each list that are done before the run waits for `resume`; all when left out. Not for external runs. */
  readonly sample?: number | undefined
}

export interface RunsFilter extends PageQuery {
  readonly status?: RunStatus | readonly RunStatus[] | undefined
  readonly workflow?: string | undefined
  readonly tag?: string | undefined
  readonly owner?: string | undefined
  readonly key?: string | undefined
  /** Found in id, workflow, key and tags. */
  readonly q?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
}

export interface ItemsFilter extends PageQuery {
  readonly status?: ItemStatus | readonly ItemStatus[] | undefined
  readonly step?: string | undefined
  readonly q?: string | undefined
}

/** A run as a file: in which form, and which of its items; a `bundle` has all of them. */
export interface ExportOptions extends Omit<ItemsFilter, keyof PageQuery> {
  readonly format: 'csv' | 'json' | 'pdf' | 'bundle'
  /** Of a PDF; `en`. */
  readonly lang?: 'en' | 'fr' | undefined
  /** Stops the download. */
  readonly signal?: AbortSignal | undefined
}

/** Which lines of a run's log, and from which end. */
export interface LogsFilter extends PageQuery {
  readonly step?: string | undefined
  readonly item?: string | undefined
  /** This level and those above it. */
  readonly level?: LogLevel | undefined
  /** Found in the message. */
  readonly q?: string | undefined
  /** `asc` when left out: the oldest first. */
  readonly order?: 'asc' | 'desc' | undefined
}

export interface LogsPage extends Page<LogLine> {
  /** The cursor of the run's newest line: what is written later follows it in ascending order. */
  readonly newest: string
  /** How many of the run's oldest lines are gone, since a run keeps only so many. */
  readonly cut: number
}

export interface NewEvent {
  readonly topic: string
  readonly type: string
  readonly data: unknown
  /** Known for the topic (24 h), the event is not published again. */
  readonly id?: string | undefined
  readonly ephemeral?: boolean | undefined
}

export interface Published {
  readonly topic: string
  readonly epoch: string | null
  readonly offset: number | null
  readonly duplicate?: boolean
}

export interface TopicEvents extends Page<Envelope> {
  readonly oldestOffset: number
  readonly latestOffset: number
  readonly gap?: Gap | null
}

export interface WorkflowInfo {
  readonly name: string
  readonly [detail: string]: unknown
}

export interface StatusAnswer {
  readonly isRunning: boolean
  readonly currentRunId: string | null
  readonly running: readonly ActiveRun[]
}

/** One stream at the hub, as an admin sees it. */
export interface ConnectionRow {
  readonly connection: string
  readonly marker: string
  readonly user: string
  readonly topics: readonly string[]
  readonly openedAt: string
  readonly address: string
  readonly node: string
  readonly queuedBytes: number
  readonly lagEvents: number
  readonly mode: 'live' | 'catching_up'
}

/** Which runs a control of many means; one thing at least must be named. */
export type ControlFilter = Omit<RunsFilter, 'limit' | 'cursor'>

/** Body of `POST /v1/runs/control`. */
export interface ControlMany {
  readonly action: Exclude<RunAction, 'rerun'> | 'delete'
  readonly filter: ControlFilter
  /** Counts, and changes nothing. */
  readonly dryRun?: boolean | undefined
  /** Of `pause`: what runs is taken back at once. */
  readonly hard?: boolean | undefined
  /** Of `cancel`: external runs end here, without their reporter. */
  readonly force?: boolean | undefined
  readonly cursor?: string | undefined
}

export interface ControlledMany {
  /** Runs under the filter that one may control and whose state allows the action. */
  readonly matched: number
  readonly done: number
  readonly failed: readonly { readonly id: string; readonly code: string; readonly state?: string }[]
  /** Not null: there may be more; the next call goes on with it. */
  readonly nextCursor: string | null
}

/** The hub's calls. Each rejects with a `MonofilError`: the hub's own, or `node_unreachable` when it did not answer. */
export interface Api {
  /** A call of the hub that has no function here: `call('GET', '/v1/…', { query })`. Rejects with the hub's error. */
  call<T>(method: string, route: string, options?: Call): Promise<T>
  readonly runs: {
    start(run: NewRun): Promise<Run>
    get(id: string): Promise<Run>
    list(filter?: RunsFilter): Promise<Page<Run>>
    latest(workflow?: string): Promise<Run>
    items(id: string, filter?: ItemsFilter): Promise<Page<Item>>
    logs(id: string, filter?: LogsFilter): Promise<LogsPage>
    /** The texts of an item, without their characters. */
    texts(id: string, item: string, query?: { readonly step?: string | undefined }): Promise<Page<TextInfo>>
    /** A text of an item as it is now (`name`: `text` when left out); rejects with `not_found` before anything was said. */
    text(
      id: string,
      item: string,
      query?: { readonly step?: string | undefined; readonly name?: string | undefined },
    ): Promise<ItemText>
    /** Its failed items by cause, each group with at most `items` ids (0 to 1,000; 1,000). */
    failures(id: string, options?: { readonly items?: number | undefined }): Promise<Page<FailureGroup>>
    /** Ends of its items over time, from its start to its end or now, in at most `buckets` (1 to 240; 60). */
    throughput(id: string, options?: { readonly buckets?: number | undefined }): Promise<Throughput>
    /**
     * The answer once its head has come; its body is the file, made while it is read. Reading rejects when the hub could
     * not make it whole. `openBundle` of `@monofil/client/bundle` takes the body of a bundle.
     */
    export(id: string, options: ExportOptions): Promise<Response>
    update(id: string, patch: { readonly budget?: Budget | null; readonly tags?: readonly string[] }): Promise<Run>
    /** No item of it is begun any more; running ones end, unless `hard` takes them back. Twice is fine, as of all controls. */
    pause(id: string, options?: { readonly hard?: boolean | undefined }): Promise<Run>
    resume(id: string): Promise<Run>
    /** Ends it. Of an external run only `wanted` changes, unless `force` ends it here. */
    cancel(id: string, options?: { readonly force?: boolean | undefined }): Promise<Run>
    /** The next round of a finished run: what failed or was cancelled, or these items, or all of these failures. */
    retry(
      id: string,
      options?: {
        readonly items?: readonly string[] | undefined
        readonly failures?: readonly FailureRef[] | undefined
      },
    ): Promise<Run>
    /** Another run like a finished one, linked by `parentId`. With an `id`, the same call again answers that run. */
    rerun(id: string, options?: { readonly id?: string | undefined }): Promise<Run>
    /**
     * Answers a step that waits: an approval with `approve`, a signal without. The same answer again is fine; rejects with
     * `invalid_state` when it was answered otherwise or nobody waits.
     */
    signal(id: string, answer: RunSignal): Promise<Item>
    /** One control for many runs, or their deletion, at most 1,000 a call, newest first. */
    controlMany(request: ControlMany): Promise<ControlledMany>
    /** Finished runs only; the id stays taken. */
    remove(id: string): Promise<void>
    report(
      id: string,
      reports: readonly Report[],
    ): Promise<{
      readonly reports: readonly ReportAnswer[]
      readonly run: { readonly status: RunStatus; readonly wanted: Run['wanted'] }
    }>
  }
  readonly schedules: SchedulesApi
  readonly kpis: KpisApi
  readonly push: PushApi
  readonly revocations: RevocationsApi
  /** What runs used, by day, workflow, model or owner; kept when they are gone. */
  readonly usage: ReadUsage
  /** Who the hub takes this client for. */
  session(): Promise<Session>
  /** What runs, what failed, what there is to do; ends of items over `hours` (1 to 168; 6). */
  overview(options?: { readonly hours?: number | undefined }): Promise<Overview>
  /** Items across runs. */
  items(filter?: ItemsFilter & { readonly workflow?: string | undefined }): Promise<Page<Item>>
  /** All or none, in this order; answers after the commit. */
  publish(events: NewEvent | readonly NewEvent[]): Promise<readonly Published[]>
  /** Sends a notification; with an `id` that was used, nothing is sent again (`created` false). */
  notify(notification: NewNotification): Promise<{ readonly id: string; readonly created: boolean }>
  topicEvents(topic: string, query?: { after?: string | undefined; limit?: number | undefined }): Promise<TopicEvents>
  workflows(): Promise<Page<WorkflowInfo>>
  status(filter?: { workflow?: string | undefined; key?: string | undefined }): Promise<StatusAnswer>
  connections(page?: PageQuery): Promise<Page<ConnectionRow>>
  /** Ends somebody's stream for good. */
  kick(connection: string): Promise<void>
}
