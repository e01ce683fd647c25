import type { InboxItem, InboxMark } from '@monofil/protocol'
import type { ReactNode } from 'react'
import type { InboxLabels } from './inbox-labels.ts'
import { SeverityIcon } from './SeverityIcon.tsx'
import { ago, hrefOf, nameOf } from './words.ts'

/** What can be done from a row. */
export interface RowDeeds {
  readonly mark: (id: string, state: InboxMark) => void
  readonly claim: (id: string) => void
}

interface InboxRowProps extends RowDeeds {
  readonly item: InboxItem
  readonly labels: InboxLabels
  readonly locale: string
  readonly now: number
  /** What the application adds to the row's buttons. */
  readonly more: ReactNode
}

/** One notification: how loud, what, when, and what can be done with it. */
export function InboxRow({ item, labels, locale, now, mark, claim, more }: InboxRowProps): ReactNode {
  const { id, title, message, severity, readAt, createdAt, actions } = item
  const href = hrefOf(item.link)
  const name = nameOf(item)
  const isUnread = readAt === null
  const isArchived = item.archivedAt !== null
  const onRead = () => isUnread && mark(id, 'read')
  return (
    <>
      <SeverityIcon severity={severity} label={labels.severities[severity]} />
      <div className="monofil-inbox-words">
        <p className="monofil-inbox-name">
          {href === undefined ? (
            <strong>{name}</strong>
          ) : (
            <a href={href} onClick={onRead}>
              {name}
            </a>
          )}
          {isUnread && <span className="monofil-inbox-unread" role="img" aria-label={labels.isUnread} />}
        </p>
        {title !== null && message !== null && <p className="monofil-inbox-message">{message}</p>}
        <p className="monofil-inbox-facts">
          <time dateTime={createdAt} title={new Date(createdAt).toLocaleString(locale)}>
            {ago(createdAt, now, locale)}
          </time>
          {item.module !== null && <span>{item.module}</span>}
          {item.claim !== null && <span>{labels.claimed(item.claim.by)}</span>}
        </p>
        <div className="monofil-inbox-deeds">
          {item.claimable && <RowButton label={labels.claim} of={name} onClick={() => claim(id)} />}
          {actions.map((action) => {
            const to = hrefOf(action.link)
            return to === undefined ? null : (
              <a key={action.id} className="monofil-button" href={to} onClick={onRead}>
                {action.label}
              </a>
            )
          })}
          {isArchived ? (
            <RowButton label={labels.restore} of={name} onClick={() => mark(id, 'unread')} />
          ) : (
            <>
              <RowButton
                label={isUnread ? labels.read : labels.makeUnread}
                of={name}
                onClick={() => mark(id, isUnread ? 'read' : 'unread')}
              />
              <RowButton label={labels.archive} of={name} onClick={() => mark(id, 'archived')} />
            </>
          )}
          {more}
        </div>
      </div>
    </>
  )
}

interface RowButtonProps {
  readonly label: string
  readonly of: string
  readonly onClick: () => void
}

function RowButton({ label, of, onClick }: RowButtonProps): ReactNode {
  return (
    <button type="button" className="monofil-button" aria-label={`${label}: ${of}`} onClick={onClick}>
      {label}
    </button>
  )
}
