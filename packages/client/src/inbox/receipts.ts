/** Receipts of what was shown, many in one call. */
const BATCH_MS = 250
const BATCH = 1_000
const MAX_SENT = 10_000
const RETRY_MS = 5_000
const TRIES = 3

/** Collects ids and hands each of them over once, at most 1,000 a call; a call that fails is made again twice. */
export class Receipts {
  readonly #send: (ids: readonly string[]) => Promise<void>
  readonly #sent = new Set<string>()
  #waiting: string[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #tries = 0

  constructor(send: (ids: readonly string[]) => Promise<void>) {
    this.#send = send
  }

  add(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.#sent.has(id)) continue
      this.#sent.add(id)
      this.#waiting.push(id)
    }
    for (const oldest of this.#sent) {
      if (this.#sent.size <= MAX_SENT) break
      this.#sent.delete(oldest)
    }
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#flush(), BATCH_MS)
  }

  /** Another user has other ids. */
  forget(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting = []
    this.#sent.clear()
  }

  #flush(): void {
    this.#timer = undefined
    const ids = this.#waiting.splice(0, BATCH)
    this.#send(ids).then(
      () => {
        this.#tries = 0
        this.add([])
      },
      () => {
        this.#tries += 1
        // A hub that is away for longer has made up its mind: it takes late ones, but needs none.
        if (this.#tries >= TRIES) this.#tries = 0
        else this.#waiting.unshift(...ids)
        if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#flush(), RETRY_MS)
      },
    )
  }
}
