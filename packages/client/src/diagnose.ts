import { formatCursor } from '@monofil/protocol'
import type { Core } from './core.ts'
import type { Diagnostics } from './types.ts'
import { VERSION } from './version.ts'

/** Everything a person needs to see what the client does and why; no credential, no data of events. */
export function diagnose({ route, info, topics, alarm, url }: Core): Diagnostics {
  const refs: Record<string, number> = {}
  const cursors: Record<string, string | null> = {}
  let subscribers = 0
  for (const { topic, listeners, sub } of topics.entries()) {
    refs[topic] = listeners.size
    subscribers += listeners.size
    cursors[topic] = typeof sub.cursor === 'object' && sub.cursor !== null ? formatCursor(sub.cursor) : sub.cursor
  }
  const { status } = info.get()
  return {
    ...info.get(),
    version: VERSION,
    url,
    ...route.ranks,
    connecting: status === 'connecting',
    open: status === 'open',
    readyState: status === 'open' ? 1 : status === 'failed' || status === 'closed' || status === 'idle' ? 2 : 0,
    subscribers,
    refs,
    cursors,
    timersPending: alarm.pending,
    activeConnections: route.active,
  }
}
