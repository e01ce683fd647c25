import {
  type InboxCounts,
  type InboxItem,
  type InboxMark,
  MonofilError,
  type NoticePreferences,
} from '@monofil/protocol'
import { logOfUser } from '../../notifications/inbox-log.ts'
import type { GroupTx } from '../group-tx.ts'
import { NoticeBook } from '../notice-book.ts'
import { type InboxRow, inboxOfRow, itemView, type PersonRecord } from '../notice-rows.ts'
import { text } from '../run-sql.ts'
import type { Tx } from '../tx.ts'
import { tellAll } from './notice-change.ts'

export interface Marks {
  readonly changed: number
  readonly counts: InboxCounts
  /** How many of the ids are in the inbox. */
  readonly known: number
}

/** What a mark makes of a row; the same times mean that nothing changes. */
const MARKS: Readonly<Record<InboxMark, (row: InboxRow, now: number) => Times>> = {
  seen: (row, now) => ({ ...timesOf(row), seenAt: row.seenAt ?? now }),
  read: (row, now) => ({ ...timesOf(row), seenAt: row.seenAt ?? now, readAt: row.readAt ?? now }),
  unread: (row) => ({ ...timesOf(row), readAt: null, archivedAt: null }),
  archived: (row, now) => ({
    seenAt: row.seenAt ?? now,
    readAt: row.readAt ?? now,
    archivedAt: row.archivedAt ?? now,
  }),
}
type Times = Pick<InboxRow, 'seenAt' | 'readAt' | 'archivedAt'>
const timesOf = ({ seenAt, readAt, archivedAt }: InboxRow): Times => ({ seenAt, readAt, archivedAt })

/** Marks items of an inbox; one event says so to all of its owner's tabs. */
export function notificationsMark(
  tx: GroupTx,
  { sub, state, ids }: { readonly sub: string; readonly state: InboxMark; readonly ids: readonly string[] | null },
): Marks {
  const book = new NoticeBook(tx)
  const person = book.findPerson(sub)
  if (person === undefined) return { changed: 0, known: 0, counts: { unseen: 0, unread: 0, version: 0 } }
  const rows = chosen(book, person, ids)
  const moved: string[] = []
  for (const { id, row } of rows) {
    const after = MARKS[state](row, tx.now)
    if (same(after, row)) continue
    book.countOut(person, row)
    person.unseen += after.archivedAt === null && after.seenAt === null ? 1 : 0
    person.unread += after.archivedAt === null && after.readAt === null ? 1 : 0
    const sql = 'UPDATE inbox SET seen_at = ?, read_at = ?, archived_at = ? WHERE person = ? AND notice = ?'
    book.sql.run(sql, after.seenAt, after.readAt, after.archivedAt, person.seq, row.notice)
    if (after.seenAt !== null) book.skipPush(person.seq, row.notice)
    moved.push(id)
  }
  if (moved.length > 0) {
    const told = ids === null ? null : moved
    book.append(person, 'read', (counts) => ({ state, ids: told, at: tx.nowIso, counts }))
    book.save(person)
    book.close()
  }
  return { changed: moved.length, known: rows.length, counts: countsNow(tx, person) }
}

function chosen(
  book: NoticeBook,
  person: PersonRecord,
  ids: readonly string[] | null,
): readonly { readonly id: string; readonly row: InboxRow }[] {
  const which =
    ids === null
      ? 'i.archived_at IS NULL'
      : 'i.notice IN (SELECT seq FROM notices WHERE id IN (SELECT value FROM json_each(?2)))'
  const sql = `SELECT i.*, n.id FROM inbox i JOIN notices n ON n.seq = i.notice
    WHERE i.person = ?1 AND i.outcome = 'inbox' AND ${which} ORDER BY i.no`
  const rows = book.sql.all(sql, person.seq, ...(ids === null ? [] : [JSON.stringify(ids)]))
  return rows.map((row) => ({ id: text(row, 'id'), row: inboxOfRow(row) }))
}

function same(after: Times, row: InboxRow): boolean {
  return after.seenAt === row.seenAt && after.readAt === row.readAt && after.archivedAt === row.archivedAt
}

/** The head in memory: in the table it is what it was before this group. */
function countsNow(tx: GroupTx, { sub, unseen, unread }: PersonRecord): InboxCounts {
  return { unseen, unread, version: tx.log.find(logOfUser(sub))?.head ?? 0 }
}

/** Takes a role's notice for one of those who have it. */
export function notificationsClaim(tx: Tx, { sub, id }: { readonly sub: string; readonly id: string }): InboxItem {
  const book = new NoticeBook(tx)
  const person = book.findPerson(sub)
  const notice = book.find(id)
  const row = person === undefined || notice === undefined ? undefined : book.rowOf(person, notice)
  if (person === undefined || notice === undefined || row?.outcome !== 'inbox') {
    throw new MonofilError('not_found', `There is no notification ${id} in this inbox.`)
  }
  if (notice.to.roles.length === 0) {
    throw new MonofilError('invalid_state', `Notification ${id} is to nobody's role: there is nothing to claim.`)
  }
  if (notice.claim !== null && notice.claim.by !== sub) {
    const what = `Notification ${id} is taken by ${notice.claim.by}.`
    throw new MonofilError('invalid_state', what, { state: 'claimed' })
  }
  if (notice.claim === null) {
    notice.claim = { by: sub, at: tx.now }
    book.sql.run('UPDATE notices SET claimed_by = ?, claimed_at = ? WHERE seq = ?', sub, tx.now, notice.seq)
    tellAll(book, notice)
    book.close()
  }
  return itemView(notice, book.rowOf(person, notice) ?? row, person.preferences.language)
}

/** Says that a client has shown these; no push is tried for them. */
export function notificationsReceive(
  tx: Tx,
  { sub, ids }: { readonly sub: string; readonly ids: readonly string[] },
): number {
  const book = new NoticeBook(tx)
  const person = book.findPerson(sub)
  if (person === undefined) return 0
  let count = 0
  for (const { row } of chosen(book, person, ids)) {
    if (!book.settleLive(row, 'accept')) continue
    book.skipPush(person.seq, row.notice)
    count += 1
  }
  book.close()
  return count
}

export function notificationsSetPreferences(
  tx: Tx,
  { sub, preferences }: { readonly sub: string; readonly preferences: NoticePreferences },
): NoticePreferences {
  const book = new NoticeBook(tx)
  const person = book.person(sub)
  book.sql.run('UPDATE people SET preferences = ? WHERE seq = ?', JSON.stringify(preferences), person.seq)
  return preferences
}
