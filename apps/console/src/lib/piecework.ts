/** So long a piece of work may hold the page, and so long it rests after one result before it begins the next. */
const PIECE_MS = 8
const REST_MS = 250

/** How a long piece of work is done. */
export interface Task<W, T> {
  /** Yields now and then, so that others may have a turn; `last` is what came of the wish before. */
  readonly begin: (wish: W, last: T | null) => Generator<void, T>
  /** Whether one waits for this and not for what is being done: then that is given up, and this is begun at once. */
  readonly isUrgent: (wish: W, before: W) => boolean
}

/** Long work done in pieces between frames, again when what is wished for changes, at most four times a second. */
export class Piecework<W, T> {
  readonly #task: Task<W, T>
  readonly #onDone: (result: T) => void
  #last: T | null = null
  #asked: W | null = null
  #wish: W | null = null
  #job: Generator<void, T> | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(task: Task<W, T>, onDone: (result: T) => void) {
    this.#task = task
    this.#onDone = onDone
  }

  /** What is wanted from now on: begun after the rest, or at once if it is the first or urgent. */
  want(wish: W): void {
    const isUrgent = this.#asked === null || this.#task.isUrgent(wish, this.#asked)
    this.#asked = this.#wish = wish
    if (isUrgent) {
      this.#job = null
      this.#wait(0)
    } else if (this.#timer === undefined) this.#wait(REST_MS)
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#wish = this.#job = null
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#piece(), ms)
  }

  #piece(): void {
    this.#timer = undefined
    if (this.#job === null) {
      if (this.#wish === null) return
      const wish = this.#wish
      this.#wish = null
      this.#job = this.#task.begin(wish, this.#last)
    }
    const until = performance.now() + PIECE_MS
    for (;;) {
      const step = this.#job.next()
      if (step.done) {
        this.#job = null
        this.#last = step.value
        this.#onDone(step.value)
        if (this.#wish !== null) this.#wait(REST_MS)
        return
      }
      if (performance.now() >= until) break
    }
    this.#wait(0)
  }
}
