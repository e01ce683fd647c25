import type { DeliveryState, InboxCounts, InboxEvents, QuietReason } from '@monofil/protocol'
import { type DeliveryInput, nextDelivery } from '../notifications/delivery-state.ts'
import { logOfUser } from '../notifications/inbox-log.ts'
import { judge } from '../notifications/preferences.ts'
import { WallClocks } from '../notifications/wall-clock.ts'
import {
  type InboxRow,
  inboxOfRow,
  itemView,
  type NoticeRecord,
  noticeOfRow,
  type PersonRecord,
  personOfRow,
  type Rule,
} from './notice-rows.ts'
import { number, Rows, type SqlRow } from './run-sql.ts'
import type { Tx } from './tx.ts'

type Channel = 'live' | 'push'

/**
 * The inboxes that one command works on. Whatever it changes in one also changes its counts and appends one event to
 * its owner's log; the counters of notices are gathered and written once, by `close`.
 */
export class NoticeBook {
  readonly sql: Rows
  readonly tx: Tx
  readonly #clocks = new WallClocks()
  readonly #moves = new Map<number, Map<string, number>>()

  constructor(tx: Tx) {
    this.tx = tx
    this.sql = new Rows(tx.db)
  }

  find(id: string): NoticeRecord | undefined {
    const row = this.sql.get('SELECT * FROM notices WHERE id = ?', id)
    return row === undefined ? undefined : noticeOfRow(row)
  }

