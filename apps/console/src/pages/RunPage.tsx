import type { RunView } from '@monofil/client'
import { isTerminal, type Run } from '@monofil/protocol'
import { type UseRunControls, useRun, useRunControls } from '@monofil/react'
import { History, SearchX } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { readItemFilter } from '../lib/item-filter.ts'
import { type ChangeUrl, useUrlChange } from '../lib/use-url-change.ts'
import { AnswerPanel } from '../parts/AnswerPanel.tsx'
import { Empty } from '../parts/Empty.tsx'
import { ErrorPanel } from '../parts/ErrorPanel.tsx'
import { RunControls, WishNote } from '../parts/RunControls.tsx'
import { RunExport } from '../parts/RunExport.tsx'
import { RunFacts } from '../parts/RunFacts.tsx'
import { RunHero } from '../parts/RunHero.tsx'
import { RunPageSkeleton } from '../parts/RunPageSkeleton.tsx'
import { RunReplay } from '../parts/RunReplay.tsx'
import { RunTabs } from '../parts/RunTabs.tsx'
import { SamplePanel } from '../parts/SamplePanel.tsx'
import { ShortId } from '../parts/ShortId.tsx'
import { StatusBadge } from '../parts/StatusBadge.tsx'
import { StepList } from '../parts/StepList.tsx'
import { UsagePanel } from '../parts/UsagePanel.tsx'
import '../parts/RunPage.css'

/** One run, live: how far it is, its steps and items, what failed, its log. */
export function RunPage() {
  const { id = '' } = useParams()
  const { t } = useTexts()
  const view = useRun(id)
  if (view.status === 'gone') {
    return (
      <Empty icon={SearchX} title={t.run.gone} body={t.run.goneBody}>
        <Link className="button" to="/runs">
          {t.notFound.back}
        </Link>
      </Empty>
    )
  }
  if (view.run !== null) return <Loaded key={id} view={view} run={view.run} />
  if (view.error !== null) return <ErrorPanel error={view.error} onRetry={() => window.location.reload()} />
  return <RunPageSkeleton />
}

function Loaded({ view, run }: { readonly view: RunView; readonly run: Run }) {
  const { t, f } = useTexts()
  const [params, change] = useUrlChange()
  const isReplay = params.has('at')
  const navigate = useNavigate()
  const controls = useRunControls(run.id)
  const title = isReplay ? t.replay.title : isTerminal(run.status) ? t.status[run.status] : f.percent(run.progress)
  return (
    <div className={view.freshness === 'stale' ? 'is-stale' : ''}>
      <title>{`${title} ${run.workflow} · Monofil`}</title>
      <div className="run-head">
        <h1>{run.workflow}</h1>
        {!isReplay && <StatusBadge status={run.status} />}
        <ShortId id={run.id} />
        {run.external && <span className="run-tag">{t.run.external}</span>}
        {run.round > 1 && <span className="run-tag">{t.run.round(f.number(run.round))}</span>}
        {!isReplay && (
          <RunControls
            run={controls.run ?? run}
            controls={controls}
            onRerun={(made) => navigate(`/runs/${encodeURIComponent(made.id)}`)}
          >
            <button type="button" className="button" onClick={() => change({ at: '0' })}>
              <History className="icon" aria-hidden />
              {t.replay.open}
            </button>
            <RunExport id={run.id} filter={readItemFilter(params)} />
          </RunControls>
        )}
      </div>
      {controls.error !== null && (
        <div className="run-refused">
          <ErrorPanel error={controls.error} title={t.controls.refused} onDismiss={controls.dismiss} />
        </div>
      )}
      {isReplay ? (
        <RunReplay view={view} run={run} params={params} onChange={change} />
      ) : (
        <Present view={view} run={run} controls={controls} params={params} onChange={change} />
      )}
      <EndAnnouncement run={run} />
    </div>
  )
}

interface PresentProps {
  readonly view: RunView
  readonly run: Run
  readonly controls: UseRunControls
  readonly params: URLSearchParams
  readonly onChange: ChangeUrl
}

/** The run as it is now. */
function Present({ view, run, controls, params, onChange }: PresentProps) {
  return (
    <>
      <RunHero
        run={run}
        freshness={view.freshness}
        onFailures={() => onChange({ tab: 'failures', status: '', item: '' })}
      >
        <WishNote run={run} controls={controls} />
      </RunHero>
      <SamplePanel run={run} />
      <UsagePanel run={run} mayChange={controls.error?.code !== 'forbidden' && run.controls.length > 0} />
      <AnswerPanel view={view} />
      <div className="run-columns">
        <aside className="run-side">
          <StepList
            steps={run.steps}
            freshness={view.freshness}
            chosen={readItemFilter(params).step}
            onChoose={(step) => onChange({ step, tab: '' })}
          />
          <RunFacts run={run} />
        </aside>
        <RunTabs view={view} run={run} controls={controls} params={params} onChange={onChange} />
      </div>
    </>
  )
}

/** Says the end of a run to a screen reader, once, and only if it happened while the page was open. */
function EndAnnouncement({ run }: { readonly run: Run }) {
  const { t } = useTexts()
  const over = isTerminal(run.status)
  const before = useRef(over)
  const [said, setSaid] = useState('')
  useEffect(() => {
    if (over && !before.current) setSaid(t.run.announce(run.workflow, t.status[run.status]))
    if (!over) setSaid('')
    before.current = over
  }, [over, run.workflow, run.status, t])
  return (
    <span className="visually-hidden" role="status">
      {said}
    </span>
  )
}
