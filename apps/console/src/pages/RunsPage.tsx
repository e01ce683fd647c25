import type { RunsView } from '@monofil/client'
import type { RunState } from '@monofil/protocol'
import { useRuns } from '@monofil/react'
import { Activity, SearchX } from 'lucide-react'
import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { mergeRuns } from '../lib/merge-runs.ts'
import { EVERY_RUN, isEmptyFilter, matchesFilter, type RunFilter, readFilter, writeFilter } from '../lib/run-filter.ts'
import { LIVE_RUNS, type RunHistory } from '../lib/run-history.ts'
import { useRunHistory } from '../lib/use-run-history.ts'
import { Empty } from '../parts/Empty.tsx'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { RunFilters } from '../parts/RunFilters.tsx'
import { RunList } from '../parts/RunList.tsx'
import { RunRowSkeleton } from '../parts/RunRow.tsx'
import { RunsSwitch } from '../parts/RunsSwitch.tsx'

/** All runs one may see, newest first: the newest live, older ones by the page. */
export function RunsPage() {
  const { t, amount } = useTexts()
  const view = useRuns()
  const [params, setParams] = useSearchParams()
  const filter = useMemo(() => readFilter(params), [params])
  const { history, older } = useRunHistory(view.runs, filter)
  const all = useMemo(() => mergeRuns(view.runs, history.runs), [view.runs, history.runs])
  const runs = useMemo(() => all.filter((run) => matchesFilter(run, filter)), [all, filter])
  const count = (status: string) => amount(view.runs.filter((run) => run.status === status).length)
  const isActive = view.runs.some(({ status }) => status === 'running' || status === 'queued')
  const change = (next: RunFilter) => setParams(writeFilter(params, next), { replace: true, preventScrollReset: true })

  return (
    <div className={view.freshness === 'stale' ? 'is-stale' : ''}>
      <title>{`${t.runs.title} · Monofil`}</title>
      <RunsSwitch />
      <div className="page-head">
        <h1>{t.runs.title}</h1>
        {isActive && <p className="muted figure">{t.runs.active(count('running'), count('queued'))}</p>}
        <Link className="page-link" to="/bundle">
          {t.replay.bundle.open}
        </Link>
      </div>
      <RunFilters filter={filter} runs={all} onChange={change} />
      <Body view={view} runs={runs} filter={filter} history={history} onClear={() => change(EVERY_RUN)} />
      <Foot
        state={history.state}
        error={history.error}
        hasOlder={view.runs.length >= LIVE_RUNS}
        hasRows={runs.length > 0}
        onOlder={older}
      />
    </div>
  )
}

interface BodyProps {
  readonly view: RunsView
  readonly runs: readonly RunState[]
  readonly filter: RunFilter
  readonly history: RunHistory
  readonly onClear: () => void
}

/** The rows, or what stands in their place: shapes while they load, why there are none, what failed. */
function Body({ view, runs, filter, history, onClear }: BodyProps) {
  const { t } = useTexts()
  const live = useMemo(() => new Set(view.runs.map(({ id }) => id)), [view.runs])
  const readAt = history.readAt === null ? null : new Date(history.readAt).toISOString()
  if (runs.length > 0) return <RunList runs={runs} asOf={(id) => (live.has(id) ? null : readAt)} />
  if (view.status === 'error' && view.error !== null) {
    return <ErrorPanel error={view.error} onRetry={() => window.location.reload()} />
  }
  const isReading = !isEmptyFilter(filter) && (history.state === 'loading' || history.state === 'idle')
  if (view.status === 'loading' || isReading) {
    return (
      <table className="card run-list" aria-busy="true">
        <tbody>
          {Array.from({ length: 8 }, (_, index) => index).map((index) => (
            <RunRowSkeleton key={index} />
          ))}
        </tbody>
      </table>
    )
  }
  if (history.state === 'failed') return null
  return (
    <div className="card">
      {isEmptyFilter(filter) ? (
        <Empty
          icon={Activity}
          title={t.runs.empty}
          body={t.runs.emptyBody}
          command={`npx monofil smoke ${window.location.origin}`}
        />
      ) : (
        <Empty icon={SearchX} title={t.runs.nothing} body={t.runs.nothingBody}>
          <button type="button" className="button" onClick={onClear}>
            {t.runs.clear}
          </button>
        </Empty>
      )}
    </div>
  )
}

interface FootProps {
  readonly state: 'idle' | 'loading' | 'more' | 'end' | 'failed'
  readonly error: Error | null
  readonly hasOlder: boolean
  readonly hasRows: boolean
  readonly onOlder: () => void
}

/** The end of the list: a button for older runs where there may be some. */
function Foot({ state, error, hasOlder, hasRows, onOlder }: FootProps) {
  const { t } = useTexts()
  if (state === 'failed' && error !== null) return <ErrorPanel error={error} onRetry={onOlder} />
  if (state === 'end') return hasRows ? <p className="list-foot">{t.runs.end}</p> : null
  if (state === 'idle' && !hasOlder) return null
  return (
    <div className="list-foot">
      <button type="button" className="button" onClick={onOlder} disabled={state === 'loading'}>
        {state === 'loading' ? t.runs.loading : t.runs.older}
      </button>
    </div>
  )
}
