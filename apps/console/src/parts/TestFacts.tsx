import type { ConnectionRow, Page } from '@monofil/client'
import { NOTICE_STATUSES, type NoticeQueueStatus } from '@monofil/protocol'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { Skeleton } from './Skeleton.tsx'

/** Users that are named beside their streams. */
const NAMED = 6

/** How the queue stands, in a few numbers. */
export function QueueFacts({ status }: { readonly status: NoticeQueueStatus | null }) {
  const { f } = useTexts()
  const { test: n, queue, channels } = useNoticeTexts()
  return (
    <section className="card test-card" aria-label={n.queue}>
      <header>
        <h2>{n.queue}</h2>
        <Link className="page-link" to="/queues">
          {n.openQueue}
        </Link>
      </header>
      {status === null ? (
        <Skeleton width="100%" height="64px" />
      ) : (
        <dl className="test-facts">
          {NOTICE_STATUSES.map((one) => (
            <div key={one}>
              <dt>{queue.status[one]}</dt>
              <dd className="figure">{f.number(status[one])}</dd>
            </div>
          ))}
          <div>
            <dt>{queue.oldest}</dt>
            <dd className="figure">{status.oldestAgeMs === null ? '–' : f.duration(status.oldestAgeMs)}</dd>
          </div>
          {(['live', 'push'] as const).map((channel) => (
            <div key={channel}>
              <dt>
                {n.failures}: {channels[channel]}
              </dt>
              <dd className="figure">{f.number(status.channels[channel].failed)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  )
}

/** Who listens: open streams, all and by user. */
export function OpenStreams({ streams }: { readonly streams: Page<ConnectionRow> | null }) {
  const { t, f, amount } = useTexts()
  const { test: n } = useNoticeTexts()
  const byUser = new Map<string, number>()
  for (const { user } of streams?.items ?? []) byUser.set(user, (byUser.get(user) ?? 0) + 1)
  const users = [...byUser].toSorted(([a, many], [b, more]) => more - many || a.localeCompare(b))
  const total = f.number(streams?.items.length ?? 0)
  return (
    <section className="card test-card" aria-label={n.connections}>
      <header>
        <h2>{n.connections}</h2>
        {streams !== null && <strong className="figure">{streams.nextCursor === null ? total : `${total}+`}</strong>}
        <Link className="page-link" to="/connections">
          {t.connections.title}
        </Link>
      </header>
      {streams === null ? (
        <Skeleton width="100%" height="40px" />
      ) : (
        <>
          <dl className="test-users" aria-label={n.byUser}>
            {users.slice(0, NAMED).map(([user, count]) => (
              <div key={user}>
                <dt className="truncate" title={user}>
                  {user}
                </dt>
                <dd className="figure">{f.number(count)}</dd>
              </div>
            ))}
          </dl>
          {users.length > NAMED && <p className="faint">{n.moreUsers(amount(users.length - NAMED))}</p>}
        </>
      )}
    </section>
  )
}
