import type { Envelope, InboxCounts, InboxEvents, InboxItem, InboxSnapshot, Snapshot } from '@monofil/protocol'
import type { InboxPage } from './inbox-api.ts'

/** Events that wait for an answer; with more of them it is asked for again. */
const MAX_WAITING = 5_000
/** Ids of which was told; far more than come between two connections. */
const MAX_TOLD = 5_000

const NO_COUNTS: InboxCounts = { unseen: 0, unread: 0, version: 0 }

/**
 * What is known of an inbox: its newest items without a hole, as they are after one event of its log. It begins with a
 * snapshot or with an answer of REST, which is true at `counts.version`, and goes on with each event after that.
 */
export class InboxFold {
  items: readonly InboxItem[] = []
  counts = NO_COUNTS
  /** Where what is older begins; null: nothing is; undefined: not known. */
  nextCursor: string | null | undefined
  /** Whether what is known is whole. */
  ready = false
  /** Grows with what may have moved something into the archive, or out of it. */
  moves = 0
  /** The offset up to which it is true; null: only a snapshot or an answer can say. */
  #at: number | null = null
  #epoch: string | null = null
  /** The offset at which this began: what came later is news. Null where offsets may have begun anew. */
  #since: number | null = null
  /** Whether events are missing between what is known and the next snapshot or answer. */
  #missed = false
  #asked = false
  #waiting: Envelope[] = []
  #overflown = false
  #news: InboxItem[] = []
  readonly #told = new Set<string>()

  /** It is asked for: events wait for the answer. */
  ask(): void {
    this.#asked = true
  }

  /** What came that was not there before, each id once; asked for again it is empty. */
  takeNews(): readonly InboxItem[] {
    return this.#news.splice(0)
  }

  /** False: something is missing, and the inbox is to be asked for. */
  event(event: Envelope): boolean {
    // Not stored: it is in no inbox, and may come again with no connection.
    if (event.offset === null) {
      if (event.type === 'notification') this.#tell(withoutCounts(event.data as InboxEvents['notification']))
      return true
    }
    if (event.type !== 'notification') this.moves += 1
    this.#hearOf(event)
    if (!this.#asked && this.#at !== null) {
      const isTaken = this.#take(event, this.#at)
      // All that were known are gone: older ones may be there, which nothing would bring.
      const isEmptied = isTaken && this.items.length === 0 && this.nextCursor !== null
      if (isTaken && !isEmptied) return true
      this.#asked = true
      if (!isTaken) this.#waiting.push(event)
      return false
    }
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(event)
    else this.#overflown = true
    return true
  }

  /** As `event`. */
  snapshot({ data, epoch, offset = 0 }: Snapshot): boolean {
    const { items, counts } = data as InboxSnapshot
    return this.#begin({ items, counts, nextCursor: undefined }, offset, epoch ?? null)
  }

