import type { MonofilClient, RunView, Watched } from '@monofil/client'
import { MonofilError, topicOfRun } from '@monofil/protocol'
import { isServer, type Query, type QueryClient, type QueryFunctionContext } from '@tanstack/react-query'
import { QueryLife } from './query-life.ts'
import { type Keeper, keeperOf, knownKeeper } from './registry.ts'

/** Keeps a query's cached run current: what the client's view shows is what the cache holds. */
class CachedRun implements Keeper {
  readonly client: MonofilClient
  readonly topic: string
  readonly #queryClient: QueryClient
  readonly #query: Query
  readonly #watched: Watched<RunView>
  readonly #life: QueryLife
  readonly #waiting = new Set<() => void>()
  #leave: (() => void) | null = null

  constructor(client: MonofilClient, id: string, query: Query, queryClient: QueryClient) {
    this.client = client
    this.topic = topicOfRun(id)
    this.#query = query
    this.#queryClient = queryClient
    this.#watched = client.run(id)
    this.#life = new QueryLife(queryClient, query, {
      start: () => {
        this.#leave = this.#watched.subscribe(() => this.#look())
      },
      stop: () => {
        this.#leave?.()
        this.#leave = null
        this.#wake()
      },
      onUpdated: ({ type }) => type === 'success' && this.#look(),
    })
  }

  get current(): boolean {
    return this.#life.on
  }

  close(): void {
    this.#life.end()
  }

  async fetch(): Promise<RunView> {
    this.#life.begin()
    while (this.#life.on && this.#watched.get().status === 'loading') {
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
    const view = this.#watched.get()
    if (view.status === 'ready') return view
    if (view.status === 'loading') throw new MonofilError('node_unreachable', `nothing was said about ${this.topic}`)
    throw view.error
  }

  #look(): void {
    const view = this.#watched.get()
    const { data } = this.#query.state
    const { queryKey } = this.#query
    if (view.status !== 'loading') this.#wake()
    if (data === undefined || data === view) return
    // What was known is forgotten, as when somebody else has signed in.
    if (view.status === 'loading') void this.#queryClient.resetQueries({ queryKey, exact: true }).catch(() => {})
    else this.#queryClient.setQueryData(queryKey, view)
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}

/**
 * Options for `useQuery`, `useSuspenseQuery` and the like: a run's view, fetched by its snapshot and kept current by
 * the stream while the query has observers. Rejects when the run is not there or refused; on a server, always.
 */
export function runQueryOptions(client: MonofilClient, id: string) {
  return {
    queryKey: ['monofil', client.url, 'run', id],
    queryFn: async (context: QueryFunctionContext): Promise<RunView> => {
      const query = context.client.getQueryCache().find({ queryKey: context.queryKey, exact: true })
      if (isServer || query === undefined) {
        throw new MonofilError('invalid_state', 'a run is followed in the browser: there is no stream on a server')
      }
      const make = () => new CachedRun(client, id, query, context.client)
      return keeperOf(query, client, topicOfRun(id), make).fetch()
    },
    staleTime: (query: { readonly queryHash: string }) => {
      const keeper = knownKeeper(query as Query)
      return keeper instanceof CachedRun && keeper.current ? Number.POSITIVE_INFINITY : 0
    },
    // The view shares what did not change by itself.
    structuralSharing: false,
  }
}
