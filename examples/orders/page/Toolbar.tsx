import { type ReactNode, useEffect, useRef, useState } from 'react'
import { type OrderStatus, STATUSES } from '../src/order.ts'
import { useText } from './TextProvider.tsx'
import type { Orders } from './use-orders.ts'
import type { View } from './use-view.ts'

/** A search waits for a pause in typing. */
const PAUSE_MS = 200

interface ToolbarProps {
  readonly view: View
  readonly change: (part: Partial<View>) => void
  readonly orders: Orders
}

/** Search, filter, how many fit, and the way to a new order. */
export function Toolbar({ view, change, orders }: ToolbarProps): ReactNode {
  const { text, number } = useText()
  const { page } = orders
  return (
    <div className="toolbar">
      <Search value={view.search} onChange={(search) => change({ search, page: 1 })} />
      <label className="field-inline">
        <span className="label">{text.filter}</span>
        <select
          aria-label={text.filter}
          value={view.status ?? ''}
          onChange={({ target }) => change({ status: (target.value || null) as OrderStatus | null, page: 1 })}
        >
          <option value="">{text.all}</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {text.statuses[status]}
            </option>
          ))}
        </select>
      </label>
      <span className="count muted" role="status">
        {page !== null && text.count(number(page.total), page.total === 1)}
      </span>
      {page !== null && page.newer > 0 && (
        <button type="button" className="pill" onClick={orders.showNewer}>
          {text.newer(number(page.newer))}
        </button>
      )}
      <button type="button" className="button primary" onClick={() => change({ open: 'new' })}>
        {text.create}
      </button>
    </div>
  )
}

function Search({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const { text } = useText()
  const [typed, type] = useState(value)
  const input = useRef<HTMLInputElement>(null)
  const change = useRef(onChange)
  change.current = onChange
  useEffect(() => type(value), [value])
  useEffect(() => {
    if (typed === value) return
    const timer = setTimeout(() => change.current(typed), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed, value])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof Element && event.target.closest('input, textarea, select, dialog') !== null
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      input.current?.focus()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return (
    <input
      ref={input}
      type="search"
      className="search"
      aria-label={text.search}
      placeholder={text.searchHint}
      maxLength={100}
      value={typed}
      onChange={({ target }) => type(target.value)}
    />
  )
}
