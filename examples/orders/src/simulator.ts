import type { Order } from './order.ts'
import type { OrderBook } from './order-book.ts'
import { WAREHOUSE, WEB_SHOP } from './people.ts'
import { anyOrder, pick } from './sample-orders.ts'

/** How many of the newest orders it changes. */
const REACH = 25

/** Makes one change as a shop would see it: a new order, one packed, shipped, cancelled or deleted. */
export function simulateChange(book: OrderBook, random: () => number): Order {
  const query = { search: '', status: null, sort: 'id', direction: 'desc', page: 1, size: REACH, until: null } as const
  const { orders } = book.list(query, WAREHOUSE)
  const open = orders.filter(({ status }) => status === 'new' || status === 'packed')
  const die = random()
  if (die < 0.35 || open.length === 0) return book.create(anyOrder(random), WEB_SHOP).order
  const { id, version, status } = pick(open, random)
  if (die < 0.4) return book.delete(id, version, WAREHOUSE)
  const next = die < 0.44 ? 'cancelled' : status === 'new' ? 'packed' : 'shipped'
  return book.change(id, { version, fields: { status: next } }, WAREHOUSE)
}

/** Makes changes at a rate until it is stopped. Answers what stops it. */
export function simulate(book: OrderBook, perSecond: number, random: () => number = Math.random): () => void {
  const timer = setInterval(() => simulateChange(book, random), 1_000 / perSecond)
  return () => clearInterval(timer)
}
