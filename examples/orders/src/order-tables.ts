import type { DatabaseSync } from 'node:sqlite'
import type { Order, OrderStatus } from './order.ts'

/** Makes the tables where they are missing. */
export function makeTables(db: DatabaseSync): void {
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS orders (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT UNIQUE,
      version INTEGER NOT NULL,
      customer TEXT NOT NULL,
      article TEXT NOT NULL,
      quantity INTEGER NOT NULL,
      unit_price INTEGER NOT NULL,
      status TEXT NOT NULL,
      note TEXT NOT NULL,
      words TEXT NOT NULL,
      created_by TEXT NOT NULL,
      updated_by TEXT NOT NULL,
      created_at TEXT NOT NULL,
      updated_at TEXT NOT NULL,
      deleted_at TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS orders_of ON orders (created_by, id);
    CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, change_json TEXT NOT NULL) STRICT;
  `)
  // People read order numbers to each other: the first is not 1.
  db.exec(`INSERT INTO sqlite_sequence (name, seq) SELECT 'orders', 1000
    WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'orders')`)
}

/** An order as a row has it. */
export type OrderRow = Readonly<Record<string, string | number | null>>

export function orderOf(row: OrderRow): Order {
  return {
    id: Number(row['id']),
    version: Number(row['version']),
    customer: String(row['customer']),
    article: String(row['article']),
    quantity: Number(row['quantity']),
    unitPrice: Number(row['unit_price']),
    status: row['status'] as OrderStatus,
    note: String(row['note']),
    createdBy: String(row['created_by']),
    updatedBy: String(row['updated_by']),
    createdAt: String(row['created_at']),
    updatedAt: String(row['updated_at']),
    deletedAt: row['deleted_at'] === null ? null : String(row['deleted_at']),
  }
}

/** Text as it is searched: small letters without accents, which SQLite's LIKE does not do. */
export function searchable(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
