import type { Clock } from './options.ts'

/** The platform's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}

/** The client's only timer: whatever is due next is asked for again when it rings. */
export class Alarm {
  readonly #clock: Clock
  readonly #ring: () => void
  readonly #note: (what: 'set' | 'rung' | 'cleared', due: number) => void
  #stop: (() => void) | null = null
  #at = 0
  #last = Number.NEGATIVE_INFINITY
  #shift = 0

  constructor(
    clock: Clock,
    ring: () => void,
    note: (what: 'set' | 'rung' | 'cleared', due: number) => void = () => {},
  ) {
    this.#clock = clock
    this.#ring = ring
    this.#note = note
  }

  /**
   * Milliseconds since 1970 that jump forward (after sleep, which is how sleep is noticed) but never back: a clock
   * set back by an hour must not hold a retry for an hour.
   */
  now(): number {
    const raw = this.#clock.now() + this.#shift
    if (raw < this.#last) this.#shift += this.#last - raw
    this.#last = Math.max(raw, this.#last)
    return this.#last
  }

  /** Whether it is set: 0 or 1 timers. */
  get pending(): 0 | 1 {
    return this.#stop === null ? 0 : 1
  }

  /** Rings at `at` or earlier; null: not at all. A later time leaves an earlier timer, which then sets itself again. */
  set(at: number | null): void {
    if (at !== null && this.#stop !== null && this.#at <= at) return
    this.clear()
    if (at === null) return
    this.#at = at
    this.#note('set', at)
    // A timer's longest wait is 2^31 - 1 ms; ringing early is harmless.
    this.#stop = this.#clock.after(Math.min(Math.max(0, at - this.now()), 2 ** 31 - 1), () => {
      this.#stop = null
      this.#note('rung', this.#at)
      this.#ring()
    })
  }

  clear(): void {
    if (this.#stop !== null) this.#note('cleared', this.#at)
    this.#stop?.()
    this.#stop = null
  }
}
