import { NOTHING, type SubscribeOptions, type TopicView, type Watched } from '@monofil/client'
import type { Envelope } from '@monofil/protocol'
import { type RefObject, useMemo, useState } from 'react'
import { useClient } from './MonofilProvider.tsx'
import type { TopicData, TopicName } from './register.ts'
import { useLatest } from './use-latest.ts'
import { still, useWatched } from './use-watched.ts'

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
  // Only what is given: one who does nothing about a gap must not be taken for one who has made it good.
  const names = HANDLERS.filter((name) => options[name] !== undefined).join()
  const client = useClient()
  const latest = useLatest(options)
  const [place] = useState<Place>({})
  const watched = useMemo<Watched<TopicView<T>>>(() => {
    if (!enabled) return still({ ...NOTHING, events: [], gap: null })
    if (!names) return client.topic<T>(topic, { cursor })
    return client.follow<T>(topic, onwards(topic, cursor, handlersOf(names, latest), place))
  }, [client, topic, cursor, enabled, names, latest, place])
  return useWatched(watched)
}

/** Where a component's handler is in a topic that it follows from a cursor. */
interface Place {
  of?: string
  at?: string
}

/**
 * Another client and a hot update follow anew, and the component's state is the old one: it must not be handed a
 * second time what it has.
 */
function onwards<T>(topic: string, cursor: string | undefined, handlers: UseTopicOptions<T>, place: Place) {
  const { onEvent } = handlers
  if (!cursor || !onEvent) return { ...handlers, cursor }
  const of = `${topic} ${cursor}`
  return {
    ...handlers,
    get cursor() {
      return place.of === of ? place.at : cursor
    },
    onEvent: (event: Envelope<T>) => {
      if (event.offset !== null) {
        place.of = of
        place.at = `${event.epoch}:${event.offset}`
      }
      onEvent(event)
    },
  }
}

type Handlers = { [name in (typeof HANDLERS)[number]]?: (word: never) => unknown }

/** Handlers that call the newest of the same name. */
function handlersOf<T>(names: string, latest: RefObject<UseTopicOptions<T>>): UseTopicOptions<T> {
  const handlers: Handlers = {}
  for (const name of names.split(',') as (typeof HANDLERS)[number][]) {
    handlers[name] = (word) => (latest.current as Handlers)[name]?.(word)
  }
  return handlers as UseTopicOptions<T>
}
