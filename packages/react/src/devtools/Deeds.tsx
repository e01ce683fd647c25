import type { Diagnostics, MonofilClient } from '@monofil/client'
import { type ReactNode, useState } from 'react'
import { copyReport } from './report.ts'

/** What can be done with the connection. */
export function Deeds({ client, debug }: { readonly client: MonofilClient; readonly debug: Diagnostics }): ReactNode {
  const [said, setSaid] = useState('')
  const off = debug.status === 'idle' || debug.status === 'failed' || debug.status === 'closed'
  const connect = () => {
    // What is subscribed to is a reason to connect; without any, `connect` is one until `disconnect`.
    if (debug.subscribers > 0) client.reconnect('devtools')
    else client.connect({ force: true })
  }
  return (
    <div className="deeds">
      <button type="button" disabled={off} onClick={() => client.reconnect('devtools')}>
        Reconnect
      </button>
      <button type="button" disabled={debug.status === 'closed'} onClick={off ? connect : () => client.disconnect()}>
        {off ? 'Connect' : 'Disconnect'}
      </button>
      <button type="button" onClick={() => void copyReport(client).then(setSaid)}>
        Copy report
      </button>
      <output>{said}</output>
    </div>
  )
}
