import type { Clock, Commit, Store } from '@monofil/server'

/** What a store is opened with in a contract suite; the driver must use both. */
export interface StoreHost {
  readonly clock: Clock
  readonly onCommit: (commit: Commit) => void
}

/** A store under test. `reopen` closes it and opens the same data again; `close` also removes the data. */
export interface OpenedStore {
  readonly store: Store
  reopen(): Promise<Store>
  close(): Promise<void>
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  #elapsed = 0
  #start: number
  readonly #timers = new Set<Timer>()

  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#start = start
  }

  now(): number {
    return this.#start + this.#elapsed
  }

  monotonic(): number {
    return this.#elapsed
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + ms, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Somebody sets the clock: what people see jumps, time goes on as it did. */
  set(byMs: number): void {
    this.#start += byMs
  }

  /** Moves time on and calls what is due, earliest first. */
  advance(ms: number): void {
    const until = this.#elapsed + ms
    for (;;) {
      const due = [...this.#timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0]
      if (due === undefined) break
      this.#timers.delete(due)
      this.#elapsed = Math.max(this.#elapsed, due.at)
      due.callback()
    }
    this.#elapsed = until
  }
}
