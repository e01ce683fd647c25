import { isTerminal, type RunState } from '@monofil/protocol'
import type { CSSProperties, ReactNode } from 'react'
import type { Format } from './format.ts'
import { ControlsOf } from './RunControls.tsx'
import { StateIcon } from './StateIcon.tsx'
import type { TrayLabels } from './tray-labels.ts'
import { useControlsOf } from './use-run-controls.ts'

interface TrayRowProps {
  readonly run: RunState
  readonly labels: TrayLabels
  readonly format: Format
  readonly locale: string
  readonly href: string | undefined
  readonly onDismiss: () => void
}

/** One run: state, name, bar, how far, what can be done with it. */
export function TrayRow({ run, labels, format, locale, href, onDismiss }: TrayRowProps): ReactNode {
  const controls = useControlsOf(run.id, run)
  const { status, counts, eta, progressKnown } = run
  const isOver = isTerminal(status)
  const isWhole = status === 'completed' || status === 'partial'
  const percent = isWhole ? 100 : Math.min(99, Math.floor(run.progress))
  const done = counts.completed + counts.failed + counts.cancelled
  const amount =
    counts.total === 0 && !progressKnown
      ? labels.unknownTotal
      : labels.of(format.count(done), format.count(counts.total))
  return (
    <li className="monofil-tray-row" data-status={status}>
      <div className="monofil-head">
        <StateIcon status={status} />
        {href === undefined ? (
          <strong className="monofil-title">{run.workflow}</strong>
        ) : (
          <a className="monofil-title" href={href}>
            {run.workflow}
          </a>
        )}
        <span className="monofil-state">{labels.statuses[status]}</span>
        {isOver ? (
          <button
            type="button"
            className="monofil-close"
            aria-label={labels.dismiss(run.workflow)}
            title={labels.dismiss(run.workflow)}
            onClick={onDismiss}
          >
            <span aria-hidden="true">×</span>
          </button>
        ) : (
          progressKnown && <span className="monofil-percent">{format.percent(percent)}</span>
        )}
      </div>
      <div
        className="monofil-bar"
        role="progressbar"
        aria-label={run.workflow}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={progressKnown || isOver ? percent : undefined}
        aria-valuetext={`${labels.statuses[status]}, ${amount}`}
        data-unknown={progressKnown || isOver ? undefined : ''}
      >
        <div className="monofil-fill" style={{ '--monofil-part': percent / 100 } as CSSProperties} />
      </div>
      <p className="monofil-facts">
        <span>{amount}</span>
        {counts.failed > 0 && <span className="monofil-tray-failed">{labels.failed(format.count(counts.failed))}</span>}
        {eta !== null && !isOver && <span>{labels.left(format.range(eta.lowMs, eta.highMs))}</span>}
      </p>
      <ControlsOf controls={controls} locale={locale} />
    </li>
  )
}
