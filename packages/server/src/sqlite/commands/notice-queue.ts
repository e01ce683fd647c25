import type { DatabaseSync } from 'node:sqlite'
import {
  DELIVERY_STATES,
  type DeliveryState,
  MonofilError,
  type NoticeQueueStatus,
  type NoticeStatus,
  type QueuedNotice,
  type TraceLine,
} from '@monofil/protocol'
import type { Page } from '../../seams/store.ts'
import { inboxOfRow, isoOf, noticeOfRow } from '../notice-rows.ts'
import { countsOf, queuedView, STATUS_SQL } from '../notice-views.ts'
import { formatPlace, parsePlace } from '../run-cursor.ts'
import { number, numberOrNull, Rows, type SqlRow, text, textOrNull } from '../run-sql.ts'
import type { ReadContext } from '../tx.ts'

export function notificationsGet(db: DatabaseSync, id: string): QueuedNotice | undefined {
  const row = new Rows(db).get('SELECT * FROM notices WHERE id = ?', id)
  return row === undefined ? undefined : queuedView(row, noticeOfRow(row))
}

// What is settled is shown for a while, what is not for as long as it is not.
const SHOWN = `(created_at >= ?1 OR state = 'scheduled' OR (state = 'sent' AND
  (spread_after IS NOT NULL OR live_pending + push_pending + push_sending + push_failed > 0)))`

/** One page of the queue, newest first. */
export function notificationsList(
  db: DatabaseSync,
  filter: {
    readonly status?: readonly NoticeStatus[] | undefined
    readonly maxAgeMs: number
    readonly limit: number
    readonly cursor?: string | undefined
  },
  { now }: ReadContext,
): Page<QueuedNotice> {
  const { status, limit, cursor } = filter
  const rows = new Rows(db).all(
    `SELECT * FROM notices WHERE ${SHOWN} AND (?2 IS NULL OR seq < ?2)
       AND (?3 IS NULL OR ${STATUS_SQL} IN (SELECT value FROM json_each(?3))) ORDER BY seq DESC LIMIT ?4`,
    now - filter.maxAgeMs,
    cursor === undefined ? null : (parsePlace('n', cursor, 1)[0] ?? 0),
    status === undefined ? null : JSON.stringify(status),
    limit + 1,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => queuedView(row, noticeOfRow(row))),
    nextCursor: rows.length > page.length && last !== undefined ? formatPlace('n', [number(last, 'seq')]) : null,
  }
}

/** The queue as a whole. */
export function notificationsStatus(
  db: DatabaseSync,
  { maxAgeMs }: { readonly maxAgeMs: number },
  { now }: ReadContext,
): NoticeQueueStatus {
  const sums = (['live', 'push'] as const).flatMap((channel) =>
    DELIVERY_STATES.map((state) => `total(${channel}_${state}) AS ${channel}_${state}`),
  )
  const rows = new Rows(db).all(
    // What waits for its own time does not wait for us.
    `SELECT ${STATUS_SQL} AS status, count(*) AS n, ${sums.join(', ')},
       min(CASE WHEN coalesce(send_at, 0) <= ?2 THEN max(created_at, coalesce(send_at, 0)) END) AS oldest
       FROM notices WHERE ${SHOWN} GROUP BY 1`,
    now - maxAgeMs,
    now,
  )
  const of = (status: NoticeStatus) => rows.find((row) => row['status'] === status)
  const count = (status: NoticeStatus) => number(of(status) ?? { n: 0 }, 'n')
  const open = [of('pending'), of('sending')].flatMap((row) =>
    row === undefined || row['oldest'] === null ? [] : [number(row, 'oldest')],
  )
  return {
    pending: count('pending'),
    sending: count('sending'),
    sent: count('sent'),
    failed: count('failed'),
    oldestAgeMs: open.length === 0 ? null : Math.max(0, now - Math.min(...open)),
    channels: { live: countsOf(summed(rows), 'live'), push: countsOf(summed(rows), 'push') },
  }
}

function summed(rows: readonly SqlRow[]): SqlRow {
  const sums: Record<string, number> = {}
  for (const channel of ['live', 'push']) {
    for (const state of DELIVERY_STATES) {
      const column = `${channel}_${state}`
      sums[column] = rows.reduce((sum, row) => sum + number(row, column), 0)
    }
  }
  return sums
}

/** Why recipients did or did not get a notice, in the order in which they became known. */
export function notificationsTrace(
  db: DatabaseSync,
  args: {
    readonly id: string
    readonly user?: string | undefined
    readonly limit: number
    readonly cursor?: string | undefined
  },
): Page<TraceLine> {
  const sql = new Rows(db)
  const found = sql.get('SELECT * FROM notices WHERE id = ?', args.id)
  if (found === undefined) throw new MonofilError('not_found', `There is no notification ${args.id}.`)
  const notice = noticeOfRow(found)
  const rows = sql.all(
    `SELECT i.*, p.sub, p.roles, d.state AS push, d.attempts, d.due, d.last_error FROM inbox i
       JOIN people p ON p.seq = i.person LEFT JOIN pushes d ON d.person = i.person AND d.notice = i.notice
       WHERE i.notice = ?1 AND (?2 IS NULL OR p.sub = ?2) AND i.person > ?3 ORDER BY i.person LIMIT ?4`,
    notice.seq,
    args.user ?? null,
    args.cursor === undefined ? 0 : (parsePlace('t', args.cursor, 1)[0] ?? 0),
    args.limit + 1,
  )
  const page = rows.slice(0, args.limit)
  const last = page.at(-1)
  return {
    items: page.map((row) => traceLine(row, notice.to.roles)),
    nextCursor: rows.length > page.length && last !== undefined ? formatPlace('t', [number(last, 'person')]) : null,
  }
}

function traceLine(row: SqlRow, wanted: readonly string[]): TraceLine {
  const { rule, outcome, quiet, live, liveAt, at, seenAt, readAt } = inboxOfRow(row)
  const push = textOrNull(row, 'push')
  const held = (JSON.parse(text(row, 'roles')) as string[]).filter((role) => wanted.includes(role))
  const roles = held.length === 0 ? 'a role that they no longer hold, or never showed' : `role ${held.join(', ')}`
  return {
    user: text(row, 'sub'),
    rule: rule === 'user' ? 'named' : rule === 'all' ? 'everyone' : roles,
    outcome,
    quiet,
    live: { state: live, at: isoOf(liveAt) },
    push:
      push === null
        ? null
        : {
            state: push as DeliveryState,
            attempts: number(row, 'attempts'),
            nextAt: isoOf(numberOrNull(row, 'due')),
            lastError: textOrNull(row, 'last_error'),
          },
    deliveredAt: isoOf(at) ?? '',
    seenAt: isoOf(seenAt),
    readAt: isoOf(readAt),
  }
}
