import { useMonofil } from '@monofil/react'
import { ShieldAlert } from 'lucide-react'
import { useCallback, useState } from 'react'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { readQueueStatus } from '../lib/queue-api.ts'
import { useSession } from '../lib/session.ts'
import { useArrivals } from '../lib/use-arrivals.ts'
import { useQueueNews } from '../lib/use-queue-news.ts'
import { useReread } from '../lib/use-reread.ts'
import { ArrivalList } from '../parts/ArrivalList.tsx'
import { Empty } from '../parts/Empty.tsx'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { NoticeForm } from '../parts/NoticeForm.tsx'
import { NoticesSwitch } from '../parts/NoticesSwitch.tsx'
import { OpenStreams, QueueFacts } from '../parts/TestFacts.tsx'
import './TestPage.css'

const EVERY_MS = 2_000
const MOST_STREAMS = 200

/** For the operator: sends a notification, and shows what arrives here, who listens and how the queue stands. */
export function TestPage() {
  const { test: n } = useNoticeTexts()
  const session = useSession()
  return (
    <>
      <title>{`${n.title} · Monofil`}</title>
      <NoticesSwitch />
      <div className="page-head">
        <h1>{n.title}</h1>
        <p className="muted">{n.body}</p>
      </div>
      {session?.isOperator ? (
        <Inside user={session.user} />
      ) : (
        <div className="card">
          <Empty icon={ShieldAlert} title={n.title} body={n.operatorOnly} />
        </div>
      )}
    </>
  )
}

function Inside({ user }: { readonly user: string }) {
  const { client } = useMonofil()
  const [isOpen, setOpen] = useState(false)
  const read = useCallback(async () => {
    const [status, streams] = await Promise.all([
      readQueueStatus(client),
      client.api.connections({ limit: MOST_STREAMS }),
    ])
    setOpen(status.pending + status.sending > 0)
    return { status, streams }
  }, [client])
  const { value, error, refresh } = useReread(read, useQueueNews(isOpen), EVERY_MS)
  const { arrivals, clear } = useArrivals()
  return (
    <div className="test-columns">
      <NoticeForm user={user} onSent={refresh} />
      <div>
        <ArrivalList arrivals={arrivals} onClear={clear} />
        {error !== null && <ErrorPanel error={error} onRetry={refresh} />}
        <QueueFacts status={value?.status ?? null} />
        <OpenStreams streams={value?.streams ?? null} />
      </div>
    </div>
  )
}
