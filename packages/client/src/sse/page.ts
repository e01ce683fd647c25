/** What of a page is needed here; absent in Node. */
interface Page {
  readonly document?: Partial<EventTarget> & { readonly visibilityState?: string }
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

export interface PageHandlers {
  /** Left, or put into the back/forward cache, where an open request would keep it out. */
  hide(): void
  /** Shown again after it was hidden away. */
  show(): void
  /** Online or visible again. */
  back?(): void
}

/** Follows where the page is, until the answered function is called; does nothing where there is no document. */
export function onPage(handlers: PageHandlers, page: Page = globalThis): () => void {
  const { document } = page
  if (document === undefined) return () => {}
  let hidden = false
  const hide = () => {
    hidden = true
    handlers.hide()
  }
  // Not only when `persisted`: some browsers show a page again without saying so.
  const show = () => {
    if (!hidden) return
    hidden = false
    handlers.show()
  }
  const back = () => handlers.back?.()
  const visible = () => {
    if (document.visibilityState === 'visible') back()
  }
  const listeners = [
    [page, 'pagehide', hide],
    [page, 'pageshow', show],
    [page, 'online', back],
    [document, 'visibilitychange', visible],
  ] as const
  for (const [target, type, listener] of listeners) target.addEventListener?.(type, listener)
  return () => {
    for (const [target, type, listener] of listeners) target.removeEventListener?.(type, listener)
  }
}
