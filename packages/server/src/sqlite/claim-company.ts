import { Company } from '../runs/company.ts'
import { number, numberOrNull, type Rows, type SqlRow } from './run-sql.ts'

/** What a worker holds already. */
export function companyOf(sql: Rows, worker: string): Company {
  const least = sql.get('SELECT min(company) AS most FROM leases WHERE worker = ? AND company IS NOT NULL', worker)
  const held = sql.get('SELECT count(*) AS n FROM leases WHERE worker = ?', worker)
  return new Company(number(held ?? {}, 'n'), numberOrNull(least ?? {}, 'most') ?? Number.POSITIVE_INFINITY)
}

/** The first of these items (rows of `items`) that may be beside each other and what the worker holds. */
export function fitting(company: Company, rows: readonly SqlRow[]): readonly SqlRow[] {
  const tried = company.copy()
  const refused = rows.findIndex((row) => !tried.admit(mostBeside(row)))
  return refused === -1 ? rows : rows.slice(0, refused)
}

/** How many items its worker may hold while it holds this one. In another round it is as good as any. */
export function mostBeside(row: SqlRow): number {
  if (number(row, 'interruptions') === 0) return Number.POSITIVE_INFINITY
  return numberOrNull(row, 'company') ?? Number.POSITIVE_INFINITY
}
