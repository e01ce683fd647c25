import { useConnection, useMonofil } from '@monofil/react'
import { useNow } from './context.ts'
import { type Outage, outageOf } from './outage.ts'

/** How the one stream does now, as a person should be told. */
export function useOutage(): Outage {
  const info = useConnection()
  const { client } = useMonofil()
  const now = useNow()
  return outageOf(info, now, client.debug().connects > 0)
}
