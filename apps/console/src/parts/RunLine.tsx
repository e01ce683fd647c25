import type { RunState } from '@monofil/protocol'
import { Link } from 'react-router'
import { useTexts } from '../lib/context.ts'
import { doneOf } from '../lib/shares.ts'
import { SegmentedBar } from './SegmentedBar.tsx'
import { StatusBadge } from './StatusBadge.tsx'
import { When } from './When.tsx'

interface RunLineProps {
  readonly run: RunState
  /** Whether its bar may move. */
  readonly isLive: boolean
}

/** A run on two lines: state, name, how far, when; the whole of it leads to the run. */
export function RunLine({ run, isLive }: RunLineProps) {
  const { t, f } = useTexts()
  const { counts, finishedAt } = run
  return (
    <li className="run-line">
      <StatusBadge status={run.status} plain />
      <Link className="run-link truncate" to={`/runs/${encodeURIComponent(run.id)}`} data-row="" title={run.id}>
        {run.workflow}
      </Link>
      <span className="run-line-figures figure muted">
        {counts.failed > 0 && (
          <span className="run-failed">
            {f.number(counts.failed)} {t.runs.failed}
          </span>
        )}
        <span>{t.of(f.number(doneOf(counts)), f.number(counts.total))}</span>
        <When at={finishedAt ?? run.createdAt} />
      </span>
      <SegmentedBar
        counts={counts}
        progress={run.progress}
        label={run.workflow}
        active={run.status === 'running' && isLive}
      />
    </li>
  )
}
