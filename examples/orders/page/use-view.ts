import { useCallback, useEffect, useMemo, useState } from 'react'
import { type OrderStatus, type OrdersQuery, SORTS, STATUSES } from '../src/order.ts'

/** What the address says: which orders are shown, and which one is open. */
export interface View extends Omit<OrdersQuery, 'until' | 'size'> {
  /** An order's number, or the form of a new one; null: none is open. */
  readonly open: number | 'new' | null
}

const FIRST: View = { search: '', status: null, sort: 'id', direction: 'desc', page: 1, open: null }

/** The view in the address, and how to change it: a link to it shows the same. */
export function useView(): readonly [View, (change: Partial<View>) => void] {
  const [search, setSearch] = useState(location.search)
  useEffect(() => {
    const follow = () => setSearch(location.search)
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  const view = useMemo(() => viewOf(search), [search])
  const change = useCallback((part: Partial<View>) => {
    const before = viewOf(location.search)
    const after = addressOf({ ...before, ...part })
    // Back closes what was opened; it does not walk through every letter of a search.
    const isOpening = part.open !== undefined && part.open !== null && before.open === null
    if (isOpening) history.pushState(null, '', after)
    else history.replaceState(null, '', after)
    setSearch(location.search)
  }, [])
  useLinks(change)
  return [view, change]
}

/** Follows links to orders without loading the page anew, those of notifications too. */
function useLinks(change: (part: Partial<View>) => void): void {
  useEffect(() => {
    const follow = (event: MouseEvent) => {
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href]') : null
      if (link === null || link.origin !== location.origin || link.pathname !== '/') return
      const { open } = viewOf(link.search)
      if (open === null) return
      event.preventDefault()
      change({ open })
    }
    document.addEventListener('click', follow)
    return () => document.removeEventListener('click', follow)
  }, [change])
}

function viewOf(search: string): View {
  const params = new URLSearchParams(search)
  const oneOf = <T extends string>(name: string, known: readonly T[]) => known.find((one) => one === params.get(name))
  const page = Number(params.get('page'))
  const open = params.get('order')
  return {
    search: (params.get('search') ?? '').slice(0, 100),
    status: oneOf<OrderStatus>('status', STATUSES) ?? null,
    sort: oneOf('sort', SORTS) ?? FIRST.sort,
    direction: oneOf('direction', ['asc', 'desc']) ?? FIRST.direction,
    page: Number.isInteger(page) && page > 0 ? page : 1,
    open: open === 'new' ? 'new' : /^\d{1,15}$/.test(open ?? '') ? Number(open) : null,
  }
}

function addressOf(view: View): string {
  const params = new URLSearchParams()
  for (const name of ['search', 'status', 'sort', 'direction', 'page'] as const) {
    if (view[name] !== FIRST[name]) params.set(name, String(view[name]))
  }
  if (view.open !== null) params.set('order', String(view.open))
  return params.size === 0 ? '/' : `/?${params}`
}
