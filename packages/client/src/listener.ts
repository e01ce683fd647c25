import type { Envelope, Gap, Snapshot, State } from '@monofil/protocol'
import type { SubscribeOptions, SubscriptionEnd } from './types.ts'

/** One subscriber of a topic, and what of the shared stream is meant for it. */
export class Listener {
  readonly #options: SubscribeOptions
  readonly #report: (error: unknown) => void
  /** Called after each turn in which the topic's view changed. */
  readonly onChange: (() => void) | undefined
  /** Whether it stands where the stream stands; before that it is brought there from elsewhere. */
  synced = false
  /** Events up to here are not for it: it has them, or began after them. */
  after = 0
  /** Began with the stream's head, which is not known yet. */
  fromHead = false
  /** Where it asked to begin, until it stands with the others. */
  cursor: string | undefined
  closed = false

  constructor(options: SubscribeOptions, report: (error: unknown) => void, onChange?: () => void) {
    this.#options = options
    this.#report = report
    this.onChange = onChange
    this.cursor = options.cursor
  }

  /** Hands over an event unless it has it. */
  event(event: Envelope): void {
    if (event.offset !== null && event.offset <= this.after) return
    this.#guard(() => this.#options.onEvent?.(event))
  }

  snapshot(snapshot: Snapshot): void {
    this.#guard(() => this.#options.onSnapshot?.(snapshot))
  }

  state(state: State): void {
    this.#guard(() => this.#options.onState?.(state))
  }

  gap(gap: Gap): void {
    this.#guard(() => this.#options.onGap?.(gap))
  }

  end(end: SubscriptionEnd): void {
    this.#guard(() => this.#options.onEnd?.(end))
  }

  change(): void {
    this.#guard(() => this.onChange?.())
  }

  /** One subscriber's mistake must not stop the stream for the others. */
  #guard(call: () => void): void {
    if (this.closed) return
    try {
      call()
    } catch (error) {
      this.#report(error)
    }
  }
}
