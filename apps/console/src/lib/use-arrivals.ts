import { watchInbox } from '@monofil/client/inbox'
import type { InboxItem } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useNotifications } from '@monofil/react/inbox'
import { useCallback, useState } from 'react'

/** More are not kept: the page is for trying things out. */
const MOST = 30

/** A notification that came into this tab. */
export interface Arrival {
  readonly item: InboxItem
  readonly isKept: boolean
  /** From the hub's commit to the frame after this page was told, in ms. */
  readonly tookMs: number
}

/** What arrives in this tab from now on, newest first, and how long each took from the hub to the screen. */
export function useArrivals(): { readonly arrivals: readonly Arrival[]; readonly clear: () => void } {
  const { client } = useMonofil()
  const [arrivals, setArrivals] = useState<readonly Arrival[]>([])
  useNotifications({
    onNotification(item) {
      const toldAt = performance.now()
      const inbox = watchInbox(client).get()
      const lagMs = inbox.lagMs ?? 0
      const isKept = inbox.items.some(({ id }) => id === item.id)
      // Shown is what the browser has painted: in the frame after the next, which a hidden tab has when it is looked at.
      requestAnimationFrame(() => {
        const tookMs = lagMs + performance.now() - toldAt
        setArrivals((known) => [{ item, isKept, tookMs }, ...known].slice(0, MOST))
      })
    },
  })
  const clear = useCallback(() => setArrivals([]), [])
  return { arrivals, clear }
}

/** The middle of the latencies, in ms; null: there is none. */
export function middleOf(arrivals: readonly Pick<Arrival, 'tookMs'>[]): number | null {
  const sorted = arrivals.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null
}
