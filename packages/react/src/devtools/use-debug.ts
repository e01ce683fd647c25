import type { Diagnostics, MonofilClient } from '@monofil/client'
import { useEffect, useState } from 'react'

/** What the client tells of itself: at each change of its connection, and every `everyMs`, since counts tell nobody. */
export function useDebug(client: MonofilClient, everyMs: number): Diagnostics {
  const [debug, setDebug] = useState(() => client.debug())
  useEffect(() => {
    const look = () => setDebug(client.debug())
    look()
    const stop = client.connection.subscribe(look)
    const timer = setInterval(look, everyMs)
    return () => {
      stop()
      clearInterval(timer)
    }
  }, [client, everyMs])
  return debug
}
