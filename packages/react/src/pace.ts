/** Lets a lone call through at the end of its turn, and a burst at most every `everyMs`, once more after its last. */
export class Pace {
  readonly #call: () => void
  readonly #everyMs: number
  #timer: ReturnType<typeof setTimeout> | null = null
  #asked = false
  #closed = false

  constructor(everyMs: number, call: () => void) {
    this.#everyMs = everyMs
    this.#call = call
  }

  ask(): void {
    if (this.#asked) return
    this.#asked = true
    if (this.#timer === null) queueMicrotask(() => this.#go())
  }

  /** Nothing is called any more. */
  close(): void {
    this.#closed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #go(): void {
    if (this.#closed || !this.#asked) return
    this.#asked = false
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#go()
    }, this.#everyMs)
    this.#call()
  }
}
