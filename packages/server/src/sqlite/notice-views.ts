import type { DeliveryCounts, NoticeStatus, QueuedNotice } from '@monofil/protocol'
import { textFor } from '../notifications/texts.ts'
import { claimView, isoOf, type NoticeRecord } from './notice-rows.ts'
import { number, type SqlRow, textOrNull } from './run-sql.ts'

/** What a notice has come to, in SQL: a list is filtered by it. */
export const STATUS_SQL = `CASE WHEN state = 'scheduled' THEN 'pending' WHEN state <> 'sent' THEN 'sent'
  WHEN spread_after IS NOT NULL OR live_pending + push_pending + push_sending > 0 THEN 'sending'
  WHEN push_failed > 0 THEN 'failed' ELSE 'sent' END`

/** As the queue shows it. `row` is the notice's own, for its counters. */
export function queuedView(row: SqlRow, notice: NoticeRecord): QueuedNotice {
  const { title, message } = textFor(notice.texts, null)
  const { id, severity, module, sender, to, state } = notice
  return {
    ...{ id, title, message, severity, module, sender, to },
    status: statusOf(row, notice),
    ended: state === 'retracted' || state === 'expired' ? state : null,
    recipients: number(row, 'recipients'),
    deliveries: { live: countsOf(row, 'live'), push: countsOf(row, 'push') },
    attempts: number(row, 'attempts'),
    lastError: textOrNull(row, 'last_error'),
    duplicates: number(row, 'duplicates'),
    claim: claimView(notice),
    createdAt: isoOf(notice.createdAt) ?? '',
    sendAt: isoOf(notice.sendAt),
    sentAt: isoOf(notice.sentAt),
    expiresAt: isoOf(notice.expiresAt),
  }
}

function statusOf(row: SqlRow, { state, spreadAfter }: NoticeRecord): NoticeStatus {
  if (state === 'scheduled') return 'pending'
  if (state !== 'sent') return 'sent'
  const open = number(row, 'live_pending') + number(row, 'push_pending') + number(row, 'push_sending')
  if (spreadAfter !== null || open > 0) return 'sending'
  return number(row, 'push_failed') > 0 ? 'failed' : 'sent'
}

/** The counters of one channel, of a notice or of a sum of them. */
export function countsOf(row: SqlRow, channel: 'live' | 'push'): DeliveryCounts {
  const of = (state: string) => number(row, `${channel}_${state}`)
  return {
    pending: of('pending'),
    sending: of('sending'),
    sent: of('sent'),
    inboxed: of('inboxed'),
    failed: of('failed'),
    skipped: of('skipped'),
  }
}
