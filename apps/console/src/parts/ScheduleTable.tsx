import type { Schedule, ScheduleStatus } from '@monofil/protocol'
import {
  CircleCheck,
  CircleDashed,
  CirclePause,
  type LucideIcon,
  Pause,
  Play,
  Trash2,
  TriangleAlert,
  Zap,
} from 'lucide-react'
import { Fragment } from 'react'
import { Link } from 'react-router'
import { useNow, useTexts } from '../lib/context.ts'
import { timeIn } from '../lib/schedule-times.ts'
import { When } from './When.tsx'
import './ScheduleTable.css'

/** What can be done with a schedule. */
export type ScheduleDeed = 'pause' | 'resume' | 'run' | 'remove'

interface ScheduleTableProps {
  readonly rows: readonly Schedule[]
  /** The schedule that waits for the hub's answer. */
  readonly busy: string | null
  readonly onDeed: (schedule: Schedule, deed: ScheduleDeed) => void
}

/** Schedules: what, when, the next and the last run, and why there was none. */
export function ScheduleTable({ rows, busy, onDeed }: ScheduleTableProps) {
  const { title, columns } = useTexts().t.schedules
  return (
    <div className="card schedule-table">
      <table aria-label={title}>
        <thead>
          <tr>
            <th>{columns.schedule}</th>
            <th>{columns.when}</th>
            <th>{columns.next}</th>
            <th>{columns.last}</th>
            <th>
              <span className="visually-hidden">{columns.actions}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.id} row={row} isBusy={busy === row.id} onDeed={onDeed} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly row: Schedule
  readonly isBusy: boolean
  readonly onDeed: (schedule: Schedule, deed: ScheduleDeed) => void
}

function Row({ row, isBusy, onDeed }: RowProps) {
  return (
    <tr className={row.status === 'active' ? '' : 'is-resting'}>
      <td className="schedule-name">
        <span className="schedule-id truncate" title={row.id}>
          {row.id}
        </span>
        <span className="schedule-sub">
          <span className="truncate">{row.workflow}</span>
          <span className="faint truncate">{row.owner}</span>
        </span>
      </td>
      <td className="schedule-when">
        <Times row={row} />
      </td>
      <td className="schedule-next">
        <Next row={row} />
      </td>
      <td className="schedule-last">
        <Last row={row} />
      </td>
      <td className="schedule-deeds">
        <Deeds row={row} isBusy={isBusy} onDeed={onDeed} />
      </td>
    </tr>
  )
}

function Times({ row }: { readonly row: Schedule }) {
  const { t, f } = useTexts()
  if (row.cron === null) {
    return (
      <>
        <span>{t.schedules.once}</span>
        {row.at !== null && <span className="schedule-sub faint">{f.exact(row.at)}</span>}
      </>
    )
  }
  return (
    <>
      <code>{row.cron}</code>
      <span className="schedule-zone faint">
        {row.timezone?.split('/').map((part, place) => (
          <Fragment key={part}>
            {place > 0 && '/'}
            {place > 0 && <wbr />}
            {part}
          </Fragment>
        ))}
      </span>
    </>
  )
}

const STATUS_ICONS = { active: CircleCheck, paused: CirclePause, ended: CircleDashed } as const
const STATUS_LIKE: Readonly<Record<ScheduleStatus, string>> = {
  active: 'is-completed',
  paused: 'is-paused',
  ended: 'is-queued',
}

function Next({ row }: { readonly row: Schedule }) {
  const { t, f } = useTexts()
  const now = useNow()
  const { nextAt, status } = row
  if (nextAt === null) {
    const Icon = STATUS_ICONS[status]
    return (
      <span className={`status-badge is-plain ${STATUS_LIKE[status]}`}>
        <Icon className="icon status-icon" aria-hidden />
        {t.schedules.status[status]}
      </span>
    )
  }
  const isDue = Date.parse(nextAt) - now < 1_000
  const all = row.upcoming.map((at) => timeIn(at, f.locale, row.timezone ?? undefined))
  return (
    <time dateTime={nextAt} title={all.join('\n')}>
      <span>{isDue ? t.schedules.due : f.relative(nextAt, now)}</span>
      <span className="schedule-sub faint">{all[0]}</span>
    </time>
  )
}

function Last({ row }: { readonly row: Schedule }) {
  const { t, f } = useTexts()
  const { lastAt, lastRunId, lastProblem } = row
  return (
    <>
      <span className="schedule-label muted">{t.schedules.lastLabel} </span>
      {lastAt === null || lastRunId === null ? (
        <span className="faint">{t.schedules.never}</span>
      ) : (
        <Link className="schedule-run" to={`/runs/${encodeURIComponent(lastRunId)}`} title={lastRunId}>
          <When at={lastAt} />
        </Link>
      )}
      {lastProblem !== null && (
        <span className="schedule-problem" title={`${lastProblem.code}: ${lastProblem.message}`}>
          <TriangleAlert className="icon" aria-hidden />
          <span>
            {t.schedules.problem(timeIn(lastProblem.at, f.locale, row.timezone ?? undefined))}{' '}
            {t.schedules.problems[lastProblem.code] ?? lastProblem.message}
          </span>
        </span>
      )}
    </>
  )
}

function Deeds({ row, isBusy, onDeed }: RowProps) {
  const { t } = useTexts()
  const deeds: { readonly deed: ScheduleDeed; readonly icon: LucideIcon; readonly name: string }[] = [
    { deed: 'run', icon: Zap, name: t.schedules.runNow },
  ]
  if (row.status === 'active') deeds.push({ deed: 'pause', icon: Pause, name: t.schedules.pause })
  if (row.status === 'paused') deeds.push({ deed: 'resume', icon: Play, name: t.schedules.resume })
  deeds.push({ deed: 'remove', icon: Trash2, name: t.schedules.remove })
  return (
    <span className="schedule-buttons">
      {deeds.map(({ deed, icon: Icon, name }) => (
        <button
          key={deed}
          type="button"
          className="button icon-only"
          disabled={isBusy}
          onClick={() => onDeed(row, deed)}
          aria-label={`${name} ${row.id}`}
          title={name}
        >
          <Icon className="icon" aria-hidden />
        </button>
      ))}
    </span>
  )
}
