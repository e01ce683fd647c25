/** What becomes of an order, in this sequence; `cancelled` from anywhere. */
export const STATUSES = ['new', 'packed', 'shipped', 'cancelled'] as const
export type OrderStatus = (typeof STATUSES)[number]

/** What people type. */
export interface OrderFields {
  readonly customer: string
  readonly article: string
  readonly quantity: number
  /** In cents. */
  readonly unitPrice: number
  readonly status: OrderStatus
  readonly note: string
}
export const FIELDS = [
  'customer',
  'article',
  'quantity',
  'unitPrice',
  'status',
  'note',
] as const satisfies readonly (keyof OrderFields)[]

/** An order as it is kept. */
export interface Order extends OrderFields {
  readonly id: number
  /** 1, and one more with each change: a change names the one it was made from. */
  readonly version: number
  /** Users, by their `sub`. */
  readonly createdBy: string
  readonly updatedBy: string
  readonly createdAt: string
  readonly updatedAt: string
  /** A deleted order can be restored; null: it is there. */
  readonly deletedAt: string | null
}

export type Action = 'created' | 'changed' | 'deleted' | 'restored'

/** One change, as it is told to others: what the outbox holds. */
export interface Change {
  readonly action: Action
  /** As it is after the change. */
  readonly order: Order
  readonly by: string
  /** What is another than before; empty but for `changed`. */
  readonly changed: readonly (keyof OrderFields)[]
}

export const SORTS = ['id', 'customer', 'total', 'status', 'updated'] as const

/** Which orders a table shows. */
export interface OrdersQuery {
  /** Words of customer, article or note, or the order's number. */
  readonly search: string
  readonly status: OrderStatus | null
  readonly sort: (typeof SORTS)[number]
  readonly direction: 'asc' | 'desc'
  /** From 1. */
  readonly page: number
  readonly size: number
  /** Orders with a higher id are counted, not listed: a table that is being read keeps its place. Null: none are. */
  readonly until: number | null
}

/** A page of a table. */
export interface OrdersPage {
  readonly orders: readonly Order[]
  /** On all pages. */
  readonly total: number
  /** How many came after `until`. */
  readonly newer: number
  /** The highest id of those that fit; 0 where none does. */
  readonly newest: number
}

/** Who is signed in, as the page knows it. */
export interface Session {
  readonly id: string
  readonly name: string
  readonly role: string | null
  /** The topic that tells of the orders this person may see. */
  readonly topic: string
  /** Names by user, for whom the table names. */
  readonly people: Readonly<Record<string, string>>
}

/** Why a request was refused; each comes with a message that says what to do. */
export type OrderErrorCode = 'invalid' | 'unauthorized' | 'not_found' | 'conflict' | 'deleted' | 'too_large'

/** What is wrong with a field. */
export interface FieldFinding {
  readonly field: string
  readonly message: string
}
