import { runOfTopic } from '@monofil/protocol'
import type { Bus } from '../seams/bus.ts'
import type { RunStore } from '../seams/store.ts'
import { Feed, type FeedHost } from './feed.ts'
import { type LogReader, shared } from './log-reader.ts'

/** What the feeds need beside what each of them needs. */
export interface FeedsHost extends FeedHost {
  readonly now: number
  readonly bus: Bus
  readonly runs: RunStore
  readonly reader: LogReader
}

/** The topics of this node that somebody reads, or has read a moment ago. */
export class Feeds {
  readonly #host: FeedsHost
  readonly #feeds = new Map<string, Feed>()
  readonly #opening = new Map<string, Promise<Feed | undefined>>()

  constructor(host: FeedsHost) {
    this.#host = host
  }

  /** The feed that events of this log go to. */
  get(log: string): Feed | undefined {
    return this.#feeds.get(log)
  }

  all(): IterableIterator<Feed> {
    return this.#feeds.values()
  }

  /**
   * The topic, ready to be subscribed to; undefined for a run that does not exist. The bus confirms first and the
   * head is read after, so that no event is in neither.
   */
  open(topic: string): Promise<Feed | undefined> | Feed {
    const known = this.#feeds.get(topic)
    if (known?.isReady) {
      if (known.count === 0) known.idleSince = this.#host.now
      return known
    }
    return shared(this.#opening, topic, async () => {
      const feed = new Feed(this.#host, topic)
      this.#feeds.set(topic, feed)
      try {
        await this.#host.bus.join(topic)
        if (!(await this.#read(feed))) {
          this.drop(feed)
          return undefined
        }
      } catch (error) {
        this.drop(feed)
        throw error
      }
      feed.idleSince = this.#host.now
      return feed
    })
  }

  drop(feed: Feed): void {
    if (this.#feeds.get(feed.log) !== feed) return
    this.#feeds.delete(feed.log)
    feed.isDropped = true
    feed.ring.clear()
    this.#host.bus.leave(feed.log)
  }

  /** Forgets topics that nobody has read for a while, and makes room when all rings together are too big. */
  sweep(now: number): void {
    const { lingerMs, ringTotalBytes } = this.#host.settings
    for (const feed of this.#feeds.values()) {
      if (feed.count > 0) feed.idleSince = now
      else if (feed.isReady && now - feed.idleSince > lingerMs) this.drop(feed)
    }
    if (this.#host.budget.used <= ringTotalBytes) return
    for (const feed of this.#feeds.values()) {
      feed.ring.clear()
      if (this.#host.budget.used <= ringTotalBytes * 0.75) return
    }
  }

  close(): void {
    for (const feed of [...this.#feeds.values()]) this.drop(feed)
  }

  // A run's log is never trimmed and its row says where its log ends: one query for both.
  async #read(feed: Feed): Promise<boolean> {
    const id = runOfTopic(feed.topic)
    if (id === undefined) {
      feed.ready((await this.#host.reader.bounds(feed.log)).head, undefined)
      return true
    }
    const run = await this.#host.runs.get(id)
    if (run !== undefined) feed.ready(run.offset, run)
    return run !== undefined
  }
}
