import type { Gap } from '@monofil/protocol'
import type { Connection } from './connection.ts'
import type { Dialect } from './frames.ts'
import type { RunSnapshot } from './run-snapshot.ts'

/**
 * Where a subscription's bytes come from: the log of a topic (`Feed`) or a state topic as one kind of viewer sees it
 * (`Audience`). A subscription is in exactly one of these states:
 * live (pushed to), catching (the connection's pump asks for more), parked (ahead of what this node was told: waits
 * for the feed), over (nothing follows).
 */
export interface Source {
  readonly topic: string
  /** State topics have no epoch, offset or id. */
  readonly isState: boolean
  /** Offset of the last event that live subscriptions were handed; 0 for state topics. */
  readonly flushed: number
  /** Nobody was left and the hub forgot it: nothing comes any more. Whoever had just asked for it must ask again. */
  readonly isDropped: boolean
  /** Counts the subscription; it begins as catching. */
  attach(sub: Subscription): void
  /** Forgets it, whatever it is doing. */
  detach(sub: Subscription): void
  /** From live to catching; what it has had is remembered in the subscription. Nothing for others. */
  suspend(sub: Subscription): void
  /** Writes the next piece for a catching subscription. A promise: there is no next piece before it resolves. */
  advance(sub: Subscription): Promise<void> | undefined
}

export type SubscriptionMode = 'live' | 'catching' | 'parked' | 'over'

/** One topic on one connection. Plain data: a hub holds tens of thousands, and whoever moves one is its source. */
export class Subscription {
  readonly connection: Connection
  readonly source: Source
  readonly dialect: Dialect
  mode: SubscriptionMode = 'catching'
  /** Its index among the live ones of its source. */
  index = -1
  /** Log topics: offset of the last event handed over, while not live. State topics: number of the last change. */
  cursor = 0
  /** The last state of the run that it was sent; -1: none yet. */
  stateNo = -1
  /** A gap that is still to be told. */
  gap: Gap | undefined = undefined
  /** A snapshot comes before the log; `part` is the next one of it. */
  needsSnapshot = false
  snapshot: RunSnapshot | undefined = undefined
  part = 0
  /**
   * What an id may say of it: nothing yet (`none`), what the reader gave and nothing newer (`given`: no id may be
   * sent, for it would lose what is between), or its offset (`here`).
   */
  place: 'none' | 'given' | 'here' = 'here'

  constructor(connection: Connection, source: Source, dialect: Dialect) {
    this.connection = connection
    this.source = source
    this.dialect = dialect
  }
}

/** The live subscriptions of one source and dialect: dense, in no order, added and removed in constant time. */
export class LiveSet {
  readonly subs: Subscription[] = []

  add(sub: Subscription): void {
    sub.mode = 'live'
    sub.index = this.subs.length
    this.subs.push(sub)
  }

  remove(sub: Subscription): void {
    const last = this.subs.pop()
    if (last !== undefined && last !== sub) {
      this.subs[sub.index] = last
      last.index = sub.index
    }
    sub.index = -1
  }

  /**
   * Hands one shared buffer to all. From the end, since a full socket takes its subscription out of this very list,
   * which moves one that was already served into its place.
   */
  push(bytes: Uint8Array, moves: boolean): void {
    for (let i = this.subs.length - 1; i >= 0; i -= 1) (this.subs[i] as Subscription).connection.push(bytes, moves)
  }
}
