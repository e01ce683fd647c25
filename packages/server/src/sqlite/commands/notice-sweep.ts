import { digestTexts } from '../../notifications/own-texts.ts'
import type { NewNotice } from '../../seams/notification-store.ts'
import { NoticeBook } from '../notice-book.ts'
import { inboxOfRow, madeId, noticeOfRow } from '../notice-rows.ts'
import { number, numberOrNull, text } from '../run-sql.ts'
import type { Tx } from '../tx.ts'
import { endNotice, tellSlice } from './notice-change.ts'
import { dispatch, makeNotice, spread } from './notice-send.ts'

/** Notices that one sweep sends or ends: each may take a slice of its own. */
const NOTICES = 10
const ROWS = 1_000
/** A sweep that nobody asked for: what another process made due is found then. */
const LATEST_MS = 5_000

/** One slice of what is due; answers ms to the next. */
export function notificationsSweep(tx: Tx): number {
  const book = new NoticeBook(tx)
  sendDue(book)
  endDue(book)
  const { sql } = book
  const spreading = sql.get('SELECT * FROM notices WHERE spread_after IS NOT NULL ORDER BY seq LIMIT 1')
  if (spreading !== undefined) spread(book, noticeOfRow(spreading))
  const telling = sql.get('SELECT * FROM notices WHERE tell_after IS NOT NULL ORDER BY seq LIMIT 1')
  if (telling !== undefined) tellSlice(book, noticeOfRow(telling))
  inboxDue(book)
  digestDue(book)
  book.close()
  return nextSweep(book)
}

function sendDue(book: NoticeBook): void {
  const { sql, tx } = book
  const due = "SELECT * FROM notices WHERE state = 'scheduled' AND send_at <= ? ORDER BY send_at LIMIT ?"
  for (const row of sql.all(due, tx.now, NOTICES)) {
    const notice = noticeOfRow(row)
    notice.state = 'sent'
    notice.sentAt = tx.now
    notice.expiresAt = notice.ttlMs === null ? null : tx.now + notice.ttlMs
    const set = "UPDATE notices SET state = 'sent', sent_at = ?, expires_at = ? WHERE seq = ?"
    sql.run(set, tx.now, notice.expiresAt, notice.seq)
    dispatch(book, notice)
  }
}

function endDue(book: NoticeBook): void {
  const { sql, tx } = book
  const over = "SELECT * FROM notices WHERE state = 'sent' AND expires_at <= ? ORDER BY expires_at LIMIT ?"
  for (const row of sql.all(over, tx.now, NOTICES)) endNotice(book, noticeOfRow(row), 'expired')
  const old = "SELECT * FROM notices WHERE state = 'sent' AND sent_at < ? ORDER BY sent_at LIMIT ?"
  for (const row of sql.all(old, tx.now - tx.rules.inboxMaxAgeMs, NOTICES))
    endNotice(book, noticeOfRow(row), 'retention')
}

/** No tab said in time that it shows it: the inbox has it, and a push is tried where there is one. */
function inboxDue(book: NoticeBook): void {
  const { sql, tx } = book
  const due = 'SELECT * FROM inbox WHERE live_due <= ? ORDER BY live_due LIMIT ?'
  for (const row of sql.all(due, tx.now, ROWS).map(inboxOfRow)) {
    book.settleLive(row, 'wait_over')
    if (!tx.rules.push || row.pushAfter === null || row.seenAt !== null) continue
    const insert = "INSERT OR IGNORE INTO pushes (person, notice, state, attempts, due) VALUES (?, ?, 'pending', 0, ?)"
    const made = sql.run(insert, row.person, row.notice, Math.max(tx.now, row.pushAfter))
    if (made > 0) book.counted(row.notice, 'push', { from: null, to: 'pending' })
  }
}

/** One notice says how many came without a sound. */
function digestDue(book: NoticeBook): void {
  const { sql, tx } = book
  for (const row of sql.all('SELECT * FROM digests WHERE due <= ? ORDER BY due LIMIT ?', tx.now, ROWS)) {
    const person = book.personOf(number(row, 'person'))
    const module = text(row, 'module')
    const count = number(row, 'count')
    sql.run('DELETE FROM digests WHERE person = ? AND module = ?', person.seq, module)
    const digest: NewNotice = {
      // Of the commit too, so that nobody can take the id before.
      id: madeId('digest', tx.epoch, tx.commitSeq, person.seq, module),
      sender: 'monofil',
      to: { users: [person.sub], roles: [], topics: [], all: false, except: [] },
      texts: digestTexts(count, module),
      ...{ severity: 'info', severityAsSent: null, action: 'digest', actions: [], link: null },
      module: module === '' ? null : module,
      dataJson: JSON.stringify({ digest: { count, module: module === '' ? null : module } }),
      ...{ sendAt: null, ttlMs: null },
    }
    makeNotice(book, digest, true)
  }
}

function nextSweep({ sql, tx }: NoticeBook): number {
  const busy =
    'SELECT 1 AS n FROM notices WHERE spread_after IS NOT NULL UNION ALL SELECT 1 FROM notices WHERE tell_after IS NOT NULL LIMIT 1'
  if (sql.get(busy) !== undefined) return 0
  const times = [
    "SELECT min(send_at) AS at FROM notices WHERE state = 'scheduled'",
    "SELECT min(expires_at) AS at FROM notices WHERE state = 'sent' AND expires_at IS NOT NULL",
    'SELECT min(live_due) AS at FROM inbox WHERE live_due IS NOT NULL',
    'SELECT min(due) AS at FROM digests',
  ].map((query) => numberOrNull(sql.get(query) ?? {}, 'at') ?? Number.POSITIVE_INFINITY)
  const oldest = sql.get("SELECT min(sent_at) AS at FROM notices WHERE state = 'sent'") ?? {}
  const tooOld = (numberOrNull(oldest, 'at') ?? Number.POSITIVE_INFINITY) + tx.rules.inboxMaxAgeMs + 1
  return Math.max(0, Math.min(LATEST_MS, Math.min(tooOld, ...times) - tx.now))
}
