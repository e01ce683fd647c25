import type { Clock } from '../seams/system.ts'
import type { Feed } from './feed.ts'

/** Feeds whose topics are so hot that they rest between two flushes (ADR 008). */
export class Resting {
  readonly #clock: Clock
  readonly #wake: (feed: Feed) => void
  readonly #stops = new Map<Feed, () => void>()

  /** `wake` is called when a feed's rest is over. */
  constructor(clock: Clock, wake: (feed: Feed) => void) {
    this.#clock = clock
    this.#wake = wake
  }

  /** A feed rests for so long. */
  add(feed: Feed, ms: number): void {
    const stop = this.#clock.after(ms, () => {
      this.#stops.delete(feed)
      this.#wake(feed)
    })
    this.#stops.set(feed, stop)
  }

  /** Ends every rest, wakes nobody, and answers who rested. */
  end(): readonly Feed[] {
    const feeds = [...this.#stops.keys()]
    for (const stop of this.#stops.values()) stop()
    this.#stops.clear()
    return feeds
  }
}
