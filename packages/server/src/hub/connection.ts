import type { Denied, GoodbyeReason } from '@monofil/protocol'
import type { Principal } from '../seams/auth.ts'
import { controlText, idText, timeoutText } from './control.ts'
import { formatLastId, formatPlaces } from './event-id.ts'
import type { HubSettings } from './settings.ts'
import type { Subscription } from './subscription.ts'

/** Where a stream's bytes go. A `net.Socket` is one; `drained()` must be called when it ran empty after being full. */
export interface Sink {
  /** Bytes taken and not yet given to the kernel. */
  readonly writableLength: number
  /** Bytes taken in all. */
  readonly bytesWritten: number
  write(bytes: Uint8Array): unknown
  /** Sends what was taken, then closes. */
  destroySoon(): unknown
  destroy(): unknown
}

/** What a connection needs of its hub. */
export interface ConnectionHost {
  readonly settings: HubSettings
  readonly epoch: string
  /** Monotonic ms, as of this turn of the loop. */
  readonly now: number
  /** Writes the connection's id block at the end of this delivery. */
  idLater(connection: Connection): void
  /** The connection is over: forget it. */
  removed(connection: Connection): void
  failed(connection: Connection, error: unknown): void
  /** How long a client should wait before it comes back, with jitter; null: not at all. */
  reconnectMs(reason: GoodbyeReason): number | null
}

/** Monofil's own client; a native EventSource; a run's own stream. */
export type ConnectionKind = 'post' | 'get' | 'run'

export interface ConnectionFacts {
  readonly id: string
  readonly marker: string
  readonly kind: ConnectionKind
  readonly principal: Principal
  readonly address: string
  /** ms since 1970. */
  readonly openedAt: number
  /** The id the reader came with, as it was; GET streams only. */
  readonly givenId: string | undefined
}

/**
 * One stream. Live subscriptions are pushed to; when the socket is full they are suspended, and the pump lets the
 * others catch up piece by piece as the socket drains. So a slow reader holds a bounded buffer and loses nothing.
 */
export class Connection {
  readonly facts: ConnectionFacts
  readonly sink: Sink
  readonly subs: Subscription[] = []
  /** GET streams: one for each topic of the URL, in its order, undefined where denied. The order of ids. */
  slots: readonly (Subscription | undefined)[] | undefined = undefined
  principal: Principal
  /** Monotonic ms of the last bytes, of the opening, and of the goodbye (0 before it). */
  lastByteAt: number
  readonly startedAt: number
  closingAt = 0
  /** Whether it counts against the limits of its user and address. */
  hasPlace = false
  /** Monotonic ms since which the socket took nothing (0: it does), and what it had taken by then. */
  stalledAt = 0
  stalledBytes = 0
  /** The last PATCH that was applied, and what it denied. */
  seq = 0
  lastDenied: readonly Denied[] | undefined = undefined
  /** When the present rights were given (ms since 1970), and whether their end was announced. */
  rightsSince: number
  expiryWarned = false
  readonly #host: ConnectionHost
  #full = false
  #pumping = false
  #closed = false
  #idDirty = false
  #next = 0

  constructor(host: ConnectionHost, facts: ConnectionFacts, sink: Sink) {
    this.#host = host
    this.facts = facts
    this.principal = facts.principal
    this.rightsSince = facts.openedAt
    this.sink = sink
    this.startedAt = host.now
    this.lastByteAt = host.now
  }

  get isOpen(): boolean {
    return !this.#closed && this.closingAt === 0
  }

  /** Live bytes; `moves`: they move a position. On a full socket nothing is written: the subscriptions go back to the log instead. */
  push(bytes: Uint8Array, moves: boolean): void {
    const sink = this.sink
    if (sink.writableLength > this.#host.settings.liveMark) {
      this.#suspend()
      return
    }
    sink.write(bytes)
    this.lastByteAt = this.#host.now
    if (moves) this.moved()
  }

