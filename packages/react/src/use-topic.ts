import { type MonofilClient, NOTHING, type SubscribeOptions, type TopicView, type Watched } from '@monofil/client'
import type { Envelope } from '@monofil/protocol'
import { type RefObject, useMemo } from 'react'
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
 * Follows a topic. Without handlers the component renders with the newest 100 events. With a handler (a function is
 * `onEvent`) that is called instead, `events` stays empty and only a change of status, freshness, error or gap
 * renders, which is right for floods; `lagMs` and `lastUpdate` are then as of the last render.
 */
export function useTopic<K extends TopicName>(
  topic: K,
  given: UseTopicOptions<TopicData<K>> | ((event: Envelope<TopicData<K>>) => void) = {},
): TopicView<TopicData<K>> {
  type T = TopicData<K>
  const options: UseTopicOptions<T> = typeof given === 'function' ? { onEvent: given } : given
  const { cursor, enabled = true } = options
  const called = HANDLERS.some((name) => options[name] !== undefined)
  const repairs = options.onGap !== undefined
  const client = useClient()
  const latest = useLatest(options)
  const watched = useMemo<Watched<TopicView<T>>>(() => {
    if (!enabled) return nothing()
    return called ? followed(client, topic, latest, { cursor, repairs }) : client.topic<T>(topic, { cursor })
  }, [client, topic, cursor, enabled, called, repairs, latest])
  return useWatched(watched)
}

function followed<T>(
  client: MonofilClient,
  topic: string,
  latest: RefObject<UseTopicOptions<T>>,
  { cursor, repairs }: { readonly cursor: string | undefined; readonly repairs: boolean },
): Watched<TopicView<T>> {
  return client.follow<T>(topic, {
    cursor,
    onEvent: (event) => latest.current.onEvent?.(event),
    onSnapshot: (snapshot) => latest.current.onSnapshot?.(snapshot),
    onState: (state) => latest.current.onState?.(state),
    // One who does nothing about a gap must not be taken for one who has made it good.
    onGap: repairs ? (gap) => latest.current.onGap?.(gap) : undefined,
    onEnd: (end) => latest.current.onEnd?.(end),
  })
}

/** What is shown of a topic that nobody follows. */
export function nothing<T>(): Watched<TopicView<T>> {
  const empty: TopicView<T> = { ...NOTHING, events: [], gap: null }
  return { get: () => empty, initial: () => empty, subscribe: () => () => {} }
}
