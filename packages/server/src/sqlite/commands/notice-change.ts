import { MonofilError, type QueuedNotice } from '@monofil/protocol'
import type { NoticePatch } from '../../seams/notification-store.ts'
import { NoticeBook } from '../notice-book.ts'
import { inboxOfRow, type NoticeRecord, noticeOfRow } from '../notice-rows.ts'
import { queuedView } from '../notice-views.ts'
import { Rows, type SqlRow } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

/** Changes a notice in place. */
export function notificationsUpdate(
  tx: Tx,
  { id, patch }: { readonly id: string; readonly patch: NoticePatch },
): QueuedNotice {
  const book = new NoticeBook(tx)
  const before = findNotice(book, id)
  const { state } = before
  if (state === 'retracted' || state === 'expired') {
    throw new MonofilError('invalid_state', `Notification ${id} is ${state}: send another.`, { state })
  }
  if (patch.sendAt !== undefined && state !== 'scheduled') {
    const what = `Notification ${id} was sent: its time cannot be changed any more.`
    throw new MonofilError('invalid_state', what, { state, field: 'sendAt' })
  }
  const after = merged(before, patch, tx.now)
  tx.db
    .prepare(
      `UPDATE notices SET texts = ?, severity = ?, severity_sent = ?, module = ?, action = ?, actions = ?, link = ?, data = ?,
         ttl_ms = ?, send_at = ?, updated_at = ?, expires_at = ? WHERE seq = ?`,
    )
    .run(
      ...[JSON.stringify(after.texts), after.severity, after.severityAsSent, after.module, after.action],
      ...[JSON.stringify(after.actions), after.link, after.dataJson],
      ...[after.ttlMs, after.sendAt, after.updatedAt, after.expiresAt, after.seq],
    )
  if (state === 'sent') tellAll(book, after)
  book.close()
  return viewOf(tx, id)
}

function merged(before: NoticeRecord, patch: NoticePatch, now: number): NoticeRecord {
  const { ttlMs = before.ttlMs, ...rest } = patch
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const isSent = before.state === 'sent'
  const anew = ttlMs === null ? null : now + ttlMs
  const expiresAt = patch.ttlMs === undefined || !isSent ? before.expiresAt : anew
  return { ...before, ...given, ttlMs, expiresAt, updatedAt: isSent ? now : null }
}

/** Takes a notice back. */
export function notificationsRetract(tx: Tx, id: string): void {
  const book = new NoticeBook(tx)
  const notice = findNotice(book, id)
  if (notice.state === 'retracted' || notice.state === 'expired') return
  endNotice(book, notice, 'retracted')
  book.close()
}

/** Ends a notice: nobody is given it any more, and the first slice of those who have it loses it. */
export function endNotice(book: NoticeBook, notice: NoticeRecord, reason: NonNullable<NoticeRecord['reason']>): void {
  const wasSent = notice.state === 'sent'
  notice.state = reason === 'retracted' ? 'retracted' : 'expired'
  notice.reason = reason
  notice.spreadAfter = null
  const sql = 'UPDATE notices SET state = ?, reason = ?, spread_after = NULL WHERE seq = ?'
  book.sql.run(sql, notice.state, reason, notice.seq)
  // Nobody comes to hold it any more.
  for (const role of new Set(notice.to.roles)) {
    book.sql.run('DELETE FROM notice_roles WHERE role = ? AND notice = ?', role, notice.seq)
  }
  if (wasSent) tellAll(book, notice)
}

/** Tells all who have it what has changed, the first slice at once. */
export function tellAll(book: NoticeBook, notice: NoticeRecord): void {
  notice.tellAfter = 0
  tellSlice(book, notice)
}

export function tellSlice(book: NoticeBook, notice: NoticeRecord): void {
  // That it is gone is said in a few words.
  const slice = notice.state === 'sent' ? book.sliceOf(notice) : book.tx.rules.slice
  const sql = 'SELECT * FROM inbox WHERE notice = ? AND person > ? ORDER BY person LIMIT ?'
  const rows = book.sql.all(sql, notice.seq, notice.tellAfter ?? 0, slice).map(inboxOfRow)
  for (const row of rows) book.tell(notice, book.personOf(row.person), row)
  notice.tellAfter = rows.length < slice ? null : (rows.at(-1)?.person ?? null)
  book.sql.run('UPDATE notices SET tell_after = ? WHERE seq = ?', notice.tellAfter, notice.seq)
}

/** Tries a notice's failed pushes again. */
export function notificationsRetry(tx: Tx, id: string): QueuedNotice {
  const book = new NoticeBook(tx)
  const notice = findNotice(book, id)
  const sql = "UPDATE pushes SET state = 'pending', attempts = 0, due = ? WHERE notice = ? AND state = 'failed'"
  const count = book.sql.run(sql, tx.now, notice.seq)
  const counters = 'UPDATE notices SET push_failed = push_failed - ?1, push_pending = push_pending + ?1 WHERE seq = ?2'
  if (count > 0) book.sql.run(counters, count, notice.seq)
  return viewOf(tx, id)
}

/** @throws `not_found`. */
export function findNotice(book: NoticeBook, id: string): NoticeRecord {
  const notice = book.find(id)
  if (notice === undefined) throw new MonofilError('not_found', `There is no notification ${id}.`)
  return notice
}

function viewOf(tx: Tx, id: string): QueuedNotice {
  const row = new Rows(tx.db).get('SELECT * FROM notices WHERE id = ?', id) as SqlRow
  return queuedView(row, noticeOfRow(row))
}
