import type { Overview, Schedule } from '@monofil/protocol'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { ShortId } from './ShortId.tsx'
import { TimeLeft } from './WaitingWords.tsx'

interface CardProps {
  readonly title: string
  readonly children: ReactNode
  /** Beside the title, at the right. */
  readonly aside?: ReactNode
}

/** A titled part of the overview. */
export function Card({ title, aside, children }: CardProps) {
  return (
    <section className="card overview-card" aria-label={title}>
      <div className="chart-head">
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}

/** The four numbers one looks at first; each leads to what it counts. */
export function Stats({ overview }: { readonly overview: Overview }) {
  const { t, f } = useTexts()
  const { stats } = t.overview
  const { runs, failed, connections } = overview
  const tiles = [
    { name: stats.running, value: runs.running, to: '/runs?status=running', tone: runs.running > 0 ? 'running' : '' },
    { name: stats.queued, value: runs.queued, to: '/runs?status=queued', tone: '' },
    {
      name: stats.failed,
      value: failed.count,
      to: '/runs?status=failed,partial',
      tone: failed.count > 0 ? 'failed' : '',
    },
  ]
  return (
    <ul className="overview-stats">
      {tiles.map(({ name, value, to, tone }) => (
        <li key={name} className="card">
          <Link to={to}>
            <span className="muted">{name}</span>
            <strong className={`figure${tone === '' ? '' : ` is-${tone}`}`}>{f.number(value)}</strong>
          </Link>
        </li>
      ))}
      <li className="card">
        {connections === null ? (
          <div>
            <span className="muted">{stats.connections}</span>
            <strong className="figure" title={t.overview.notYours}>
              –
            </strong>
          </div>
        ) : (
          <Link to="/connections">
            <span className="muted">{stats.connections}</span>
            <strong className="figure">{f.number(connections)}</strong>
          </Link>
        )}
      </li>
    </ul>
  )
}

/** What each workflow has to do. */
export function Queues({ queues }: Pick<Overview, 'queues'>) {
  const { t, f } = useTexts()
  const { queueColumns: columns } = t.overview
  if (queues.length === 0) return <p className="muted overview-none">{t.overview.noneQueued}</p>
  return (
    <table className="overview-queues">
      <thead>
        <tr>
          <th scope="col">{columns.workflow}</th>
          <th scope="col">{columns.runs}</th>
          <th scope="col">{columns.waiting}</th>
          <th scope="col">{columns.running}</th>
        </tr>
      </thead>
      <tbody>
        {queues.map(({ workflow, runs, queued, running }) => (
          <tr key={workflow}>
            <th scope="row">
              <Link className="run-link" to={`/runs?workflow=${encodeURIComponent(workflow)}`}>
                {workflow}
              </Link>
            </th>
            <td className="figure">{f.number(runs)}</td>
            <td className="figure">{f.number(queued)}</td>
            <td className="figure">{f.number(running)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** What starts by the clock, the next first. */
export function NextSchedules({ schedules }: { readonly schedules: readonly Schedule[] }) {
  const { t } = useTexts()
  if (schedules.length === 0) return <p className="muted overview-none">{t.overview.noneScheduled}</p>
  return (
    <ul className="overview-list">
      {schedules.map(({ id, workflow, nextAt }) => (
        <li key={id} className="schedule-line">
          <Link className="run-link truncate" to="/schedules">
            {workflow}
          </Link>
          <ShortId id={id} />
          <span className="muted">{nextAt !== null && <TimeLeft until={nextAt} />}</span>
        </li>
      ))}
    </ul>
  )
}
