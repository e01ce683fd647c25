import type { DatabaseSync } from 'node:sqlite'
import { newVapidKeys } from '../../push/vapid.ts'
import type { PushAddress, VapidKeys } from '../../seams/push-store.ts'
import type { RevokedKind } from '../../seams/revocation-store.ts'
import { Rows, text } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

const KEYS = 'vapid_keys'

/** The store's own key pair, made where there is none yet. */
export function pushesKeys(tx: Tx): VapidKeys {
  const sql = new Rows(tx.db)
  const kept = () => sql.get('SELECT value FROM meta WHERE key = ?', KEYS)
  if (kept() === undefined) sql.run('INSERT INTO meta (key, value) VALUES (?, ?)', KEYS, JSON.stringify(newVapidKeys()))
  return JSON.parse(text(kept() ?? {}, 'value')) as VapidKeys
}

export function pushesAdd(
  tx: Tx,
  { sub, address, max }: { readonly sub: string; readonly address: PushAddress; readonly max: number },
): void {
  const sql = new Rows(tx.db)
  sql.run(
    'INSERT OR REPLACE INTO push_subscriptions (endpoint, sub, p256dh, auth, vapid_key, seen_at) VALUES (?, ?, ?, ?, ?, ?)',
    ...[address.endpoint, sub, address.p256dh, address.auth, address.vapidKey, tx.now],
  )
  // The new one stays, also where several were seen in the same millisecond.
  sql.run(
    `DELETE FROM push_subscriptions WHERE endpoint IN (SELECT endpoint FROM push_subscriptions WHERE sub = ?1
       ORDER BY endpoint = ?2 DESC, seen_at DESC LIMIT -1 OFFSET ?3)`,
    ...[sub, address.endpoint, max],
  )
}

export function pushesOf(db: DatabaseSync, sub: string): readonly PushAddress[] {
  const rows = new Rows(db).all('SELECT * FROM push_subscriptions WHERE sub = ? ORDER BY seen_at DESC, endpoint', sub)
  return rows.map((row) => ({
    endpoint: text(row, 'endpoint'),
    p256dh: text(row, 'p256dh'),
    auth: text(row, 'auth'),
    vapidKey: text(row, 'vapid_key'),
  }))
}

/** Whose credentials are refused gets no pushes either, on any browser, until one of theirs subscribes again. */
export function forgetRevoked(tx: Tx, { kind, value }: { readonly kind: RevokedKind; readonly value: string }): void {
  const sql = new Rows(tx.db)
  if (kind === 'sub') sql.run('DELETE FROM push_subscriptions WHERE sub = ?', value)
  const holders = 'SELECT p.sub FROM people_roles r JOIN people p ON p.seq = r.person WHERE r.role = ?'
  if (kind === 'role') sql.run(`DELETE FROM push_subscriptions WHERE sub IN (${holders})`, value)
}

export function pushesRemove(tx: Tx, { sub, endpoint }: { readonly sub: string; readonly endpoint: string }): void {
  new Rows(tx.db).run('DELETE FROM push_subscriptions WHERE endpoint = ? AND sub = ?', endpoint, sub)
}
