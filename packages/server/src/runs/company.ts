/**
 * How many items a worker may hold while it holds one under which a worker died again, that one included: half as many
 * as were `held` then. So an item that kills its worker is alone after a few deaths, and those that were beside it are
 * cleared by running without it; what died of too much at once finds a size that works. Once is bad luck, such as a
 * power cut, and costs nothing: null.
 */
export function companyAfter(interruptions: number, held: number): number | null {
  return interruptions < 2 ? null : Math.max(1, Math.floor(held / 2))
}

/** The items of one worker, and how many they may become. */
export class Company {
  #held: number
  #most: number

  /** `most`: the smallest company that one of those held asks for. */
  constructor(held: number, most: number) {
    this.#held = held
    this.#most = most
  }

  copy(): Company {
    return new Company(this.#held, this.#most)
  }

  /** Takes an item that asks for a company of `most` at most; answers false where it has to wait for others to end. */
  admit(most: number): boolean {
    const allowed = Math.min(this.#most, most)
    if (this.#held >= allowed) return false
    this.#held += 1
    this.#most = allowed
    return true
  }
}
