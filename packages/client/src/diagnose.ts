import { formatCursor } from '@monofil/protocol'
import type { Core } from './core.ts'
import type { Diagnostics, Freshness, ViewMeta } from './types.ts'
import { VERSION } from './version.ts'

/** Everything a person needs to see what the client does and why; no credential, no data of events. */
export function diagnose(core: Core): Diagnostics {
  const { route, topics, alarm, url, tally } = core
  const info = core.info.get()
  const health = core.health()
  const refs: Record<string, number> = {}
  const cursors: Record<string, string | null> = {}
  const freshness: Record<string, Freshness> = {}
  let subscribers = 0
  for (const entry of topics.entries()) {
    const { topic, listeners, sub } = entry
    refs[topic] = listeners.size
    subscribers += listeners.size
    cursors[topic] = typeof sub.cursor === 'object' && sub.cursor !== null ? formatCursor(sub.cursor) : sub.cursor
    freshness[topic] = (entry.view(health) as ViewMeta).freshness
  }
  const { status, nextRetryAt } = info
  return {
    ...info,
    nextRetryInMs: nextRetryAt === null ? null : Math.max(0, Math.round(nextRetryAt - alarm.now())),
    version: VERSION,
    url,
    ...route.ranks,
    ...tally,
    connecting: status === 'connecting',
    open: status === 'open',
    readyState: status === 'open' ? 1 : status === 'failed' || status === 'closed' || status === 'idle' ? 2 : 0,
    subscribers,
    refs,
    cursors,
    freshness,
    timersPending: alarm.pending,
    activeConnections: route.active,
  }
}