  notice(seq: number): NoticeRecord {
    return noticeOfRow(this.#there(this.sql.get('SELECT * FROM notices WHERE seq = ?', seq), `notice ${seq}`))
  }

  findPerson(sub: string): PersonRecord | undefined {
    const row = this.sql.get('SELECT * FROM people WHERE sub = ?', sub)
    return row === undefined ? undefined : personOfRow(row)
  }

  /** The person, made if nobody has seen or named them before. */
  person(sub: string): PersonRecord {
    const known = this.findPerson(sub)
    if (known !== undefined) return known
    const sql = "INSERT INTO people (sub, roles, unseen, unread, items) VALUES (?, '[]', 0, 0, 0)"
    return this.personOf(this.sql.insert(sql, sub))
  }

  personOf(seq: number): PersonRecord {
    return personOfRow(this.#there(this.sql.get('SELECT * FROM people WHERE seq = ?', seq), `person ${seq}`))
  }

  rowOf(person: PersonRecord, notice: NoticeRecord): InboxRow | undefined {
    const row = this.sql.get('SELECT * FROM inbox WHERE person = ? AND notice = ?', person.seq, notice.seq)
    return row === undefined ? undefined : inboxOfRow(row)
  }

  /** Puts a notice into an inbox, once; false where the person has been given it before, whatever became of it. */
  deliver(notice: NoticeRecord, person: PersonRecord, rule: Rule): boolean {
    const known = 'SELECT 1 AS n FROM inbox WHERE person = ? AND notice = ?'
    if (this.sql.get(known, person.seq, notice.seq) !== undefined) return false
    const { now, rules } = this.tx
    const { digest } = person.preferences
    const verdict = judge(person.preferences, notice, {
      now,
      clocks: this.#clocks,
      recent: () => this.#recent(person, notice, { since: now - (digest?.windowMs ?? 0), enough: digest?.after ?? 0 }),
    })
    const { quiet } = verdict
    const base = { person: person.seq, notice: notice.seq, rule, quiet, at: now, no: 0, place: 0 }
    const blank = { seenAt: null, readAt: null, archivedAt: null, liveAt: null }
    const pushAfter = verdict.push ? (verdict.pushAfter ?? now) : null
    this.#move(notice.seq, 'recipients', 1)
    if (!verdict.inbox) {
      this.#insert({ ...base, ...blank, outcome: 'muted', live: 'skipped', pushAfter: null }, null)
      this.#move(notice.seq, 'live_skipped', 1)
      return true
    }
    if (quiet === 'digest') this.#gather(person, notice)
    const row: InboxRow = { ...base, ...blank, outcome: 'inbox', live: 'pending', pushAfter }
    person.unseen += 1
    person.unread += 1
    person.items += 1
    const offset = this.#show('notification', { notice, person, row })
    this.#insert({ ...row, no: offset, place: offset }, now + rules.liveWaitMs)
    this.#move(notice.seq, 'live_pending', 1)
    if (person.items > rules.inboxMaxCount) this.#dropOldest(person, person.items - rules.inboxMaxCount)
    this.save(person)
    return true
  }

  /** Tells a recipient what has changed of a notice: what it says now, or that it is gone. */
  tell(notice: NoticeRecord, person: PersonRecord, row: InboxRow): void {
    if (notice.state !== 'sent') {
      this.remove(person, [{ notice, row }], notice.reason ?? 'retracted')
      return
    }
    if (row.outcome !== 'inbox') return
    const place = this.#show('updated', { notice, person, row })
    this.#forget(person, row.place)
    this.sql.run('UPDATE inbox SET place = ? WHERE person = ? AND notice = ?', place, person.seq, notice.seq)
  }

  /** Takes items out of an inbox, and their words out of its log. */
  remove(
    person: PersonRecord,
    gone: readonly { readonly notice: NoticeRecord; readonly row: InboxRow }[],
    reason: InboxEvents['removed']['reason'],
  ): void {
    const ids: string[] = []
    for (const { notice, row } of gone) {
      const outcome = reason === 'role' ? 'hidden' : 'removed'
      const set = 'UPDATE inbox SET outcome = ? WHERE person = ? AND notice = ?'
      this.sql.run(set, outcome, person.seq, notice.seq)
      if (reason !== 'role') this.settleLive(row, 'skip')
      if (reason !== 'role') this.skipPush(person.seq, notice.seq)
      if (row.outcome !== 'inbox') continue
      this.countOut(person, row)
      person.items -= 1
      this.#forget(person, row.place)
      ids.push(notice.id)
    }
    if (ids.length === 0) return
    this.append(person, 'removed', (counts) => ({ ids, reason, counts }))
    this.save(person)
  }

  /** Shows what was hidden because of a role. */
  showAgain(notice: NoticeRecord, person: PersonRecord, row: InboxRow): void {
    const shown: InboxRow = { ...row, outcome: 'inbox' }
    if (row.archivedAt === null && row.seenAt === null) person.unseen += 1
    if (row.archivedAt === null && row.readAt === null) person.unread += 1
    person.items += 1
    const place = this.#show('updated', { notice, person, row: shown })
    const sql = "UPDATE inbox SET outcome = 'inbox', place = ? WHERE person = ? AND notice = ?"
    this.sql.run(sql, place, person.seq, notice.seq)
    this.save(person)
  }

  /** Takes an item out of the counts it is in. */
  countOut(person: PersonRecord, row: Pick<InboxRow, 'archivedAt' | 'seenAt' | 'readAt'>): void {
    if (row.archivedAt === null && row.seenAt === null) person.unseen -= 1
    if (row.archivedAt === null && row.readAt === null) person.unread -= 1
  }

  /** Appends to somebody's own log; the counts are those after the change, and their version is the event's offset. */
  append<T extends keyof InboxEvents>(
    person: PersonRecord,
    type: T,
    data: (counts: InboxCounts) => InboxEvents[T],
  ): number {
    const { unseen, unread } = person
    return this.tx.append(logOfUser(person.sub), type, (version) => JSON.stringify(data({ unseen, unread, version })))
  }

  save(person: PersonRecord): void {
    const sql = 'UPDATE people SET unseen = ?, unread = ?, items = ? WHERE seq = ?'
    this.sql.run(sql, person.unseen, person.unread, person.items, person.seq)
  }

  /** Moves the live delivery of a row by its table; answers whether it moved. */
  settleLive(row: Pick<InboxRow, 'person' | 'notice' | 'live'>, input: DeliveryInput): boolean {
    const next = nextDelivery(row.live, input)
    if (next === null) return false
    const sql = 'UPDATE inbox SET live = ?, live_at = ?, live_due = NULL WHERE person = ? AND notice = ?'
    this.sql.run(sql, next, this.tx.now, row.person, row.notice)
    this.counted(row.notice, 'live', { from: row.live, to: next })
    return true
  }

  /** No push any more: a tab has it, or it is gone. */
  skipPush(person: number, notice: number): void {
    if (!this.tx.rules.push) return
    const row = this.sql.get('SELECT id, state FROM pushes WHERE person = ? AND notice = ?', person, notice)
    const next = row === undefined ? null : nextDelivery(row['state'] as DeliveryState, 'skip')
    if (row === undefined || next === null) return
    this.sql.run('UPDATE pushes SET state = ?, due = NULL WHERE id = ?', next, number(row, 'id'))
    this.counted(notice, 'push', { from: row['state'] as DeliveryState, to: next })
  }

  /** Counts a delivery that moved. */
  counted(notice: number, channel: Channel, move: { from: DeliveryState | null; to: DeliveryState }): void {
    if (move.from !== null) this.#move(notice, `${channel}_${move.from}`, -1)
    this.#move(notice, `${channel}_${move.to}`, 1)
  }

  /** How many recipients one commit serves: 30 MB in one kept the hub's loop for 60 ms. */
  sliceOf({ texts, dataJson, link, actions }: NoticeRecord): number {
    const { slice, sliceChars } = this.tx.rules
    const words = Math.max(0, ...texts.map((text) => JSON.stringify(text).length))
    const chars = 1_000 + words + (dataJson?.length ?? 0) + (link?.length ?? 0) + JSON.stringify(actions).length
    return Math.max(1, Math.min(slice, Math.floor(sliceChars / chars)))
  }

  /** Writes the counters. */
  close(): void {
    for (const [notice, moves] of this.#moves) {
      const columns = [...moves].filter(([, by]) => by !== 0)
      if (columns.length === 0) continue
      const set = columns.map(([column]) => `${column} = ${column} + ?`).join(', ')
      this.sql.run(`UPDATE notices SET ${set} WHERE seq = ?`, ...columns.map(([, by]) => by), notice)
    }
    this.#moves.clear()
  }

  #move(notice: number, column: string, by: number): void {
    const moves = this.#moves.get(notice) ?? new Map<string, number>()
    this.#moves.set(notice, moves.set(column, (moves.get(column) ?? 0) + by))
  }

  #show(
    type: 'notification' | 'updated',
    { notice, person, row }: { notice: NoticeRecord; person: PersonRecord; row: InboxRow },
  ): number {
    const item = itemView(notice, row, person.preferences.language)
    // What comes has no row yet: its place is that of this event.
    const offsetOf = ({ version }: InboxCounts) => (type === 'notification' ? version : row.no)
    return this.append(person, type, (counts) => ({ ...item, offset: offsetOf(counts), counts }))
  }

