import type { QueuedNotice } from '@monofil/protocol'
import { RotateCw, TriangleAlert, Undo2 } from 'lucide-react'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { targetWords } from '../lib/target-words.ts'
import { titleOf } from '../lib/use-notice-deeds.ts'
import { NoticeBadge, SeverityBadge } from './NoticeBadge.tsx'
import { When } from './When.tsx'
import './NoticeTable.css'

interface NoticeTableProps {
  readonly rows: readonly QueuedNotice[]
  /** The notification that waits for the hub's answer. */
  readonly busy: string | null
  readonly onRetry: (notice: QueuedNotice) => void
  readonly onTakeBack: (notice: QueuedNotice) => void
}

/** Notifications of the queue, each with a link to why its recipients got it or did not. */
export function NoticeTable({ rows, ...deeds }: NoticeTableProps) {
  const { list, columns } = useNoticeTexts().queue
  return (
    <div className="card notice-table">
      <table aria-label={list}>
        <thead>
          <tr>
            <th className="notice-state">{columns.status}</th>
            <th>{columns.notice}</th>
            <th className="notice-to">{columns.to}</th>
            <th className="notice-deliveries">{columns.deliveries}</th>
            <th className="notice-made">{columns.created}</th>
            <th className="notice-deeds">
              <span className="visually-hidden">{columns.deeds}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} {...deeds} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

type RowProps = Omit<NoticeTableProps, 'rows'> & { readonly row: QueuedNotice }

function Row({ row, busy, onRetry, onTakeBack }: RowProps) {
  const { f, amount } = useTexts()
  const n = useNoticeTexts()
  const title = titleOf(row)
  const to = targetWords(row.to, n, amount)
  return (
    <tr>
      <td className="notice-state">
        <NoticeBadge notice={row} />
      </td>
      <td className="notice-name">
        <Link data-row to={`/queues/${encodeURIComponent(row.id)}`} className="truncate" title={title}>
          {title}
        </Link>
        <span className="notice-sub">
          <SeverityBadge severity={row.severity} />
          {row.module !== null && <span className="truncate">{row.module}</span>}
          <code className="faint truncate" title={row.id}>
            {row.id}
          </code>
        </span>
      </td>
      <td className="notice-to">
        <span className="truncate" title={to}>
          <span className="notice-label muted">{n.queue.columns.to} </span>
          {to}
        </span>
        <span className="notice-sub faint truncate">{n.queue.from(row.sender)}</span>
      </td>
      <td className="notice-deliveries">
        <Delivered row={row} />
      </td>
      <td className="notice-made muted">
        <When at={row.createdAt} />
        {row.status === 'pending' && row.sendAt !== null && (
          <span className="notice-sub faint">{n.queue.sendsAt(f.exact(row.sendAt))}</span>
        )}
      </td>
      <td className="notice-deeds">
        <NoticeDeeds notice={row} isBusy={busy === row.id} onRetry={onRetry} onTakeBack={onTakeBack} />
      </td>
    </tr>
  )
}

function Delivered({ row }: { readonly row: QueuedNotice }) {
  const { amount } = useTexts()
  const { queue: n } = useNoticeTexts()
  const { live, push } = row.deliveries
  const parts = [
    [live.sent, n.shown],
    [live.inboxed, n.inboxed],
    [live.pending + live.sending, n.waiting],
    [live.skipped, n.skipped],
    [push.sent, n.pushed],
  ] as const
  return (
    <>
      <span className="figure">{n.recipients(amount(row.recipients))}</span>
      <span className="notice-sub faint figure">
        {parts
          .filter(([count]) => count > 0)
          .map(([count, say]) => say(amount(count)))
          .join(', ')}
      </span>
      {push.failed > 0 && (
        <span className="notice-problem" title={row.lastError ?? undefined}>
          <TriangleAlert className="icon" aria-hidden />
          <span>
            {n.pushFailed(amount(push.failed))}
            {row.lastError !== null && `: ${row.lastError}`}
          </span>
        </span>
      )}
    </>
  )
}

interface NoticeDeedsProps {
  readonly notice: QueuedNotice
  readonly isBusy: boolean
  /** With words beside the icons. */
  readonly isWide?: boolean
  readonly onRetry: (notice: QueuedNotice) => void
  readonly onTakeBack: (notice: QueuedNotice) => void
}

/** What can be done with a notification; a button that cannot be used says why. */
export function NoticeDeeds({ notice, isBusy, isWide = false, onRetry, onTakeBack }: NoticeDeedsProps) {
  const { queue: n } = useNoticeTexts()
  const title = titleOf(notice)
  const hasFailed = notice.deliveries.push.failed > 0 && notice.ended === null
  const isOver = notice.ended !== null
  const className = isWide ? 'button' : 'button icon-only'
  return (
    <span className="notice-buttons">
      <button
        type="button"
        className={className}
        disabled={isBusy || !hasFailed}
        onClick={() => onRetry(notice)}
        aria-label={isWide ? undefined : `${n.retry}: ${title}`}
        title={hasFailed ? n.retry : n.retryNone}
      >
        <RotateCw className="icon" aria-hidden />
        {isWide && n.retry}
      </button>
      <button
        type="button"
        className={className}
        disabled={isBusy || isOver}
        onClick={() => onTakeBack(notice)}
        aria-label={isWide ? undefined : `${n.takeBack} ${title}`}
        title={isOver ? n.alreadyOver : n.takeBack}
      >
        <Undo2 className="icon" aria-hidden />
        {isWide && n.takeBack}
      </button>
    </span>
  )
}
