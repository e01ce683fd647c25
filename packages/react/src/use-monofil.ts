import type { ConnectionInfo, MonofilClient } from '@monofil/client'
import { useMemo } from 'react'
import { useClient } from './MonofilProvider.tsx'
import { useWatched } from './use-watched.ts'

/** The connection, and what can be done with it. The functions stay the same objects. */
export interface Monofil {
  readonly client: MonofilClient
  readonly connection: ConnectionInfo
  readonly isConnected: boolean
  readonly connect: MonofilClient['connect']
  readonly reconnect: MonofilClient['reconnect']
  readonly disconnect: MonofilClient['disconnect']
}

/** The page's client and its connection; renders when the connection changes. */
export function useMonofil(): Monofil {
  const client = useClient()
  const connection = useWatched(client.connection)
  const deeds = useMemo(
    () => ({
      client,
      connect: (options?: { readonly force?: boolean }) => client.connect(options),
      reconnect: (reason: string) => client.reconnect(reason),
      disconnect: () => client.disconnect(),
    }),
    [client],
  )
  return useMemo(() => ({ ...deeds, connection, isConnected: connection.status === 'open' }), [deeds, connection])
}

/** The state of the page's connection. */
export function useConnection(): ConnectionInfo {
  return useWatched(useClient().connection)
}
