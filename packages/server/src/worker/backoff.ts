import type { Random } from '../seams/system.ts'

const FIRST_MS = 50
/** Short, since a restarted owner keeps our leases for 2 s only. */
const MAX_MS = 1_000

/** Delays while the store is away: doubling from 50 ms to 1 s, each between half of itself and the whole. */
export class Backoff {
  readonly #random: Random
  #nextMs = FIRST_MS

  constructor(random: Random) {
    this.#random = random
  }

  /** The next delay in ms. */
  next(): number {
    const full = this.#nextMs
    this.#nextMs = Math.min(MAX_MS, full * 2)
    return full / 2 + (full / 2) * this.#random()
  }

  /** The store answered: the next outage begins anew. */
  reset(): void {
    this.#nextMs = FIRST_MS
  }
}
