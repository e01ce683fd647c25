import type { MonofilError } from '@monofil/protocol'
import type { Backoff, Clock, Logger } from '../options.ts'
import type { SseHeaders } from './request.ts'

/** Options of `createSseStreams`; each has a default. */
export interface SseStreamsOptions {
  /** Default: the platform's `fetch`. It must honour `signal` and give a readable body. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Headers of every request, or what gives them at each attempt. */
  readonly headers?: SseHeaders | undefined
  /** Waits between attempts; the server's `retry:` and `Retry-After` are lower bounds. */
  readonly backoff?: Backoff | undefined
  readonly clock?: Clock | undefined
  /** A number in [0, 1). */
  readonly random?: (() => number) | undefined
  /** Default: silent. */
  readonly logger?: Logger | undefined
}

/** One event of a stream, whatever its name, `error` too. */
export interface SseEvent {
  /** `message` where the server gave no name. */
  readonly event: string
  readonly data: string
  /** The newest id that the stream has named, empty before any. */
  readonly lastEventId: string
}

/**
 * `waiting`: lost, and tried again later. `ended`: a final event or status 204. `failed`: refused, or given up.
 * `closed`: by `close` or `closeAll`. The last three are for good.
 */
export type SseStatus = 'connecting' | 'open' | 'waiting' | 'ended' | 'failed' | 'closed'

/** How a stream stands for one who is attached; the same object until it changes. */
export interface SseState {
  readonly status: SseStatus
  /** The last transport error; null once open again. */
  readonly error: MonofilError | null
  /** Failed attempts in a row. */
  readonly attempts: number
  /** Milliseconds since 1970; null unless waiting. */
  readonly nextRetryAt: number | null
}

/** What one who is attached is told. A handler that throws is reported and harms nobody else. */
export interface SseStreamHandlers {
  onMessage?(message: SseEvent): void
  /** At each opening, and soon after attaching to a stream that is open already. */
  onOpen?(): void
  /** The transport failed: never an event of the server's that is named `error`. */
  onError?(error: MonofilError, willRetry: boolean): void
  onState?(state: SseState): void
}

/** Which stream: url, credentials and headers are compared by value. */
export interface SseStreamChoice {
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Sends cookies to other origins. Default false. */
  readonly withCredentials?: boolean | undefined
  /** Who gives one shares a stream only with the same owner. Default: everybody shares. */
  readonly owner?: unknown
}

/** Options of `attach`; beside the choice of the stream they count for this attachment alone. */
export interface SseAttachOptions extends SseStreamChoice {
  /** Names of events after which there is nothing more to come: delivered, then never asked for again. */
  readonly closeOn?: readonly string[] | undefined
  /** False: a lost stream fails at once. Default true. */
  readonly reconnect?: boolean | undefined
  /** Failed attempts in a row after which it fails. Default: never. */
  readonly maxAttempts?: number | undefined
  /** Silence in ms, bytes counted, after which a stream counts as dead; the shortest asked for counts. Default: never. */
  readonly silenceMs?: number | undefined
  /** How long the stream outlives its last attachment, so that a remount costs no request, in ms. Default 0. */
  readonly lingerMs?: number | undefined
  /** Where to begin, if this attachment opens the stream. */
  readonly lastEventId?: string | undefined
}

/** Plain event streams of any server, one per url. */
export interface SseStreams {
  /**
   * Follows a stream, which opens with its first attachment; who comes later hears what comes later. Answers what
   * ends it, with the attachment's own `lingerMs` or another.
   *
   * @throws DOMException SyntaxError for a url that is none, TypeError for headers that cannot be sent.
   */
  attach(url: string | URL, handlers: SseStreamHandlers, options?: SseAttachOptions): (lingerMs?: number) => void
  /** Asks again at once: what waits no longer waits, what is open is replaced. No-op without such a stream. */
  reconnect(url: string | URL, choice?: SseStreamChoice): void
  /** Ends every stream of a url. */
  close(url: string | URL): void
  /** Ends every stream: no timer, no request is left. The manager may be used again. */
  closeAll(): void
  /** Streams that are open or on their way to it. */
  readonly activeCount: number
}
