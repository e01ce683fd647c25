import type { ConnectionInfo, Freshness } from '@monofil/client'
import { type Inbox, type WatchInbox, watchInbox } from '@monofil/client/inbox'
import type { InboxCounts, InboxItem, MonofilError } from '@monofil/protocol'
import { useEffect, useMemo } from 'react'
import { useLatest } from '../use-latest.ts'
import { useMonofil } from '../use-monofil.ts'
import { connected, useWatched } from '../use-watched.ts'

/** Handlers may be inline: another one in every render subscribes to nothing anew. */
export interface UseNotificationsOptions extends WatchInbox {
  /** For each that comes from now on, once per id in this tab, whatever was cut off in between. */
  readonly onNotification?: ((item: InboxItem) => void) | undefined
  /** With each connection, the first one too. */
  readonly onConnected?: (() => void) | undefined
  readonly onError?: ((error: MonofilError) => void) | undefined
}

/** The reader's inbox, and what can be done with it. The functions stay the same objects. */
export interface Notifications
  extends Pick<Inbox, 'loadMore' | 'shown' | 'mark' | 'markAll' | 'claim'>,
    Pick<ConnectionParts, 'connectionInfo' | 'reconnect'> {
  /** Not archived, or those that are (`state`), newest first: 50, and those that `loadMore` has brought. */
  readonly items: readonly InboxItem[]
  readonly counts: InboxCounts
  readonly hasMore: boolean
  /** Nothing known yet. */
  readonly isLoading: boolean
  readonly isConnected: boolean
  readonly freshness: Freshness
  readonly error: MonofilError | null
}

interface ConnectionParts {
  readonly connectionInfo: ConnectionInfo
  readonly reconnect: () => void
}

/** The inbox of the page's client; all who call this share one. */
export function useInbox(state?: WatchInbox['state']): Inbox {
  const { client } = useMonofil()
  return useMemo(() => watchInbox(client, { state }), [client, state])
}

/** Follows the reader's inbox: its items and counts, live, and the same on every device. */
export function useNotifications(options: UseNotificationsOptions = {}): Notifications {
  const { connection, reconnect } = useMonofil()
  const inbox = useInbox(options.state)
  const view = useWatched(inbox)
  const latest = useLatest(options)
  const wantsNews = options.onNotification !== undefined
  useEffect(
    () => (wantsNews ? inbox.onNotification((item) => latest.current.onNotification?.(item)) : undefined),
    [inbox, wantsNews, latest],
  )
  const isOpen = connection.status === 'open'
  useEffect(() => {
    if (isOpen) latest.current.onConnected?.()
  }, [isOpen, latest])
  const { error } = view
  useEffect(() => {
    if (error !== null) latest.current.onError?.(error)
  }, [error, latest])
  const deeds = useMemo(
    () => ({
      loadMore: () => inbox.loadMore(),
      shown: (ids: readonly string[]) => inbox.shown(ids),
      mark: (...given: Parameters<Inbox['mark']>) => inbox.mark(...given),
      markAll: (...given: Parameters<Inbox['markAll']>) => inbox.markAll(...given),
      claim: (id: string) => inbox.claim(id),
      reconnect: () => reconnect('asked for by the page'),
    }),
    [inbox, reconnect],
  )
  return useMemo(() => {
    const { items, counts, hasMore, freshness } = view
    const isLoading = view.status === 'loading'
    const isConnected = connected(view)
    return { ...deeds, items, counts, hasMore, isLoading, isConnected, freshness, error, connectionInfo: connection }
  }, [deeds, view, error, connection])
}
