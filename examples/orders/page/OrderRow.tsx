import type { ReactNode } from 'react'
import type { Order } from '../src/order.ts'
import { StatusBadge } from './StatusBadge.tsx'
import { useText } from './TextProvider.tsx'

/** What can be done with one row. */
export interface RowDeeds {
  readonly toggle: (id: number) => void
  readonly remove: (order: Order) => void
}

interface OrderRowProps {
  readonly order: Order
  readonly isSelected: boolean
  /** The version that came while the row was looked at. */
  readonly flash: number | undefined
  readonly now: number
  readonly people: Readonly<Record<string, string>>
  readonly deeds: RowDeeds
}

/** One order. On a narrow screen its article stands below its customer. */
export function OrderRow({ order, isSelected, flash, now, people, deeds }: OrderRowProps): ReactNode {
  const { text, number, money, moment, ago } = useText()
  const { id, customer, article, quantity, unitPrice, status, note, updatedAt, updatedBy } = order
  const by = people[updatedBy] ?? updatedBy
  const pieces = number(quantity)
  return (
    // Two animations with one look: the second change of a row begins anew.
    <tr
      data-id={id}
      data-selected={isSelected ? '' : undefined}
      data-flash={flash === undefined ? undefined : flash % 2}
    >
      <td className="select">
        <input type="checkbox" aria-label={text.selectOne(id)} checked={isSelected} onChange={() => deeds.toggle(id)} />
      </td>
      <th scope="row" className="id">
        <a href={`/?order=${id}`}>{id}</a>
      </th>
      <td className="customer">
        <span className="cut">{customer}</span>
        <span className="below muted">{`${pieces} × ${article}`}</span>
      </td>
      <td className="article">
        <span className="cut">{article}</span>
        {note !== '' && <span className="note muted">{note}</span>}
      </td>
      <td className="quantity">{pieces}</td>
      <td className="total">
        {money(quantity * unitPrice)}
        <span className="narrow">
          <StatusBadge status={status} />
        </span>
      </td>
      <td className="status">
        <StatusBadge status={status} />
      </td>
      <td className="updated muted">
        <time dateTime={updatedAt} title={moment(updatedAt)}>
          {ago(updatedAt, Math.max(now, Date.parse(updatedAt)))}
        </time>{' '}
        <span className="by">{text.by(by)}</span>
      </td>
      <td className="deeds">
        <button type="button" className="icon-button" aria-label={text.delete(id)} onClick={() => deeds.remove(order)}>
          <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9M6.8 7v4M9.2 7v4" />
          </svg>
        </button>
      </td>
    </tr>
  )
}
