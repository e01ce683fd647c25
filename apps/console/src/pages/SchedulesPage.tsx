import type { Schedule } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { CalendarClock, Plus } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { type Schedules, useSchedules } from '../lib/use-schedules.ts'
import { ConfirmDialog } from '../parts/ConfirmDialog.tsx'
import { Empty } from '../parts/Empty.tsx'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { RunsSwitch } from '../parts/RunsSwitch.tsx'
import { ScheduleForm } from '../parts/ScheduleForm.tsx'
import { type ScheduleDeed, ScheduleTable } from '../parts/ScheduleTable.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import '../parts/RunList.css'
import './SchedulesPage.css'

/** What starts runs by the clock: all schedules one may see, and a form for another. */
export function SchedulesPage() {
  const { t, amount } = useTexts()
  const schedules = useSchedules()
  const { busy, said, failed, act } = useDeeds(schedules.refresh)
  const [asked, setAsked] = useState<Schedule | null>(null)
  const [isMaking, setMaking] = useState(false)
  const { rows } = schedules
  const onDeed = (schedule: Schedule, deed: ScheduleDeed) =>
    deed === 'remove' ? setAsked(schedule) : act(schedule, deed)
  const add = (
    <button type="button" className="button is-primary" onClick={() => setMaking(true)}>
      <Plus className="icon" aria-hidden />
      {t.schedules.add}
    </button>
  )
  return (
    <div className={schedules.isStale ? 'is-stale' : ''}>
      <title>{`${t.schedules.title} · Monofil`}</title>
      <RunsSwitch />
      <div className="page-head">
        <h1>{t.schedules.title}</h1>
        {rows !== null && rows.length > 0 && <p className="muted figure">{t.schedules.total(amount(rows.length))}</p>}
        <span className="page-actions">{add}</span>
      </div>
      {failed !== null && <ErrorPanel error={failed} title={t.schedules.refused} />}
      {schedules.error !== null && <ErrorPanel error={schedules.error} onRetry={schedules.refresh} />}
      <p className={said === null ? 'visually-hidden' : 'schedules-said'} role="status">
        {said?.text}
        {said?.runId !== undefined && <Link to={`/runs/${encodeURIComponent(said.runId)}`}>{t.schedules.see}</Link>}
      </p>
      <Body schedules={schedules} busy={busy} onDeed={onDeed} />
      <ConfirmDialog
        open={asked !== null}
        title={t.schedules.removeTitle(asked?.id ?? '')}
        body={t.schedules.removeBody}
        confirm={t.schedules.removeConfirm}
        dismiss={t.schedules.keep}
        onConfirm={() => asked !== null && act(asked, 'remove')}
        onClose={() => setAsked(null)}
      />
      {isMaking && <ScheduleForm onClose={() => setMaking(false)} onMade={schedules.refresh} />}
    </div>
  )
}

interface BodyProps {
  readonly schedules: Schedules
  readonly busy: string | null
  readonly onDeed: (schedule: Schedule, deed: ScheduleDeed) => void
}

function Body({ schedules, busy, onDeed }: BodyProps) {
  const { t } = useTexts()
  const { rows, hasMore, error, more } = schedules
  if (rows === null) {
    if (error !== null) return null
    return (
      <div className="card loading-rows" aria-busy="true">
        {['a', 'b', 'c', 'd'].map((key) => (
          <Skeleton key={key} width="100%" height="44px" />
        ))}
      </div>
    )
  }
  if (rows.length === 0) {
    return (
      <div className="card">
        <Empty
          icon={CalendarClock}
          title={t.schedules.empty}
          body={t.schedules.emptyBody}
          command="npx monofil schedule WORKFLOW --cron '30 2 * * *'"
        />
      </div>
    )
  }
  return (
    <>
      <ScheduleTable rows={rows} busy={busy} onDeed={onDeed} />
      {hasMore && (
        <div className="list-foot">
          <button type="button" className="button" onClick={more}>
            {t.schedules.more}
          </button>
        </div>
      )}
    </>
  )
}

interface Said {
  readonly text: string
  readonly runId?: string
}

/** Asks the hub, and says what came of it. */
function useDeeds(refresh: () => void) {
  const { t } = useTexts()
  const { client } = useMonofil()
  const [busy, setBusy] = useState<string | null>(null)
  const [said, setSaid] = useState<Said | null>(null)
  const [failed, setFailed] = useState<Error | null>(null)
  const ask = async ({ id }: Schedule, deed: ScheduleDeed): Promise<Said> => {
    const { schedules } = client.api
    if (deed === 'run') return { text: t.schedules.started(id), runId: (await schedules.run(id)).id }
    if (deed === 'remove') {
      await schedules.remove(id)
      return { text: t.schedules.removed(id) }
    }
    await schedules.update(id, { status: deed === 'pause' ? 'paused' : 'active' })
    return { text: deed === 'pause' ? t.schedules.paused(id) : t.schedules.resumed(id) }
  }
  const act = (schedule: Schedule, deed: ScheduleDeed): void => {
    setBusy(schedule.id)
    setFailed(null)
    setSaid(null)
    ask(schedule, deed)
      .then(setSaid, setFailed)
      .finally(() => {
        setBusy(null)
        refresh()
      })
  }
  return { busy, said, failed, act }
}
