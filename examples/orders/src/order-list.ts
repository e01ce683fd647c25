import type { DatabaseSync } from 'node:sqlite'
import type { OrdersPage, OrdersQuery } from './order.ts'
import { type OrderRow, orderOf, searchable } from './order-tables.ts'

const COLUMNS = {
  id: 'id',
  customer: 'customer COLLATE NOCASE',
  total: 'quantity * unit_price',
  status: "instr('new packed shipped cancelled', status)",
  updated: 'updated_at',
} as const satisfies Record<OrdersQuery['sort'], string>

/** A page of the orders that fit; `ownerOnly` null: anybody's. */
export function listOrders(db: DatabaseSync, query: OrdersQuery, ownerOnly: string | null): OrdersPage {
  const { where, values } = filterOf(query, ownerOnly)
  const { until } = query
  const counts = db
    .prepare(
      `SELECT count(*) AS fits, count(*) FILTER (WHERE id > ?) AS newer, ifnull(max(id), 0) AS newest
       FROM orders WHERE ${where}`,
    )
    .get(until ?? Number.MAX_SAFE_INTEGER, ...values) as { fits: number; newer: number; newest: number }
  const direction = query.direction === 'asc' ? 'ASC' : 'DESC'
  const rows = db
    .prepare(
      `SELECT * FROM orders WHERE ${where} AND id <= ?
       ORDER BY ${COLUMNS[query.sort]} ${direction}, id ${direction} LIMIT ? OFFSET ?`,
    )
    .all(...values, until ?? Number.MAX_SAFE_INTEGER, query.size, (query.page - 1) * query.size)
  const { fits, newer, newest } = counts
  return { orders: rows.map((row) => orderOf(row as OrderRow)), total: fits - newer, newer, newest }
}

function filterOf({ search, status }: OrdersQuery, ownerOnly: string | null) {
  const parts = ['deleted_at IS NULL']
  const values: (string | number)[] = []
  const ask = (part: string, ...given: (string | number)[]) => {
    parts.push(part)
    values.push(...given)
  }
  if (ownerOnly !== null) ask('created_by = ?', ownerOnly)
  if (status !== null) ask('status = ?', status)
  for (const word of searchable(search).split(/\s+/).filter(Boolean)) {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`
    if (/^\d{1,15}$/.test(word)) ask("(words LIKE ? ESCAPE '\\' OR id = ?)", pattern, Number(word))
    else ask("words LIKE ? ESCAPE '\\'", pattern)
  }
  return { where: parts.join(' AND '), values }
}
