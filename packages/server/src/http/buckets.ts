import type { Clock } from '../seams/system.ts'

/** How fast a bucket fills, and how much it holds: `burst` requests at once, then `perSecond`. */
export interface Fill {
  readonly perSecond: number
  readonly burst: number
}

/** Keys that are remembered at most. An entry is about 100 bytes. */
const MAX_KEYS = 100_000
/** Sums of tenths of milliseconds are not exact. */
const SLACK_MS = 1e-6

/**
 * Token buckets by key, each one number: when it will be full again. A full bucket is not remembered. Memory is
 * bounded: what was not touched while half of `maxKeys` other keys were is forgotten, which means full. So a flood
 * from a million addresses may win some of its own requests back, and takes nothing from anybody else.
 */
export class Buckets {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #depthMs: number
  readonly #half: number
  #young = new Map<string, number>()
  #old = new Map<string, number>()
  #turnedAt: number

  constructor(clock: Clock, { perSecond, burst }: Fill, maxKeys = MAX_KEYS) {
    this.#clock = clock
    this.#intervalMs = 1_000 / perSecond
    this.#depthMs = burst * this.#intervalMs
    this.#half = Math.ceil(maxKeys / 2)
    this.#turnedAt = clock.monotonic()
  }

  /** Keys that are remembered. */
  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** Takes one token. Answers 0, or without taking any the ms until there is one. */
  take(key: string): number {
    const now = this.#clock.monotonic()
    const wait = this.#wait(key, now)
    if (wait === 0) this.#put(key, Math.max(this.#fullAt(key), now) + this.#intervalMs, now)
    return wait
  }

  /** The ms until `take` would succeed; 0: now. */
  wait(key: string): number {
    return this.#wait(key, this.#clock.monotonic())
  }

  #wait(key: string, now: number): number {
    const over = Math.max(this.#fullAt(key), now) + this.#intervalMs - now - this.#depthMs
    return over > SLACK_MS ? over : 0
  }

  #fullAt(key: string): number {
    return this.#young.get(key) ?? this.#old.get(key) ?? 0
  }

  #put(key: string, fullAt: number, now: number): void {
    // What was not touched since the last turn but one is full again, or had to make room.
    if (now - this.#turnedAt >= this.#depthMs || (this.#young.size >= this.#half && !this.#young.has(key))) {
      this.#old = this.#young
      this.#young = new Map()
      this.#turnedAt = now
    }
    this.#young.set(key, fullAt)
  }
}
