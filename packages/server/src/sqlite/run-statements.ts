import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'

export type SqlRow = Record<string, SQLOutputValue>

/**
 * Statements of one connection, each prepared once (measured: 5.0 µs compiled each time, 1.4 µs prepared). They live as
 * long as their connection: readers are handed a bare `DatabaseSync`, so the connection itself is the key.
 */
export class Statements {
  static readonly #byConnection = new WeakMap<DatabaseSync, Statements>()
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()

  private constructor(db: DatabaseSync) {
    this.#db = db
  }

  static of(db: DatabaseSync): Statements {
    const known = Statements.#byConnection.get(db)
    if (known !== undefined) return known
    const made = new Statements(db)
    Statements.#byConnection.set(db, made)
    return made
  }

  get(sql: string, ...values: SQLInputValue[]): SqlRow | undefined {
    return this.#statement(sql).get(...values)
  }

  all(sql: string, ...values: SQLInputValue[]): SqlRow[] {
    return this.#statement(sql).all(...values)
  }

  /** Answers how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes)
  }

  /** Inserts and answers the row's key. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid)
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const made = this.#db.prepare(sql)
    this.#prepared.set(sql, made)
    return made
  }
}

/** A column that is a number by the schema (STRICT tables hold to it). */
export function number(row: SqlRow, column: string): number {
  return Number(row[column])
}

export function numberOrNull(row: SqlRow, column: string): number | null {
  const value = row[column]
  return value === null || value === undefined ? null : Number(value)
}

export function text(row: SqlRow, column: string): string {
  return String(row[column])
}

export function textOrNull(row: SqlRow, column: string): string | null {
  const value = row[column]
  return value === null || value === undefined ? null : String(value)
}

export function bool(row: SqlRow, column: string): boolean {
  return row[column] === 1
}
