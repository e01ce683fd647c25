import { MonofilError } from '@monofil/protocol'
import type { Logger } from '@monofil/server'
import type { Change } from './order.ts'
import type { OrderBook } from './order-book.ts'

/** Tells one change; twice is as once. Rejects where it could not be told. */
export type Tell = (change: Change) => Promise<void>

export interface OutboxOptions {
  readonly book: OrderBook
  readonly tell: Tell
  readonly logger: Logger
  /** The first wait after a failure, doubled up to 10 s; 250 ms. */
  readonly retryMs?: number | undefined
}

const MAX_RETRY_MS = 10_000
const BATCH = 50

/**
 * Tells what the book's outbox holds, in order, one at a time: a row goes when it was told. A crash between the two tells
 * it again at the next start, and its id makes that nothing new.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #unlisten: () => void
  #running: Promise<void> | null = null
  #again = false
  #closed = false
  #failures = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#unlisten = options.book.onChange(() => this.wake())
    this.wake()
  }

  /** Tells what is there, unless that is being done. */
  wake(): void {
    if (this.#closed) return
    this.#again = true
    this.#running ??= this.#run()
      .catch((error: unknown) => {
        this.#options.logger.error('the outbox cannot be read', { error })
        this.#later()
      })
      .finally(() => {
        this.#running = null
        // What came after the last look and before this.
        if (this.#again) this.wake()
      })
  }

  /** Ends after the change that is being told. */
  async close(): Promise<void> {
    this.#closed = true
    this.#unlisten()
    clearTimeout(this.#timer)
    await this.#running
  }

  async #run(): Promise<void> {
    // What is committed before the first await of this turn is seen too: one read for a burst.
    await Promise.resolve()
    while (this.#again && !this.#closed) {
      this.#again = false
      const { book } = this.#options
      for (let rows = book.untold(BATCH); rows.length > 0; rows = book.untold(BATCH)) {
        for (const { seq, change } of rows) {
          if (this.#closed || !(await this.#tell(change))) return
          book.told(seq)
        }
      }
    }
  }

  /** Whether the change is done with. */
  async #tell(change: Change): Promise<boolean> {
    const { tell, logger } = this.#options
    try {
      await tell(change)
      this.#failures = 0
      return true
    } catch (error) {
      const { id, version } = change.order
      if (MonofilError.is(error) && !error.retryable) {
        // Tried again it would be refused again, and hold up all that come after it.
        logger.error('a change of an order cannot be told and is left out', { order: id, version, error })
        return true
      }
      logger.warn('a change of an order could not be told yet', { order: id, version, error })
      this.#later()
      return false
    }
  }

  #later(): void {
    const { retryMs = 250 } = this.#options
    const wait = Math.min(MAX_RETRY_MS, retryMs * 2 ** this.#failures++)
    clearTimeout(this.#timer)
    if (!this.#closed) this.#timer = setTimeout(() => this.wake(), wait)
  }
}
