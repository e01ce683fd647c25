import type {
  ActiveRun,
  Envelope,
  ErrorCode,
  Gap,
  GoodbyeReason,
  Kpi,
  LogLine,
  MonofilError,
  Run,
  RunState,
  Snapshot,
  State,
} from '@monofil/protocol'
import type { Api } from './api.ts'
import type { ItemList } from './item-list.ts'
import type { Recorder } from './notes.ts'

/** Something to look at and to be told about: `get` answers the same object until it changes. */
export interface Watched<T> {
  get(): T
  /** What is known before anything is: for rendering on a server, and for the first render in a browser after that. */
  initial(): T
  /** Calls back after each change, once per turn; holds the subscription until the answered function is called. */
  subscribe(onChange: () => void): () => void
}

export type ConnectionStatus = 'idle' | 'connecting' | 'open' | 'waiting' | 'failed' | 'closed'

/** Why the client stopped trying: a goodbye, a refusal's code, its own limit, or `reconnect: false`. */
export type FailureReason = GoodbyeReason | ErrorCode | 'max_attempts' | 'reconnect_off' | 'content_type'

/**
 * Who holds the stream. `own`: this tab, for itself. `leader`: this tab, for all tabs of the browser. `follower`:
 * another tab, or the shared worker. `electing`: the tabs are finding out.
 */
export type Role = 'own' | 'leader' | 'follower' | 'electing'

/** The connection as a person may be told about it. Times are milliseconds since 1970. */
export interface ConnectionInfo {
  readonly status: ConnectionStatus
  readonly role: Role
  /** The name under which the hub lists the stream; a follower's is its leader's. */
  readonly marker: string
  /** The hub's name for the stream; null unless open. */
  readonly connection: string | null
  readonly node: string | null
  /** Failed attempts in a row. */
  readonly attempts: number
  /** As it was when this object was made; `nextRetryAt` for counting down. */
  readonly nextRetryInMs: number | null
  readonly nextRetryAt: number | null
  readonly lastError: MonofilError | null
  readonly lastErrorAt: number | null
  readonly openSince: number | null
  /** Since when a stream is wanted and missing; null when open or not wanted. */
  readonly behindSince: number | null
  /** When the credential ends, as the hub says it. */
  readonly expiresAt: number | null
  /** Set when failed. */
  readonly reason: FailureReason | null
}

/** Why a subscription ended; `finished`: the run is over (until a retry opens its next round). */
export type SubscriptionEnd =
  | { readonly reason: 'denied'; readonly code: ErrorCode }
  | { readonly reason: 'dropped'; readonly code: 'revoked' | 'deleted' | 'not_found' }
  | { readonly reason: 'finished' }

/** Handlers are read at each call, so they may change; one that throws is reported and harms nobody else. */
export interface SubscribeOptions<T = unknown> {
  /** `epoch:offset`, or `0` for from the first event. Without: from now (application topics), or a snapshot. */
  cursor?: string | undefined
  /** Each event once, in offset order. */
  onEvent?: ((event: Envelope<T>) => void) | undefined
  onSnapshot?: ((snapshot: Snapshot) => void) | undefined
  onState?: ((state: State) => void) | undefined
  /**
   * Events that the hub no longer holds. A snapshot follows where the topic has one; for an application topic this is
   * where one fetches anew. The topic's views stay at freshness `gap` until every such handler is done: a promise it
   * answers is waited for, and one that rejects is reported and leaves them there.
   */
  onGap?: ((gap: Gap) => unknown) | undefined
  onEnd?: ((end: SubscriptionEnd) => void) | undefined
}

/**
 * What a view holds. `loading`: nothing known yet. `ready`: what is known, as true as `freshness` says. `gone`: not
 * there, or not for this reader's eyes. `error`: refused, or the connection was given up before anything was known.
 */
export type ViewStatus = 'loading' | 'ready' | 'gone' | 'error'

/**
 * How true a view is. `live`: up to the last event. `replaying`: the stream is there and what was missed is on its
 * way. `stale`: last known, no stream. `gap`: events are missing that the hub no longer holds; until a snapshot, or
 * until the promises of the `onGap` handlers resolve.
 */
export type Freshness = 'live' | 'replaying' | 'stale' | 'gap'

/** What every view says about itself. */
export interface ViewMeta {
  readonly status: ViewStatus
  readonly freshness: Freshness
  /**
   * How long the newest event was under way from the hub's commit to here, in ms, the difference of the two clocks
   * taken out as far as pings show it; null before the first event.
   */
  readonly lagMs: number | null
  readonly error: MonofilError | null
  /** When this view last changed, in ms since 1970; null before the first data. */
  readonly lastUpdate: number | null
}

