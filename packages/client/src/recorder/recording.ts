import type { ConnectionInput, ConnectionSettings, ConnectionState } from '../connection-state.ts'
import type { Notes } from '../notes.ts'
import type { ElectionInput, ElectionSettings, ElectionState } from '../sharing/election-state.ts'
import type { SubscriptionInput, SubscriptionState, Verdict } from '../subscription-state.ts'
import type { ConnectionInfo, Diagnostics } from '../types.ts'

/** Grows with every change of the document that a reader must know of. */
export const RECORDING_VERSION = 1

/** `client.debug()` as JSON. */
export type RecordedDiagnostics = Omit<Diagnostics, 'lastError'> & {
  readonly lastError: { readonly code: string; readonly message: string } | null
}

/** One thing that happened. `at`: milliseconds since 1970 by the recorder's clock. */
export type RecordedEntry = { readonly at: number } & (
  | ({ readonly kind: 'connection' } & ConnectionStep)
  | ({ readonly kind: 'subscription'; readonly topic: string } & SubscriptionStepEntry)
  | ({ readonly kind: 'election' } & ElectionStep)
  | FrameEntry
  | { readonly kind: 'timer'; readonly what: Notes['timer']['what']; readonly due: number }
  | ({ readonly kind: 'call' } & Pick<Notes['call'], 'name' | 'reason' | 'force'>)
  | ({ readonly kind: 'role' } & Pick<ConnectionInfo, 'role' | 'status' | 'marker'>)
)

/**
 * A step of the connection's machine. `from` is the state before, where that is not the `after` of the step before;
 * `settings` likewise.
 */
export interface ConnectionStep {
  readonly from?: ConnectionState
  readonly input: ConnectionInput
  readonly now: number
  readonly lastByteAt: number
  readonly wanted: boolean
  readonly drawn: number | null
  readonly settings?: ConnectionSettings
  readonly after: ConnectionState
}

/** A step of one topic's machine. */
export interface SubscriptionStepEntry {
  readonly from?: SubscriptionState
  readonly input: SubscriptionInput
  readonly verdict: Verdict
  /** Of the frame that it came with, on a stream of this tab's own: the event's type, characters, and data if asked for. */
  readonly type?: string
  readonly size?: number
  readonly data?: unknown
  readonly after: SubscriptionState
}

/** A step of the election among tabs. */
export interface ElectionStep {
  readonly from?: ElectionState
  readonly input: ElectionInput
  readonly now: number
  readonly settings?: ElectionSettings
  readonly after: ElectionState
}

/**
 * A frame of this tab's own stream that is no step of a topic: what it was about and its size in characters. `data` only
 * where that was asked for.
 */
export interface FrameEntry {
  readonly kind: 'frame'
  readonly event: string
  readonly topic?: string
  readonly epoch?: string
  readonly offset?: number
  readonly type?: string
  readonly size: number
  readonly data?: unknown
}

/**
 * What `FlightRecorder.export()` answers: plain JSON, safe to attach to a report. States and inputs are those of the
 * client's machines, with errors as `{ code, message, details }`, numbers that JSON does not know as
 * `{ "$": "Infinity" }`, and texts without tokens and query strings.
 */
export interface Recording {
  readonly format: 'monofil-recording'
  readonly version: typeof RECORDING_VERSION
  readonly exportedAt: string
  /** What `client.debug()` told at the export, of each client that is recorded. */
  readonly clients: readonly RecordedDiagnostics[]
  /** Entries that the bounds have pushed out, all before the first that is left. */
  readonly lost: number
  /** Oldest first. */
  readonly entries: readonly RecordedEntry[]
}
