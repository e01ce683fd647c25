import { type InboxItem, type InboxMark, MonofilError } from '@monofil/protocol'
import { NOTHING } from '../types.ts'
import type { InboxApi, Marked } from './inbox-api.ts'
import type { Inbox, InboxView } from './watch-inbox.ts'

/** Between two reads, in ms: what is archived one by one is read together. */
const EVERY_MS = 500
const MAX_RETRY_MS = 30_000
/** Items that are added by `loadMore`; and the most that a call answers. */
const PAGE = 50
const MAX_PAGE = 200

/** An inbox that says how often something happened that may concern the archive. */
interface MovingInbox extends Inbox {
  readonly moves: number
  /** Grows with each user. */
  readonly users: number
}

/**
 * What is archived of an inbox. The stream tells of marks by their ids, and an archived item is known to the hub alone:
 * it is read again when the inbox says that something moved, and only while somebody watches.
 */
export class ArchiveWatch implements Inbox {
  readonly #api: InboxApi
  readonly #inbox: MovingInbox
  readonly #watchers = new Set<() => void>()
  #stop: (() => void) | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #items: readonly InboxItem[] = []
  #hasMore = false
  #isReady = false
  #wanted = PAGE
  /** The moves of the inbox when what is known was asked for; -1: nothing was. */
  #asOf = -1
  #reading: Promise<void> | null = null
  #users = 0
  #lastAt = 0
  #retryMs = EVERY_MS
  #error: MonofilError | null = null
  #view: InboxView = { ...NOTHING, items: [], counts: { unseen: 0, unread: 0, version: 0 }, hasMore: false }
  #of: InboxView | null = null
  #isTelling = false

  constructor(api: InboxApi, inbox: MovingInbox) {
    this.#api = api
    this.#inbox = inbox
  }

  get(): InboxView {
    const of = this.#inbox.get()
    if (of === this.#of) return this.#view
    this.#of = of
    if (of.status !== 'ready' || this.#users !== this.#inbox.users) this.#forget()
    const missing = this.#error === null ? 'loading' : 'error'
    const isBehind = of.freshness === 'live' && this.#asOf !== this.#inbox.moves
    this.#view = {
      ...of,
      status: of.status === 'ready' && !this.#isReady ? missing : of.status,
      freshness: isBehind ? 'replaying' : of.freshness,
      error: of.error ?? this.#error,
      items: this.#items,
      hasMore: this.#hasMore,
    }
    return this.#view
  }

  initial(): InboxView {
    return this.#inbox.initial()
  }

  subscribe(onChange: () => void): () => void {
    const watcher = () => onChange()
    this.#watchers.add(watcher)
    this.#stop ??= this.#start()
    return () => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size > 0) return
      this.#stop?.()
      this.#stop = null
      this.#asOf = -1
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
  }

  onNotification(listener: (item: InboxItem) => void): () => void {
    return this.#inbox.onNotification(listener)
  }

  async loadMore(): Promise<void> {
    await this.#reading
    if (!this.#hasMore) return
    this.#wanted = this.#items.length + PAGE
    await this.#read()
  }

  shown(ids: readonly string[]): void {
    this.#inbox.shown(ids)
  }

  mark(ids: readonly string[], state: InboxMark): Promise<Marked> {
    return this.#inbox.mark(ids, state)
  }

  markAll(state?: Exclude<InboxMark, 'unread'>): Promise<Marked> {
    return this.#inbox.markAll(state)
  }

  claim(id: string): Promise<InboxItem> {
    return this.#inbox.claim(id)
  }

  #start(): () => void {
    const stop = this.#inbox.subscribe(() => {
      this.#look()
      this.#tell()
    })
    this.#look()
    return stop
  }

  /** Reads what moved, as soon as it may. */
  #look(): void {
    const { status, freshness } = this.#inbox.get()
    // What moves while there is no stream would be missed: what is known stays until it is back.
    if (status !== 'ready' || freshness === 'stale' || this.#asOf === this.#inbox.moves) return
    if (this.#timer !== undefined || this.#reading !== null) return
    const wait = this.#error === null ? EVERY_MS : this.#retryMs
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        this.#read().catch(() => {})
      },
      Math.max(0, this.#lastAt + wait - Date.now()),
    )
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readPages().finally(() => {
      this.#reading = null
      this.#lastAt = Date.now()
      this.#of = null
      if (this.#stop !== null) this.#look()
      this.#tell()
    })
    return this.#reading
  }

  async #readPages(): Promise<void> {
    const { moves, users } = this.#inbox
    const items: InboxItem[] = []
    try {
      let cursor: string | null | undefined
      while (items.length < this.#wanted && cursor !== null) {
        const limit = Math.min(MAX_PAGE, this.#wanted - items.length)
        const page = await this.#api.list({ state: 'archived', limit, ...(cursor ? { cursor } : {}) })
        items.push(...page.items)
        cursor = page.nextCursor
      }
      // Of the user who is gone, or of nobody's any more.
      if (this.#inbox.get().status !== 'ready' || users !== this.#inbox.users) return
      this.#items = items
      this.#hasMore = cursor !== null
      this.#asOf = moves
      this.#isReady = true
      this.#users = users
      this.#error = null
      this.#retryMs = EVERY_MS
    } catch (error) {
      if (users !== this.#inbox.users) return
      this.#error = MonofilError.is(error) ? error : new MonofilError('internal', String(error))
      this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS)
      throw error
    }
  }

  #forget(): void {
    this.#items = []
    this.#hasMore = this.#isReady = false
    this.#wanted = PAGE
    this.#asOf = -1
    this.#users = this.#inbox.users
    this.#error = null
  }

  #tell(): void {
    if (this.#isTelling) return
    this.#isTelling = true
    queueMicrotask(() => {
      this.#isTelling = false
      for (const watcher of [...this.#watchers]) watcher()
    })
  }
}
