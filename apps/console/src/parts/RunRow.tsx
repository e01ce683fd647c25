import { isTerminal, type RunState } from '@monofil/protocol'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { doneOf } from '../lib/shares.ts'
import { SegmentedBar } from './SegmentedBar.tsx'
import { ShortId } from './ShortId.tsx'
import { Skeleton } from './Skeleton.tsx'
import { StatusBadge } from './StatusBadge.tsx'
import { Elapsed, When } from './When.tsx'
import './RunRow.css'

interface RunRowProps {
  readonly run: RunState
  /** Set when this row may be out of date: when it was read. */
  readonly asOf: string | null
}

/** One run in the list: state, name, bar, when, how long. The whole row leads to the run. */
export function RunRow({ run, asOf }: RunRowProps) {
  const { t, f } = useTexts()
  const old = asOf !== null && !isTerminal(run.status)
  return (
    <>
      <td className="run-cell-status">
        <StatusBadge status={run.status} plain />
      </td>
      <td className="run-cell-name">
        <Link className="run-link truncate" to={`/runs/${encodeURIComponent(run.id)}`} data-row="">
          {run.workflow}
        </Link>
        <span className="run-sub">
          <ShortId id={run.id} />
          {[run.key, ...run.tags].map(
            (tag) =>
              tag !== null && (
                <span key={tag} className="run-tag truncate">
                  {tag}
                </span>
              ),
          )}
        </span>
      </td>
      <td className="run-cell-progress">
        <span className="run-figures figure">
          <span>{f.percent(run.progress)}</span>
          <span className="muted">{t.of(f.number(doneOf(run.counts)), f.number(run.counts.total))}</span>
          {run.counts.failed > 0 && (
            <span className="run-failed">
              {f.number(run.counts.failed)} {t.runs.failed}
            </span>
          )}
        </span>
        <SegmentedBar
          counts={run.counts}
          progress={run.progress}
          label={run.workflow}
          active={run.status === 'running' && !old}
        />
      </td>
      <td className="run-cell-when muted">
        <When at={run.createdAt} />
        {old && (
          <span className="faint" title={f.exact(asOf)}>
            {t.runs.asOf(f.relative(asOf, Date.now()))}
          </span>
        )}
      </td>
      <td className="run-cell-took muted">
        {run.startedAt !== null && <Elapsed from={run.startedAt} to={old ? asOf : run.finishedAt} />}
      </td>
    </>
  )
}

/** The shape of a row before there are any. */
export function RunRowSkeleton() {
  return (
    <tr className="run-row">
      <td className="run-cell-status">
        <Skeleton width="84px" />
      </td>
      <td className="run-cell-name">
        <Skeleton width="120px" />
        <Skeleton width="160px" />
      </td>
      <td className="run-cell-progress">
        <Skeleton width="70%" />
        <Skeleton width="100%" height="6px" />
      </td>
      <td className="run-cell-when">
        <Skeleton width="56px" />
      </td>
      <td className="run-cell-took">
        <Skeleton width="64px" />
      </td>
    </tr>
  )
}
