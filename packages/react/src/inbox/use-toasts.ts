import type { InboxItem } from '@monofil/protocol'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useClient } from '../MonofilProvider.tsx'
import { useLatest } from '../use-latest.ts'
import { TOAST_TIME_MS, ToastClaims } from './toast-claim.ts'
import { useInbox, useNotifications } from './use-notifications.ts'

/** One toast: all that is said of a run is one, whose words are replaced. */
export interface Toast {
  readonly key: string
  readonly item: InboxItem
  readonly runId: string | null
  /** It is in the inbox: read or gone there, it goes here. */
  readonly isStored: boolean
}

/** Notifications that a hidden tab keeps for the moment when it is looked at. */
const MAX_WAITING = 100

/** Toasts in this tab, the newest first, and how to let one go. */
export function useToasts(max: number) {
  const client = useClient()
  const inbox = useInbox()
  const claims = useMemo(() => new ToastClaims(client), [client])
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const waiting = useRef<{ readonly item: InboxItem; readonly until: number }[]>([])
  const news = useNotifications({
    onNotification(item) {
      if (item.quiet !== null) return
      const now = Date.now()
      // In a tab that is hidden for days these would be all that ever came.
      waiting.current = waiting.current.filter(({ until }) => until >= now).slice(1 - MAX_WAITING)
      waiting.current.push({ item, until: now + TOAST_TIME_MS })
      offer()
    },
  })
  const { items, shown } = news
  const offer = () => {
    if (document.visibilityState !== 'visible') return
    for (const { item, until } of waiting.current.splice(0)) {
      if (until < Date.now()) continue
      void claims.take(item.id).then((isOurs) => {
        const now = inbox.get().items.find(({ id }) => id === item.id)
        // Read on another device, or in another tab, while this one was not looked at.
        if (!isOurs || (now !== undefined && (now.seenAt !== null || now.readAt !== null))) return
        const runId = runOf(item)
        const toast = { key: runId === null ? item.id : `run ${runId}`, item, runId, isStored: now !== undefined }
        setToasts((before) => [toast, ...before.filter(({ key }) => key !== toast.key)].slice(0, max))
        shown([item.id])
      })
    }
  }
  const latestOffer = useLatest(offer)
  useEffect(() => {
    const onLook = () => latestOffer.current()
    document.addEventListener('visibilitychange', onLook)
    return () => document.removeEventListener('visibilitychange', onLook)
  }, [latestOffer])
  useEffect(() => {
    const isOpen = ({ item, isStored }: Toast) =>
      !isStored || items.some(({ id, readAt }) => id === item.id && readAt === null)
    setToasts((before) => (before.every(isOpen) ? before : before.filter(isOpen)))
  }, [items])
  const dismiss = useCallback((key: string) => setToasts((before) => before.filter((one) => one.key !== key)), [])
  return { toasts, dismiss, mark: news.mark }
}

function runOf({ data }: InboxItem): string | null {
  const { runId } = (typeof data === 'object' && data !== null ? data : {}) as { runId?: unknown }
  return typeof runId === 'string' ? runId : null
}
