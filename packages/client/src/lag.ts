/** How far behind the hub what arrives here is, with the difference of the two clocks taken out. */
export class Lag {
  #skew: number | null = null

  /** A new connection: the clocks may have been set meanwhile. */
  reset(): void {
    this.#skew = null
  }

  /** Something the hub said at `at` (ISO 8601) arrived at `now`, at once: the fastest such word tells the difference. */
  sample(at: string, now: number): void {
    const difference = now - Date.parse(at)
    if (!(difference >= (this.#skew ?? Number.POSITIVE_INFINITY))) this.#skew = difference
  }

  /** How long a word of `at` was under way, in ms. */
  of(at: string, now: number): number {
    return Math.max(0, Math.round(now - Date.parse(at) - (this.#skew ?? 0)))
  }
}
