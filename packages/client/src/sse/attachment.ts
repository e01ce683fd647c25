import type { MonofilError } from '@monofil/protocol'
import type { SseAttachOptions, SseEvent, SseState, SseStreamHandlers } from './types.ts'

/** One who is attached to a stream. */
export class Attachment {
  readonly options: SseAttachOptions
  readonly #handlers: SseStreamHandlers
  readonly #report: (error: unknown) => void
  readonly #closeOn: ReadonlySet<string>
  /** Failed attempts in a row that it bears. */
  readonly #patience: number
  /** Whether it was told that the stream is open. */
  #greeted = false
  live = true

  constructor(handlers: SseStreamHandlers, options: SseAttachOptions, report: (error: unknown) => void) {
    this.options = options
    this.#handlers = handlers
    this.#report = report
    this.#closeOn = new Set(options.closeOn)
    this.#patience = options.reconnect === false ? 1 : (options.maxAttempts ?? Number.POSITIVE_INFINITY)
  }

  bears(failures: number): boolean {
    return failures < this.#patience
  }

  isLast(event: string): boolean {
    return this.#closeOn.has(event)
  }

  opened(state: SseState): void {
    if (this.#greeted) return
    this.#greeted = true
    this.state(state)
    this.#guard(() => this.#handlers.onOpen?.())
  }

  message(message: SseEvent): void {
    this.#guard(() => this.#handlers.onMessage?.(message))
  }

  error(error: MonofilError, willRetry: boolean): void {
    this.#guard(() => this.#handlers.onError?.(error, willRetry))
  }

  state(state: SseState): void {
    if (state.status !== 'open') this.#greeted = false
    this.#guard(() => this.#handlers.onState?.(state))
  }

  #guard(call: () => void): void {
    if (!this.live) return
    try {
      call()
    } catch (error) {
      this.#report(error)
    }
  }
}
