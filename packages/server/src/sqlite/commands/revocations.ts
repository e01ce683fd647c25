import type { DatabaseSync } from 'node:sqlite'
import { MonofilError, type Revocation } from '@monofil/protocol'
import type { NewRevocationRow, RevokedNow } from '../../seams/revocation-store.ts'
import type { Page } from '../../seams/store.ts'
import { formatPlace, parsePlace } from '../run-cursor.ts'
import { number, Rows, type SqlRow, text } from '../run-sql.ts'
import type { ReadContext, Tx } from '../tx.ts'
import { forgetRevoked } from './push-subscriptions.ts'

/** The most that are kept: every hub holds them all in memory. */
const MAX_REVOCATIONS = 100_000

export function revocationsAdd(tx: Tx, { kind, value, before, keepMs, by }: NewRevocationRow): Revocation {
  const sql = new Rows(tx.db)
  const known = sql.get('SELECT seq, before FROM revocations WHERE kind = ? AND value = ?', kind, value)
  const kept = number(sql.get('SELECT count(*) AS n FROM revocations WHERE until > ?', tx.now) as SqlRow, 'n')
  if (known === undefined && kept >= MAX_REVOCATIONS) {
    const what = `${MAX_REVOCATIONS} revocations are kept: revoke a role, or change the keys`
    throw new MonofilError('store_full', what)
  }
  const from = Math.max(before, known === undefined ? 0 : number(known, 'before'))
  sql.run('DELETE FROM revocations WHERE until <= ? OR (kind = ? AND value = ?)', tx.now, kind, value)
  const seq = sql.insert(
    'INSERT INTO revocations (kind, value, before, until, by, created_at) VALUES (?, ?, ?, ?, ?, ?)',
    ...[kind, value, from, Math.max(from, tx.now) + keepMs, by, tx.now],
  )
  changed(sql)
  forgetRevoked(tx, { kind, value })
  const made = viewOf(sql.get('SELECT * FROM revocations WHERE seq = ?', seq) as SqlRow)
  tx.credentialsRevoked(made)
  return made
}

export function revocationsRemove(tx: Tx, id: string): void {
  const sql = new Rows(tx.db)
  const seq = /^rev-([1-9]\d{0,14})$/.exec(id)?.[1]
  const known = seq === undefined ? undefined : sql.get('SELECT seq FROM revocations WHERE seq = ?', Number(seq))
  if (known === undefined) throw new MonofilError('not_found', `There is no revocation ${id}.`)
  sql.run('DELETE FROM revocations WHERE seq = ?', number(known, 'seq'))
  changed(sql)
}

/** One page, newest first. */
export function revocationsList(
  db: DatabaseSync,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  { now }: ReadContext,
): Page<Revocation> {
  const rows = new Rows(db).all(
    'SELECT * FROM revocations WHERE until > ?1 AND (?2 IS NULL OR seq < ?2) ORDER BY seq DESC LIMIT ?3',
    now,
    cursor === undefined ? null : (parsePlace('v', cursor, 1)[0] ?? 0),
    limit + 1,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(viewOf),
    nextCursor: rows.length > page.length && last !== undefined ? formatPlace('v', [number(last, 'seq')]) : null,
  }
}

export function revocationsNow(db: DatabaseSync, _: null, { now }: ReadContext): RevokedNow {
  const items = new Rows(db).all('SELECT * FROM revocations WHERE until > ? ORDER BY seq', now).map(viewOf)
  return { version: revocationsVersion(db), items }
}

export function revocationsVersion(db: DatabaseSync): number {
  const row = new Rows(db).get("SELECT value FROM meta WHERE key = 'revocations'")
  return row === undefined ? 0 : number(row, 'value')
}

function changed(sql: Rows): void {
  sql.run("UPDATE meta SET value = value + 1 WHERE key = 'revocations'")
}

function viewOf(row: SqlRow): Revocation {
  const kind = text(row, 'kind')
  const named = (one: string) => (kind === one ? text(row, 'value') : null)
  const iso = (column: string) => new Date(number(row, column)).toISOString()
  return {
    id: `rev-${number(row, 'seq')}`,
    sub: named('sub'),
    jti: named('jti'),
    role: named('role'),
    before: iso('before'),
    until: iso('until'),
    by: text(row, 'by'),
    createdAt: iso('created_at'),
  }
}
