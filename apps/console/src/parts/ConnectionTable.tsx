import type { ConnectionRow } from '@monofil/client'
import { useTexts } from '../lib/context.ts'
import { When } from './When.tsx'
import './ConnectionTable.css'

interface ConnectionTableProps {
  readonly rows: readonly ConnectionRow[]
  /** The stream of this very page. */
  readonly own: string | null
  readonly onKick: (row: ConnectionRow) => void
}

/** Open streams: who, since when, which topics, how far behind. */
export function ConnectionTable({ rows, own, onKick }: ConnectionTableProps) {
  const { t } = useTexts()
  const { columns } = t.connections
  return (
    <div className="card connection-table">
      <table>
        <thead>
          <tr>
            <th>{columns.user}</th>
            <th>{columns.mode}</th>
            <th className="connection-topics">{columns.topics}</th>
            <th>{columns.lag}</th>
            <th>{columns.opened}</th>
            <th className="connection-address">{columns.address}</th>
            <th>
              <span className="visually-hidden">{t.connections.kick}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.connection} row={row} isOwn={row.connection === own} onKick={onKick} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly row: ConnectionRow
  readonly isOwn: boolean
  readonly onKick: (row: ConnectionRow) => void
}

function Row({ row, isOwn, onKick }: RowProps) {
  const { t, amount } = useTexts()
  return (
    <tr>
      <td>
        <span className="connection-user">
          {row.user}
          {isOwn && <span className="run-tag">{t.connections.you}</span>}
        </span>
        <code className="faint" title={row.connection}>
          {row.marker}
        </code>
      </td>
      <td>
        <span className={row.mode === 'live' ? 'mode is-completed' : 'mode is-partial'}>
          <i aria-hidden="true" />
          {row.mode === 'live' ? t.connections.live : t.connections.catchingUp}
        </span>
      </td>
      <td className="connection-topics">
        <Topics topics={row.topics} />
      </td>
      <td className="connection-lag figure">
        {row.lagEvents === 0 ? (
          <span className="faint">{t.connections.upToDate}</span>
        ) : (
          t.connections.lag(amount(row.lagEvents))
        )}
      </td>
      <td className="connection-opened muted">
        <When at={row.openedAt} />
      </td>
      <td className="connection-address muted">
        {row.address} <span className="faint">{row.node}</span>
      </td>
      <td>
        <button
          type="button"
          className="button"
          onClick={() => onKick(row)}
          aria-label={`${t.connections.kick} ${row.user} ${row.marker}`}
        >
          {t.connections.kick}
        </button>
      </td>
    </tr>
  )
}

const MOST_TOPICS = 3

function Topics({ topics }: { readonly topics: readonly string[] }) {
  const { t, amount } = useTexts()
  const rest = topics.length - MOST_TOPICS
  return (
    <span className="topic-list" title={topics.join('\n')}>
      {topics.slice(0, MOST_TOPICS).map((topic) => (
        <code key={topic} className="run-tag truncate">
          {topic}
        </code>
      ))}
      {rest > 0 && <span className="faint">{t.connections.moreTopics(amount(rest))}</span>}
    </span>
  )
}
