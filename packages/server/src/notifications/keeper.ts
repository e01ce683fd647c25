import type { NotificationStore, PushLease, PushOutcome } from '../seams/notification-store.ts'
import type { PushSender } from '../seams/push-sender.ts'
import type { Clock, Logger } from '../seams/system.ts'

const TRIM_EVERY_MS = 60_000
/** A notice to very many comes in slices; publishers get their turn between them. */
const SLICE_REST_MS = 2
const SOON_MS = 250
/** What nobody wakes it for is found then. */
const POLL_MS = 5_000
const PUSHES = 20
/** Longer than any push service may take; after it another process tries. */
const PUSH_LEASE_MS = 60_000

export interface NoticeKeeperOptions {
  readonly store: NotificationStore
  readonly clock: Clock
  readonly logger: Logger
  /** Left out: no push is ever tried. */
  readonly push?: PushSender | undefined
}

/**
 * What notifications need from time to time: what is due is sent, ended, inboxed and pushed, what is old forgotten. A
 * failure is logged and tried again; several processes may do this for one store, and any of them may die.
 */
export class NoticeKeeper {
  readonly #options: NoticeKeeperOptions
  #stop: () => void = () => undefined
  #stopTrim: () => void
  #due = 0
  #busy = false
  #pushing = false
  #closed = false

  constructor(options: NoticeKeeperOptions) {
    this.#options = options
    this.#stopTrim = options.clock.after(TRIM_EVERY_MS, () => void this.#trim())
    this.#sweepIn(0)
  }

  /** Something was sent: there may be more to do than the last sweep knew of. */
  wake(): void {
    const soon = this.#options.clock.monotonic() + SOON_MS
    if (!this.#busy && this.#due > soon) this.#sweepIn(SOON_MS)
  }

  close(): void {
    this.#closed = true
    this.#stop()
    this.#stopTrim()
  }

  #sweepIn(ms: number): void {
    if (this.#closed) return
    this.#stop()
    this.#due = this.#options.clock.monotonic() + ms
    this.#stop = this.#options.clock.after(ms, () => void this.#sweep())
  }

  async #sweep(): Promise<void> {
    this.#busy = true
    let next = POLL_MS
    try {
      next = await this.#options.store.sweep()
    } catch (error) {
      if (!this.#closed) this.#options.logger.warn('sweeping the notifications failed', { error })
    }
    this.#busy = false
    void this.#pushes()
    this.#sweepIn(Math.min(POLL_MS, Math.max(SLICE_REST_MS, next)))
  }

  async #pushes(): Promise<void> {
    const { push, store, logger } = this.#options
    if (push === undefined || this.#pushing) return
    this.#pushing = true
    try {
      while (!this.#closed) {
        const taken = await store.takePushes({ max: PUSHES, leaseMs: PUSH_LEASE_MS })
        if (taken.length === 0) break
        await store.settlePushes(await Promise.all(taken.map((lease) => outcomeOf(push, lease))))
      }
    } catch (error) {
      if (!this.#closed) logger.warn('pushing the notifications failed', { error })
    }
    this.#pushing = false
  }

  async #trim(): Promise<void> {
    try {
      await this.#options.store.trim()
    } catch (error) {
      if (!this.#closed) this.#options.logger.warn('trimming the notifications failed', { error })
    }
    if (!this.#closed) this.#stopTrim = this.#options.clock.after(TRIM_EVERY_MS, () => void this.#trim())
  }
}

async function outcomeOf(push: PushSender, lease: PushLease): Promise<PushOutcome> {
  const { id, attempt } = lease
  try {
    return { id, attempt, ...(await push.send(lease)) }
  } catch (error) {
    return { id, attempt, kind: 'retry', error: error instanceof Error ? error.message : String(error) }
  }
}
