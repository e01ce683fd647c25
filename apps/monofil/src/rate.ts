const WINDOW_MS = 15_000
const MAX_SAMPLES = 256

/**
 * Items finished per second over the last 15 s, so that a pause or a restart in the run's past does not weigh on
 * what is shown now.
 */
export class RateMeter {
  readonly #samples: { readonly at: number; readonly done: number }[] = []

  /** Adds a count at a time in monotonic ms. A count below the last (a new round) starts over. */
  add(at: number, done: number): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && done < last.done) this.#samples.length = 0
    this.#samples.push({ at, done })
    while (this.#samples.length > 2 && (this.#tooOld(at) || this.#samples.length > MAX_SAMPLES)) this.#samples.shift()
  }

  /** Null until there is a second to measure over. */
  perSecond(): number | null {
    const first = this.#samples[0]
    const last = this.#samples.at(-1)
    if (first === undefined || last === undefined || last.at - first.at < 1000) return null
    return ((last.done - first.done) * 1000) / (last.at - first.at)
  }

  // The second sample is what decides: the first may be older, as the window's edge.
  #tooOld(now: number): boolean {
    const second = this.#samples[1]
    return second !== undefined && second.at < now - WINDOW_MS
  }
}
