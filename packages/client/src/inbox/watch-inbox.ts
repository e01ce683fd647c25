import { type Envelope, type InboxCounts, type InboxItem, type InboxMark, MonofilError } from '@monofil/protocol'
import { type MonofilClient, NOTHING, type TopicView, type ViewMeta, type Watched } from '../types.ts'
import { inboxApi, type Marked } from './inbox-api.ts'
import { InboxFold } from './inbox-fold.ts'
import { Receipts } from './receipts.ts'
import { ArchiveWatch } from './watch-archive.ts'

/** How long the stream's own snapshot is waited for before the inbox is asked for, in ms. */
const PATIENCE_MS = 250
/** Between two tries to read the inbox, in ms; doubled up to the other. */
const RETRY_MS = 1_000
const MAX_RETRY_MS = 30_000
/** Items of a page; and the most that a call answers. */
const PAGE = 50
const MAX_PAGE = 200
/** Reads of an older page that the stream overtook; then the newest are read anew. */
const OLDER_TRIES = 5

/** One's own inbox as it is now. */
export interface InboxView extends ViewMeta {
  /** Not archived, newest first, without a hole: 50, and those that `loadMore` has brought. */
  readonly items: readonly InboxItem[]
  readonly counts: InboxCounts
  /** Whether there may be older ones. */
  readonly hasMore: boolean
}

/** One's own inbox: live, in every tab and on every device the same. */
export interface Inbox extends Watched<InboxView> {
  /**
   * Calls back for what comes from now on, in this tab once per id, over reconnects and changes of the leading tab;
   * what came while it was away comes with the connection. Holds the subscription until the answered function is called.
   */
  onNotification(listener: (item: InboxItem) => void): () => void
  /** Brings the next 50 older items; several calls at once are one. */
  loadMore(): Promise<void>
  /** Says that a person was shown these, so that no push is tried; sent together, each id once. */
  shown(ids: readonly string[]): void
  mark(ids: readonly string[], state: InboxMark): Promise<Marked>
  /** Everything that is not archived; `read` when left out. */
  markAll(state?: Exclude<InboxMark, 'unread'>): Promise<Marked>
  claim(id: string): Promise<InboxItem>
}

/** Which part of an inbox. */
export interface WatchInbox {
  /**
   * `archived`: the items are those that are archived, read again when something moved; everything else is as of the
   * inbox itself. Left out: those that are not.
   */
  readonly state?: 'archived' | undefined
}

interface Watches {
  readonly inbox: InboxWatch
  readonly archive: ArchiveWatch
}

const KEY = Symbol.for('monofil.client inboxes')
type Registry = { [KEY]?: WeakMap<MonofilClient, Watches> }

/**
 * Watches the inbox of the client's user on the one stream. All who ask with the same client get the same object. On
 * `globalThis`, since a module that is loaded twice would read, and say what was shown, twice.
 */
export function watchInbox(client: MonofilClient, { state }: WatchInbox = {}): Inbox {
  const registry = globalThis as Registry
  registry[KEY] ??= new WeakMap()
  const watches = registry[KEY].get(client) ?? watchesOf(client)
  registry[KEY].set(client, watches)
  return state === 'archived' ? watches.archive : watches.inbox
}

function watchesOf(client: MonofilClient): Watches {
  const inbox = new InboxWatch(client)
  return { inbox, archive: new ArchiveWatch(inboxApi(client), inbox) }
}

const EMPTY: InboxView = { ...NOTHING, items: [], counts: { unseen: 0, unread: 0, version: 0 }, hasMore: false }

class InboxWatch implements Inbox {
  readonly #api: ReturnType<typeof inboxApi>
  readonly #fold = new InboxFold()
  readonly #receipts: Receipts
  readonly #tail: Watched<TopicView>
  readonly #watchers = new Set<() => void>()
  readonly #listeners = new Set<(item: InboxItem) => void>()
  #stop: (() => void) | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #retryMs = RETRY_MS
  /** Grows with each asking; the answer to an older one is thrown away. */
  #asking = 0
  /** Grows with each user. */
  #users = 0
  /** Whether what is known goes on with what the stream brings now. */
  #isPlaced = false
  /** Nothing said where the stream stands: it is asked for, as soon as there is one. */
  #isDue = false
  #older: Promise<void> | null = null
  #error: MonofilError | null = null
  #lastUpdate: number | null = null
  #view = EMPTY
  #seen: TopicView | null = null
  #isStale = false
  #isTelling = false

