import type { Recorder } from './notes.ts'

/** Time, as the client sees it. */
export interface Clock {
  /** Milliseconds since 1970; may jump, as after sleep. */
  now(): number
  /** Calls back once after `ms`; answers the function that stops it. */
  after(ms: number, callback: () => void): () => void
}

/** Structured logging; the message is a constant, what varies is in `fields`. Never a token, never event data. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/**
 * A credential, or what gives one: asked at each attempt, and again before it expires. With `subscribe`, a credential
 * that changes is pushed: `get` is asked for it and the open stream renewed in place.
 */
export type Token =
  | string
  | GetToken
  | { readonly get: GetToken; readonly subscribe: (onChange: () => void) => () => void }
export type GetToken = () => string | Promise<string>

/** How waits grow: random in [minMs, min(maxMs, baseMs x 2^n)], or that upper bound itself with `jitter: false`. */
export interface Backoff {
  /** 250. */
  readonly minMs?: number | undefined
  /** 1,000. */
  readonly baseMs?: number | undefined
  /** 30,000. */
  readonly maxMs?: number | undefined
  /** True. */
  readonly jitter?: boolean | undefined
  /** How long a stream must have been open before the next loss counts as the first again: 10,000. */
  readonly stableMs?: number | undefined
}

/** How tabs watch each other. */
export interface SharingSettings {
  /** Silence of the leader after which a tab asks whether it is there: 10,000. */
  readonly silenceMs?: number | undefined
  /** How long an answer may take before a visible tab takes over: 4,000. */
  readonly answerMs?: number | undefined
  /** Between two takeovers by force in one browser, at least: 60,000. */
  readonly stealMs?: number | undefined
  /** How long a tab must be looked at before it takes the stream over from a hidden one: 10,000. */
  readonly handOverMs?: number | undefined
}

/** Options of `createClient`; each has a default. */
export interface ClientOptions {
  /** Where the hub is, with a path if it is mounted under one. Default: the page's origin, else http://127.0.0.1:4000. */
  readonly url?: string | undefined
  /** Sent as `Authorization: Bearer`. Once given, no request goes out without one. */
  readonly token?: Token | undefined
  /** Further request headers, or what gives them at each request. */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>) | undefined
  /** Default: the platform's `fetch`. It must honour `signal` and give a readable body. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /**
   * `browser` (default in a browser): all tabs of one user ride one stream. `tab`: clients of one url in one tab ride
   * one stream, and the newest options count. `none` (default elsewhere, where one process serves many users): this
   * client has a stream of its own.
   */
  readonly share?: 'browser' | 'tab' | 'none' | undefined
  /**
   * Who is signed in: only tabs with the same word share. Default: the `sub` of a JWT token; the empty word without
   * token, since cookies are one jar. With a token that is no JWT, or `headers` or `fetch` of one's own, tabs share
   * only if this is given.
   */
  readonly user?: string | undefined
  /**
   * How to start the script `@monofil/client/shared-worker`, for pages without Web Locks (plain http on a LAN):
   * `(name) => new SharedWorker(new URL('…', import.meta.url), { type: 'module', name })`. Without it such pages keep
   * a stream each.
   */
  readonly worker?: ((name: string) => SharedWorker) | undefined
  readonly sharing?: SharingSettings | undefined
  /** Keeps the cursors of application topics over a reload, in the page's `sessionStorage`. Default false. */
  readonly resume?: boolean | undefined
  /** False: a lost stream stays lost until `connect()`. Default true. */
  readonly reconnect?: boolean | undefined
  /** Failed attempts in a row after which the client gives up, visibly. Default: never. */
  readonly maxAttempts?: number | undefined
  readonly backoff?: Backoff | undefined
  /** How long a subscription outlives its last subscriber, so that a remount costs no request: 1,000. */
  readonly lingerMs?: number | undefined
  /** Silence after which a stream counts as dead. Default: three of the hub's heartbeats (45,000). */
  readonly silenceMs?: number | undefined
  /** Default: silent. */
  readonly logger?: Logger | undefined
  /** Hears all that the client does, to keep it for a report: `new FlightRecorder()` of `@monofil/client/recorder`. */
  readonly recorder?: Recorder | undefined
  /** The name under which the hub lists this stream: 1 to 128 printable characters. Default: random per page load. */
  readonly marker?: string | undefined
  readonly clock?: Clock | undefined
  /** A number in [0, 1). */
  readonly random?: (() => number) | undefined
}
