import type { LoggedEvent } from '../seams/commit.ts'
import { sizeOf } from './frames.ts'

/** How much all rings of a hub may hold together. */
export interface RingBudget {
  used: number
}

/** The newest events of one topic, without holes, bounded by count and bytes. What it does not hold is in the log. */
export class Ring {
  readonly #budget: RingBudget
  readonly #maxEvents: number
  readonly #maxBytes: number
  #events: LoggedEvent[] = []
  #bytes = 0

  constructor(budget: RingBudget, maxEvents: number, maxBytes: number) {
    this.#budget = budget
    this.#maxEvents = maxEvents
    this.#maxBytes = maxBytes
  }

  get isEmpty(): boolean {
    return this.#events.length === 0
  }

  append(event: LoggedEvent): void {
    this.#events.push(event)
    this.#add(sizeOf(event))
    let drop = 0
    let bytes = this.#bytes
    // Half of it goes at once, so that a busy topic does not move the array on each event.
    if (this.#events.length > this.#maxEvents) drop = this.#events.length >> 1
    for (let i = 0; i < drop; i += 1) bytes -= sizeOf(this.#events[i] as LoggedEvent)
    while (bytes > this.#maxBytes && drop < this.#events.length) {
      bytes -= sizeOf(this.#events[drop] as LoggedEvent)
      drop += 1
    }
    if (drop > 0) {
      this.#events = this.#events.slice(drop)
      this.#add(bytes - this.#bytes)
    }
  }

  /** Puts a page that was read from the log in front, so that the next reader of the same place finds it here. */
  prime(page: readonly LoggedEvent[]): void {
    const first = this.#events[0]
    const last = page.at(-1)
    if (last === undefined || (first !== undefined && last.offset !== first.offset - 1)) return
    let from = page.length
    let bytes = 0
    while (from > 0 && this.#events.length + page.length - from < this.#maxEvents) {
      const size = sizeOf(page[from - 1] as LoggedEvent)
      if (this.#bytes + bytes + size > this.#maxBytes) break
      bytes += size
      from -= 1
    }
    if (from === page.length) return
    this.#events = [...page.slice(from), ...this.#events]
    this.#add(bytes)
  }

  /** Whether everything after this offset is here. */
  covers(after: number): boolean {
    const first = this.#events[0]
    return first !== undefined && first.offset <= after + 1
  }

  /** Events after one offset up to another, about `maxBytes` of them and at least one. Ask `covers` first. */
  slice(after: number, upTo: number, maxBytes: number): readonly LoggedEvent[] {
    const first = this.#events[0]
    if (first === undefined) return []
    const from = after + 1 - first.offset
    let to = from
    let bytes = 0
    for (let event = this.#events[to]; event !== undefined && event.offset <= upTo; event = this.#events[to]) {
      bytes += sizeOf(event)
      if (bytes > maxBytes && to > from) break
      to += 1
    }
    return this.#events.slice(from, to)
  }

  clear(): void {
    this.#events = []
    this.#add(-this.#bytes)
  }

  #add(bytes: number): void {
    this.#bytes += bytes
    this.#budget.used += bytes
  }
}
