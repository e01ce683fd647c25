import { type RefObject, useCallback, useEffect, useRef } from 'react'
import { useInbox } from './use-notifications.ts'

/** What is in sight is said together, so that scrolling is no call per row. */
const BATCH_MS = 300
/** So much of a row is in sight. */
const PART = 0.6

/**
 * Tells the hub what a person has in sight in a scrolling list: the receipt, and that it was seen. Answers a ref for each
 * row that is not seen yet, which names its item as `data-id`.
 */
export function useSeen(scroller: RefObject<HTMLElement | null>): (row: HTMLElement | null) => void {
  const inbox = useInbox()
  const observer = useRef<IntersectionObserver | null>(null)
  const rows = useRef(new Set<HTMLElement>())
  useEffect(() => {
    const inSight = new Set<string>()
    const told = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const tell = () => {
      timer = undefined
      // A tab that nobody looks at shows nothing.
      if (document.visibilityState !== 'visible') return
      const ids = [...inSight].filter((id) => !told.has(id))
      if (ids.length === 0) return
      for (const id of ids) told.add(id)
      inbox.shown(ids)
      // What could not be said is said when it comes in sight again.
      inbox.mark(ids, 'seen').catch(() => {
        for (const id of ids) told.delete(id)
      })
    }
    const soon = () => {
      timer ??= setTimeout(tell, BATCH_MS)
    }
    const watch = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const { id } = (target as HTMLElement).dataset
          if (id !== undefined) inSight[isIntersecting ? 'add' : 'delete'](id)
        }
        soon()
      },
      { root: scroller.current, threshold: PART },
    )
    observer.current = watch
    for (const row of rows.current) watch.observe(row)
    document.addEventListener('visibilitychange', soon)
    return () => {
      clearTimeout(timer)
      watch.disconnect()
      observer.current = null
      document.removeEventListener('visibilitychange', soon)
    }
  }, [inbox, scroller])
  return useCallback((row: HTMLElement | null) => {
    if (row === null) return
    for (const old of rows.current) {
      if (old.isConnected) continue
      rows.current.delete(old)
      observer.current?.unobserve(old)
    }
    rows.current.add(row)
    observer.current?.observe(row)
  }, [])
}
