import type { ConnectionInfo } from '@monofil/client'

/** What the badge says. `behindMs` counts from the loss of the stream. */
export type Outage =
  | { readonly kind: 'live' | 'connecting' | 'failed' }
  | { readonly kind: 'behind'; readonly behindMs: number }

const QUIET_MS = 3000

/**
 * A loss of less than three seconds is not worth a word: most are over by then. `everOpen` tells the first connect
 * (nothing shown yet can be old) from a loss.
 */
export function outageOf(info: Pick<ConnectionInfo, 'status' | 'behindSince'>, now: number, everOpen: boolean): Outage {
  if (info.status === 'failed' || info.status === 'closed') return { kind: 'failed' }
  if (info.status === 'open' || info.behindSince === null)
    return { kind: info.status === 'open' || everOpen ? 'live' : 'connecting' }
  const behindMs = Math.max(0, now - info.behindSince)
  if (behindMs >= QUIET_MS) return { kind: 'behind', behindMs: Math.floor(behindMs / 1000) * 1000 }
  return { kind: everOpen ? 'live' : 'connecting' }
}
