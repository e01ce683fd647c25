import { type MonofilClient, NOTHING, type RunView, type ViewMeta, type Watched } from '@monofil/client'
import {
  hashKey,
  type QueryClient,
  type UseQueryResult,
  type UseSuspenseQueryResult,
  useQuery,
  useQueryClient,
  useSuspenseQuery,
} from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { useClient } from '../MonofilProvider.tsx'
import type { TopicName, WorkflowName } from '../register.ts'
import { useLatest } from '../use-latest.ts'
import type { TypedRunView } from '../use-run.ts'
import { still, useWatched } from '../use-watched.ts'
import { runQueryOptions } from './run-query.ts'
import { attach, type FurtherOptions, type TopicHealth, type TopicQuery, topicQueryOptions } from './topic-query.ts'

/** `useQuery` for a query that a topic keeps current, with how true it is. All options may be inline. */
export function useTopicQuery<K extends TopicName, T, S = T>(
  options: TopicQuery<K, T> & FurtherOptions<T, S>,
): UseQueryResult<S> & TopicHealth {
  const { topic, queryKey, update, cursorOf, everyMs, queryFn, ...further } = options
  const { query, follow, health } = useFollowed<K, T>(options, options.enabled !== false)
  const result = useQuery<T, Error, S>({ ...further, ...query })
  useEffect(follow, [follow])
  return withHealth(result, health)
}

/** `useSuspenseQuery` for a query that a topic keeps current, with how true it is. */
export function useSuspenseTopicQuery<K extends TopicName, T, S = T>(
  options: TopicQuery<K, T> & Omit<FurtherOptions<T, S>, 'enabled' | 'throwOnError' | 'placeholderData'>,
): UseSuspenseQueryResult<S> & TopicHealth {
  const { topic, queryKey, update, cursorOf, everyMs, queryFn, ...further } = options
  const { query, follow, health } = useFollowed<K, T>(options, true)
  const result = useSuspenseQuery<T, Error, S>({ ...further, ...query })
  useEffect(follow, [follow])
  return withHealth(result, health)
}

/** A run as a query: pending until it is known, an error when it is not there; `freshness` and `lagMs` are in `data`. */
export function useRunQuery<W extends WorkflowName = WorkflowName>(
  id: string,
  options: FurtherOptions<RunView> = {},
): UseQueryResult<TypedRunView<W>> {
  const client = useClient()
  return useQuery({ ...options, ...runQueryOptions(client, id) }) as UseQueryResult<TypedRunView<W>>
}

function useFollowed<K extends TopicName, T>(options: TopicQuery<K, T>, enabled: boolean) {
  const { topic, queryKey } = options
  const client = useClient()
  const queryClient = useQueryClient()
  const latest = useLatest(options)
  const hash = hashKey(queryKey)
  const updates = options.update !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: `hash` stands for the key, `latest` for what is called
  const steady = useMemo<TopicQuery<K, T>>(
    () => ({
      topic,
      queryKey,
      queryFn: (context) => latest.current.queryFn(context),
      update: updates ? (data, event) => latest.current.update?.(data, event) : undefined,
      cursorOf: (data) => latest.current.cursorOf?.(data) ?? null,
      everyMs: latest.current.everyMs,
    }),
    [topic, hash, updates, latest],
  )
  const query = useMemo(() => topicQueryOptions(client, steady), [client, steady])
  const follow = useMemo(
    () => followOf(client, queryClient, enabled ? steady : null),
    [client, queryClient, steady, enabled],
  )
  const health = useWatched<ViewMeta>(useMemo(() => healthOf(client, topic, enabled), [client, topic, enabled]))
  return { query, follow, health }
}

function followOf<K extends TopicName, T>(
  client: MonofilClient,
  queryClient: QueryClient,
  query: TopicQuery<K, T> | null,
) {
  return () => {
    if (query !== null) attach(client, queryClient, query)
  }
}

function healthOf(client: MonofilClient, topic: string, enabled: boolean): Watched<ViewMeta> {
  return enabled ? client.follow(topic) : still(NOTHING)
}

/** The query's result as it is, since it notes which of its fields are read, with two fields more. */
function withHealth<R extends object>(result: R, { freshness, lagMs }: ViewMeta): R & TopicHealth {
  const health: TopicHealth = { freshness, lagMs }
  return new Proxy(result, {
    get: (target, key) => (key in health ? Reflect.get(health, key) : Reflect.get(target, key)),
    has: (target, key) => key in health || key in target,
  }) as R & TopicHealth
}
