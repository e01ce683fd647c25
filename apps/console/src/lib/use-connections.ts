import type { ConnectionRow } from '@monofil/client'
import { useConnection, useMonofil } from '@monofil/react'
import { useCallback, useEffect, useReducer } from 'react'

/** The open streams as they were at `readAt` (ms since 1970). */
export interface Connections {
  readonly rows: readonly ConnectionRow[] | null
  readonly readAt: number | null
  readonly loading: boolean
  readonly error: Error | null
  readonly refresh: () => void
}

type Known = Omit<Connections, 'refresh'>

const NOTHING: Known = { rows: null, readAt: null, loading: true, error: null }

/**
 * Read when the page opens, when the reader comes back to it or asks, and when this page's own stream was replaced.
 * Never on a timer: a page that watches makes no request.
 */
export function useConnections(): Connections {
  const { client } = useMonofil()
  const { connection } = useConnection()
  const [known, change] = useReducer((old: Known, next: Partial<Known>): Known => ({ ...old, ...next }), NOTHING)
  const refresh = useCallback(() => {
    change({ loading: true })
    client.api.connections({ limit: 200 }).then(
      ({ items }) => change({ rows: items, readAt: Date.now(), loading: false, error: null }),
      (error: Error) => change({ error, loading: false }),
    )
  }, [client])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new stream of this page is a reason to read again
  useEffect(refresh, [refresh, connection])
  useEffect(() => {
    const onVisible = () => {
      if (document.visibilityState === 'visible') refresh()
    }
    document.addEventListener('visibilitychange', onVisible)
    return () => document.removeEventListener('visibilitychange', onVisible)
  }, [refresh])
  return { ...known, refresh }
}
