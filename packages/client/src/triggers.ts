/** The few things of a page that tell that it is back; absent in Node. */
interface Page {
  readonly document?: EventTarget & { readonly visibilityState?: string }
  addEventListener?(type: string, listener: () => void): void
  removeEventListener?(type: string, listener: () => void): void
}

/** Calls back when the page is online, visible or restored again; answers the function that ends it. */
export function onReturn(callback: () => void, page: Page = globalThis): () => void {
  if (page.document === undefined) return () => {}
  const visible = () => {
    if (page.document?.visibilityState === 'visible') callback()
  }
  page.addEventListener?.('online', callback)
  page.addEventListener?.('pageshow', callback)
  page.document.addEventListener('visibilitychange', visible)
  return () => {
    page.removeEventListener?.('online', callback)
    page.removeEventListener?.('pageshow', callback)
    page.document?.removeEventListener('visibilitychange', visible)
  }
}
