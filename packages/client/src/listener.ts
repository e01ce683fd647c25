import type { Envelope, Gap, Snapshot, State, SubscriptionAnswer } from '@monofil/protocol'
import type { SubscribeOptions, SubscriptionEnd } from './types.ts'

/** What the client itself wants to hear of a subscription, beside what the application does. */
export interface ListenerHooks {
  /** Called after each turn in which the topic's view changed. */
  readonly onChange?: (() => void) | undefined
  /** As the option, but by someone who only takes note. */
  readonly onGap?: ((gap: Gap) => void) | undefined
  /** The hub has taken the subscription: `offset` is where this listener begins. */
  readonly onTaken?: ((answer: SubscriptionAnswer) => void) | undefined
}

/** One subscriber of a topic, and what of the shared stream is meant for it. */
export class Listener {
  readonly #options: SubscribeOptions
  readonly #report: (error: unknown) => void
  readonly #hooks: ListenerHooks
  /** Whether it stands where the stream stands; before that it is brought there from elsewhere. */
  synced = false
  /** Events up to here are not for it: it has them, or began after them. */
  after = 0
  /** Began with the stream's head, which is not known yet. */
  fromHead = false
  /** Where it asked to begin, until it stands with the others. */
  cursor: string | undefined
  closed = false

  constructor(options: SubscribeOptions, report: (error: unknown) => void, hooks: ListenerHooks = {}) {
    this.#options = options
    this.#report = report
    this.#hooks = hooks
    this.cursor = options.cursor
  }

  /** Begins anew: another user's topic of the same name is another topic. */
  reset(): void {
    this.synced = false
    this.after = 0
    this.fromHead = false
    this.cursor = undefined
  }

  /** Hands over an event unless it has it. */
  event(event: Envelope): void {
    if (event.offset !== null && event.offset <= this.after) return
    // It has begun, before the answer that would have said where: nothing after this may be left out.
    if (event.offset !== null) this.fromHead = false
    this.#guard(() => this.#options.onEvent?.(event))
  }

  snapshot(snapshot: Snapshot): void {
    this.#guard(() => this.#options.onSnapshot?.(snapshot))
  }

  state(state: State): void {
    this.#guard(() => this.#options.onState?.(state))
  }

  /**
   * Answers whether the application has made good what is missing, once it has or has failed to; undefined where it
   * does nothing about it.
   */
  gap(gap: Gap): Promise<boolean> | undefined {
    let repair: Promise<boolean> | undefined
    this.#guard(() => {
      this.#hooks.onGap?.(gap)
      if (this.#options.onGap) repair = this.#repaired(gap)
    })
    return repair
  }

  taken(answer: SubscriptionAnswer): void {
    this.#guard(() => this.#hooks.onTaken?.(answer))
  }

  end(end: SubscriptionEnd): void {
    this.#guard(() => this.#options.onEnd?.(end))
  }

  change(): void {
    this.#guard(() => this.#hooks.onChange?.())
  }

  /** A handler that throws has failed as one whose promise is broken. */
  async #repaired(gap: Gap): Promise<boolean> {
    try {
      await this.#options.onGap?.(gap)
      return true
    } catch (error) {
      this.#report(error)
      return false
    }
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
