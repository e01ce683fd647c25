import type { Run } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { ChartLine } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import { useTexts } from '../lib/context.ts'
import { endedOf, pointsOf } from '../lib/series.ts'
import { useReread } from '../lib/use-reread.ts'
import { Empty } from './Empty.tsx'
import { ErrorPanel } from './ErrorPanel.tsx'
import { Skeleton } from './Skeleton.tsx'
import { TimeChart } from './TimeChart.tsx'

interface ChartsPanelProps {
  readonly run: Run
  /** The step that is looked at; empty for all. */
  readonly step: string
  readonly onAll: () => void
}

/** How often news of a run make the counts be asked for again. */
const EVERY_MS = 2000

/** Throughput and failures of a run over time, as the hub knows them, kept up by the run's news. */
export function ChartsPanel({ run, step, onAll }: ChartsPanelProps) {
  const { t, f } = useTexts()
  const { client } = useMonofil()
  const read = useCallback(() => client.api.runs.throughput(run.id), [client, run.id])
  const { value, readAt, error, refresh } = useReread(read, run.offset, EVERY_MS)
  const until = run.finishedAt === null ? readAt : Date.parse(run.finishedAt)
  const points = useMemo(
    () => (value === null || until === null ? [] : pointsOf(value, endedOf(value, step), until)),
    [value, step, until],
  )
  if (value === null && error !== null) return <ErrorPanel error={error} onRetry={refresh} />
  if (value === null) return <Skeleton width="100%" height="220px" />
  if (value.steps.length === 0) return <Empty icon={ChartLine} title={t.charts.none} body={t.charts.noneBody} />
  const failures = points.reduce((sum, { failed }) => sum + failed, 0)
  const scope = (
    <>
      <span className="muted">{t.charts.each(f.duration(value.bucketMs))}</span>
      {step !== '' && (
        <button type="button" className="button" onClick={onAll} title={t.charts.all}>
          {t.charts.only(step)} ×
        </button>
      )}
    </>
  )
  return (
    <div className="charts">
      <section className="card chart-card" aria-label={t.charts.rate}>
        <div className="chart-head">
          <h2>{t.charts.rate}</h2>
          {scope}
        </div>
        <TimeChart points={points} bucketMs={value.bucketMs} show="rate" title={t.charts.rate} />
      </section>
      <section className="card chart-card" aria-label={t.charts.failures}>
        <div className="chart-head">
          <h2>{t.charts.failures}</h2>
          <span className="muted figure">{f.number(failures)}</span>
        </div>
        {failures === 0 ? (
          <p className="chart-none">{t.charts.noFailures}</p>
        ) : (
          <TimeChart points={points} bucketMs={value.bucketMs} show="failed" title={t.charts.failures} />
        )}
      </section>
    </div>
  )
}
