/** Lets a lone call through at the end of its turn, and a burst at most every `everyMs`, once more after its last. */
export class Pace {
  readonly #call: () => void
  readonly #everyMs: number
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = false

  constructor(everyMs: number, call: () => void) {
    this.#everyMs = everyMs
    this.#call = call
  }

  ask(): void {
    if (this.#asked) return
    this.#asked = true
    if (this.#timer === undefined) queueMicrotask(() => this.#go())
  }

  /** Nothing is called any more, unless asked again. */
  close(): void {
    this.#asked = false
    clearTimeout(this.#timer)
  }

  #go(): void {
    if (!this.#asked) return
    this.#asked = false
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#go()
    }, this.#everyMs)
    this.#call()
  }
}
