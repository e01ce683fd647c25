import type { Api } from '@monofil/client'
import { MonofilError, type Run, type RunAction, type RunState } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useState } from 'react'

/** The controls of one run as a page uses them. */
export interface RunControls {
  /** What was asked for and is not answered yet. */
  readonly busy: RunAction | null
  /** Why the last one was refused; null once another was asked for. */
  readonly error: Error | null
  /** Whether the hub said that this reader may not control the run. */
  readonly isForbidden: boolean
  readonly pause: (options?: { readonly hard?: boolean }) => void
  readonly resume: () => void
  readonly cancel: (options?: { readonly force?: boolean }) => void
  readonly retry: (items?: readonly string[]) => void
  readonly rerun: () => void
}

/** Asks for one control at a time; what it did is seen on the stream, like everybody else's. */
export function useRunControls(run: Pick<RunState, 'id'>, onStarted: (made: Run) => void): RunControls {
  const { client } = useMonofil()
  const [busy, setBusy] = useState<RunAction | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const ask = (action: RunAction, call: (runs: Api['runs']) => Promise<Run>) => {
    if (busy !== null) return
    setBusy(action)
    setError(null)
    call(client.api.runs)
      .then((answer) => action === 'rerun' && onStarted(answer), setError)
      .finally(() => setBusy(null))
  }
  const { id } = run
  return {
    busy,
    error,
    isForbidden: MonofilError.is(error) && error.code === 'forbidden',
    pause: (options) => ask('pause', (runs) => runs.pause(id, options)),
    resume: () => ask('resume', (runs) => runs.resume(id)),
    cancel: (options) => ask('cancel', (runs) => runs.cancel(id, options)),
    retry: (items) => ask('retry', (runs) => runs.retry(id, { items })),
    rerun: () => ask('rerun', (runs) => runs.rerun(id)),
  }
}
