import { NOTICE_STATUSES, type NoticeStatus, type QueuedNotice } from '@monofil/protocol'
import { useNotifications } from '@monofil/react/inbox'
import { ListChecks, RotateCw, SearchX } from 'lucide-react'
import { useState } from 'react'
import { useNow, useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { useNoticeDeeds } from '../lib/use-notice-deeds.ts'
import { matching, useQueue } from '../lib/use-queue.ts'
import { useUrlChange } from '../lib/use-url-change.ts'
import { Empty } from '../parts/Empty.tsx'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { FilterSelect } from '../parts/FilterSelect.tsx'
import { NoticeTable } from '../parts/NoticeTable.tsx'
import { QueueChannels, QueueStats } from '../parts/QueueStats.tsx'
import { SearchField } from '../parts/SearchField.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { TakeBackDialog } from '../parts/TakeBackDialog.tsx'
import './QueuesPage.css'

/** The queue of notifications: how it stands, what is in it, what can be done with one. */
export function QueuesPage() {
  const { queue: n } = useNoticeTexts()
  const [params, change] = useUrlChange()
  const status = NOTICE_STATUSES.find((one) => one === params.get('status'))
  const q = (params.get('q') ?? '').trim()
  const queue = useQueue({ status, q })
  const deeds = useNoticeDeeds(queue.refresh)
  const [asked, setAsked] = useState<QueuedNotice | null>(null)
  const isStale = useNotifications().freshness === 'stale' && queue.value !== null
  const setStatus = (next: NoticeStatus | '') => change({ status: next })
  return (
    <div className={isStale ? 'is-stale' : ''}>
      <title>{`${n.title} · Monofil`}</title>
      <Head readAt={queue.readAt} refresh={queue.refresh} />
      {deeds.failed !== null && <ErrorPanel error={deeds.failed} title={n.refused} />}
      {queue.error !== null && <ErrorPanel error={queue.error} onRetry={queue.refresh} />}
      <p className={deeds.said === '' ? 'visually-hidden' : 'queue-said'} role="status">
        {deeds.said}
      </p>
      {queue.value === null ? (
        queue.error === null && <Loading />
      ) : (
        <>
          <QueueStats status={queue.value.status} chosen={status} onChoose={setStatus} />
          <QueueChannels channels={queue.value.status.channels} />
          <search className="queue-filters">
            <SearchField label={n.search} value={q} onChange={(next) => change({ q: next })} />
            <FilterSelect
              label={n.state}
              every={n.allStates}
              value={status ?? ''}
              options={NOTICE_STATUSES.map((value) => ({ value, name: n.status[value] }))}
              onChange={(next) => change({ status: next })}
            />
          </search>
          <List
            rows={queue.value.rows.filter((row) => status === undefined || row.status === status)}
            q={q}
            isFiltered={q !== '' || status !== undefined}
            busy={deeds.busy}
            onRetry={(notice) => deeds.act(notice, 'retry')}
            onTakeBack={setAsked}
            onClear={() => change({ q: '', status: '' })}
          />
          <Foot hasMore={queue.value.hasMore} hasRows={queue.value.rows.length > 0} more={queue.more} />
        </>
      )}
      <TakeBackDialog notice={asked} onConfirm={(one) => deeds.act(one, 'take-back')} onClose={() => setAsked(null)} />
    </div>
  )
}

function Head({ readAt, refresh }: { readonly readAt: number | null; readonly refresh: () => void }) {
  const { f } = useTexts()
  const { queue: n } = useNoticeTexts()
  const now = useNow()
  return (
    <div className="page-head">
      <h1>{n.title}</h1>
      <p className="muted">{n.body}</p>
      <span className="page-actions">
        {readAt !== null && <span className="faint">{n.asOf(f.relative(new Date(readAt).toISOString(), now))}</span>}
        <button type="button" className="button" onClick={refresh}>
          <RotateCw className="icon" aria-hidden />
          {n.refresh}
        </button>
      </span>
    </div>
  )
}

function Loading() {
  return (
    <div aria-busy="true">
      <div className="queue-stats">
        {['pending', 'sending', 'sent', 'failed', 'oldest'].map((key) => (
          <div key={key} className="card loading-rows">
            <Skeleton width="60%" height="20px" />
            <Skeleton width="40%" height="28px" />
          </div>
        ))}
      </div>
      <div className="card loading-rows">
        {['a', 'b', 'c', 'd', 'e'].map((key) => (
          <Skeleton key={key} width="100%" height="40px" />
        ))}
      </div>
    </div>
  )
}

interface ListProps {
  readonly rows: readonly QueuedNotice[]
  readonly q: string
  readonly isFiltered: boolean
  readonly busy: string | null
  readonly onRetry: (notice: QueuedNotice) => void
  readonly onTakeBack: (notice: QueuedNotice) => void
  readonly onClear: () => void
}

function List({ rows, q, isFiltered, busy, onRetry, onTakeBack, onClear }: ListProps) {
  const { amount } = useTexts()
  const { queue: n } = useNoticeTexts()
  const found = matching(rows, q)
  if (found.length > 0) return <NoticeTable rows={found} busy={busy} onRetry={onRetry} onTakeBack={onTakeBack} />
  return (
    <div className="card">
      {isFiltered ? (
        <Empty icon={SearchX} title={n.nothing} body={n.nothingBody(amount(rows.length))}>
          <button type="button" className="button" onClick={onClear}>
            {n.clear}
          </button>
        </Empty>
      ) : (
        <Empty icon={ListChecks} title={n.empty} body={n.emptyBody} command="npx monofil notify 'Hello' --all" />
      )}
    </div>
  )
}

interface FootProps {
  readonly hasMore: boolean
  readonly hasRows: boolean
  readonly more: () => void
}

function Foot({ hasMore, hasRows, more }: FootProps) {
  const { queue: n } = useNoticeTexts()
  if (!hasMore) return hasRows ? <p className="list-foot">{n.end}</p> : null
  return (
    <div className="list-foot">
      <button type="button" className="button" onClick={more}>
        {n.older}
      </button>
    </div>
  )
}
