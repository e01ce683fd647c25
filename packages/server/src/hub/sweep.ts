import type { Clock } from '../seams/system.ts'
import type { Connection } from './connection.ts'
import { controlText } from './control.ts'
import type { HubSettings } from './settings.ts'

/** How long before its credential ends a stream is told, at most. */
const EXPIRY_NOTICE_MS = 60_000

/** Between two sweeps at least, however many credentials end. */
const LEAST_MS = 20

/** Looks at one connection after another for what only time decides: heartbeat, stall, lifetime, expiry. */
export class Sweep {
  readonly #clock: Clock
  readonly #settings: HubSettings
  readonly #onDue: () => void
  #dueAt = Number.POSITIVE_INFINITY
  #stopTimer: () => void = () => undefined
  #now = 0
  #ping: Buffer | undefined = undefined

  /** `onDue` is called once for the earliest of what `by` asked for, and then asks again. */
  constructor(clock: Clock, settings: HubSettings, onDue: () => void) {
    this.#clock = clock
    this.#settings = settings
    this.#onDue = onDue
  }

  /** The next sweep is in so many ms at most: a stream ends with its credential, not at the next look at all of them. */
  by(ms: number): void {
    const wait = Math.max(ms, LEAST_MS)
    const dueAt = this.#clock.monotonic() + wait
    if (dueAt >= this.#dueAt) return
    this.#stopTimer()
    this.#dueAt = dueAt
    this.#stopTimer = this.#clock.after(wait, () => {
      this.#dueAt = Number.POSITIVE_INFINITY
      this.#onDue()
    })
  }

  /** No sweep comes any more. */
  close(): void {
    this.#stopTimer()
    this.#dueAt = Number.NEGATIVE_INFINITY
  }

  /** Answers in how many ms the next of their credentials ends; Infinity where none does. */
  run(connections: Iterable<Connection>, now: number): number {
    this.#now = now
    this.#ping = undefined
    let next = Number.POSITIVE_INFINITY
    for (const connection of connections) {
      this.#look(connection)
      if (connection.isOpen) next = Math.min(next, this.leftOf(connection))
    }
    return next
  }

  /** In how many ms the credential of a stream ends; Infinity for never. */
  leftOf({ principal }: Connection): number {
    return principal.expiresAtMs === null ? Number.POSITIVE_INFINITY : principal.expiresAtMs - this.#clock.now()
  }

  #look(connection: Connection): void {
    const { settings, now } = { settings: this.#settings, now: this.#now }
    if (!connection.isOpen) {
      if (now - connection.closingAt >= settings.closeGraceMs) connection.sink.destroy()
      return
    }
    // Before all else: a reader that is slow on purpose must not outlive its credential.
    if (this.#expires(connection)) return
    if (connection.sink.writableLength > 0) {
      if (this.#isStalled(connection)) connection.sink.destroy()
      return
    }
    connection.stalledAt = 0
    const age = now - connection.startedAt
    if (connection.facts.kind === 'run') {
      if (age >= settings.runStreamMs) connection.finish(settings.retryMs)
    } else if (settings.lifetimeMs > 0 && age >= settings.lifetimeMs) {
      connection.goodbye('lifetime')
    }
    // Half a sweep early rather than half a sweep late.
    if (now - connection.lastByteAt >= settings.heartbeatMs - settings.sweepMs / 2) connection.write(this.#pingBytes())
  }

  // Progress counts, not emptiness: a slow reader that takes something is no dead one.
  #isStalled(connection: Connection): boolean {
    const taken = connection.sink.bytesWritten - connection.sink.writableLength
    if (connection.stalledAt === 0 || taken > connection.stalledBytes) {
      connection.stalledAt = this.#now
      connection.stalledBytes = taken
      return false
    }
    return this.#now - connection.stalledAt >= this.#settings.stallMs
  }

  #expires(connection: Connection): boolean {
    const { expiresAtMs } = connection.principal
    if (expiresAtMs === null) return false
    const left = expiresAtMs - this.#clock.now()
    if (left <= 0) {
      connection.goodbye('expired')
      return true
    }
    const life = expiresAtMs - connection.rightsSince
    if (!connection.expiryWarned && left <= Math.min(EXPIRY_NOTICE_MS, life / 10)) {
      connection.expiryWarned = true
      connection.write(controlText('expiring', { expiresAt: new Date(expiresAtMs).toISOString() }))
    }
    return false
  }

  #pingBytes(): Buffer {
    this.#ping ??= Buffer.from(controlText('ping', { at: new Date(this.#clock.now()).toISOString() }))
    return this.#ping
  }
}
