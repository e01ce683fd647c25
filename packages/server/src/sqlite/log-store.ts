import type { LoggedEvent } from '../seams/commit.ts'
import type { Appended, LogPage, LogStore, NewLogEvent, Retention } from '../seams/store.ts'
import type { AppendArgs } from './commands/log-append.ts'
import type { TrimLimits } from './commands/log-trim.ts'
import type { Threads } from './threads.ts'

/** The log as the main thread sees it. */
export class SqliteLog implements LogStore {
  readonly #threads: Threads

  constructor(threads: Threads) {
    this.#threads = threads
  }

  async append(events: readonly NewLogEvent[]): Promise<readonly Appended[]> {
    if (events.length === 0) return []
    const args: AppendArgs = []
    let size = 0
    for (const event of events) {
      args.push(event.topic, event.type, event.dataJson, event.id ?? null)
      size += event.dataJson.length + 100
    }
    const answer = await this.#threads.write('log.append', args, { source: events, size })
    const { epoch } = this.#threads
    return events.map(({ topic }, i) => {
      const offset = answer[i + 1] ?? 0
      return { topic, epoch, offset: Math.abs(offset), duplicate: offset < 0 }
    })
  }

  async read(query: { topic: string; after: number; limit: number; maxBytes: number }): Promise<LogPage> {
    const { topic, after, limit, maxBytes } = query
    const page = await this.#threads.read('log.read', { topic, after, limit, maxBytes })
    const { epoch } = this.#threads
    const events = page.data.map((dataJson, i): LoggedEvent => {
      const at = new Date(page.at[i] ?? 0).toISOString()
      return { topic, epoch, offset: page.first + i, type: page.types[i] ?? '', dataJson, at }
    })
    return { events, oldest: page.oldest, head: page.head }
  }

  bounds(topic: string): Promise<{ readonly oldest: number; readonly head: number }> {
    return this.#threads.read('log.bounds', { topic })
  }

  async trim(retention: Retention): Promise<number> {
    const { maxCount, maxBytes, maxAgeMs } = retention
    const limits = { before: this.#threads.now() - maxAgeMs, maxCount, maxBytes }
    let count = 0
    for (let from: number | null = 0; from !== null; ) {
      const look: { topics: readonly string[]; next: number | null } = await this.#threads.read('log.trimCandidates', {
        from,
        limits,
      })
      for (const topic of look.topics) count += await this.#trimTopic(topic, limits)
      from = look.next
    }
    while (await this.#threads.write('log.forgetIds', null)) {
      // One slice after the other, so that publishers get their turn between them.
    }
    return count
  }

  async #trimTopic(topic: string, limits: TrimLimits): Promise<number> {
    let count = 0
    for (;;) {
      const slice = await this.#threads.write('log.trim', { topic, limits })
      count += slice.count
      if (!slice.more) return count
    }
  }
}