  #forget(person: PersonRecord, place: number): void {
    this.tx.replace(logOfUser(person.sub), place, (dataJson) => {
      const { counts } = JSON.parse(dataJson) as InboxEvents['updated']
      const data: InboxEvents['removed'] = { ids: [], reason: 'gone', counts }
      return { type: 'removed', data: JSON.stringify(data) }
    })
  }

  #dropOldest(person: PersonRecord, count: number): void {
    const sql = "SELECT * FROM inbox WHERE person = ? AND outcome = 'inbox' ORDER BY no LIMIT ?"
    const rows = this.sql.all(sql, person.seq, count).map(inboxOfRow)
    const gone = rows.map((row) => ({ row, notice: this.notice(row.notice) }))
    this.remove(person, gone, 'retention')
    for (const { notice } of gone) this.#endUnheld(notice)
  }

  /** What was for users by name and is in no inbox any more is for nobody: the queue forgets it in its time. */
  #endUnheld({ seq, to }: NoticeRecord): void {
    if (to.all || to.roles.length > 0) return
    const held = "SELECT 1 AS n FROM inbox WHERE notice = ? AND outcome IN ('inbox', 'hidden') LIMIT 1"
    if (this.sql.get(held, seq) !== undefined) return
    this.sql.run("UPDATE notices SET state = 'expired', reason = 'retention' WHERE seq = ? AND state = 'sent'", seq)
  }

  /** From the newest back, until they are too old or enough: an inbox may hold a thousand. */
  #recent(
    person: PersonRecord,
    { module }: NoticeRecord,
    { since, enough }: { readonly since: number; readonly enough: number },
  ): number {
    const sql = `SELECT i.no, i.at, n.module, n.is_digest FROM inbox i JOIN notices n ON n.seq = i.notice
      WHERE i.person = ? AND i.outcome = 'inbox' AND i.no < ? ORDER BY i.no DESC LIMIT 20`
    let count = 0
    for (let before = Number.MAX_SAFE_INTEGER; count < enough; ) {
      const rows = this.sql.all(sql, person.seq, before)
      for (const row of rows) {
        if (number(row, 'at') <= since) return count
        if (row['module'] === module && row['is_digest'] === 0) count += 1
      }
      const last = rows.at(-1)
      if (last === undefined) break
      before = number(last, 'no')
    }
    return count
  }

  #gather(person: PersonRecord, { module }: NoticeRecord): void {
    const due = this.tx.now + (person.preferences.digest?.windowMs ?? 0)
    const sql = `INSERT INTO digests (person, module, count, due) VALUES (?, ?, 1, ?)
      ON CONFLICT (person, module) DO UPDATE SET count = count + 1`
    this.sql.run(sql, person.seq, module ?? '', due)
  }

  #insert(row: Omit<InboxRow, 'quiet'> & { readonly quiet: QuietReason | null }, liveDue: number | null): void {
    this.sql.run(
      `INSERT INTO inbox (person, notice, rule, outcome, quiet, no, place, at, live, live_due, push_after)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[row.person, row.notice, row.rule, row.outcome, row.quiet, row.no, row.place, row.at],
      ...[row.live, liveDue, row.pushAfter],
    )
  }

  #there(row: SqlRow | undefined, what: string): SqlRow {
    if (row !== undefined) return row
    throw new Error(`the store has rows of ${what}, but not itself: its database is damaged`)
  }
}
