import type { Clock } from '../seams/system.ts'

/** Keeps leases alive and says which attempts are over before their handler is. */
export interface Keeper {
  /** Resolves when leases are in good hands. @throws `store_unavailable`. */
  ready(): Promise<void>
  /** From now on these leases are renewed. */
  hold(fences: readonly number[]): void
  /** The handler begins: its time runs. */
  start(fence: number, timeoutMs: number): void
  /** The handler has ended: only its lease is kept, until its outcome is recorded. */
  finish(fence: number): void
  /** These are settled or given up: nothing more is done for them. */
  drop(fences: readonly number[]): void
  /** Stops. Never rejects. */
  close(): Promise<void>
}

export interface KeeperEvents {
  /** The attempt's time is up; its lease is no longer renewed. */
  timedOut(fence: number): void
  /** The store no longer counts these as ours. */
  lost(fences: readonly number[]): void
}

export interface LeaseKeeperOptions {
  readonly leaseMs: number
  readonly clock: Clock
  readonly events: KeeperEvents
  /** Renews and answers the fences that are lost; a rejection is tried again soon. */
  renew(fences: readonly number[]): Promise<readonly number[]>
}

/** Renews what is held every third of a lease, except attempts whose time is up. Runs wherever it is given a clock. */
export class LeaseKeeper implements Keeper {
  readonly #options: LeaseKeeperOptions
  /** Per fence when its time is up (monotonic ms), or infinity before its handler began. */
  readonly #deadlines = new Map<number, number>()
  #renewAt = 0
  #renewing = false
  #closed = false
  #timerAt = Number.POSITIVE_INFINITY
  #stopTimer: () => void = () => {}

  constructor(options: LeaseKeeperOptions) {
    this.#options = options
  }

  async ready(): Promise<void> {}

  hold(fences: readonly number[]): void {
    const { clock, leaseMs } = this.#options
    if (this.#deadlines.size === 0) this.#renewAt = clock.monotonic() + leaseMs / 3
    for (const fence of fences) this.#deadlines.set(fence, Number.POSITIVE_INFINITY)
    this.#arm(this.#renewAt)
  }

  start(fence: number, timeoutMs: number): void {
    if (!this.#deadlines.has(fence)) return
    const deadline = this.#options.clock.monotonic() + timeoutMs
    this.#deadlines.set(fence, deadline)
    this.#arm(deadline)
  }

  finish(fence: number): void {
    if (this.#deadlines.has(fence)) this.#deadlines.set(fence, Number.POSITIVE_INFINITY)
  }

  drop(fences: readonly number[]): void {
    for (const fence of fences) this.#deadlines.delete(fence)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#deadlines.clear()
    this.#stopTimer()
  }

  #arm(at: number): void {
    if (this.#closed || at >= this.#timerAt) return
    this.#stopTimer()
    this.#timerAt = at
    this.#stopTimer = this.#options.clock.after(Math.max(0, at - this.#options.clock.monotonic()), () => this.#tick())
  }

  #tick(): void {
    const { clock, events } = this.#options
    this.#timerAt = Number.POSITIVE_INFINITY
    const now = clock.monotonic()
    let next = Number.POSITIVE_INFINITY
    for (const [fence, deadline] of this.#deadlines) {
      if (deadline <= now) {
        this.#deadlines.delete(fence)
        events.timedOut(fence)
      } else if (deadline < next) next = deadline
    }
    if (this.#deadlines.size === 0) return
    if (this.#renewAt <= now && !this.#renewing) this.#renew()
    this.#arm(Math.min(next, this.#renewing ? Number.POSITIVE_INFINITY : this.#renewAt))
  }

  #renew(): void {
    const { clock, leaseMs, events } = this.#options
    this.#renewing = true
    const began = clock.monotonic()
    this.#options
      .renew([...this.#deadlines.keys()])
      .then(
        (lost) => {
          this.#renewAt = began + leaseMs / 3
          this.drop(lost)
          if (lost.length > 0 && !this.#closed) events.lost(lost)
        },
        () => {
          // The store is away: soon again, for a new owner waits only 2 s for us.
          this.#renewAt = clock.monotonic() + Math.min(250, leaseMs / 10)
        },
      )
      .finally(() => {
        this.#renewing = false
        if (this.#deadlines.size > 0) this.#arm(this.#renewAt)
      })
  }
}
