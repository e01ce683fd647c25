import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { Rows, text } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

const SECRET = 'ticket_secret'
/** A hub's clock may be this far behind the store's without a ticket being taken twice. */
const SKEW_MS = 3_600_000

/** The store's own secret, made where there is none yet. */
export function ticketsSecret(tx: Tx): string {
  const sql = new Rows(tx.db)
  sql.run(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING',
    SECRET,
    randomBytes(32).toString('base64url'),
  )
  return text(sql.get('SELECT value FROM meta WHERE key = ?', SECRET) ?? {}, 'value')
}

/** Whether this is the first use. What nobody could use again is forgotten on the way. */
export function ticketsUse(tx: Tx, { id, untilMs }: { readonly id: string; readonly untilMs: number }): boolean {
  const sql = new Rows(tx.db)
  sql.run('DELETE FROM used_tickets WHERE until < ?', tx.now - SKEW_MS)
  return sql.run('INSERT INTO used_tickets (id, until) VALUES (?, ?) ON CONFLICT DO NOTHING', id, untilMs) === 1
}

export function ticketsKeep(
  tx: Tx,
  { id, rightsJson, untilMs }: { readonly id: string; readonly rightsJson: string; readonly untilMs: number },
): void {
  const sql = new Rows(tx.db)
  sql.run('DELETE FROM ticket_rights WHERE until < ?', tx.now - SKEW_MS)
  sql.run(
    `INSERT INTO ticket_rights (id, rights, until) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET until = max(until, excluded.until)`,
    id,
    rightsJson,
    untilMs,
  )
}

export function ticketsRights(db: DatabaseSync, id: string): string | undefined {
  const row = new Rows(db).get('SELECT rights FROM ticket_rights WHERE id = ?', id)
  return row === undefined ? undefined : text(row, 'rights')
}
