import type { DatabaseSync } from 'node:sqlite'
import { isId, type Kpi, MonofilError } from '@monofil/protocol'
import { checkKpi, MAX_KPIS } from '../../runs/kpi.ts'
import type { Viewer } from '../../seams/auth.ts'
import type { LeasedKpi, NewKpi } from '../../seams/kpi-store.ts'
import type { Page } from '../../seams/store.ts'
import { number, Rows, type SqlRow, text, textOrNull } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

export function kpisSet(tx: Tx, args: { readonly kpi: NewKpi; readonly max?: number | undefined }): Kpi {
  const { kpi, max = MAX_KPIS } = args
  checkKpi(kpi)
  const sql = new Rows(tx.db)
  const known = sql.get(ONE, kpi.name)
  const next = { value: valueJson(kpi.value), unit: kpi.unit ?? null, data: dataOf(kpi) }
  if (
    known !== undefined &&
    known['value'] === next.value &&
    known['unit'] === next.unit &&
    known['data'] === next.data
  ) {
    return viewOf(known)
  }
  if (known === undefined && number(sql.get('SELECT count(*) AS n FROM kpis') ?? {}, 'n') >= max) {
    throw new MonofilError('store_full', `There are ${max} KPIs, and ${kpi.name} would be one more: delete some.`)
  }
  sql.run(
    'INSERT OR REPLACE INTO kpis (name, value, unit, data, version, at) VALUES (?, ?, ?, ?, ?, ?)',
    ...[kpi.name, next.value, next.unit, next.data, tx.commitSeq, tx.now],
  )
  changed(tx, sql)
  const made = viewOf(sql.get(ONE, kpi.name) ?? {})
  tx.kpiChanged({ name: made.name, version: made.version, kpi: made })
  return made
}

/** Sets KPIs for handlers, those of lost leases left out. Answers the names that the store has no room for. */
export function workKpis(tx: Tx, kpis: readonly LeasedKpi[]): readonly string[] {
  const sql = new Rows(tx.db)
  return kpis.flatMap((kpi) => {
    if (sql.get('SELECT item FROM leases WHERE fence = ?', kpi.fence) === undefined) return []
    try {
      kpisSet(tx, { kpi })
      return []
    } catch (error) {
      // A refusal comes before anything is written, and must not undo the others.
      if (MonofilError.is(error) && error.code === 'store_full') return [kpi.name]
      throw error
    }
  })
}

export function kpisRemove(tx: Tx, name: string): void {
  const sql = new Rows(tx.db)
  if (sql.get(ONE, name) === undefined) throw new MonofilError('not_found', `There is no KPI ${name}.`)
  sql.run('DELETE FROM kpis WHERE name = ?', name)
  changed(tx, sql)
  tx.kpiChanged({ name, version: tx.commitSeq, kpi: null })
}

export function kpisGet(db: DatabaseSync, name: string): Kpi | undefined {
  const row = new Rows(db).get(ONE, name)
  return row === undefined ? undefined : viewOf(row)
}

export function kpisRead(
  db: DatabaseSync,
  names: readonly string[],
): { readonly version: number; readonly items: readonly Kpi[] } {
  const rows = new Rows(db).all(
    'SELECT * FROM kpis WHERE name IN (SELECT value FROM json_each(?))',
    JSON.stringify(names),
  )
  return { version: kpisVersion(db), items: rows.map(viewOf) }
}

export function kpisVersion(db: DatabaseSync): number {
  return number(new Rows(db).get("SELECT value FROM meta WHERE key = 'kpis'") ?? {}, 'value')
}

/** One page, by name. */
export function kpisList(
  db: DatabaseSync,
  query: {
    readonly viewer: Viewer
    readonly patterns: readonly string[]
    readonly limit: number
    readonly cursor?: string | undefined
  },
): Page<Kpi> {
  const { viewer, limit, cursor } = query
  if (cursor !== undefined && !isId(cursor)) {
    throw new MonofilError('invalid_request', 'cursor is the nextCursor of the page before.', { field: 'cursor' })
  }
  const names = query.patterns.map((pattern) => pattern.slice('kpi:'.length))
  const rows = new Rows(db).all(LIST, cursor ?? '', Number(viewer.all), JSON.stringify(names), limit + 1)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(viewOf),
    nextCursor: rows.length > page.length && last !== undefined ? text(last, 'name') : null,
  }
}

const ONE = 'SELECT * FROM kpis WHERE name = ?'
// A pattern is a name, or a prefix that ends in `*`, which no name holds.
const LIST = `
  SELECT * FROM kpis WHERE name > ?1 AND (?2 OR EXISTS (
    SELECT 1 FROM json_each(?3) p WHERE p.value = name
    OR (substr(p.value, -1) = '*' AND substr(name, 1, length(p.value) - 1) = substr(p.value, 1, length(p.value) - 1))
  )) ORDER BY name LIMIT ?4`

function changed(tx: Tx, sql: Rows): void {
  sql.run("UPDATE meta SET value = ? WHERE key = 'kpis'", tx.commitSeq)
}

function valueJson(value: number | string): string {
  return JSON.stringify(typeof value === 'string' ? value.toWellFormed() : value)
}

function dataOf({ dataJson }: NewKpi): string | null {
  return dataJson === undefined || dataJson === 'null' ? null : dataJson
}

function viewOf(row: SqlRow): Kpi {
  const data = textOrNull(row, 'data')
  return {
    name: text(row, 'name'),
    value: JSON.parse(text(row, 'value')) as number | string,
    unit: textOrNull(row, 'unit'),
    data: data === null ? null : (JSON.parse(data) as unknown),
    version: number(row, 'version'),
    at: new Date(number(row, 'at')).toISOString(),
  }
}
