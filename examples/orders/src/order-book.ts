import { DatabaseSync } from 'node:sqlite'
import {
  type Action,
  type Change,
  FIELDS,
  type Order,
  type OrderFields,
  type OrdersPage,
  type OrdersQuery,
} from './order.ts'
import { OrderError } from './order-error.ts'
import { listOrders } from './order-list.ts'
import type { NewOrder } from './order-schemas.ts'
import { makeTables, type OrderRow, orderOf, searchable } from './order-tables.ts'
import type { Person } from './people.ts'

/** A change that is still to be told. */
export interface Untold {
  readonly seq: number
  readonly change: Change
}

/**
 * The shop's orders, in a database of its own. Each change and its row in the outbox are one transaction: what is
 * committed will be told, what is not will not.
 */
export class OrderBook {
  readonly #db: DatabaseSync
  readonly #now: () => Date
  readonly #listeners = new Set<() => void>()

  constructor(file: string, now: () => Date = () => new Date()) {
    this.#db = new DatabaseSync(file)
    this.#now = now
    makeTables(this.#db)
  }

  /** Calls back after each change that was committed; answers what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  list(query: OrdersQuery, who: Person): OrdersPage {
    return listOrders(this.#db, query, who.role === null ? who.id : null)
  }

  /** Deleted ones too. @throws OrderError `not_found`, also for what is not theirs. */
  get(id: number, who: Person): Order {
    const row = this.#db.prepare('SELECT * FROM orders WHERE id = ?').get(id)
    const order = row === undefined ? undefined : orderOf(row as OrderRow)
    if (order === undefined || (who.role === null && order.createdBy !== who.id)) {
      throw new OrderError('not_found', `There is no order ${id} that you may see.`)
    }
    return order
  }

  /** Makes an order, once per key. @throws OrderError `invalid` for the key of somebody else's order. */
  create({ key, ...fields }: NewOrder, who: Person): { readonly order: Order; readonly created: boolean } {
    return this.#transaction(() => {
      if (key !== undefined) {
        const known = this.#db.prepare('SELECT id, created_by FROM orders WHERE key = ?').get(key)
        if (known?.['created_by'] === who.id) return { order: this.get(Number(known['id']), who), created: false }
        if (known !== undefined) throw new OrderError('invalid', 'key: make another one', { fields: [KEY_TAKEN] })
      }
      const id = this.#insert(fields, { key: key ?? null, by: who.id, at: this.#now() })
      return { order: this.#tell('created', id, who), created: true }
    })
  }

  /** Puts orders in that were made elsewhere: nobody is told. */
  import(orders: readonly (OrderFields & { readonly by: string; readonly at: Date })[]): void {
    this.#transaction(() => {
      for (const { by, at, ...fields } of orders) this.#insert(fields, { key: null, by, at })
    })
  }

  /**
   * Changes an order that is still at `version`. What is already so is no change and answers the order as it is.
   * @throws OrderError `not_found`, `conflict`, `deleted`; the last two with the order as it is now.
   */
  change(id: number, { version, fields }: { version: number; fields: Partial<OrderFields> }, who: Person): Order {
    return this.#transaction(() => {
      const before = this.#current(id, version, who)
      const after = { ...before, ...fields }
      const changed = FIELDS.filter((field) => after[field] !== before[field])
      if (changed.length === 0) return before
      this.#db
        .prepare(
          `UPDATE orders SET version = version + 1, customer = ?, article = ?, quantity = ?, unit_price = ?, status = ?,
           note = ?, words = ?, updated_by = ?, updated_at = ? WHERE id = ?`,
        )
        .run(...valuesOf(after), who.id, this.#now().toISOString(), id)
      return this.#tell('changed', id, who, changed)
    })
  }

  /** Takes an order out of the table; it can be restored. @throws as `change` does. */
  delete(id: number, version: number, who: Person): Order {
    return this.#transaction(() => {
      this.#current(id, version, who)
      const at = this.#now().toISOString()
      this.#db
        .prepare('UPDATE orders SET version = version + 1, deleted_at = ?, updated_by = ?, updated_at = ? WHERE id = ?')
        .run(at, who.id, at, id)
      return this.#tell('deleted', id, who)
    })
  }

  /** Puts a deleted order back; one that is there is answered as it is. @throws OrderError `not_found`, `conflict`. */
  restore(id: number, version: number, who: Person): Order {
    return this.#transaction(() => {
      const before = this.get(id, who)
      if (before.deletedAt === null) return before
      if (before.version !== version) throw conflict(before)
      this.#db
        .prepare(
          'UPDATE orders SET version = version + 1, deleted_at = NULL, updated_by = ?, updated_at = ? WHERE id = ?',
        )
        .run(who.id, this.#now().toISOString(), id)
      return this.#tell('restored', id, who)
    })
  }

  /** The oldest changes that are still to be told, in their order. */
  untold(limit: number): readonly Untold[] {
    const rows = this.#db.prepare('SELECT seq, change_json FROM outbox ORDER BY seq LIMIT ?').all(limit)
    return rows.map(({ seq, change_json: json }) => ({ seq: Number(seq), change: JSON.parse(String(json)) }))
  }

  /** Takes a change out of the outbox. */
  told(seq: number): void {
    this.#db.prepare('DELETE FROM outbox WHERE seq = ?').run(seq)
  }

  /** How many orders there are, deleted ones too. */
  get size(): number {
    return Number(this.#db.prepare('SELECT count(*) AS n FROM orders').get()?.['n'])
  }

  close(): void {
    this.#listeners.clear()
    this.#db.close()
  }

  #insert(fields: OrderFields, made: { readonly key: string | null; readonly by: string; readonly at: Date }): number {
    const at = made.at.toISOString()
    const { lastInsertRowid } = this.#db
      .prepare(
        `INSERT INTO orders (key, version, customer, article, quantity, unit_price, status, note, words,
         created_by, updated_by, created_at, updated_at) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(made.key, ...valuesOf(fields), made.by, made.by, at, at)
    return Number(lastInsertRowid)
  }

  #current(id: number, version: number, who: Person): Order {
    const order = this.get(id, who)
    if (order.deletedAt !== null) {
      throw new OrderError('deleted', `Order ${id} was deleted: restore it first.`, { order })
    }
    if (order.version !== version) throw conflict(order)
    return order
  }

  #tell(action: Action, id: number, who: Person, changed: Change['changed'] = []): Order {
    const order = this.get(id, who)
    const change: Change = { action, order, by: who.id, changed }
    this.#db.prepare('INSERT INTO outbox (change_json) VALUES (?)').run(JSON.stringify(change))
    return order
  }

  #transaction<T>(deed: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    let result: T
    try {
      result = deed()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
    for (const listener of this.#listeners) listener()
    return result
  }
}

const KEY_TAKEN = { field: 'key', message: 'a UUID that was not used' }

function conflict(order: Order): OrderError {
  const what = `Order ${order.id} is at version ${order.version}: look at what was changed, then send that version.`
  return new OrderError('conflict', what, { order })
}

function valuesOf({ customer, article, quantity, unitPrice, status, note }: OrderFields) {
  const words = searchable(`${customer} ${article} ${note}`)
  return [customer, article, quantity, unitPrice, status, note, words] as const
}
