import { isTerminal, type Run, type RunAction, type RunState } from '@monofil/protocol'
import { type ReactNode, useMemo, useState } from 'react'
import { ConfirmDialog } from './ConfirmDialog.tsx'
import { ControlButton } from './ControlButton.tsx'
import { type ControlLabels, controlLabelsFor } from './control-labels.ts'
import { type RunControls as Controls, useRunControls } from './use-run-controls.ts'

export interface RunControlsProps {
  readonly runId: string | null | undefined
  /** Told of the run that "Run again" made; to show it. */
  readonly onRerun?: ((run: Run) => void) | undefined
  /** Of numbers and words. Default `en`. */
  readonly locale?: string | undefined
  readonly labels?: Partial<ControlLabels> | undefined
  readonly className?: string | undefined
}

interface Shown {
  readonly run: RunState
  readonly controls: Controls
  readonly labels: ControlLabels
  readonly count: (value: number) => string
}

/**
 * What can be done with a run now, as buttons: pause or resume, cancel (asks once, with the count of what is lost),
 * retry, run again. Nothing before the run is known. Themed by the `--monofil-*` properties of the stylesheet.
 */
export function RunControls({ runId, ...rest }: RunControlsProps): ReactNode {
  return <ControlsOf controls={useRunControls(runId)} {...rest} />
}

type ControlsOfProps = Omit<RunControlsProps, 'runId'> & { readonly controls: Controls }

/** The same buttons for who has the controls. */
export function ControlsOf({ controls, onRerun, locale = 'en', labels: own, className }: ControlsOfProps): ReactNode {
  const labels = useMemo(() => controlLabelsFor(locale, own), [locale, own])
  const numbers = useMemo(() => new Intl.NumberFormat(locale), [locale])
  const { run, error } = controls
  if (run === null) return null
  const shown = { run, controls, labels, count: (value: number) => numbers.format(value) }
  return (
    <div className={`monofil-run-controls${className ? ` ${className}` : ''}`}>
      <fieldset className="monofil-controls" aria-label={labels.group}>
        {isTerminal(run.status) ? <After {...shown} onRerun={onRerun} /> : <During {...shown} />}
      </fieldset>
      <Wish {...shown} />
      {error !== null && (
        <p className="monofil-problem" role="alert">
          {labels.refused}: {error.message}
        </p>
      )}
    </div>
  )
}

function Action({
  shown,
  action,
  onClick,
  label,
}: {
  shown: Shown
  action: RunAction
  onClick: () => void
  label?: string
}) {
  const { controls, labels } = shown
  const why = controls.why(action)
  return (
    <ControlButton busy={controls.pending === action} why={why === null ? null : labels.why[why]} onClick={onClick}>
      {label ?? labels.actions[action]}
    </ControlButton>
  )
}

function During(shown: Shown): ReactNode {
  const { run, controls, labels, count } = shown
  const [isAsked, ask] = useState(false)
  const open = count(openOf(run))
  return (
    <>
      {run.controls.includes('resume') ? (
        <Action shown={shown} action="resume" onClick={controls.resume} />
      ) : (
        <Action shown={shown} action="pause" onClick={() => controls.pause()} />
      )}
      <Action shown={shown} action="cancel" onClick={() => ask(true)} />
      <ConfirmDialog
        open={isAsked}
        title={labels.cancelTitle(run.workflow)}
        body={
          run.external
            ? labels.cancelExternal
            : labels.cancelBody(open, run.counts.running === 0 ? null : count(run.counts.running))
        }
        confirm={labels.cancelConfirm(open)}
        dismiss={labels.keep}
        onConfirm={() => controls.cancel()}
        onClose={() => ask(false)}
      />
    </>
  )
}

function After({ onRerun, ...shown }: Shown & { readonly onRerun: RunControlsProps['onRerun'] }): ReactNode {
  const { run, controls, labels, count } = shown
  const { failed, cancelled } = run.counts
  const rerun = () => controls.rerun().then((made) => made !== null && onRerun?.(made))
  const label = failed > 0 ? labels.retryFailed(count(failed)) : labels.retryUndone(count(cancelled))
  const isNamed = !run.external && failed + cancelled > 0
  return (
    <>
      {run.status !== 'completed' && (
        <Action shown={shown} action="retry" onClick={() => controls.retry()} {...(isNamed ? { label } : {})} />
      )}
      <Action shown={shown} action="rerun" onClick={rerun} />
    </>
  )
}

/** What was asked for and is not so yet: items that end after a pause, a reporter that has not heard. */
function Wish({ run, controls, labels, count }: Shown): ReactNode {
  const [isAsked, ask] = useState(false)
  if (isTerminal(run.status)) return null
  const { pending } = controls
  const why = pending === null ? null : labels.why.pending
  if (!run.external) {
    if (run.status !== 'paused' || run.counts.running === 0) return null
    return (
      <p className="monofil-wish">
        {labels.ending(count(run.counts.running))}{' '}
        <ControlButton busy={pending === 'pause'} why={why} onClick={() => controls.pause({ hard: true })}>
          {labels.stopNow}
        </ControlButton>
      </p>
    )
  }
  if (run.wanted === 'run' || (run.wanted === 'pause' && run.status === 'paused')) return null
  return (
    <>
      <p className="monofil-wish">
        {labels.asked[run.wanted]}{' '}
        {run.wanted === 'cancel' && (
          <ControlButton busy={pending === 'cancel'} why={why} onClick={() => ask(true)}>
            {labels.force}
          </ControlButton>
        )}
      </p>
      <ConfirmDialog
        open={isAsked}
        title={labels.cancelTitle(run.workflow)}
        body={labels.forceBody}
        confirm={labels.force}
        dismiss={labels.keep}
        onConfirm={() => controls.cancel({ force: true })}
        onClose={() => ask(false)}
      />
    </>
  )
}

/** Items that are not over, those announced and not mentioned among them. */
function openOf({ counts }: RunState): number {
  return Math.max(0, counts.total - counts.completed - counts.failed - counts.cancelled)
}
