import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'

export type SqlRow = Record<string, SQLOutputValue>

/** The rows of one connection. It keeps nothing: `Connection.prepare` compiles each text once. */
export class Rows {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  get(sql: string, ...values: SQLInputValue[]): SqlRow | undefined {
    return this.#db.prepare(sql).get(...values)
  }

  all(sql: string, ...values: SQLInputValue[]): SqlRow[] {
    return this.#db.prepare(sql).all(...values)
  }

  /** Row by row, for what may be many; to be read to its end before the same text is run again. */
  each(sql: string, ...values: SQLInputValue[]): Iterable<SqlRow> {
    return this.#db.prepare(sql).iterate(...values)
  }

  /** Answers how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#db.prepare(sql).run(...values).changes)
  }

  /** Inserts and answers the row's key. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#db.prepare(sql).run(...values).lastInsertRowid)
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
