import { MonofilError } from '@monofil/protocol'
import type { NewNotice } from '../../seams/notification-store.ts'
import { NoticeBook } from '../notice-book.ts'
import { contentView, isoOf, type NoticeRecord } from '../notice-rows.ts'
import { number } from '../run-sql.ts'
import type { Tx } from '../tx.ts'

/** Sends a notice, or counts that it came again. */
export function notificationsSend(tx: Tx, notice: NewNotice): { readonly id: string; readonly created: boolean } {
  const book = new NoticeBook(tx)
  const known = book.sql.get('SELECT seq, sender FROM notices WHERE id = ?', notice.id)
  if (known !== undefined) {
    if (known['sender'] !== notice.sender) {
      throw new MonofilError('id_taken', `The notification id ${notice.id} is taken: choose another.`)
    }
    book.sql.run('UPDATE notices SET duplicates = duplicates + 1 WHERE seq = ?', Number(known['seq']))
    return { id: notice.id, created: false }
  }
  makeNotice(book, notice, false)
  book.close()
  return { id: notice.id, created: true }
}

/** Sends from inside another command, which no notice may fail: an id that is used sends nothing. */
export function sendOwn(tx: Tx, notice: NewNotice): void {
  const book = new NoticeBook(tx)
  const known = book.sql.get('SELECT seq FROM notices WHERE id = ?', notice.id)
  if (known === undefined) makeNotice(book, notice, false)
  else book.sql.run('UPDATE notices SET duplicates = duplicates + 1 WHERE seq = ?', Number(known['seq']))
  book.close()
}

/** Makes a notice whose id is free, and sends it if its time has come. The caller closes the book. */
export function makeNotice(book: NoticeBook, notice: NewNotice, isDigest: boolean): void {
  const { tx } = book
  const isLater = notice.sendAt !== null && notice.sendAt > tx.now
  const expiresAt = isLater || notice.ttlMs === null ? null : tx.now + notice.ttlMs
  const { to } = notice
  const wide = to.all || to.roles.length > 0
  const seq = book.sql.insert(
    `INSERT INTO notices (id, sender, state, texts, severity, severity_sent, module, action, actions, link, data, target,
       roles, to_all, wide, is_digest, ttl_ms, created_at, send_at, sent_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[notice.id, notice.sender, isLater ? 'scheduled' : 'sent', JSON.stringify(notice.texts), notice.severity],
    ...[notice.severityAsSent, notice.module, notice.action, JSON.stringify(notice.actions), notice.link],
    ...[notice.dataJson, JSON.stringify(to), JSON.stringify(to.roles), to.all ? 1 : 0, wide ? 1 : 0, isDigest ? 1 : 0],
    ...[notice.ttlMs, tx.now, notice.sendAt, isLater ? null : tx.now, expiresAt],
  )
  for (const role of new Set(to.roles)) {
    book.sql.run('INSERT INTO notice_roles (role, notice) VALUES (?, ?)', role, seq)
  }
  if (isLater) return
  const state = { state: 'sent', reason: null, sentAt: tx.now, updatedAt: null, expiresAt } as const
  const rest = { claim: null, spreadAfter: null, tellAfter: null }
  dispatch(book, { ...notice, ...state, ...rest, seq, isDigest, createdAt: tx.now })
}

/** Sends a notice whose time has come: to topics and users at once, to the first slice of those who hold a role. */
export function dispatch(book: NoticeBook, notice: NoticeRecord): void {
  const { topics, users, roles, all, except } = notice.to
  const left = new Set(except)
  for (const topic of new Set(topics)) book.tx.append(topic, 'notification', topicJson(notice))
  for (const sub of new Set(users)) if (!left.has(sub)) book.deliver(notice, book.person(sub), 'user')
  if (!all && roles.length === 0) return
  notice.spreadAfter = 0
  spread(book, notice)
}

function topicJson(notice: NoticeRecord): string {
  const times = { createdAt: isoOf(notice.sentAt), expiresAt: isoOf(notice.expiresAt) }
  return JSON.stringify({ ...contentView(notice, null), ...times })
}

/** One slice of those who hold a role and were seen lately. */
export function spread(book: NoticeBook, notice: NoticeRecord): void {
  const slice = book.sliceOf(notice)
  const holders = notice.to.all ? everybody(book, notice, slice) : holdersOf(book, notice, slice)
  for (const seq of holders) {
    const person = book.personOf(seq)
    if (!notice.to.except.includes(person.sub)) book.deliver(notice, person, ruleOf(notice))
  }
  notice.spreadAfter = holders.length < slice ? null : (holders.at(-1) ?? null)
  book.sql.run('UPDATE notices SET spread_after = ? WHERE seq = ?', notice.spreadAfter, notice.seq)
}

function everybody({ sql, tx }: NoticeBook, { spreadAfter }: NoticeRecord, limit: number): readonly number[] {
  const all = 'SELECT seq FROM people WHERE seq > ? AND seen_at >= ? ORDER BY seq LIMIT ?'
  return sql.all(all, spreadAfter ?? 0, tx.now - tx.rules.seenWithinMs, limit).map((row) => number(row, 'seq'))
}

/** Role by role, so that a slice looks at its own people: asked for at once, SQLite gathers all holders each time. */
function holdersOf({ sql, tx }: NoticeBook, { spreadAfter, to }: NoticeRecord, limit: number): readonly number[] {
  const ofRole = `SELECT r.person FROM people_roles r JOIN people p ON p.seq = r.person
    WHERE r.role = ? AND r.person > ? AND p.seen_at >= ? ORDER BY r.person LIMIT ?`
  const holders = new Set<number>()
  for (const role of new Set(to.roles)) {
    for (const row of sql.all(ofRole, role, spreadAfter ?? 0, tx.now - tx.rules.seenWithinMs, limit)) {
      holders.add(number(row, 'person'))
    }
  }
  return [...holders].sort((a, b) => a - b).slice(0, limit)
}

export function ruleOf(notice: NoticeRecord): 'all' | 'role' {
  return notice.to.all ? 'all' : 'role'
}

/** Puts a notice to roles or all into the inboxes of those whom a directory names. */
export function notificationsSpreadTo(
  tx: Tx,
  { id, subs }: { readonly id: string; readonly subs: readonly string[] },
): number {
  const book = new NoticeBook(tx)
  const notice = book.find(id)
  if (notice?.state !== 'sent' || (!notice.to.all && notice.to.roles.length === 0)) return 0
  const except = new Set(notice.to.except)
  let count = 0
  for (const sub of new Set(subs)) {
    if (!except.has(sub) && book.deliver(notice, book.person(sub), ruleOf(notice))) count += 1
  }
  book.close()
  return count
}
