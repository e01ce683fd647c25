import { type ReactNode, useEffect, useState } from 'react'
import type { Order, OrdersQuery } from '../src/order.ts'
import { ShopError } from './api.ts'
import { OrderRow, type RowDeeds } from './OrderRow.tsx'
import { useText } from './TextProvider.tsx'
import type { Orders } from './use-orders.ts'
import type { View } from './use-view.ts'

interface OrderTableProps {
  readonly view: View
  readonly change: (part: Partial<View>) => void
  readonly orders: Orders
  readonly selected: ReadonlySet<number>
  readonly select: (ids: ReadonlySet<number>) => void
  readonly remove: (order: Order) => void
  readonly people: Readonly<Record<string, string>>
}

const COLUMNS = ['id', 'customer', 'article', 'quantity', 'total', 'status', 'updated'] as const
const SORTABLE: ReadonlySet<string> = new Set<OrdersQuery['sort']>(['id', 'customer', 'total', 'status', 'updated'])

/** The orders; what changes under the reader's eyes lights up once. */
export function OrderTable({ view, change, orders, selected, select, remove, people }: OrderTableProps): ReactNode {
  const { text } = useText()
  const now = useNow()
  const rows = orders.page?.orders ?? []
  const all = rows.length > 0 && rows.every(({ id }) => selected.has(id))
  const deeds: RowDeeds = {
    toggle(id) {
      const next = new Set(selected)
      if (!next.delete(id)) next.add(id)
      select(next)
    },
    remove,
  }
  if (orders.page === null) return <Waiting orders={orders} />
  return (
    <section className="card table-card" aria-label={text.title} aria-busy={orders.isRefetching}>
      {orders.refetchError !== null && <Failure orders={orders} />}
      {rows.length === 0 ? (
        <Empty view={view} change={change} />
      ) : (
        <table className="orders" data-stale={orders.freshness === 'stale' ? '' : undefined}>
          <thead>
            <tr>
              <th scope="col" className="select">
                <input
                  type="checkbox"
                  aria-label={text.selectAll}
                  checked={all}
                  onChange={() => select(all ? new Set() : new Set(rows.map(({ id }) => id)))}
                />
              </th>
              {COLUMNS.map((column) => (
                <Head key={column} column={column} view={view} change={change} />
              ))}
              <th scope="col" className="deeds">
                <span className="unseen">{text.columns.deeds}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((order) => (
              <OrderRow
                key={order.id}
                order={order}
                isSelected={selected.has(order.id)}
                flash={orders.flashes.get(order.id)}
                {...{ now, people, deeds }}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

interface HeadProps {
  readonly column: (typeof COLUMNS)[number]
  readonly view: View
  readonly change: (part: Partial<View>) => void
}

function Head({ column, view, change }: HeadProps): ReactNode {
  const { text } = useText()
  const name = text.columns[column]
  const isSorted = view.sort === column
  if (!SORTABLE.has(column)) {
    return (
      <th scope="col" className={column}>
        {name}
      </th>
    )
  }
  const direction = isSorted && view.direction === 'desc' ? 'asc' : 'desc'
  const sort = column as OrdersQuery['sort']
  return (
    <th
      scope="col"
      className={column}
      aria-sort={isSorted ? (view.direction === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      <button type="button" className="sort" onClick={() => change({ sort, direction, page: 1 })}>
        {name}
        <span aria-hidden="true">{isSorted ? (view.direction === 'asc' ? ' ↑' : ' ↓') : ''}</span>
      </button>
    </th>
  )
}

function Failure({ orders }: { readonly orders: Orders }): ReactNode {
  const { text } = useText()
  const { refetchError } = orders
  const isNetwork = refetchError instanceof ShopError && refetchError.code === 'network'
  return (
    <p className="problem" role="alert">
      {text.failed(isNetwork ? text.why.network : text.why.other)}{' '}
      <button type="button" className="button" onClick={() => void orders.refetch()}>
        {text.retry}
      </button>
    </p>
  )
}

const SKELETON = Array.from({ length: 8 }, (_, place) => place)

function Waiting({ orders }: { readonly orders: Orders }): ReactNode {
  const { text } = useText()
  return (
    <section className="card table-card" aria-label={text.loading} aria-busy="true">
      {orders.refetchError !== null ? (
        <Failure orders={orders} />
      ) : (
        SKELETON.map((place) => <div key={place} className="skeleton" />)
      )}
    </section>
  )
}

function Empty({ view, change }: Pick<OrderTableProps, 'view' | 'change'>): ReactNode {
  const { text } = useText()
  const isFiltered = view.search !== '' || view.status !== null || view.page > 1
  return (
    <div className="empty">
      <p>{isFiltered ? text.noneFit : text.none}</p>
      {isFiltered ? (
        <button type="button" className="button" onClick={() => change({ search: '', status: null, page: 1 })}>
          {text.clear}
        </button>
      ) : (
        <button type="button" className="button primary" onClick={() => change({ open: 'new' })}>
          {text.create}
        </button>
      )}
    </div>
  )
}

function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