  constructor(client: MonofilClient) {
    this.#api = inboxApi(client)
    this.#receipts = new Receipts((ids) => this.#api.receipts(ids))
    this.#tail = client.follow('inbox', {
      onEvent: (event) => this.#event(event),
      onSnapshot: (snapshot) => this.#settle(this.#fold.snapshot(snapshot)),
      onGap: ({ reason }) => {
        this.#fold.lose(reason !== 'retention')
        this.#await(PATIENCE_MS)
      },
    })
  }

  get(): InboxView {
    const tail = this.#tail.get()
    this.#noticeUser(tail)
    if (!this.#isStale && tail === this.#seen) return this.#view
    this.#isStale = false
    this.#seen = tail
    const { status, freshness, lagMs, error } = tail
    const { items, counts, ready, nextCursor } = this.#fold
    const missing = this.#error === null ? 'loading' : 'error'
    this.#view = {
      status: status === 'ready' && !ready ? missing : status,
      freshness: freshness === 'live' && !this.#isPlaced ? 'replaying' : freshness,
      lagMs,
      error: error ?? this.#error,
      lastUpdate: this.#lastUpdate,
      items,
      counts,
      hasMore: items.length > 0 && nextCursor !== null,
    }
    return this.#view
  }

  initial(): InboxView {
    return EMPTY
  }

  get users(): number {
    return this.#users
  }

  /** As the fold has it. */
  get moves(): number {
    return this.#fold.moves
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
      this.#asking += 1
      this.#isPlaced = false
      this.#fold.leave()
      clearTimeout(this.#timer)
    }
  }

  onNotification(listener: (item: InboxItem) => void): () => void {
    const one = (item: InboxItem) => listener(item)
    this.#listeners.add(one)
    const stop = this.subscribe(() => {})
    return () => {
      this.#listeners.delete(one)
      stop()
    }
  }

  loadMore(): Promise<void> {
    this.#older ??= this.#readOlder().finally(() => {
      this.#older = null
    })
    return this.#older
  }

  shown(ids: readonly string[]): void {
    this.#receipts.add(ids)
  }

  async mark(ids: readonly string[], state: InboxMark): Promise<Marked> {
    return this.#heard(await this.#api.mark(ids, state))
  }

  async markAll(state: Exclude<InboxMark, 'unread'> = 'read'): Promise<Marked> {
    return this.#heard(await this.#api.markAll(state))
  }

  claim(id: string): Promise<InboxItem> {
    return this.#api.claim(id)
  }

  #start(): () => void {
    const stop = this.#tail.subscribe(() => {
      this.#askIfDue()
      this.#tell()
    })
    // What came while nobody watched is not among what follows; a first subscriber is sent a snapshot.
    this.#await(this.#fold.ready ? 0 : PATIENCE_MS)
    return stop
  }

  /** The counts say so at once; the items follow with the event. */
  #heard(marked: Marked): Marked {
    this.#fold.hear(marked.counts)
    this.#tell()
    return marked
  }

  #event(event: Envelope): void {
    if (!this.#fold.event(event)) this.#ask()
    this.#tell()
    this.#announce()
  }

  #settle(isWhole: boolean): void {
    clearTimeout(this.#timer)
    this.#asking += 1
    this.#isDue = false
    this.#isPlaced = true
    this.#error = null
    this.#retryMs = RETRY_MS
    if (!isWhole) this.#again()
    this.#tell()
    this.#announce()
  }

  #await(ms: number): void {
    clearTimeout(this.#timer)
    this.#isPlaced = this.#isDue = false
    this.#timer = setTimeout(() => {
      this.#isDue = true
      this.#askIfDue()
    }, ms)
  }

  /** Without a stream what follows the answer would be missing. */
  #askIfDue(): void {
    const { status, freshness } = this.#tail.get()
    if (this.#isDue && status === 'ready' && freshness !== 'stale') this.#ask()
  }

  #ask(): void {
    clearTimeout(this.#timer)
    this.#isDue = false
    this.#fold.ask()
    this.#asking += 1
    const asking = this.#asking
    const limit = Math.min(MAX_PAGE, Math.max(PAGE, this.#fold.items.length))
    this.#api.list({ limit }).then(
      (page) => {
        if (asking === this.#asking) this.#settle(this.#fold.answer(page))
      },
      (error: unknown) => {
        if (asking !== this.#asking) return
        this.#error = MonofilError.is(error) ? error : new MonofilError('internal', String(error))
        this.#again()
        this.#tell()
      },
    )
  }

  #again(): void {
    clearTimeout(this.#timer)
    this.#fold.ask()
    this.#timer = setTimeout(() => this.#ask(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS)
  }

  async #readOlder(): Promise<void> {
    const users = this.#users
    for (let n = 0; n < OLDER_TRIES; n += 1) {
      const { nextCursor, items } = this.#fold
      if (nextCursor === null || items.length === 0) return
      const query = nextCursor === undefined ? { limit: Math.min(MAX_PAGE, items.length + PAGE) } : { limit: PAGE }
      const page = await this.#api.list({ ...query, ...(nextCursor ? { cursor: nextCursor } : {}) })
      if (users !== this.#users) return
      // A snapshot says nothing of where the older ones begin: the newest are read with them.
      if (nextCursor !== this.#fold.nextCursor) continue
      if (nextCursor === undefined ? this.#fold.answer(page) : this.#fold.older(page)) break
    }
    this.#tell()
    this.#announce()
  }

  /** A topic that is no longer known is another user's now, or nobody's. */
  #noticeUser({ status }: TopicView): void {
    if (status === 'ready' || !this.#fold.ready) return
    this.#fold.forget()
    this.#receipts.forget()
    this.#users += 1
    this.#isStale = true
    if (this.#stop !== null) this.#await(PATIENCE_MS)
  }

  #announce(): void {
    for (const item of this.#fold.takeNews()) {
      for (const listener of [...this.#listeners]) {
        try {
          listener(item)
        } catch (error) {
          // One listener's mistake must not keep it from the others.
          ;(globalThis as { reportError?: (error: unknown) => void }).reportError?.(error)
        }
      }
    }
  }

  /** Once per turn, as every view. */
  #tell(): void {
    this.#isStale = true
    this.#lastUpdate = Date.now()
    this.#noticeUser(this.#tail.get())
    if (this.#isTelling) return
    this.#isTelling = true
    queueMicrotask(() => {
      this.#isTelling = false
      for (const watcher of [...this.#watchers]) watcher()
    })
  }
}
