import '@monofil/react/styles.css'
import '@monofil/react/graph.css'
import type { Run } from '@monofil/protocol'
import { RunGraph } from '@monofil/react/graph'
import { useTexts } from '../lib/context.ts'
import './GraphPanel.css'

interface GraphPanelProps {
  readonly run: Run
  readonly chosen: string
  readonly onChoose: (step: string) => void
}

/** The run's steps as a graph. In a file of its own, which is loaded when somebody looks. */
export function GraphPanel({ run, chosen, onChoose }: GraphPanelProps) {
  const { t, f } = useTexts()
  return (
    <div className="card graph-panel">
      <RunGraph
        run={run}
        chosen={chosen}
        onChoose={onChoose}
        locale={f.locale}
        labels={{ statuses: t.status, name: () => t.run.steps }}
      />
    </div>
  )
}
