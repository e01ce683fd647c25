import type { QueuedNotice } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { MailQuestion, SearchX } from 'lucide-react'
import { useCallback, useState } from 'react'
import { useParams } from 'react-router'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { readTrace, type Trace } from '../lib/queue-api.ts'
import { absentWords } from '../lib/trace-words.ts'
import { titleOf, useNoticeDeeds } from '../lib/use-notice-deeds.ts'
import { useQueueNews } from '../lib/use-queue-news.ts'
import { useReread } from '../lib/use-reread.ts'
import { useUrlChange } from '../lib/use-url-change.ts'
import { Empty } from '../parts/Empty.tsx'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { NoticeBadge } from '../parts/NoticeBadge.tsx'
import { NoticeFacts } from '../parts/NoticeFacts.tsx'
import { NoticeDeeds } from '../parts/NoticeTable.tsx'
import { SearchField } from '../parts/SearchField.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import { TakeBackDialog } from '../parts/TakeBackDialog.tsx'
import { TraceList } from '../parts/TraceList.tsx'
import './TracePage.css'

const EVERY_MS = 2_000
const PAGE = 100

/** Why recipients got a notification or did not: of all of them for its sender and the operator, else of oneself. */
export function TracePage() {
  const id = useParams()['id'] ?? ''
  const n = useNoticeTexts()
  const { client } = useMonofil()
  const [params, change] = useUrlChange()
  const user = (params.get('user') ?? '').trim()
  const [wanted, want] = useState(PAGE)
  const [isOpen, setOpen] = useState(true)
  const read = useCallback(async () => {
    const trace = await readAll(client, id, { user, wanted })
    const { notification: notice } = trace
    setOpen(notice === null || notice.status === 'pending' || notice.status === 'sending')
    return trace
  }, [client, id, user, wanted])
  const known = useReread(read, useQueueNews(isOpen), EVERY_MS)
  const { value, error, refresh } = known
  const isGone = error !== null && 'code' in error && error.code === 'not_found'
  const notice = value?.notification ?? null
  return (
    <>
      <title>{`${notice === null ? n.trace.own : titleOf(notice)} · Monofil`}</title>
      {isGone && <Empty icon={SearchX} title={n.trace.gone} body={n.trace.goneBody} />}
      {error !== null && !isGone && <ErrorPanel error={error} onRetry={refresh} />}
      {value === null && error === null && <Loading />}
      {value !== null && !isGone && (
        <>
          {notice === null ? <h1 className="trace-own">{n.trace.own}</h1> : <Head notice={notice} refresh={refresh} />}
          {notice !== null && (
            <div className="trace-head">
              <h2>{n.trace.title}</h2>
              <SearchField label={n.trace.ask} value={user} onChange={(next) => change({ user: next })} />
            </div>
          )}
          <Lines trace={value} notice={notice} user={user} more={() => want((before) => before + PAGE)} />
        </>
      )}
    </>
  )
}

async function readAll(
  client: Parameters<typeof readTrace>[0],
  id: string,
  { user, wanted }: { readonly user: string; readonly wanted: number },
): Promise<Trace> {
  const query = { user: user === '' ? undefined : user }
  let trace = await readTrace(client, id, { ...query, limit: PAGE })
  while (trace.nextCursor !== null && trace.items.length < wanted) {
    const next = await readTrace(client, id, { ...query, limit: PAGE, cursor: trace.nextCursor })
    trace = { ...next, items: [...trace.items, ...next.items] }
  }
  return trace
}

function Loading() {
  return (
    <div className="card loading-rows" aria-busy="true">
      {['a', 'b', 'c', 'd'].map((key) => (
        <Skeleton key={key} width="100%" height="40px" />
      ))}
    </div>
  )
}

function Head({ notice, refresh }: { readonly notice: QueuedNotice; readonly refresh: () => void }) {
  const { queue: n } = useNoticeTexts()
  const deeds = useNoticeDeeds(refresh)
  const [asked, setAsked] = useState<QueuedNotice | null>(null)
  return (
    <>
      <div className="page-head trace-title">
        <h1>{titleOf(notice)}</h1>
        <NoticeBadge notice={notice} />
        <span className="page-actions">
          <NoticeDeeds
            notice={notice}
            isBusy={deeds.busy !== null}
            isWide
            onRetry={(one) => deeds.act(one, 'retry')}
            onTakeBack={setAsked}
          />
        </span>
      </div>
      {deeds.failed !== null && <ErrorPanel error={deeds.failed} title={n.refused} />}
      <p className={deeds.said === '' ? 'visually-hidden' : 'trace-said'} role="status">
        {deeds.said}
      </p>
      <NoticeFacts notice={notice} />
      <TakeBackDialog notice={asked} onConfirm={(one) => deeds.act(one, 'take-back')} onClose={() => setAsked(null)} />
    </>
  )
}

interface LinesProps {
  readonly trace: Trace
  readonly notice: QueuedNotice | null
  readonly user: string
  readonly more: () => void
}

function Lines({ trace, notice, user, more }: LinesProps) {
  const n = useNoticeTexts()
  if (trace.items.length > 0) {
    return (
      <>
        <TraceList lines={trace.items} />
        {trace.nextCursor !== null && (
          <div className="list-foot">
            <button type="button" className="button" onClick={more}>
              {n.trace.more}
            </button>
          </div>
        )}
      </>
    )
  }
  if (notice === null) return null
  return (
    <div className="card">
      {user === '' ? (
        <Empty icon={MailQuestion} title={n.trace.none} body={n.trace.noneBody} />
      ) : (
        <Empty icon={MailQuestion} title={n.trace.notGiven(user)} body={absentWords(notice, user, { n })} />
      )}
    </div>
  )
}
