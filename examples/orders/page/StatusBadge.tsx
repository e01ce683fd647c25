import type { ReactNode } from 'react'
import type { OrderStatus } from '../src/order.ts'
import { useText } from './TextProvider.tsx'

const PATHS = {
  new: 'M8 5v6M5 8h6',
  packed: 'M2 4.8 8 1.8l6 3v6.4l-6 3-6-3zM2 4.8l6 3 6-3M8 7.8v6.4',
  shipped: 'm4.8 8.2 2.3 2.3 4.2-4.8',
  cancelled: 'm5.6 5.6 4.8 4.8m0-4.8-4.8 4.8',
} as const satisfies Record<OrderStatus, string>

/** A status as a sign and its word. */
export function StatusBadge({ status }: { readonly status: OrderStatus }): ReactNode {
  const { text } = useText()
  return (
    <span className="status" data-order={status}>
      <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
        {status !== 'packed' && <circle cx="8" cy="8" r="6.5" />}
        <path d={PATHS[status]} />
      </svg>
      {text.statuses[status]}
    </span>
  )
}
