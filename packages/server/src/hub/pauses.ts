import type { GoodbyeReason } from '@monofil/protocol'
import type { Random } from '../seams/system.ts'
import type { HubSettings } from './settings.ts'

/** After how long those who were sent away come back: spread out, so that they do not come all at once. */
export class Pauses {
  readonly #random: Random
  readonly #settings: HubSettings

  constructor(random: Random, settings: HubSettings) {
    this.#random = random
    this.#settings = settings
  }

  /** Between half and one and a half times `ms`. */
  around(ms: number): number {
    return Math.floor(ms * (0.5 + this.#random()))
  }

  /** What `goodbye` says, in ms; null where the client must not come back by itself. */
  after(reason: GoodbyeReason): number | null {
    if (reason === 'drain') return 100 + Math.floor(this.#random() * this.#settings.drainSpreadMs)
    // Tokens tell the second they were issued in: one that is asked for sooner might look older than the revocation.
    if (reason === 'revoked') return 1_000 + Math.floor(this.#random() * 1_000)
    const isPassing = reason === 'slow' || reason === 'lifetime' || reason === 'internal'
    return isPassing ? this.around(this.#settings.retryMs) : null
  }
}
