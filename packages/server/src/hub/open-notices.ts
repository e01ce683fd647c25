import type { InboxEvents, NoticePreferences } from '@monofil/protocol'
import { DEFAULT_PREFERENCES, judge } from '../notifications/preferences.ts'
import { textFor } from '../notifications/texts.ts'
import { WallClocks } from '../notifications/wall-clock.ts'
import type { EphemeralEvent } from '../seams/bus.ts'
import type { NotificationStore } from '../seams/notification-store.ts'
import type { Logger } from '../seams/system.ts'
import type { Feed } from './feed.ts'

/** Users whose preferences one read answers. */
const PAGE = 1_000
/** Notices that wait for preferences; what comes while so many do reaches nobody: it was for this moment only. */
const MAX_WAITING = 1_000

export interface OpenNoticesHost {
  readonly notifications: Pick<NotificationStore, 'preferencesOf'>
  readonly logger: Logger
  wallNow(): number
  /** Hands an event to the tabs of the user whose log is its topic. */
  push(event: Omit<EphemeralEvent, 'audience' | 'texts'>): void
  /** What was pushed goes out. */
  settle(): void
}

/**
 * Notices that are not stored, on their way to open tabs: one after the other, to each user what their preferences let
 * through, in their language. A digest gathers none of them, since nothing remembers how many there were.
 */
export class OpenNotices {
  readonly #host: OpenNoticesHost
  #last: Promise<void> = Promise.resolve()
  #waiting = 0

  constructor(host: OpenNoticesHost) {
    this.#host = host
  }

  /** Never throws. */
  take(event: EphemeralEvent, feeds: readonly Feed[]): void {
    if (feeds.length === 0) return
    if (this.#waiting >= MAX_WAITING) {
      this.#host.logger.warn('a notification that is not stored was dropped: too many wait', { waiting: this.#waiting })
      return
    }
    this.#waiting += 1
    this.#last = this.#last.then(async () => {
      try {
        await this.#deliver(event, feeds)
      } catch (error) {
        this.#host.logger.warn('a notification that is not stored was dropped', { error })
      }
      this.#waiting -= 1
    })
  }

  async #deliver({ audience: _, texts = [], ...event }: EphemeralEvent, feeds: readonly Feed[]): Promise<void> {
    const data = JSON.parse(event.dataJson) as InboxEvents['notification']
    // Almost all readers are told the same.
    const made = new Map<string, string>()
    const clocks = new WallClocks()
    for (let i = 0; i < feeds.length; i += PAGE) {
      const page = feeds.slice(i, i + PAGE)
      const known = await this.#preferencesOf(page)
      const now = this.#host.wallNow()
      for (const feed of page) {
        const preferences = known.get(feed.user ?? '') ?? DEFAULT_PREFERENCES
        const { inbox, quiet } = judge(preferences, { ...data, isDigest: true }, { now, clocks, recent: () => 0 })
        if (!inbox || feed.isDropped) continue
        const { language, ...words } = textFor(texts, preferences.language)
        const key = `${quiet} ${language}`
        const json = made.get(key) ?? JSON.stringify({ ...data, ...(texts.length > 0 && words), quiet })
        made.set(key, json)
        this.#host.push({ ...event, topic: feed.log, dataJson: json })
      }
      this.#host.settle()
    }
  }

  async #preferencesOf(feeds: readonly Feed[]): Promise<ReadonlyMap<string, NoticePreferences>> {
    const subs = feeds.flatMap(({ user }) => user ?? [])
    const known = await this.#host.notifications.preferencesOf(subs)
    return new Map(known.map(({ sub, preferences }) => [sub, preferences]))
  }
}
