import { type ReactNode, useMemo, useState } from 'react'
import { formatFor } from '../format.ts'
import type { WorkflowName } from '../register.ts'
import { useRun } from '../use-run.ts'
import { GraphCanvas } from './GraphCanvas.tsx'
import { type GraphLabels, graphLabelsFor } from './graph-labels.ts'
import { StepRows } from './StepRows.tsx'
import type { GraphRun } from './shape.ts'
import type { Telling } from './words.ts'

/** Either a run, which the application has, or the id of one to follow. */
export type RunGraphProps = {
  /** The step that is marked. */
  readonly chosen?: string | undefined
  /** Told the name of the step that was pressed. Without it the boxes can be read, not pressed. */
  readonly onChoose?: ((step: string) => void) | undefined
  /** Of numbers and words. Default `en`. */
  readonly locale?: string | undefined
  readonly labels?: Partial<GraphLabels> | undefined
  readonly className?: string | undefined
} & ({ readonly run: GraphRun; readonly runId?: undefined } | { readonly runId: string; readonly run?: undefined })

/**
 * A run's steps as a graph from left to right, live: each with state, counts and what it waits for, the arrows with
 * how much of it. Needs `@xyflow/react`, `@monofil/react/styles.css` and `@monofil/react/graph.css`.
 */
export function RunGraph({ run, runId, locale = 'en', labels: own, ...rest }: RunGraphProps): ReactNode {
  const telling = useMemo<Telling>(
    () => ({ labels: graphLabelsFor(locale, own), format: formatFor(locale), names: new Intl.ListFormat(locale) }),
    [locale, own],
  )
  if (run !== undefined) return <Steps run={run} telling={telling} {...rest} />
  return <Followed runId={runId} telling={telling} {...rest} />
}

type ShownProps = Pick<RunGraphProps, 'chosen' | 'onChoose' | 'className'> & { readonly telling: Telling }

function Followed({ runId, ...rest }: ShownProps & { readonly runId: string }): ReactNode {
  const { run, error } = useRun<WorkflowName>(runId)
  const { labels } = rest.telling
  if (run !== null) return <Steps run={run} {...rest} />
  if (error === null) return <p className="monofil-graph monofil-graph-wait">{labels.loading}</p>
  return (
    <p className="monofil-graph monofil-problem" role="alert">
      {labels.failedToLoad}: {error.message}
    </p>
  )
}

function Steps({ run, telling, chosen, onChoose, className }: ShownProps & { readonly run: GraphRun }): ReactNode {
  const [isList, setList] = useState(false)
  const { labels } = telling
  const name = labels.name(run.workflow)
  const shown = { name, steps: run.steps, telling, chosen, onChoose }
  return (
    <section className={`monofil-graph${className ? ` ${className}` : ''}`} aria-label={name}>
      {run.steps.length === 0 ? (
        <p className="monofil-graph-wait">{labels.none}</p>
      ) : (
        <>
          <button type="button" className="monofil-graph-switch" onClick={() => setList(!isList)}>
            {isList ? labels.graph : labels.list}
          </button>
          {isList ? <StepRows {...shown} /> : <GraphCanvas key={run.id} {...shown} />}
        </>
      )}
    </section>
  )
}
