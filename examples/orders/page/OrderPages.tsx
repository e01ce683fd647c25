import type { ReactNode } from 'react'
import { useText } from './TextProvider.tsx'
import type { View } from './use-view.ts'

interface OrderPagesProps {
  readonly view: View
  readonly change: (part: Partial<View>) => void
  readonly total: number
  readonly size: number
}

/** The way through the pages; nothing where there is one only. */
export function OrderPages({ view, change, total, size }: OrderPagesProps): ReactNode {
  const { text, number } = useText()
  const pages = Math.max(1, Math.ceil(total / size))
  const { page } = view
  if (pages === 1 && page === 1) return null
  const go = (to: number) => {
    change({ page: to })
    scrollTo({ top: 0 })
  }
  return (
    <nav className="pages">
      <button type="button" className="button" disabled={page <= 1} onClick={() => go(Math.min(page - 1, pages))}>
        {text.previous}
      </button>
      <span className="muted">{text.page(number(page), number(pages))}</span>
      <button type="button" className="button" disabled={page >= pages} onClick={() => go(page + 1)}>
        {text.next}
      </button>
    </nav>
  )
}
