import type { SeenUser } from '../../seams/notification-store.ts'
import { NoticeBook } from '../notice-book.ts'
import { inboxOfRow, type PersonRecord } from '../notice-rows.ts'
import { number } from '../run-sql.ts'
import type { Tx } from '../tx.ts'
import { ruleOf } from './notice-send.ts'

/** Remembers users with the roles they hold now, and brings their inboxes up to that. */
export function notificationsMeet(tx: Tx, users: readonly SeenUser[]): readonly SeenUser[] {
  const book = new NoticeBook(tx)
  const held = users.map((user) => meet(book, user))
  book.close()
  return held
}

function meet(book: NoticeBook, user: SeenUser): SeenUser {
  const { now, rules } = book.tx
  const before = book.person(user.sub)
  book.sql.run('UPDATE people SET seen_at = ? WHERE seq = ?', now, before.seq)
  // An older credential than the last says what was, not what is.
  const isOld = user.issuedAt !== null && before.issuedAt !== null && user.issuedAt < before.issuedAt
  const roles = isOld ? before.roles : [...new Set(user.roles)].sort()
  if (!isOld) book.sql.run('UPDATE people SET issued_at = ? WHERE seq = ?', user.issuedAt, before.seq)
  const isNew = before.seenAt === null || before.seenAt < now - rules.seenWithinMs
  const isSame = roles.length === before.roles.length && roles.every((role, i) => role === before.roles[i])
  const person: PersonRecord = { ...before, roles }
  // Somebody whom a directory named may hold no role at all.
  if (!isSame || isNew) changeRoles(book, person, before.roles)
  if (isNew || (!isSame && roles.some((role) => !before.roles.includes(role)))) catchUp(book, person)
  return { sub: user.sub, roles, issuedAt: isOld ? before.issuedAt : user.issuedAt }
}

function changeRoles(book: NoticeBook, person: PersonRecord, before: readonly string[]): void {
  const { sql } = book
  sql.run('UPDATE people SET roles = ? WHERE seq = ?', JSON.stringify(person.roles), person.seq)
  for (const role of before) sql.run('DELETE FROM people_roles WHERE role = ? AND person = ?', role, person.seq)
  for (const role of person.roles) sql.run('INSERT INTO people_roles (role, person) VALUES (?, ?)', role, person.seq)
  const byRole = `SELECT * FROM inbox WHERE person = ? AND rule = 'role' AND outcome IN ('inbox', 'hidden') ORDER BY no`
  const lost = []
  for (const row of sql.all(byRole, person.seq).map(inboxOfRow)) {
    const notice = book.notice(row.notice)
    const holds = notice.to.roles.some((role) => person.roles.includes(role))
    if (row.outcome === 'inbox' && !holds) lost.push({ notice, row })
    if (row.outcome === 'hidden' && holds && notice.state === 'sent') book.showAgain(notice, person, row)
  }
  book.remove(person, lost, 'role')
}

/** Gives somebody what was sent to their roles, or to all, while nobody knew of them: the newest that an inbox holds. */
function catchUp(book: NoticeBook, person: PersonRecord): void {
  const { now, rules } = book.tx
  const newest = new Set(toAll(book, rules.inboxMaxCount))
  for (const role of person.roles) for (const seq of toRole(book, role, rules.inboxMaxCount)) newest.add(seq)
  const chosen = [...newest].sort((a, b) => b - a).slice(0, rules.inboxMaxCount)
  for (const seq of chosen.reverse()) {
    const notice = book.notice(seq)
    const isOld = (notice.sentAt ?? 0) < now - rules.inboxMaxAgeMs
    const isOver = notice.expiresAt !== null && notice.expiresAt <= now
    if (isOld || isOver || notice.to.except.includes(person.sub)) continue
    book.deliver(notice, person, ruleOf(notice))
  }
}

function toAll({ sql }: NoticeBook, limit: number): readonly number[] {
  const rows = sql.all(
    "SELECT seq FROM notices INDEXED BY notices_all WHERE state = 'sent' AND to_all = 1 ORDER BY seq DESC LIMIT ?",
    limit,
  )
  return rows.map((row) => number(row, 'seq'))
}

function toRole({ sql }: NoticeBook, role: string, limit: number): readonly number[] {
  const rows = sql.all(
    `SELECT r.notice FROM notice_roles r JOIN notices n ON n.seq = r.notice WHERE r.role = ? AND n.state = 'sent'
       ORDER BY r.notice DESC LIMIT ?`,
    role,
    limit,
  )
  return rows.map((row) => number(row, 'notice'))
}