  /** The newest page, as it was answered; false: it is to be asked for again. */
  answer(page: InboxPage): boolean {
    if (this.#at !== null && page.counts.version < this.#at) return false
    return this.#begin(page, page.counts.version, null)
  }

  /** A page that follows the last item; false: it was read before what is known here, and is to be read again. */
  older(page: InboxPage): boolean {
    if (this.#at === null || page.counts.version < this.#at) return false
    const known = new Set(this.items.map(({ id }) => id))
    this.items = [...this.items, ...page.items.filter(({ id }) => !known.has(id))]
    this.nextCursor = page.nextCursor
    for (const { id } of page.items) this.#remember(id)
    this.hear(page.counts)
    return true
  }

  /** Of two counts the higher version is right. */
  hear(counts: InboxCounts): void {
    if (counts.version >= this.counts.version) this.counts = counts
  }

  /**
   * Events were lost: what is known is shown until a snapshot or an answer comes, whatever version that has. `isAnew`: it
   * may be of another log, whose offsets say nothing of what was known.
   */
  lose(isAnew: boolean): void {
    this.#at = null
    this.#epoch = null
    this.#missed = true
    if (isAnew) this.#since = null
  }

  /** Nobody watches: what comes now comes without an event. */
  leave(): void {
    this.#missed = true
  }

  /** Another user's, or nobody's any more. */
  forget(): void {
    this.lose(true)
    this.items = []
    this.counts = NO_COUNTS
    this.nextCursor = undefined
    this.ready = this.#asked = this.#overflown = false
    this.#waiting = []
    this.#news = []
    this.#told.clear()
  }

  #begin(
    page: Omit<InboxPage, 'nextCursor'> & Pick<InboxFold, 'nextCursor'>,
    at: number,
    epoch: string | null,
  ): boolean {
    // Where no event is missing they tell: all of them, in order, and not the newest 50 only.
    if (!this.ready) for (const { id } of page.items) this.#remember(id)
    else if (this.#missed) for (const item of this.#freshOf(page.items).toReversed()) this.#tell(item)
    this.#missed = false
    this.#since ??= at
    const waiting = this.#waiting
    this.moves += 1
    let whole = !this.#overflown
    if (this.#at === null) this.counts = page.counts
    else this.hear(page.counts)
    this.items = page.items
    this.nextCursor = page.nextCursor
    this.#at = at
    this.#epoch = epoch
    this.ready = true
    this.#asked = this.#overflown = false
    this.#waiting = []
    // After one that does not fit the others wait again.
    for (const event of waiting) whole = this.event(event) && whole
    return whole
  }

  /** Of what is there, what came since this began: also below what is known, where its words have changed since. */
  #freshOf(items: readonly InboxItem[]): readonly InboxItem[] {
    const since = this.#since
    if (since !== null) return items.filter(({ offset }) => offset !== null && offset > since)
    const before = new Set(this.items.map(({ id }) => id))
    const known = items.findIndex(({ id }) => before.has(id))
    // Below the first that was known are older ones, which take the place of those that went.
    return items.slice(0, known === -1 ? items.length : known)
  }

  #take({ epoch, offset, type, data }: Envelope, at: number): boolean {
    if (offset === null) return true
    if (this.#epoch !== null && epoch !== this.#epoch) return false
    if (offset <= at) return true
    if (offset !== at + 1 || !this.#apply(type, data)) return false
    this.#epoch = epoch
    this.#at = offset
    this.hear((data as { counts: InboxCounts }).counts)
    return true
  }

  #apply(type: string, data: unknown): boolean {
    if (type === 'notification') return this.#put(withoutCounts(data as InboxEvents['notification']))
    if (type === 'updated') {
      const item = withoutCounts(data as InboxEvents['updated'])
      // Where it stands among the others only the hub knows.
      return item.archivedAt !== null || (this.#has(item.id) && this.#put(item))
    }
    if (type === 'removed') {
      const { ids } = data as InboxEvents['removed']
      if (ids.length > 0) this.items = this.items.filter(({ id }) => !ids.includes(id))
      return true
    }
    return type === 'read' ? this.#mark(data as InboxEvents['read']) : true
  }

  #put(item: InboxItem): boolean {
    if (this.#has(item.id)) {
      this.items = this.items.map((one) => (one.id === item.id ? item : one))
      return true
    }
    this.items = [item, ...this.items]
    return true
  }

  #mark({ state, ids, at }: InboxEvents['read']): boolean {
    // One that comes back from the archive has its old place, which is not known here.
    if (state === 'unread' && ids?.some((id) => !this.#has(id))) return false
    const isMeant = ids === null ? () => true : (id: string) => ids.includes(id)
    if (state === 'archived') {
      this.items = this.items.filter(({ id }) => !isMeant(id))
      return true
    }
    this.items = this.items.map((item) => {
      if (!isMeant(item.id)) return item
      if (state === 'unread') return { ...item, readAt: null }
      const seenAt = item.seenAt ?? at
      return { ...item, seenAt, readAt: state === 'read' ? (item.readAt ?? at) : item.readAt }
    })
    return true
  }

  #has(id: string): boolean {
    return this.items.some((item) => item.id === id)
  }

  /** One that came since this began is news where its words are, whether it can be placed yet or not. */
  #hearOf({ type, data }: Envelope): void {
    if (type !== 'notification' && type !== 'updated') return
    const item = withoutCounts(data as InboxEvents['notification'])
    if (this.#since !== null && item.offset !== null && item.offset > this.#since) this.#tell(item)
  }

  #tell(item: InboxItem): void {
    if (this.#told.has(item.id)) return
    this.#remember(item.id)
    this.#news.push(item)
  }

  #remember(id: string): void {
    this.#told.add(id)
    if (this.#told.size <= MAX_TOLD) return
    for (const oldest of this.#told) {
      this.#told.delete(oldest)
      return
    }
  }
}

function withoutCounts({ counts: _, ...item }: InboxItem & { readonly counts: InboxCounts | null }): InboxItem {
  return item
}
