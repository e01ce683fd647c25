import type { LoggedEvent } from '../seams/commit.ts'
import type { LogPage, LogStore } from '../seams/store.ts'
import { type Dialect, eventsBuffer } from './frames.ts'

/** Some events of a log, framed once for all who read the same piece in the same dialect. */
export class Piece {
  readonly events: readonly LoggedEvent[]
  /** Offset of the oldest event held when this was read. */
  readonly oldest: number
  readonly #buffers: (Buffer | undefined)[] = []

  constructor(events: readonly LoggedEvent[], oldest: number) {
    this.events = events
    this.oldest = oldest
  }

  get first(): number {
    return this.events[0]?.offset ?? 0
  }

  get last(): number {
    return this.events.at(-1)?.offset ?? 0
  }

  /** The frames up to an offset; undefined when there are none. */
  buffer(dialect: Dialect, upTo: number): Buffer | undefined {
    if (upTo < this.last) return eventsBuffer(dialect, this.events.slice(0, Math.max(0, upTo - this.first + 1)))
    this.#buffers[dialect] ??= eventsBuffer(dialect, this.events)
    return this.#buffers[dialect]
  }
}

/** Reads of the log. Readers who ask for the same piece while it is being read share one query. */
export class LogReader {
  readonly #log: LogStore
  readonly #limit: number
  readonly #maxBytes: number
  readonly #pieces = new Map<string, Promise<Piece>>()
  readonly #bounds = new Map<string, ReturnType<LogStore['bounds']>>()

  constructor(log: LogStore, limit: number, maxBytes: number) {
    this.#log = log
    this.#limit = limit
    this.#maxBytes = maxBytes
  }

  /**
   * The events after this offset, as many as one piece holds. Those who say another `rewrites` do not share a query: what
   * was under way may have words that have left the log since.
   */
  read(topic: string, after: number, rewrites: number): Promise<Piece> {
    const query = { topic, after, limit: this.#limit, maxBytes: this.#maxBytes }
    return shared(this.#pieces, `${after} ${rewrites} ${topic}`, () =>
      this.#log.read(query).then((page: LogPage) => new Piece(page.events, page.oldest)),
    )
  }

  /** The topic's oldest and newest offset. */
  bounds(topic: string): ReturnType<LogStore['bounds']> {
    return shared(this.#bounds, topic, () => this.#log.bounds(topic))
  }

  /**
   * Offset of the event that ended a run's last round, looked for from the end: after it come only log lines.
   * 0 when there is none.
   */
  async lastEnd(topic: string, head: number, isEnd: (type: string) => boolean): Promise<number> {
    const step = 100
    for (let to = head; to > 0; to -= step) {
      const page = await this.#log.read({ topic, after: Math.max(0, to - step), limit: step, maxBytes: 1 << 24 })
      const found = page.events.findLast((event) => event.offset <= to && isEnd(event.type))
      if (found !== undefined) return found.offset
      if (page.events.length === 0) return 0
    }
    return 0
  }
}

/** Starts the work once for all who ask while it runs. */
export function shared<K, V>(running: Map<K, Promise<V>>, key: K, start: () => Promise<V>): Promise<V> {
  const known = running.get(key)
  if (known !== undefined) return known
  const promise = start()
  running.set(key, promise)
  const forget = () => running.delete(key)
  promise.then(forget, forget)
  return promise
}