/** What a view says of itself before anything is known. */
export const NOTHING: ViewMeta = { status: 'loading', freshness: 'stale', lagMs: null, error: null, lastUpdate: null }

/** A run with its items as they are now. */
export interface RunView extends ViewMeta {
  readonly id: string
  /** `input` and `result` are undefined while only the run's state is known. */
  readonly run: Run | null
  /** In order of step and index. */
  readonly items: ItemList
  /** The newest 1,000 lines, oldest first. */
  readonly logs: readonly LogLine[]
  /** What the log no longer holds, if anything was missed since the last snapshot. */
  readonly gap: Gap | null
}

/** The 50 newest runs one may see, newest first. */
export interface RunsView extends ViewMeta {
  readonly runs: readonly RunState[]
}

/** What runs now. */
export interface StatusView extends ViewMeta {
  readonly active: readonly ActiveRun[]
}

/** A named value. */
export interface KpiView extends ViewMeta {
  /** Null while there is none of this name. */
  readonly kpi: Kpi | null
}

/** The newest events of a topic, oldest first; at most 100. */
export interface TopicView<T = unknown> extends ViewMeta {
  readonly events: readonly Envelope<T>[]
  readonly gap: Gap | null
}

/** What `client.debug()` tells. */
export interface Diagnostics extends ConnectionInfo {
  readonly version: string
  readonly url: string
  /** How tabs share: `locks` (Web Locks and BroadcastChannel), `worker` (SharedWorker), `own` (they do not). */
  readonly transport: 'own' | 'locks' | 'worker'
  /** Why the stream is not shared, or null. */
  readonly unshared: string | null
  /** `own`, `leader, alone`, `leader of N tabs` (beside itself), `follower of MARKER` or `electing`, for people. */
  readonly rank: string
  /** Attempts made and streams opened by this tab since the client was made; a follower makes none. */
  readonly tries: number
  readonly connects: number
  readonly connecting: boolean
  readonly open: boolean
  /** As EventSource counts: 0 connecting, 1 open, 2 closed. */
  readonly readyState: 0 | 1 | 2
  /** Subscribers of all topics together, and by topic. A leader's count the other tabs' too. */
  readonly subscribers: number
  readonly refs: Readonly<Record<string, number>>
  /** Up to where each topic was delivered, as `epoch:offset`; null: nowhere yet, or a topic without a log. */
  readonly cursors: Readonly<Record<string, string | null>>
  readonly freshness: Readonly<Record<string, Freshness>>
  readonly timersPending: number
  /** Streams this tab itself holds or asks for: 0 or 1. */
  readonly activeConnections: number
}

/** One stream for every subscription of the page, and the hub's calls. */
export interface MonofilClient {
  readonly url: string
  /** Follows a topic. The first subscriber connects; the last that leaves disconnects after `lingerMs`. */
  subscribe<T = unknown>(topic: string, options?: SubscribeOptions<T>): () => void
  /** Connects and stays so until `disconnect()`; does nothing when connected or trying. `force`: tries at once. */
  connect(options?: { readonly force?: boolean }): void
  /** Ends the stream, then opens another; several calls in one turn are one. */
  reconnect(reason: string): void
  /** Ends the stream and every timer; subscriptions are kept and go on at the next `connect()`. */
  disconnect(): void
  /** Ends this client and its subscriptions; others of the tab go on. A closed client can only be looked at. */
  close(): void
  /**
   * Signs out: ends the stream, and drops everything known of this user, in every tab that shares it. Nothing is
   * requested again before `connect()` or another token.
   */
  logout(): void
  readonly connection: Watched<ConnectionInfo>
  /** Streams this tab itself holds: 0 or 1. */
  readonly activeConnections: number
  debug(): Diagnostics
  /** Who keeps what this client does, if anybody does: the option's, or the development tools'. */
  readonly recorder: Recorder | undefined
  run(id: string): Watched<RunView>
  runs(): Watched<RunsView>
  status(): Watched<readonly ActiveRun[]>
  /** As `status`, with how true it is. */
  statusView(): Watched<StatusView>
  /** A KPI by its name, whether it was set yet or not. */
  kpi(name: string): Watched<KpiView>
  topic<T = unknown>(name: string, options?: { readonly cursor?: string | undefined }): Watched<TopicView<T>>
  /**
   * A topic for handlers, which are called while somebody watches. The view holds no events and tells when status,
   * freshness, error or gap change, not at each event; `lagMs` and `lastUpdate` are true at each `get`.
   */
  follow<T = unknown>(topic: string, options?: SubscribeOptions<T>): Watched<TopicView<T>>
  readonly api: Api
}
