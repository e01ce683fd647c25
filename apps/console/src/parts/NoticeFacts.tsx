import type { QueuedNotice } from '@monofil/protocol'
import type { ReactNode } from 'react'
import { useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { targetWords } from '../lib/target-words.ts'
import { SeverityBadge } from './NoticeBadge.tsx'
import { When } from './When.tsx'

/** What a notification is, and how far it has come. */
export function NoticeFacts({ notice }: { readonly notice: QueuedNotice }) {
  const { f, amount } = useTexts()
  const n = useNoticeTexts()
  const { facts } = n.trace
  const { title, message, attempts, lastError, duplicates, claim, sendAt, sentAt, expiresAt } = notice
  const rows: readonly (readonly [string, ReactNode])[] = [
    [facts.from, notice.sender],
    [facts.to, targetWords(notice.to, n, amount)],
    [facts.module, notice.module],
    [facts.made, <When key="made" at={notice.createdAt} />],
    [facts.sendAt, sendAt !== null && sentAt === null ? f.exact(sendAt) : null],
    [facts.sent, sentAt === null ? null : <When key="sent" at={sentAt} />],
    [facts.expires, expiresAt === null ? null : f.exact(expiresAt)],
    [facts.attempts, attempts === 0 ? null : f.number(attempts)],
    [facts.lastError, lastError],
    [facts.duplicates, duplicates === 0 ? null : n.trace.duplicates(amount(duplicates))],
    [facts.claim, claim?.by ?? null],
  ]
  return (
    <section className="card trace-facts" aria-label={facts.to}>
      {title !== null && message !== null && <p>{message}</p>}
      <dl>
        <div>
          <dt>{n.inbox.severity}</dt>
          <dd>
            <SeverityBadge severity={notice.severity} />
          </dd>
        </div>
        {rows
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
