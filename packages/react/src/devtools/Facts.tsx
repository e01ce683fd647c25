import type { Diagnostics } from '@monofil/client'
import type { ReactNode } from 'react'
import { spanOf, streamsOf, timeOf } from './words.ts'

const READY = ['connecting', 'open', 'closed'] as const

/** Every field of `debug()` that is not about single topics. */
export function Facts({ debug }: { readonly debug: Diagnostics }): ReactNode {
  return (
    <dl>
      {factsOf(debug, Date.now()).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function factsOf(debug: Diagnostics, now: number): readonly (readonly [name: string, value: ReactNode])[] {
  const { lastError, lastErrorAt, openSince, behindSince, expiresAt } = debug
  const error = lastError && (
    <>
      <b>{lastError.code}</b> {lastError.message}
      {lastErrorAt !== null && <span className="quiet"> {timeOf(lastErrorAt)}</span>}
    </>
  )
  return [
    ['Status', debug.reason === null ? debug.status : `${debug.status}: ${debug.reason}`],
    ['Role', debug.rank],
    ['Streams held here', streamsOf(debug)],
    ['Sharing', debug.unshared === null ? debug.transport : `${debug.transport}: ${debug.unshared}`],
    ['Marker', <code key="marker">{debug.marker}</code>],
    ['At the hub', debug.connection === null ? '–' : `${debug.connection} on ${debug.node}`],
    ['Hub', debug.url],
    ['Open since', openSince === null ? '–' : `${timeOf(openSince)} (${spanOf(now - openSince)})`],
    ['Missing since', behindSince === null ? '–' : `${timeOf(behindSince)} (${spanOf(now - behindSince)})`],
    ['Attempts, opened', `${debug.tries}, ${debug.connects}`],
    ['Failed in a row', debug.attempts],
    ['Next attempt', debug.nextRetryInMs === null ? '–' : `in ${spanOf(debug.nextRetryInMs)}`],
    ['Timers pending', debug.timersPending],
    ['Subscribers', debug.subscribers],
    ['Credential ends', expiresAt === null ? '–' : `in ${spanOf(expiresAt - now)}`],
    ['readyState', `${debug.readyState} (${READY[debug.readyState]})`],
    ['Last error', error ?? '–'],
    ['Version', debug.version],
  ]
}
