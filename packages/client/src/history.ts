import { formatCursor, parseCursor } from '@monofil/protocol'
import type { TopicEvents } from './api.ts'
import type { Entry } from './entry.ts'
import type { Listener } from './listener.ts'

/** One page of a topic's log. */
export type ReadPage = (topic: string, after: string) => Promise<TopicEvents>

/**
 * Brings a listener with a cursor of its own to where the shared stream stands, by list calls: the stream itself is
 * not rewound for one listener. The entry must know its place: what the hub had when it took the subscription would else
 * be nobody's. Rejects when a call fails; the listener then keeps the place it has reached.
 */
export async function catchUp(entry: Entry, listener: Listener, read: ReadPage): Promise<void> {
  while (!listener.closed && !listener.synced && listener.cursor !== undefined) {
    const page = await read(entry.topic, listener.cursor)
    // Whoever brought it here meanwhile has given it what this page holds.
    if (listener.closed || listener.synced) return
    if (page.gap) void listener.gap(page.gap)
    for (const event of page.items) {
      listener.event(event)
      if (event.offset === null || event.epoch === null) continue
      listener.after = event.offset
      listener.cursor = formatCursor({ epoch: event.epoch, offset: event.offset })
    }
    const from = parseCursor(listener.cursor)
    const reached = typeof from === 'object' ? from.offset : 0
    // An empty page that is older than what the stream has brought since says nothing of that.
    if (reached < entry.offset && (page.items.length > 0 || page.latestOffset < entry.offset)) continue
    // From here on nothing awaits, so no event of the stream can slip in between.
    listener.after = reached
    listener.cursor = undefined
    listener.synced = true
    entry.tellState(listener)
  }
}
