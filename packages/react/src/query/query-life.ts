import type { Query, QueryCacheNotifyEvent, QueryClient } from '@tanstack/react-query'

/** How long a query stays current after its last observer left, so that a remount costs nothing. */
const LINGER_MS = 1000
/** The same before the first observer, as while a component is suspended. */
const FIRST_MS = 10_000

type Updated = Extract<QueryCacheNotifyEvent, { type: 'updated' }>['action']

/** What is kept up while a query is looked at. */
export interface LifeOwner {
  start(): void
  stop(): void
  /** The query's state has changed. */
  onUpdated(action: Updated): void
}

/** Keeps something running for as long as a query has active observers, and a little longer. */
export class QueryLife {
  readonly #queryClient: QueryClient
  readonly #query: Query
  readonly #owner: LifeOwner
  #unsubscribe: (() => void) | null = null
  #timer: ReturnType<typeof setTimeout> | null = null
  #seen = false

  constructor(queryClient: QueryClient, query: Query, owner: LifeOwner) {
    this.#queryClient = queryClient
    this.#query = query
    this.#owner = owner
  }

  get on(): boolean {
    return this.#unsubscribe !== null
  }

  /** Somebody wants the query: starts, and stays until nobody does. */
  begin(): void {
    if (this.#unsubscribe === null) {
      this.#seen = false
      this.#unsubscribe = this.#queryClient.getQueryCache().subscribe((event) => this.#notice(event))
      this.#owner.start()
    }
    this.#look()
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#unsubscribe === null) return
    this.#unsubscribe()
    this.#unsubscribe = null
    this.#owner.stop()
  }

  #notice(event: QueryCacheNotifyEvent): void {
    if (event.query !== this.#query) return
    if (event.type === 'removed') this.end()
    else if (event.type === 'updated') this.#owner.onUpdated(event.action)
    else this.#look()
  }

  #look(): void {
    const active = this.#query.isActive()
    if (active) {
      this.#seen = true
      if (this.#timer !== null) clearTimeout(this.#timer)
      this.#timer = null
    } else this.#timer ??= setTimeout(() => this.end(), this.#seen ? LINGER_MS : FIRST_MS)
  }
}
