import type { Alarm } from './alarm.ts'
import type { Recorder } from './notes.ts'
import type { ClientOptions, Logger } from './options.ts'
import type { Sender } from './sender.ts'
import type { Topics } from './topics.ts'
import type { ConnectionInfo, Diagnostics } from './types.ts'

/** What a route is given: what a tab has once per hub, whoever holds the stream. */
export interface RouteOwner {
  readonly url: string
  readonly topics: Topics
  readonly sender: Sender
  readonly alarm: Alarm
  readonly logger: Logger
  readonly random: () => number
  /** Attempts made and streams opened by this tab, whichever route made them. */
  readonly tally: { tries: number; connects: number }
  recorder(): Recorder | undefined
  /** The newest options. */
  options(): ClientOptions
  /** Whether a lost stream must come back. */
  wanted(): boolean
  /** The connection as people see it has changed. */
  onChange(): void
  /** Something is due at another time than before, or must be looked at in this turn. */
  schedule(): void
  /** A frame came from the hub. */
  onFrame?(): void
  /** Drops everything known of the user, and stays away until the next `connect()`. */
  forgetUser(): void
}

/**
 * How this tab comes by its frames: by a stream of its own, or through the tab that holds the browser's. It puts what
 * arrives into `owner.topics`, and tells the other end what `topics.diff()` asks for.
 */
export interface Route {
  /** Streams this tab itself holds or asks for: 0 or 1. */
  readonly active: number
  /** As `Diagnostics` has them. */
  readonly ranks: Pick<Diagnostics, 'transport' | 'unshared' | 'rank'>
  /** The same object until something changes. */
  info(): ConnectionInfo
  /** Makes what runs fit what is wanted. `kept`: something is subscribed to, or the application connected by itself. */
  sync(wanted: boolean, kept: boolean): void
  /** When `tick` must come at the latest, or null. */
  deadline(): number | null
  tick(): void
  /** The page is back: visible, online. */
  nudge(): void
  /** A person asks for an attempt now. */
  force(): void
  /** The stream must be replaced. */
  restart(): void
  /** This tab's place in the stream is lost; the stream itself may be well. */
  reopen(): void
  /** This tab has another credential. */
  renew(): void
  /** Another user is signed in here now; what was known of the last is dropped already. */
  switchUser(): void
  /** Lets go of everything, at once, until the next `sync` that wants it. */
  stop(): void
  /** The user has signed out, in this tab or another. */
  logout(): void
  close(): void
}
