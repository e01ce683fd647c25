import type { Freshness, MonofilClient } from '@monofil/client'
import type { Envelope } from '@monofil/protocol'
import {
  isServer,
  type Query,
  type QueryClient,
  type QueryFunctionContext,
  type QueryKey,
  QueryObserver,
  type UseQueryOptions,
} from '@tanstack/react-query'
import type { TopicData, TopicName } from '../register.ts'
import { CachedTopic, type TopicUpdates } from './cached-topic.ts'
import { keeperOf, knownKeeper } from './registry.ts'

/** A query that a topic keeps current. */
export interface TopicQuery<K extends TopicName, T> {
  readonly topic: K
  readonly queryKey: QueryKey
  readonly queryFn: (context: QueryFunctionContext) => T | Promise<T>
  /**
   * What the data is after an event; the same data if it changes nothing, undefined where only another fetch can
   * tell. It may be given an event that the data already holds, unless `cursorOf` says so. Without: every event
   * fetches.
   */
  readonly update?: ((data: T, event: Envelope<TopicData<K>>) => T | undefined) | undefined
  /** Where in the topic's log the data is true, if the answer says: a cursor, or an offset. Older events are skipped. */
  readonly cursorOf?: ((data: T) => string | number | null) | undefined
  /** While events come that only a fetch can answer, at most one in so many ms; a lone one at once. Default 250. */
  readonly everyMs?: number | undefined
}

/** How true the cache is, and how late the newest event came (as of the last render). */
export interface TopicHealth {
  readonly freshness: Freshness
  readonly lagMs: number | null
}

/** What `topicQueryOptions` decides by itself. */
type Decided = 'queryKey' | 'queryFn' | 'staleTime' | 'refetchOnReconnect'

/** What TanStack Query takes beside it. */
export type FurtherOptions<T, S = T> = Omit<UseQueryOptions<T, Error, S>, Decided>

/**
 * Options for `useQuery`, `useSuspenseQuery`, `prefetchQuery` and the like. The topic is followed first and the query
 * fetched then; later events change the cache, a gap fetches once, a reconnect without a gap does not. While that
 * holds the data is never stale. It lasts while the query has observers, and a second longer. On a server the query
 * is only fetched.
 */
export function topicQueryOptions<K extends TopicName, T>(client: MonofilClient, options: TopicQuery<K, T>) {
  return {
    queryKey: options.queryKey,
    queryFn: async (context: QueryFunctionContext): Promise<T> => {
      const run = () => options.queryFn(context)
      const query = context.client.getQueryCache().find({ queryKey: context.queryKey, exact: true })
      if (isServer || query === undefined) return run()
      return (await cachedTopic(client, context.client, query, options).fetch(run)) as T
    },
    // Unknown to the compiler as the type of any one query: it must fit each.
    staleTime: (query: AnyQuery) => (keptBy(query)?.current === true ? Number.POSITIVE_INFINITY : 0),
    // Back online, the stream brings what was missed, or a gap that fetches.
    refetchOnReconnect: (query: AnyQuery) => keptBy(query)?.covered !== true,
  }
}

/** Keeps a query current where there is no component, until the answered function is called. */
export function subscribeTopicQuery<K extends TopicName, T>(
  client: MonofilClient,
  queryClient: QueryClient,
  options: TopicQuery<K, T>,
): () => void {
  const observer = new QueryObserver<T>(queryClient, topicQueryOptions(client, options))
  const leave = observer.subscribe(() => {})
  attach(client, queryClient, options)
  return leave
}

/** Follows the topic for a query that is observed, even if it was not fetched here. */
export function attach<K extends TopicName, T>(
  client: MonofilClient,
  queryClient: QueryClient,
  options: TopicQuery<K, T>,
): void {
  const query = queryClient.getQueryCache().find({ queryKey: options.queryKey, exact: true })
  if (query?.isActive()) cachedTopic(client, queryClient, query, options).begin()
}

function cachedTopic<K extends TopicName, T>(
  client: MonofilClient,
  queryClient: QueryClient,
  query: Query,
  options: TopicQuery<K, T>,
): CachedTopic {
  const updates = updatesOf(options)
  const { topic } = options
  const keeper = keeperOf(query, client, topic, () => new CachedTopic(client, topic, query, { queryClient, updates }))
  keeper.updates = updates
  return keeper
}

function updatesOf<K extends TopicName, T>({ update, cursorOf, everyMs = 250 }: TopicQuery<K, T>): TopicUpdates {
  return {
    everyMs,
    update: (data, event) => update?.(data as T, event as Envelope<TopicData<K>>),
    cursorOf: (data) => cursorOf?.(data as T) ?? null,
  }
}

type AnyQuery = { readonly queryHash: string }

function keptBy(query: AnyQuery): CachedTopic | null {
  const keeper = knownKeeper(query as Query)
  return keeper instanceof CachedTopic ? keeper : null
}
