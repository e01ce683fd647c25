import type { Item } from '@monofil/protocol'
import type { ItemFilter } from './item-filter.ts'
import { type Sieved, sieve } from './item-sieve.ts'
import type { ItemSort } from './item-sort.ts'

/** So long a piece of work may hold the page, and so long it rests after one list before it takes the next. */
const PIECE_MS = 8
const REST_MS = 250

interface Wish {
  readonly list: readonly Item[]
  readonly filter: ItemFilter
  readonly sort: ItemSort
}

/** Sieves a long list in pieces between frames, again when it changes, at most four times a second. */
export class ItemWork {
  readonly #onDone: (sieved: Sieved) => void
  #last: Sieved | null = null
  #wish: Wish | null = null
  #job: Generator<void, Sieved> | null = null
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(onDone: (sieved: Sieved) => void) {
    this.#onDone = onDone
  }

  /** What is wanted from now on. Another filter or order is begun at once, another list after the rest. */
  want(list: readonly Item[], filter: ItemFilter, sort: ItemSort): void {
    const asked = this.#wish ?? this.#last
    const isAnother = asked === null || asked.filter !== filter || asked.sort !== sort
    this.#wish = { list, filter, sort }
    if (isAnother) {
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
      const { list, filter, sort } = this.#wish
      this.#wish = null
      this.#job = sieve(list, filter, sort, this.#last)
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
