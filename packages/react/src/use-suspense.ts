import type { TopicView, ViewMeta, Watched } from '@monofil/client'
import { useMemo } from 'react'
import { useClient, usePending } from './MonofilProvider.tsx'
import type { TopicData, TopicName, WorkflowName } from './register.ts'
import type { TypedRunView } from './use-run.ts'
import { useWatched } from './use-watched.ts'

/** A run of which something is known. */
export type KnownRunView<W extends string> = Omit<TypedRunView<W>, 'run'> & {
  readonly run: NonNullable<TypedRunView<W>['run']>
}

/**
 * A run, live, for use under `<Suspense>`: waits until it is known, and throws to the error boundary when it is not
 * there or refused. On a server the nearest fallback is rendered.
 */
export function useSuspenseRun<W extends WorkflowName = WorkflowName>(id: string): KnownRunView<W> {
  const client = useClient()
  return useKnown(useMemo(() => client.run(id), [client, id])) as KnownRunView<W>
}

/** The newest 100 events of a topic, live, for use under `<Suspense>`: waits until the hub has taken the topic. */
export function useSuspenseTopic<K extends TopicName>(
  topic: K,
  { cursor }: { readonly cursor?: string | undefined } = {},
): TopicView<TopicData<K>> {
  const client = useClient()
  return useKnown(useMemo(() => client.topic<TopicData<K>>(topic, { cursor }), [client, topic, cursor]))
}

function useKnown<V extends ViewMeta>(watched: Watched<V>): V {
  const pending = usePending()
  const view = useWatched(watched, unavailable)
  // Thrown rather than given to `use`, which React 18 does not have. A promise that never rejects cannot loop.
  if (view.status === 'loading') throw pending.wait(watched)
  // A view that is gone or refused always says why.
  if (view.status !== 'ready') throw view.error
  return view
}

/** React's way to say that something is the browser's alone: the server sends the fallback, the browser renders. */
function unavailable(): never {
  throw new Error('the server renders the fallback')
}
