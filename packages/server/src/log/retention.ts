import type { Retention, RunRetention, Store } from '../seams/store.ts'
import type { Clock, Logger } from '../seams/system.ts'

/** Application topics keep 7 days, 1,000,000 events and 1 GiB each. */
export const DEFAULT_RETENTION: Retention = {
  maxAgeMs: 7 * 86_400_000,
  maxCount: 1_000_000,
  maxBytes: 1024 * 1024 * 1024,
}

/** Finished runs are kept 90 days, the newest 100,000 of them; a run its newest 100,000 log lines; usage by day 400 days. */
export const DEFAULT_RUN_RETENTION: RunRetention = {
  maxAgeMs: 90 * 86_400_000,
  maxCount: 100_000,
  maxLogLines: 100_000,
  maxUsageDays: 400,
}

const TRIM_EVERY_MS = 60_000
/** While a trim finds something, the next slice follows soon: slices are small so that no commit waits. */
const TRIM_AGAIN_MS = 250

export interface UpkeepOptions {
  readonly store: Pick<Store, 'log' | 'work' | 'runs'>
  readonly clock: Clock
  readonly logger: Logger
  readonly retention: Retention
  readonly runRetention: RunRetention
}

/**
 * What a store needs from time to time: runs and the log are trimmed, expired leases are taken back and items whose
 * backoff is over are offered. A failure is logged and tried again; nothing here is lost by being late.
 */
export class Upkeep {
  readonly #options: UpkeepOptions
  #stopTrim: () => void
  #stopSweep: () => void
  #sweepDue = 0
  #trimming = false
  #removed = false
  #sweeping = false
  #closed = false

  constructor(options: UpkeepOptions) {
    this.#options = options
    this.#stopTrim = options.clock.after(TRIM_EVERY_MS, () => void this.#trim())
    this.#stopSweep = () => undefined
    this.#sweepIn(0)
  }

  /** Something of a run changed: there may be a new backoff or lease that the last sweep did not know of. */
  wake(): void {
    const soon = this.#options.clock.monotonic() + SWEEP_SOON_MS
    if (!this.#sweeping && this.#sweepDue > soon) this.#sweepIn(SWEEP_SOON_MS)
  }

  /** Runs were removed: what they held is freed soon. */
  wakeTrim(): void {
    this.#removed = true
    if (!this.#trimming) this.#trimIn(TRIM_AGAIN_MS)
  }

  close(): void {
    this.#closed = true
    this.#stopTrim()
    this.#stopSweep()
  }

  async #trim(): Promise<void> {
    const { store, logger, retention, runRetention } = this.#options
    this.#trimming = true
    this.#removed = false
    let trimmed = 0
    try {
      // Runs first: their topics go with the log.
      trimmed += await store.runs.trim(runRetention)
    } catch (error) {
      if (!this.#closed) logger.warn('trimming the runs failed', { error })
    }
    try {
      trimmed += await store.log.trim(retention)
    } catch (error) {
      if (!this.#closed) logger.warn('trimming the log failed', { error })
    }
    this.#trimming = false
    this.#trimIn(trimmed > 0 || this.#removed ? TRIM_AGAIN_MS : TRIM_EVERY_MS)
  }

  #trimIn(ms: number): void {
    if (this.#closed) return
    this.#stopTrim()
    this.#stopTrim = this.#options.clock.after(ms, () => void this.#trim())
  }

  #sweepIn(ms: number): void {
    this.#stopSweep()
    this.#sweepDue = this.#options.clock.monotonic() + ms
    this.#stopSweep = this.#options.clock.after(ms, () => void this.#sweep())
  }

  async #sweep(): Promise<void> {
    this.#sweeping = true
    let next = SWEEP_AT_LEAST_MS
    try {
      next = await this.#options.store.work.sweep()
    } catch (error) {
      if (!this.#closed) this.#options.logger.warn('sweeping the work failed', { error })
    }
    this.#sweeping = false
    if (!this.#closed) this.#sweepIn(Math.min(SWEEP_AT_LEAST_MS, Math.max(SWEEP_AT_MOST_MS, next)))
  }
}

const SWEEP_AT_LEAST_MS = 30_000
const SWEEP_AT_MOST_MS = 20
const SWEEP_SOON_MS = 250
