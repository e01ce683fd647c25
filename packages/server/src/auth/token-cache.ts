import { hash } from 'node:crypto'
import type { Principal } from '../seams/auth.ts'

/** Tokens whose signatures were found right, so that a bearer who publishes 100 times a second is checked once. */
export class TokenCache {
  readonly #max: number
  readonly #known = new Map<string, Principal>()
  #generation = 0

  /** `max`: how many tokens are remembered; the oldest go. */
  constructor(max: number) {
    this.#max = max
  }

  /** The place of a token. Nothing here could be used as a credential by who reads the memory. */
  placeOf(token: string): string {
    return hash('sha256', token, 'base64')
  }

  /** The user, unless the token has expired or was checked with keys that are not those of now. */
  get(place: string, now: number, generation: number): Principal | undefined {
    this.#follow(generation)
    const principal = this.#known.get(place)
    if (principal === undefined || (principal.expiresAtMs ?? 0) > now) return principal
    this.#known.delete(place)
    return undefined
  }

  /** Remembers it, unless the keys have changed since it was checked. */
  set(place: string, principal: Principal, generation: number): void {
    this.#follow(generation)
    if (generation < this.#generation || this.#max === 0) return
    if (this.#known.size >= this.#max) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest)
        break
      }
    }
    this.#known.set(place, principal)
  }

  #follow(generation: number): void {
    if (generation <= this.#generation) return
    this.#known.clear()
    this.#generation = generation
  }
}