  /** Bytes of a replay, a snapshot or a control event: always written, and the pump waits when the socket is full. */
  write(bytes: Uint8Array | string): void {
    if (!this.isOpen) return
    this.sink.write(typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
    this.lastByteAt = this.#host.now
    if (this.sink.writableLength > this.#host.settings.replayMark) this.#full = true
  }

  /** A position moved that the bytes do not tell: with several topics, or by ticket, no frame has an id of its own. */
  moved(): void {
    const { ticket } = this.facts.principal
    if (ticket !== undefined || (this.slots !== undefined && this.slots.length > 1)) this.markId()
  }

  /** Asks for an id block after what is being written. Only GET streams and runs' own streams have ids. */
  markId(): void {
    if (this.#idDirty || this.facts.kind === 'post') return
    this.#idDirty = true
    this.#host.idLater(this)
  }

  writeId(): void {
    this.#idDirty = false
    const id = this.placesId()
    if (id === undefined || !this.isOpen) return
    this.sink.write(Buffer.from(idText(this.#signed(id))))
  }

  /** What the reader has, as an id; undefined while an id would claim more than that, or nothing. */
  placesId(): string | undefined {
    const offsets: (number | undefined)[] = []
    for (const sub of this.slots ?? this.subs) {
      if (sub?.place === 'given') return undefined
      offsets.push(sub === undefined || sub.source.isState || sub.place === 'none' ? undefined : positionOf(sub))
    }
    return formatPlaces(this.#host.epoch, offsets)
  }

  /** Lets every subscription that is behind go on, until the socket is full or a piece must be waited for. */
  pump(): void {
    while (!this.#pumping && !this.#full && this.isOpen) {
      const sub = this.#nextCatching()
      if (sub === undefined) return
      let wait: Promise<void> | undefined
      try {
        wait = sub.source.advance(sub)
      } catch (error) {
        this.#host.failed(this, error)
        return
      }
      if (wait !== undefined) {
        this.#pumping = true
        wait.then(
          () => this.#resume(),
          (error: unknown) => this.#host.failed(this, error),
        )
      }
    }
  }

  /** The socket ran empty. */
  drained(): void {
    this.stalledAt = 0
    this.#full = false
    this.pump()
  }

  /** The socket is gone, whoever closed it. */
  closed(): void {
    if (this.#closed) return
    this.#closed = true
    this.#release()
    this.#host.removed(this)
  }

  /** Tells the reader why and whether to come back, then closes. */
  goodbye(reason: GoodbyeReason): void {
    if (!this.isOpen) return
    const reconnectMs = this.#host.reconnectMs(reason)
    const id = this.facts.kind === 'post' ? undefined : this.#lastId(reason)
    const extra = { ...(id === undefined ? {} : { id }), ...(reconnectMs === null ? {} : { retry: reconnectMs }) }
    this.#end(controlText('goodbye', { reason, reconnectMs }, extra))
  }

  /** Ends a run's own stream: after the terminal event, or when its time is over. */
  finish(timeoutRetryMs?: number): void {
    if (!this.isOpen) return
    // Without a place at the end of its bare frames a reader would come back to the end for ever.
    if (this.facts.principal.ticket !== undefined) this.writeId()
    this.#end(timeoutRetryMs === undefined ? undefined : timeoutText(timeoutRetryMs))
  }

  add(sub: Subscription): void {
    this.subs.push(sub)
    sub.source.attach(sub)
  }

  drop(sub: Subscription): void {
    const index = this.subs.indexOf(sub)
    if (index === -1) return
    this.subs.splice(index, 1)
    sub.source.detach(sub)
    sub.mode = 'over'
  }

  #resume(): void {
    this.#pumping = false
    this.pump()
  }

  // One piece for each in turn, so that a long replay does not hold up the other topics of the connection.
  #nextCatching(): Subscription | undefined {
    const count = this.subs.length
    for (let i = 0; i < count; i += 1) {
      const sub = this.subs[(this.#next + i) % count] as Subscription
      if (sub.mode !== 'catching') continue
      this.#next = (this.#next + i + 1) % count
      return sub
    }
    return undefined
  }

  #suspend(): void {
    this.#full = true
    for (const sub of this.subs) sub.source.suspend(sub)
  }

  #lastId(reason: GoodbyeReason): string {
    const places = this.placesId() ?? this.facts.givenId?.split(';')[0]
    return this.#signed(formatLastId(places, this.facts.id, reason))
  }

  #signed(id: string): string {
    return this.facts.principal.ticket?.sign(id) ?? id
  }

  #end(text: string | undefined): void {
    if (text !== undefined) this.sink.write(Buffer.from(text))
    this.closingAt = Math.max(1, this.#host.now)
    this.#release()
    this.sink.destroySoon()
  }

  #release(): void {
    for (const sub of this.subs) {
      sub.source.detach(sub)
      sub.mode = 'over'
    }
    this.subs.length = 0
  }
}

function positionOf(sub: Subscription): number {
  return sub.mode === 'live' ? sub.source.flushed : sub.cursor
}
