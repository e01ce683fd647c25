import type { MonofilClient } from '@monofil/client'
import { MonofilError } from '@monofil/protocol'
import { useMemo, useSyncExternalStore } from 'react'
import { useClient } from './MonofilProvider.tsx'

/** How it stands with what a page asks about one thing. */
interface Asked {
  /** What was asked and is not answered yet. */
  readonly pending: string | null
  /** Why the last was refused; null once something was asked again. */
  readonly error: MonofilError | null
  /** The hub's last answer. */
  readonly answer: unknown
}

const NOTHING: Asked = { pending: null, error: null, answer: null }

interface Entry {
  asked: Asked
  request: Promise<unknown>
  readonly listeners: Set<() => void>
}

/** What a page asks of the hub, by subject: one request at a time for each, whichever component asks. */
class Book {
  readonly #entries = new Map<string, Entry>()

  get(subject: string): Asked {
    return this.#entries.get(subject)?.asked ?? NOTHING
  }

  subscribe(subject: string, listener: () => void): () => void {
    const entry = this.#entry(subject)
    entry.listeners.add(listener)
    return () => {
      entry.listeners.delete(listener)
      this.#drop(subject, entry)
    }
  }

  /**
   * Asks, unless something is under way: the same is answered by what is under way, anything else by null. Null where
   * the hub refuses, too; `error` then says why. Never rejects.
   */
  ask<T>(subject: string, name: string, call: () => Promise<T>): Promise<T | null> {
    const entry = this.#entry(subject)
    const { pending, answer } = entry.asked
    if (pending !== null) return pending === name ? (entry.request as Promise<T | null>) : Promise.resolve(null)
    const end = (next: Partial<Asked>) => {
      this.#set(entry, { pending: null, error: null, answer, ...next })
      this.#drop(subject, entry)
    }
    this.#set(entry, { pending: name, error: null, answer })
    const request = call().then(
      (made) => {
        end({ answer: made })
        return made
      },
      (cause: unknown) => {
        end({ error: MonofilError.is(cause) ? cause : new MonofilError('internal', String(cause), { cause }) })
        return null
      },
    )
    entry.request = request
    return request
  }

  /** Takes a refusal as read. */
  dismiss(subject: string): void {
    const entry = this.#entries.get(subject)
    if (entry?.asked.error) this.#set(entry, { ...entry.asked, error: null })
  }

  #entry(subject: string): Entry {
    const known = this.#entries.get(subject)
    if (known) return known
    const made = { asked: NOTHING, request: Promise.resolve(null), listeners: new Set<() => void>() }
    this.#entries.set(subject, made)
    return made
  }

  #set(entry: Entry, asked: Asked): void {
    entry.asked = asked
    for (const listener of [...entry.listeners]) listener()
  }

  #drop(subject: string, entry: Entry): void {
    const idle = entry.listeners.size === 0 && entry.asked.pending === null
    if (idle && this.#entries.get(subject) === entry) this.#entries.delete(subject)
  }
}

const KEY = Symbol.for('monofil.react asked')

type Registry = { [KEY]?: WeakMap<MonofilClient, Book> }

/** The book of a client; on `globalThis`, since two copies of this module would ask twice. */
function bookOf(client: MonofilClient): Book {
  const registry = globalThis as Registry
  registry[KEY] ??= new WeakMap()
  const known = registry[KEY].get(client)
  if (known) return known
  const made = new Book()
  registry[KEY].set(client, made)
  return made
}

/** The page's book, open at one subject; renders with what is asked about it and answered. */
export function useAsked(subject: string) {
  const client = useClient()
  const page = useMemo(() => {
    const book = bookOf(client)
    return {
      client,
      get: () => book.get(subject),
      subscribe: (onChange: () => void) => book.subscribe(subject, onChange),
      ask: <T>(name: string, call: () => Promise<T>) => book.ask(subject, name, call),
      dismiss: () => book.dismiss(subject),
    }
  }, [client, subject])
  const asked = useSyncExternalStore(page.subscribe, page.get, () => NOTHING)
  return { page, asked }
}
