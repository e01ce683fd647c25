import { useNotifications } from '@monofil/react/inbox'
import { useEffect, useMemo, useReducer } from 'react'

/** So often what is under way is looked at, and what is settled, in ms. */
const OPEN_MS = 3_000
const SETTLED_MS = 10_000

/**
 * Another object whenever the queue may be another: with news of one's own inbox, with a stream that is back, and by the
 * clock while somebody looks, since the stream tells nobody of what others are sent.
 */
export function useQueueNews(isOpen: boolean): object {
  const { counts, freshness } = useNotifications()
  const [beats, beat] = useReducer((n: number) => n + 1, 0)
  useEffect(() => {
    const timer = setInterval(
      () => {
        if (document.visibilityState === 'visible') beat()
      },
      isOpen ? OPEN_MS : SETTLED_MS,
    )
    return () => clearInterval(timer)
  }, [isOpen])
  const { version } = counts
  const isLive = freshness === 'live'
  return useMemo(() => ({ version, isLive, beats }), [version, isLive, beats])
}
