import { LayoutDashboard } from 'lucide-react'
import { lazy, Suspense, useMemo } from 'react'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { pointsOf } from '../lib/series.ts'
import { type LiveOverview, OVERVIEW_HOURS, useOverview } from '../lib/use-overview.ts'
import { Empty } from '../parts/Empty.tsx'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { Card, NextSchedules, Queues, Stats } from '../parts/OverviewCards.tsx'
import { RunLine } from '../parts/RunLine.tsx'
import { Skeleton } from '../parts/Skeleton.tsx'
import './OverviewPage.css'

const TimeChart = lazy(() => import('../parts/TimeChart.tsx').then(({ TimeChart }) => ({ default: TimeChart })))

/** How the hub does: what runs, what failed, how much is done, what waits, what comes next. */
export function OverviewPage() {
  const { t } = useTexts()
  const live = useOverview()
  return (
    <div className={live.isStale ? 'is-stale' : ''}>
      <title>{`${t.overview.title} · Monofil`}</title>
      <div className="page-head">
        <h1>{t.overview.title}</h1>
      </div>
      <Body {...live} />
    </div>
  )
}

function Body({ value, error, refresh, active, isStale, readAt }: LiveOverview) {
  const { t, f, amount } = useTexts()
  const overview = value?.overview
  const points = useMemo(
    () => (overview === undefined ? [] : pointsOf(overview.ended, overview.ended, readAt ?? 0)),
    [overview, readAt],
  )
  if (value === null || overview === undefined) {
    return error === null ? <Waiting /> : <ErrorPanel error={error} onRetry={refresh} />
  }
  const { failed } = overview
  const hasEnded = points.some(({ ended }) => ended > 0)
  if (!hasEnded && active.length + failed.count + value.schedules.length === 0) {
    return (
      <div className="card">
        <Empty
          icon={LayoutDashboard}
          title={t.overview.empty}
          body={t.overview.emptyBody}
          command={`npx monofil smoke ${window.location.origin}`}
        >
          <Link className="button" to="/runs">
            {t.overview.allRuns}
          </Link>
        </Empty>
      </div>
    )
  }
  const rest = failed.count - failed.runs.length
  return (
    <>
      {error !== null && <ErrorPanel error={error} onRetry={refresh} />}
      <Stats overview={overview} />
      <div className="overview-columns">
        <div>
          <Card title={t.overview.active} aside={<Link to="/runs">{t.overview.allRuns}</Link>}>
            {active.length === 0 && <p className="muted overview-none">{t.overview.noneActive}</p>}
            <ul className="overview-list">
              {active.map((run) => (
                <RunLine key={run.id} run={run} isLive={!isStale} />
              ))}
            </ul>
          </Card>
          <Card title={t.overview.failed}>
            {failed.count === 0 && <p className="muted overview-none">{t.overview.noneFailed}</p>}
            <ul className="overview-list">
              {failed.runs.map((run) => (
                <RunLine key={run.id} run={run} isLive={false} />
              ))}
            </ul>
            {rest > 0 && (
              <Link className="overview-more" to="/runs?status=failed,partial">
                {t.overview.moreFailed(amount(rest))}
              </Link>
            )}
          </Card>
        </div>
        <div>
          <Card
            title={t.overview.throughput(f.number(OVERVIEW_HOURS))}
            aside={
              <span className="muted">
                {t.charts.rate}, {t.charts.each(f.duration(overview.ended.bucketMs))}
              </span>
            }
          >
            {hasEnded ? (
              <Suspense fallback={<Skeleton width="100%" height="180px" />}>
                <TimeChart points={points} bucketMs={overview.ended.bucketMs} show="rate" title={t.charts.rate} />
              </Suspense>
            ) : (
              <p className="muted overview-none">{t.charts.none}</p>
            )}
          </Card>
          <Card title={t.overview.queues}>
            <Queues queues={overview.queues} />
          </Card>
          <Card title={t.overview.schedules}>
            <NextSchedules schedules={value.schedules} />
          </Card>
        </div>
      </div>
    </>
  )
}

function Waiting() {
  return (
    <div aria-busy="true">
      <div className="overview-stats">
        {['a', 'b', 'c', 'd'].map((key) => (
          <Skeleton key={key} width="100%" height="78px" />
        ))}
      </div>
      <div className="overview-columns">
        <Skeleton width="100%" height="260px" />
        <Skeleton width="100%" height="260px" />
      </div>
    </div>
  )
}
