import type { ErrorCode } from './errors.ts'

/** Why a stream ends. The first four say come back, the next two come back with a new credential, the rest do not. */
export const GOODBYE_REASONS = [
  'drain',
  'slow',
  'lifetime',
  'internal',
  'expired',
  'revoked',
  'kicked',
  'replaced',
  'finished',
] as const
export type GoodbyeReason = (typeof GOODBYE_REASONS)[number]

export interface SubscriptionAnswer {
  readonly topic: string
  /** Null for state topics. */
  readonly epoch: string | null
  /** The head at registration; null for state topics. */
  readonly offset: number | null
  /** Whether all that was asked for is held; null without cursor. */
  readonly recovered: boolean | null
}

export interface Denied {
  readonly topic: string
  readonly code: ErrorCode
}

export interface Hello {
  readonly connection: string
  readonly marker: string
  readonly node: string
  readonly heartbeatMs: number
  readonly expiresAt: string | null
  readonly topics: readonly SubscriptionAnswer[]
  readonly denied: readonly Denied[]
}

export interface Gap {
  readonly topic: string
  readonly epoch: string
  readonly from: number | null
  readonly to: number | null
  readonly reason: 'retention' | 'epoch' | 'unknown_cursor'
}

/** `epoch` and `offset` are absent for state topics; `more` is true on all parts of a run's snapshot but the last. */
export interface Snapshot<T = unknown> {
  readonly topic: string
  readonly epoch?: string
  readonly offset?: number
  readonly data: T
  readonly more?: boolean
}

/** One key of a state topic; `data: null` means gone from one's sight. */
export interface Keyed<T = unknown> {
  readonly key: string
  readonly version: number
  readonly data: T | null
}

/** State changed: `epoch, offset` it is true at for `run:{id}`; `key, version` for state topics. */
export type State<T = unknown> =
  | { readonly topic: string; readonly epoch: string; readonly offset: number; readonly data: T }
  | ({ readonly topic: string } & Keyed<T>)

export interface Dropped {
  readonly topic: string
  readonly code: 'revoked' | 'deleted' | 'not_found'
}

export interface Goodbye {
  readonly reason: GoodbyeReason
  readonly reconnectMs: number | null
}

/** The named events of the one stream and their data (protocol 3). */
export interface ControlEvents {
  hello: Hello
  gap: Gap
  snapshot: Snapshot
  state: State
  dropped: Dropped
  ping: { readonly at: string }
  expiring: { readonly expiresAt: string }
  goodbye: Goodbye
}

/** The answer to `PATCH /v1/stream/{connection}`. */
export interface PatchAnswer {
  readonly seq: number
  readonly topics: readonly SubscriptionAnswer[]
  readonly denied: readonly Denied[]
  readonly expiresAt: string | null
}
