import { formatCursor, parseCursor } from '@monofil/protocol'
import type { Entry } from './entry.ts'

/** The part of the Web Storage API that is used. */
type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * The cursors of application topics over a reload of the page. A page that crashes goes on from where it was last
 * hidden: some events may come a second time, none is lost.
 */
export class CursorMemory {
  readonly #store: Store
  readonly #key: string
  #cursors: Record<string, string>

  constructor(store: Store, url: string) {
    this.#store = store
    this.#key = `monofil.cursors ${url}`
    this.#cursors = this.#read()
  }

  /** Null where the page has no storage, or may not use it. */
  static ofPage(url: string): CursorMemory | null {
    try {
      const { sessionStorage } = globalThis as { sessionStorage?: Store }
      return sessionStorage ? new CursorMemory(sessionStorage, url) : null
    } catch {
      return null
    }
  }

  /** Where this topic was left by the page before, once. */
  take(topic: string): string | undefined {
    const cursor = this.#cursors[topic]
    delete this.#cursors[topic]
    return parseCursor(cursor) === undefined ? undefined : cursor
  }

  /** Keeps the place of every application topic; storage that is full or forbidden is no reason to fail. */
  save(entries: Iterable<Entry>): void {
    const cursors = { ...this.#cursors }
    for (const { topic, kind, sub } of entries) {
      if (kind === 'log' && typeof sub.cursor === 'object' && sub.cursor) cursors[topic] = formatCursor(sub.cursor)
    }
    try {
      this.#store.setItem(this.#key, JSON.stringify(cursors))
    } catch {}
  }

  clear(): void {
    this.#cursors = {}
    try {
      this.#store.removeItem(this.#key)
    } catch {}
  }

  #read(): Record<string, string> {
    try {
      const known: unknown = JSON.parse(this.#store.getItem(this.#key) ?? '{}')
      return typeof known === 'object' && known !== null ? { ...known } : {}
    } catch {
      return {}
    }
  }
}
