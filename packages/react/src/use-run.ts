import { ItemList, NOTHING, type RunsView, type RunView } from '@monofil/client'
import type { Run } from '@monofil/protocol'
import { useMemo } from 'react'
import { useClient } from './MonofilProvider.tsx'
import type { WorkflowInput, WorkflowName, WorkflowResult } from './register.ts'
import { still, useWatched } from './use-watched.ts'

/** A `RunView` whose input and result have the types of a registered workflow. */
export type TypedRunView<W extends string> = Omit<RunView, 'run'> & {
  readonly run: (Omit<Run, 'input' | 'result'> & { input: WorkflowInput<W>; result: WorkflowResult<W> }) | null
}

const UNKNOWN: RunView = { ...NOTHING, id: '', run: null, items: new ItemList(), logs: [], gap: null }

/** A run, live. Without an id nothing is watched and the view stays `loading`. */
export function useRun<W extends WorkflowName = WorkflowName>(id: string | null | undefined): TypedRunView<W> {
  const client = useClient()
  const watched = useMemo(() => (id ? client.run(id) : still(UNKNOWN)), [client, id])
  return useWatched(watched) as TypedRunView<W>
}

/** The newest 50 runs one may see, live, newest first. */
export function useRuns(): RunsView {
  const client = useClient()
  return useWatched(useMemo(() => client.runs(), [client]))
}
