import type { Retention, Store } from '../seams/store.ts'
import type { Clock, Logger } from '../seams/system.ts'

/** Application topics keep 7 days, 1,000,000 events and 1 GiB each. */
export const DEFAULT_RETENTION: Retention = {
  maxAgeMs: 7 * 86_400_000,
  maxCount: 1_000_000,
  maxBytes: 1024 * 1024 * 1024,
}

const TRIM_EVERY_MS = 60_000
/** While a trim finds something, the next slice follows soon: slices are small so that no commit waits. */
const TRIM_AGAIN_MS = 250

export interface UpkeepOptions {
  readonly store: Pick<Store, 'log' | 'work'>
  readonly clock: Clock
  readonly logger: Logger
  readonly retention: Retention
}

/**
 * What a store needs from time to time: the log is trimmed, expired leases are taken back and items whose backoff is
 * over are offered. A failure is logged and tried again; nothing here is lost by being late.
 */
export class Upkeep {
  readonly #options: UpkeepOptions
  #stopTrim: () => void
  #stopSweep: () => void
  #sweepDue = 0
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

  close(): void {
    this.#closed = true
    this.#stopTrim()
    this.#stopSweep()
  }

  async #trim(): Promise<void> {
    const { store, clock, logger, retention } = this.#options
    let trimmed = 0
    try {
      trimmed = await store.log.trim(retention)
    } catch (error) {
      if (!this.#closed) logger.warn('trimming the log failed', { error })
    }
    const again = trimmed > 0 ? TRIM_AGAIN_MS : TRIM_EVERY_MS
    if (!this.#closed) this.#stopTrim = clock.after(again, () => void this.#trim())
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
