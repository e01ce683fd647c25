import type { ConnectionInput, ConnectionSettings, ConnectionState } from './connection-state.ts'
import type { ElectionInput, ElectionSettings, ElectionState } from './sharing/election-state.ts'
import type { SubscriptionInput, SubscriptionState, Verdict } from './subscription-state.ts'
import type { ConnectionInfo, Diagnostics } from './types.ts'

/** What a client tells its recorder, by kind. States are immutable: they may be kept as they are. */
export interface Notes {
  /** A client was made. */
  readonly client: { readonly debug: () => Diagnostics }
  /** The application, or the page, asked for something; `subscribe` only where it is the first demand. */
  readonly call: {
    readonly name: 'connect' | 'reconnect' | 'disconnect' | 'logout' | 'close' | 'subscribe' | 'leave' | 'enter'
    readonly info: ConnectionInfo
    readonly reason?: string
    readonly force?: boolean
  }
  /** A stream is about to be asked for, with this signal. */
  readonly attempt: { readonly generation: number; readonly signal: AbortSignal }
  /** The connection's machine moved. `drawn`: the random number it took, if it took one. */
  readonly connection: {
    readonly before: ConnectionState
    readonly input: ConnectionInput
    readonly after: ConnectionState
    readonly now: number
    readonly lastByteAt: number
    readonly wanted: boolean
    readonly settings: ConnectionSettings
    readonly drawn: number | null
  }
  /** A frame of a stream of this tab's own; `size` in characters. */
  readonly frame: { readonly event: string; readonly data: unknown; readonly size: number }
  /** A topic's machine was fed. */
  readonly subscription: {
    readonly topic: string
    readonly before: SubscriptionState
    readonly input: SubscriptionInput
    readonly after: SubscriptionState
    readonly verdict: Verdict
  }
  /** The election among tabs moved. */
  readonly election: {
    readonly before: ElectionState
    readonly input: ElectionInput
    readonly after: ElectionState
    readonly now: number
    readonly settings: ElectionSettings
  }
  /** The client's one timer. */
  readonly timer: { readonly what: 'set' | 'rung' | 'cleared'; readonly due: number }
  /** The connection as people see it may have changed. */
  readonly info: ConnectionInfo
}

/**
 * Hears all that a client does, at the moment it does it: see `@monofil/client/recorder` for one that keeps it. Must
 * not throw, nor call the client.
 */
export interface Recorder {
  note<K extends keyof Notes>(kind: K, detail: Notes[K]): void
}
