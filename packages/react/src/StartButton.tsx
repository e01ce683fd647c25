import type { Run } from '@monofil/protocol'
import { type ReactNode, useMemo } from 'react'
import { ControlButton } from './ControlButton.tsx'
import { type ControlLabels, controlLabelsFor } from './control-labels.ts'
import type { WorkflowInput, WorkflowName } from './register.ts'
import { type UseStartRunOptions, useStartRun } from './use-start-run.ts'

export interface StartButtonProps<W extends string> extends Omit<UseStartRunOptions, 'key'> {
  readonly workflow: W
  /** The run's `key`; React keeps that name for itself. */
  readonly runKey?: string | undefined
  readonly input: WorkflowInput<W>
  /** Told of the run that was started or joined. */
  readonly onStart?: ((run: Run) => void) | undefined
  /** Default `en`. */
  readonly locale?: string | undefined
  readonly labels?: Partial<ControlLabels> | undefined
  readonly className?: string | undefined
  /** What it says while it can be pressed. Default: the label `start`. */
  readonly children?: ReactNode
}

/** A button that starts one run of a workflow and key, and is blocked and says so while one is active in any tab. */
export function StartButton<W extends WorkflowName>(props: StartButtonProps<W>): ReactNode {
  const { workflow, runKey, input, onStart, locale = 'en', labels: own, className, children } = props
  const { start, blocked, error } = useStartRun(workflow, { ...props, key: runKey })
  const labels = useMemo(() => controlLabelsFor(locale, own), [locale, own])
  const press = () => start(input).then((run) => run !== null && onStart?.(run))
  const said = blocked === null || blocked === 'unknown' ? (children ?? labels.start) : labels.started[blocked]
  return (
    <span className={`monofil-run-controls${className ? ` ${className}` : ''}`}>
      <ControlButton
        busy={blocked === 'starting'}
        why={blocked === null ? null : labels.started[blocked]}
        onClick={press}
      >
        {said}
      </ControlButton>
      {error !== null && (
        <span className="monofil-problem" role="alert">
          {labels.refused}: {error.message}
        </span>
      )}
    </span>
  )
}
