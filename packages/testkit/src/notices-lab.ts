import type { InboxItem } from '@monofil/protocol'
import type { Commit, NewNotice, NoticeTarget, SeenUser, Store } from '@monofil/server'
import { FakeClock, type OpenedStore, type StoreHost } from './store-host.ts'

const NOBODY: NoticeTarget = { users: [], roles: [], topics: [], all: false, except: [] }

/** A notice with the title `id`, to `ann` unless something else is said. */
export function newNotice(
  id: string,
  { to, ...options }: Partial<Omit<NewNotice, 'to'>> & { readonly to?: Partial<NoticeTarget> } = {},
): NewNotice {
  return {
    id,
    sender: 'sender',
    to: { ...NOBODY, ...(to ?? { users: ['ann'] }) },
    texts: [{ language: '', title: id, message: null, details: null }],
    severity: 'info',
    severityAsSent: null,
    module: null,
    action: null,
    actions: [],
    link: null,
    dataJson: null,
    sendAt: null,
    ttlMs: null,
    ...options,
  }
}

export const seen = (sub: string, ...roles: string[]): SeenUser => ({ sub, roles, issuedAt: null })

/** A store with a clock that stands still, and what a test does to its inboxes in a word. */
export class NoticeLab {
  readonly clock = new FakeClock()
  readonly commits: Commit[] = []
  readonly #open: (host: StoreHost) => Promise<OpenedStore>
  #opened: OpenedStore | undefined
  #store: Store | undefined

  constructor(open: (host: StoreHost) => Promise<OpenedStore>) {
    this.#open = open
  }

  async open(): Promise<void> {
    this.#opened = await this.#open({ clock: this.clock, onCommit: (commit) => this.commits.push(commit) })
    this.#store = this.#opened.store
  }

  async reopen(): Promise<void> {
    this.#store = await this.#opened?.reopen()
  }

  async close(): Promise<void> {
    await this.#opened?.close()
  }

  get store(): Store {
    if (this.#store === undefined) throw new Error('the lab is not open')
    return this.#store
  }

  get notices(): Store['notifications'] {
    return this.store.notifications
  }

  async send(id: string, options: Parameters<typeof newNotice>[1] = {}): Promise<boolean> {
    return (await this.notices.send(newNotice(id, options))).created
  }

  /** The ids in somebody's inbox, newest first. */
  async ids(sub: string, state: 'inbox' | 'unread' | 'unseen' | 'archived' | 'all' = 'inbox'): Promise<string[]> {
    return (await this.items(sub, state)).map(({ id }) => id)
  }

  async items(sub: string, state: 'inbox' | 'unread' | 'unseen' | 'archived' | 'all' = 'inbox'): Promise<InboxItem[]> {
    const items: InboxItem[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await this.notices.inbox(sub, { state, limit: 200, cursor })
      items.push(...page.items)
      if (page.nextCursor === null) return items
      cursor = page.nextCursor
    }
  }

  /** What somebody's own log holds now. */
  async log(sub: string): Promise<{ readonly type: string; readonly data: Record<string, unknown> }[]> {
    const page = await this.store.log.read({ topic: `user:${sub}`, after: 0, limit: 5_000, maxBytes: 1 << 26 })
    return page.events.map(({ type, dataJson }) => ({ type, data: JSON.parse(dataJson) as Record<string, unknown> }))
  }

  async sweepAfter(ms: number): Promise<number> {
    this.clock.advance(ms)
    return this.notices.sweep()
  }
}
