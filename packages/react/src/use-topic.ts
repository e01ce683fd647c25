import { NOTHING, type SubscribeOptions, type TopicView, type Watched } from '@monofil/client'
import type { Envelope } from '@monofil/protocol'
import { useEffect, useMemo } from 'react'
import { useClient } from './MonofilProvider.tsx'
import type { TopicData, TopicName } from './register.ts'
import { useLatest } from './use-latest.ts'
import { useWatched } from './use-watched.ts'

/** Handlers may be inline: another one in every render touches no stream. */
export interface UseTopicOptions<T> extends SubscribeOptions<T> {
  /** False: follows nothing. Default true. */
  readonly enabled?: boolean | undefined
}

const HANDLERS = ['onEvent', 'onSnapshot', 'onState', 'onGap', 'onEnd'] as const

/**
 * Follows a topic. Without handlers the component renders with the newest 100 events; with a handler (a function is
 * `onEvent`) it is called instead and nothing renders, which is right for floods.
 */
export function useTopic<K extends TopicName>(
  topic: K,
  given: UseTopicOptions<TopicData<K>> | ((event: Envelope<TopicData<K>>) => void) = {},
): TopicView<TopicData<K>> {
  const options: UseTopicOptions<TopicData<K>> = typeof given === 'function' ? { onEvent: given } : given
  const { cursor, enabled = true } = options
  const called = HANDLERS.some((name) => options[name] !== undefined)
  const client = useClient()
  const latest = useLatest(options)
  useEffect(() => {
    if (!enabled || !called) return
    return client.subscribe<TopicData<K>>(topic, {
      cursor,
      onEvent: (event) => latest.current.onEvent?.(event),
      onSnapshot: (snapshot) => latest.current.onSnapshot?.(snapshot),
      onState: (state) => latest.current.onState?.(state),
      onGap: (gap) => latest.current.onGap?.(gap),
      onEnd: (end) => latest.current.onEnd?.(end),
    })
  }, [client, topic, cursor, enabled, called, latest])
  const watched = useMemo<Watched<TopicView<TopicData<K>>>>(
    () => (enabled && !called ? client.topic<TopicData<K>>(topic, { cursor }) : nothing()),
    [client, topic, cursor, enabled, called],
  )
  return useWatched(watched)
}

function nothing<T>(): Watched<TopicView<T>> {
  const empty: TopicView<T> = { ...NOTHING, events: [], gap: null }
  return { get: () => empty, initial: () => empty, subscribe: () => () => {} }
}
