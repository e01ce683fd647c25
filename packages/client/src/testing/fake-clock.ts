import type { Clock } from '../options.ts'

/** A clock that stands until the test moves it. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-11-21T12:00:00.000Z')
  readonly #timers = new Map<() => void, number>()

  now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const ring = () => callback()
    this.#timers.set(ring, this.#now + ms)
    return () => this.#timers.delete(ring)
  }

  get timers(): number {
    return this.#timers.size
  }

  /** How long until the first timer; NaN without one. */
  get nextMs(): number {
    return this.#timers.size === 0 ? Number.NaN : Math.min(...this.#timers.values()) - this.#now
  }

  advance(ms: number): void {
    const end = this.#now + ms
    for (;;) {
      const due = [...this.#timers].filter(([, at]) => at <= end).sort((a, b) => a[1] - b[1])[0]
      if (due === undefined) break
      this.#timers.delete(due[0])
      this.#now = Math.max(this.#now, due[1])
      due[0]()
    }
    this.#now = end
  }

  /** The wall clock is set, as by hand or after sleep, without any timer's time passing. */
  jump(ms: number): void {
    this.#now += ms
    for (const [ring, at] of this.#timers) this.#timers.set(ring, at + ms)
  }
}
