import type { Lease } from '../seams/store.ts'
import type { Clock } from '../seams/system.ts'

/**
 * Leases are held ahead while they are this little work in all, so that short handlers do not wait for the store
 * between items (measured: 4,000 no-op items per second with none held, 7,000 to 11,000 so).
 * They are fetched again when half of them are gone: a few at a time, each commit carries a third of the items and
 * costs the hub a quarter more CPU for each.
 */
const AHEAD_MS = 50
const MAX_AHEAD = 400
/** A lease that waited this long goes back: handlers have become longer, and another worker may be idle. */
const MAX_WAIT_MS = 1_000

/** A lease with the time (monotonic ms) before which a rate forbids its start. */
interface Waiting {
  readonly lease: Lease
  readonly startAt: number
}

/** Leases claimed ahead of a free handler or of their time, and the judgement of how many are worth it. */
export class LeasesAhead {
  readonly #clock: Clock
  readonly #concurrency: number
  readonly #giveBack: (leases: readonly Lease[]) => void
  readonly #onDue: () => void
  #leases: Waiting[] = []
  #oldestAt = 0
  /** Moving average of how long a handler takes, in ms; long until short ones were seen. */
  #meanMs = MAX_WAIT_MS
  #stopTimer: (() => void) | undefined
  #stopStart: (() => void) | undefined

  constructor(options: {
    clock: Clock
    concurrency: number
    giveBack(leases: readonly Lease[]): void
    /** A lease that had to wait for its time may start. */
    onDue(): void
  }) {
    this.#clock = options.clock
    this.#concurrency = options.concurrency
    this.#giveBack = options.giveBack
    this.#onDue = options.onDue
  }

  /** How many more leases are worth fetching beside those that run; none while half of those worth holding are here. */
  get room(): number {
    const most = Math.min(MAX_AHEAD, Math.floor((this.#concurrency * AHEAD_MS) / Math.max(1, this.#meanMs)))
    const room = most - this.#leases.length
    return room * 2 < most ? Math.min(0, room) : room
  }

  push(leases: readonly Lease[]): void {
    const now = this.#clock.monotonic()
    if (this.#leases.length === 0) this.#oldestAt = now
    for (const lease of leases) this.#leases.push({ lease, startAt: now + lease.startInMs })
  }

  /** The next lease to run; undefined when none may start yet. */
  shift(): Lease | undefined {
    const now = this.#clock.monotonic()
    this.#oldestAt = now
    const due = this.#leases.findIndex(({ startAt }) => startAt <= now)
    if (due === -1) this.#waitForStart(now)
    return due === -1 ? undefined : this.#leases.splice(due, 1)[0]?.lease
  }

  /** Begins to watch what is left waiting; to be called when all handlers are busy. */
  watch(): void {
    if (this.#leases.length === 0 || this.#stopTimer !== undefined) return
    this.#stopTimer = this.#clock.after(MAX_WAIT_MS, () => {
      this.#stopTimer = undefined
      if (this.#clock.monotonic() - this.#oldestAt < MAX_WAIT_MS) {
        this.watch()
        return
      }
      this.#meanMs = MAX_WAIT_MS
      this.#giveBack(this.drain())
    })
  }

  /** Learns how long a handler took. */
  took(ms: number): void {
    this.#meanMs += (ms - this.#meanMs) * 0.1
  }

  has(fence: number): boolean {
    return this.#leases.some(({ lease }) => lease.fence === fence)
  }

  /** Forgets leases that are lost. */
  remove(fences: ReadonlySet<number>): void {
    this.#leases = this.#leases.filter(({ lease }) => !fences.has(lease.fence))
  }

  /** Takes everything out and stops watching. */
  drain(): readonly Lease[] {
    this.#stopTimer?.()
    this.#stopTimer = undefined
    this.#stopStart?.()
    this.#stopStart = undefined
    return this.#leases.splice(0).map(({ lease }) => lease)
  }

  #waitForStart(now: number): void {
    if (this.#leases.length === 0) return
    const first = Math.min(...this.#leases.map(({ startAt }) => startAt))
    this.#stopStart?.()
    this.#stopStart = this.#clock.after(first - now, () => {
      this.#stopStart = undefined
      this.#onDue()
    })
  }
}
