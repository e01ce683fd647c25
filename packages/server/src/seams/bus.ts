import type { NoticeText } from '../notifications/texts.ts'
import type { Commit } from './commit.ts'

/** An event that is not stored: delivered to whoever listens now. */
export interface EphemeralEvent {
  readonly topic: string
  readonly type: string
  readonly dataJson: string
  readonly at: string
  /** Whose inboxes it goes to; left out: it goes to its topic. */
  readonly audience?: Audience | undefined
  /** With an audience: its words in every language it has, of which each user is shown theirs; left out: those of the data. */
  readonly texts?: readonly NoticeText[] | undefined
}

/** Users with open tabs: the union, less `except`. */
export interface Audience {
  readonly users: readonly string[]
  readonly roles: readonly string[]
  readonly all: boolean
  readonly except: readonly string[]
}

export type BusMessage =
  | { readonly kind: 'commit'; readonly commit: Commit }
  | { readonly kind: 'ephemeral'; readonly events: readonly EphemeralEvent[] }

/**
 * Wake-up and fan-out between the parts and nodes of one hub: at most once, no order promised. A lost message costs
 * latency only: who sees a hole in a topic's offsets reads the log.
 */
export interface Bus {
  publish(message: BusMessage): void
  /** Resolves once messages about `topic` published from now on will reach this node's listeners. */
  join(topic: string): Promise<void>
  leave(topic: string): void
  /** Answers the function that ends it. A listener must not throw. */
  listen(listener: (message: BusMessage) => void): () => void
  close(): Promise<void>
}
