/** The few things of a page that tell where it is; absent in Node. */
interface Page {
  readonly document?: EventTarget & { readonly visibilityState?: string }
  addEventListener?(type: string, listener: (event: Event) => void): void
  removeEventListener?(type: string, listener: (event: Event) => void): void
}

export interface PageHandlers {
  /** Online or visible again. */
  back(): void
  /** About to be frozen, kept for the way back, or gone: nothing may stay open. */
  leave(): void
  /** Nobody looks; what must be kept is kept now, since a page may be ended without another word. */
  hide(): void
  /** Thawed, or restored by the way back. */
  enter(): void
}

/** Listens to the page's life (HTML, and the Page Lifecycle API where there is one) until the answered function is called. */
export function onPage(handlers: PageHandlers, page: Page = globalThis): () => void {
  const { document } = page
  if (document === undefined) return () => {}
  const visibility = () => (document.visibilityState === 'visible' ? handlers.back() : handlers.hide())
  const shown = () => {
    handlers.enter()
    handlers.back()
  }
  const listeners = [
    [page, 'online', handlers.back],
    [page, 'pagehide', handlers.leave],
    [page, 'pageshow', shown],
    [document, 'visibilitychange', visibility],
    [document, 'freeze', handlers.leave],
    [document, 'resume', shown],
  ] as const
  for (const [target, type, listener] of listeners) target.addEventListener?.(type, listener)
  return () => {
    for (const [target, type, listener] of listeners) target.removeEventListener?.(type, listener)
  }
}
