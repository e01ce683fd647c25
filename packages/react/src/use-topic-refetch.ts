import type { Envelope } from '@monofil/protocol'
import { useMemo } from 'react'
import { useClient } from './MonofilProvider.tsx'
import type { TopicData, TopicName } from './register.ts'
import { NO_FETCH, TopicRefetch, type TopicRefetchView } from './topic-refetch.ts'
import { useLatest } from './use-latest.ts'
import { still, useWatched } from './use-watched.ts'

export interface UseTopicRefetchOptions<T> {
  /** Whether events refetch too, or which of them. Default false: gaps alone. */
  readonly events?: boolean | ((event: Envelope<T>) => boolean) | undefined
  /** While events come, at most one fetch in so many ms; a lone event fetches at once. Default 250. */
  readonly everyMs?: number | undefined
  /**
   * Whether the first fetch is made here, as soon as the topic is followed: only then can nothing be missed between
   * the two. False: the application has made it. Default true.
   */
  readonly initial?: boolean | undefined
  /** False: follows nothing, fetches nothing by itself. Default true. */
  readonly enabled?: boolean | undefined
}

export interface TopicRefetchResult extends TopicRefetchView {
  /** Fetches now, or joins the fetch under way. Never rejects: `refetchError` tells. */
  readonly refetch: () => Promise<void>
}

/**
 * Keeps what an application fetched by itself true: `refetch` is called once the topic is followed, once per gap,
 * and after events if asked to, one call at a time. A call that rejects is shown as `refetchError`, and made again
 * with the next event or connection. For SWR pass `mutate`, for plain React whatever fills the state.
 */
export function useTopicRefetch<K extends TopicName>(
  topic: K,
  refetch: () => unknown,
  options: UseTopicRefetchOptions<TopicData<K>> = {},
): TopicRefetchResult {
  const { everyMs = 250, initial = true, enabled = true } = options
  const client = useClient()
  const latest = useLatest({ refetch, events: options.events })
  const made = useMemo(() => {
    const wants = (event: Envelope) => {
      const { events = false } = latest.current
      return typeof events === 'function' ? events(event as Envelope<TopicData<K>>) : events
    }
    return new TopicRefetch(client, topic, { refetch: () => latest.current.refetch(), wants }, { initial, everyMs })
  }, [client, topic, initial, everyMs, latest])
  const view = useWatched(enabled ? made : NEVER)
  return useMemo(() => ({ ...view, refetch: made.refetch }), [view, made])
}

const NEVER = still(NO_FETCH)
