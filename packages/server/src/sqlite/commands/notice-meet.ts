import type { SeenUser } from '../../seams/notification-store.ts'
import { NoticeBook } from '../notice-book.ts'
import { inboxOfRow, noticeOfRow, type PersonRecord } from '../notice-rows.ts'
import { number } from '../run-sql.ts'
import type { Tx } from '../tx.ts'
import { ruleOf } from './notice-send.ts'

/** Remembers users with the roles they hold now, and brings their inboxes up to that. */
export function notificationsMeet(tx: Tx, users: readonly SeenUser[]): void {
  const book = new NoticeBook(tx)
  for (const user of users) meet(book, user)
  book.close()
}

function meet(book: NoticeBook, user: SeenUser): void {
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
}

function changeRoles(book: NoticeBook, person: PersonRecord, before: readonly string[]): void {
  const { sql } = book
  sql.run('UPDATE people SET roles = ? WHERE seq = ?', JSON.stringify(person.roles), person.seq)
  for (const role of before) sql.run('DELETE FROM people_roles WHERE role = ? AND person = ?', role, person.seq)
  for (const role of person.roles) sql.run('INSERT INTO people_roles (role, person) VALUES (?, ?)', role, person.seq)
  const rows = sql.all("SELECT * FROM inbox WHERE person = ? AND rule = 'role' ORDER BY no", person.seq).map(inboxOfRow)
  const lost = []
  for (const row of rows) {
    if (row.outcome !== 'inbox' && row.outcome !== 'hidden') continue
    const notice = book.notice(row.notice)
    const holds = notice.to.roles.some((role) => person.roles.includes(role))
    if (row.outcome === 'inbox' && !holds) lost.push({ notice, row })
    if (row.outcome === 'hidden' && holds && notice.state === 'sent') book.showAgain(notice, person, row)
  }
  book.remove(person, lost, 'role')
}

/** Gives somebody what was sent to their roles, or to all, while nobody knew of them. */
function catchUp(book: NoticeBook, person: PersonRecord): void {
  const { now, rules } = book.tx
  const rows = book.sql.all(
    // By itself SQLite walks all that was sent lately: 1.4 ms a user with 4,000 notices, of which none was to a role.
    `SELECT * FROM notices INDEXED BY notices_wide WHERE state = 'sent' AND wide = 1 AND sent_at >= ?1 AND (expires_at IS NULL OR expires_at > ?2)
       AND (to_all = 1 OR EXISTS (SELECT 1 FROM json_each(notices.roles) WHERE value IN (SELECT value FROM json_each(?3))))
       AND NOT EXISTS (SELECT 1 FROM inbox WHERE person = ?4 AND notice = notices.seq)
       ORDER BY seq DESC LIMIT ?5`,
    ...[now - rules.inboxMaxAgeMs, now, JSON.stringify(person.roles), person.seq, rules.inboxMaxCount],
  )
  for (const row of rows.sort((a, b) => number(a, 'seq') - number(b, 'seq'))) {
    const notice = noticeOfRow(row)
    if (!notice.to.except.includes(person.sub)) book.deliver(notice, person, ruleOf(notice))
  }
}
