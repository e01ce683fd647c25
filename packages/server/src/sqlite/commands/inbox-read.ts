import type { DatabaseSync } from 'node:sqlite'
import type { InboxCounts, InboxItem, InboxSnapshot, NoticePreferences } from '@monofil/protocol'
import { logOfUser } from '../../notifications/inbox-log.ts'
import { DEFAULT_PREFERENCES } from '../../notifications/preferences.ts'
import type { InboxState } from '../../seams/notification-store.ts'
import type { Page } from '../../seams/store.ts'
import { inboxOfRow, itemView, noticeOfRow, type PersonRecord, personOfRow } from '../notice-rows.ts'
import { formatPlace, parsePlace } from '../run-cursor.ts'
import { number, Rows, type SqlRow, text } from '../run-sql.ts'

const WHERE: Readonly<Record<InboxState, string>> = {
  inbox: 'AND archived_at IS NULL',
  unread: 'AND archived_at IS NULL AND read_at IS NULL',
  unseen: 'AND archived_at IS NULL AND seen_at IS NULL',
  archived: 'AND archived_at IS NOT NULL',
  all: '',
}

/** One page of somebody's inbox, newest first, with its counts. */
export function notificationsInbox(
  db: DatabaseSync,
  args: {
    readonly sub: string
    readonly state: InboxState
    readonly limit: number
    readonly cursor?: string | undefined
  },
): Page<InboxItem> & { readonly counts: InboxCounts } {
  const sql = new Rows(db)
  const before = args.cursor === undefined ? null : (parsePlace('b', args.cursor, 1)[0] ?? 0)
  const person = personIn(sql, args.sub)
  const counts = countsOf(sql, args.sub, person)
  if (person === undefined) return { items: [], nextCursor: null, counts }
  const rows = rowsOf(sql, person, { ...args, before, limit: args.limit + 1 })
  const page = rows.slice(0, args.limit)
  const last = page.at(-1)
  return {
    items: itemsOf(sql, person, page),
    nextCursor: rows.length > page.length && last !== undefined ? formatPlace('b', [number(last, 'no')]) : null,
    counts,
  }
}

/** The newest items with the counts, true at one offset of the user's log. */
export function notificationsSnapshot(
  db: DatabaseSync,
  { sub, limit }: { readonly sub: string; readonly limit: number },
): InboxSnapshot & { readonly offset: number } {
  const sql = new Rows(db)
  const person = personIn(sql, sub)
  const counts = countsOf(sql, sub, person)
  const items =
    person === undefined ? [] : itemsOf(sql, person, rowsOf(sql, person, { state: 'inbox', before: null, limit }))
  return { counts, items, offset: counts.version }
}

export function notificationsCounts(db: DatabaseSync, sub: string): InboxCounts {
  const sql = new Rows(db)
  return countsOf(sql, sub, personIn(sql, sub))
}

export function notificationsPreferences(db: DatabaseSync, sub: string): NoticePreferences {
  return personIn(new Rows(db), sub)?.preferences ?? DEFAULT_PREFERENCES
}

export function notificationsPreferencesOf(
  db: DatabaseSync,
  subs: readonly string[],
): readonly { readonly sub: string; readonly preferences: NoticePreferences }[] {
  const said = `SELECT sub, preferences FROM people
    WHERE sub IN (SELECT value FROM json_each(?)) AND preferences IS NOT NULL`
  const rows = new Rows(db).all(said, JSON.stringify(subs))
  return rows.map((row) => ({
    sub: text(row, 'sub'),
    preferences: JSON.parse(text(row, 'preferences')) as NoticePreferences,
  }))
}

/** Every change of the counts is an event of the log: its head is their version. */
export function countsOf(sql: Rows, sub: string, person: PersonRecord | undefined): InboxCounts {
  const topic = sql.get('SELECT head FROM topics WHERE name = ?', logOfUser(sub))
  const version = topic === undefined ? 0 : number(topic, 'head')
  return { unseen: person?.unseen ?? 0, unread: person?.unread ?? 0, version }
}

function personIn(sql: Rows, sub: string): PersonRecord | undefined {
  const row = sql.get('SELECT * FROM people WHERE sub = ?', sub)
  return row === undefined ? undefined : personOfRow(row)
}

function rowsOf(
  sql: Rows,
  person: PersonRecord,
  page: { readonly state: InboxState; readonly before: number | null; readonly limit: number },
): SqlRow[] {
  return sql.all(
    `SELECT * FROM inbox WHERE person = ?1 AND outcome = 'inbox' AND (?2 IS NULL OR no < ?2) ${WHERE[page.state]}
       ORDER BY no DESC LIMIT ?3`,
    person.seq,
    page.before,
    page.limit,
  )
}

function itemsOf(sql: Rows, person: PersonRecord, rows: readonly SqlRow[]): InboxItem[] {
  return rows.map((row) => {
    const notice = sql.get('SELECT * FROM notices WHERE seq = ?', number(row, 'notice')) as SqlRow
    return itemView(noticeOfRow(notice), inboxOfRow(row), person.preferences.language)
  })
}
