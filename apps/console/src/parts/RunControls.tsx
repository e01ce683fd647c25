import { isTerminal, type Run, type RunAction, type RunState } from '@monofil/protocol'
import type { UseRunControls } from '@monofil/react'
import { CirclePause, CircleStop, CopyPlus, type LucideIcon, Pause, Play, RotateCcw } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { openOf } from '../lib/shares.ts'
import { useRefusal } from '../lib/use-refusal.ts'
import { ConfirmDialog } from './ConfirmDialog.tsx'
import { ControlButton } from './ControlButton.tsx'
import './RunControls.css'

interface RunControlsProps {
  readonly run: RunState
  readonly controls: UseRunControls
  /** Told of the run that "Run again" made. */
  readonly onRerun: (made: Run) => void
  /** What else can be done, at the end. */
  readonly children?: ReactNode
}

/** What can be done with a run now. A control that would mean something here and is not possible says why. */
export function RunControls({ run, controls, onRerun, children }: RunControlsProps) {
  const { t } = useTexts()
  const refusal = useRefusal()
  const [isAsked, ask] = useState(false)
  const button = (action: RunAction, icon: LucideIcon, onClick: () => void, label: ReactNode = t.controls[action]) => (
    <ControlButton
      icon={icon}
      isBusy={controls.pending === action}
      why={refusal(controls.why(action))}
      onClick={onClick}
    >
      {label}
    </ControlButton>
  )
  if (isTerminal(run.status)) {
    const rerun = () => controls.rerun().then((made) => made !== null && onRerun(made))
    return (
      <fieldset className="run-controls" aria-label={t.controls.label}>
        {run.status !== 'completed' && button('retry', RotateCcw, () => controls.retry(), <RetryLabel run={run} />)}
        {button('rerun', CopyPlus, rerun)}
        {children}
      </fieldset>
    )
  }
  const isHeld = run.controls.includes('resume')
  return (
    <fieldset className="run-controls" aria-label={t.controls.label}>
      {isHeld ? button('resume', Play, controls.resume) : button('pause', Pause, () => controls.pause())}
      {button('cancel', CircleStop, () => ask(true))}
      {children}
      <CancelDialog run={run} open={isAsked} onConfirm={() => controls.cancel()} onClose={() => ask(false)} />
    </fieldset>
  )
}

/** With the count that is meant: what failed, else what was left undone. */
function RetryLabel({ run }: { readonly run: RunState }) {
  const { t, amount } = useTexts()
  const { failed, cancelled } = run.counts
  if (run.external) return t.controls.retry
  if (failed > 0) return t.controls.retryFailed(amount(failed))
  return cancelled > 0 ? t.controls.retryUndone(amount(cancelled)) : t.controls.retry
}

interface CancelDialogProps {
  readonly run: RunState
  readonly open: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Says what a cancel takes with it before it does. */
export function CancelDialog({ run, open, onConfirm, onClose }: CancelDialogProps) {
  const { t, amount } = useTexts()
  const { controls } = t
  return (
    <ConfirmDialog
      open={open}
      title={controls.cancelTitle(run.workflow)}
      body={
        run.external
          ? controls.cancelExternal
          : controls.cancelBody(amount(openOf(run.counts)), amount(run.counts.running))
      }
      confirm={controls.cancelConfirm(amount(openOf(run.counts)))}
      dismiss={controls.keep}
      onConfirm={onConfirm}
      onClose={onClose}
    />
  )
}

interface WishNoteProps {
  readonly run: RunState
  readonly controls: UseRunControls
}

/** What was asked for and is not so yet: items that run on after a pause, a reporter that has not heard. */
export function WishNote({ run, controls }: WishNoteProps) {
  const { t, amount } = useTexts()
  const [isAsked, ask] = useState(false)
  if (isTerminal(run.status)) return null
  const { wish } = t.controls
  if (!run.external) {
    if (run.status !== 'paused' || run.counts.running === 0) return null
    return (
      <Note text={wish.ending(amount(run.counts.running))}>
        <button type="button" className="button" onClick={() => controls.pause({ hard: true })}>
          {wish.stopNow}
        </button>
      </Note>
    )
  }
  if (run.wanted === 'pause' && run.status !== 'paused') return <Note text={wish.pause} />
  if (run.wanted !== 'cancel') return null
  return (
    <Note text={wish.cancel}>
      <button type="button" className="button" onClick={() => ask(true)}>
        {wish.force}
      </button>
      <ConfirmDialog
        open={isAsked}
        title={wish.forceTitle}
        body={wish.forceBody}
        confirm={wish.force}
        dismiss={t.controls.keep}
        onConfirm={() => controls.cancel({ force: true })}
        onClose={() => ask(false)}
      />
    </Note>
  )
}

function Note({ text, children }: { readonly text: string; readonly children?: ReactNode }) {
  return (
    <div className="run-note is-paused">
      <CirclePause className="icon" aria-hidden />
      <p>{text}</p>
      {children}
    </div>
  )
}
