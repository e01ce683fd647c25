import { Popover } from '@base-ui/react/popover'
import { useMonofil } from '@monofil/react'
import { RotateCw } from 'lucide-react'
import { useNow, useTexts } from '../lib/context.ts'
import { useOutage } from '../lib/use-outage.ts'
import { CopyButton } from './CopyButton.tsx'
import './ConnectionBadge.css'

/** How the one stream does, in a word; its diagnostics on a click. */
export function ConnectionBadge() {
  const { t, f } = useTexts()
  const outage = useOutage()
  const words = {
    live: t.connection.live,
    connecting: t.connection.connecting,
    failed: t.connection.failed,
    behind: outage.kind === 'behind' ? t.connection.reconnecting(f.duration(outage.behindMs)) : '',
  }
  return (
    <Popover.Root>
      <Popover.Trigger className={`connection-badge is-conn-${outage.kind}`} title={t.connection.title}>
        <i aria-hidden="true" />
        <span>{words[outage.kind]}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="positioner" sideOffset={6} align="end">
          <Popover.Popup className="popup connection-popup">
            <Popover.Title className="connection-title">{t.connection.title}</Popover.Title>
            {outage.kind === 'failed' && <Popover.Description>{t.connection.failedBody}</Popover.Description>}
            <Diagnostics />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function Diagnostics() {
  const { t, f } = useTexts()
  const client = useMonofil().client
  const now = useNow()
  const facts = client.debug()
  const retry = facts.nextRetryAt === null ? '' : t.connection.nextTry(f.duration(Math.max(0, facts.nextRetryAt - now)))
  const names = t.connection.facts
  const topics = Object.keys(facts.refs)
  const rows: readonly (readonly [string, string])[] = [
    [names.state, [facts.status, facts.reason, retry].filter(Boolean).join(', ')],
    [names.marker, facts.marker],
    [names.role, facts.role],
    [names.topics, topics.length === 0 ? t.none : topics.join(' ')],
    [names.connects, f.number(facts.connects)],
    [names.attempts, f.number(facts.attempts)],
    [names.lastError, facts.lastError?.message ?? t.none],
  ]
  return (
    <>
      <dl className="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="connection-actions">
        <button type="button" className="button" onClick={() => client.reconnect('asked for in the console')}>
          <RotateCw className="icon" aria-hidden />
          {t.connection.reconnect}
        </button>
        <CopyButton text={JSON.stringify(facts, null, 2)} what={t.connection.title}>
          {t.connection.copy}
        </CopyButton>
      </div>
    </>
  )
}
