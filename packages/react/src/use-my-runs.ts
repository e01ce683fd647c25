import type { Freshness } from '@monofil/client'
import { isTerminal, type MonofilError, type RunState } from '@monofil/protocol'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useClient } from './MonofilProvider.tsx'
import { newestFirst, nextSeen, type SeenRuns, withoutEnded } from './my-runs.ts'
import { useRuns } from './use-run.ts'
import { connected } from './use-watched.ts'

export interface UseMyRunsOptions {
  /** Whose runs. Left out: of the user the hub takes this page for, asked once. Null: all one may see. */
  readonly owner?: string | null | undefined
}

/** The reader's runs that are not over, and those that ended before the reader's eyes. */
export interface MyRuns {
  /** Not over, the newest first. */
  readonly active: readonly RunState[]
  /** Ended since this is on the page, the newest first; each until it is dismissed. */
  readonly ended: readonly RunState[]
  /** Forgets a run that ended; without an id, all of them. */
  readonly dismiss: (id?: string) => void
  /** Nothing known yet. */
  readonly isLoading: boolean
  readonly isConnected: boolean
  readonly freshness: Freshness
  readonly error: MonofilError | null
}

const NONE: SeenRuns = new Map()

/**
 * Follows the topic `runs`, and so the 50 newest runs one may see: older ones are not among them, also while they
 * still run. What ended is known to this page only; a reload forgets it.
 */
export function useMyRuns({ owner }: UseMyRunsOptions = {}): MyRuns {
  const view = useRuns()
  const known = useOwner(owner)
  const { runs } = view
  const [seen, setSeen] = useState(NONE)
  const isKnown = known !== undefined && view.status === 'ready'
  useEffect(() => {
    if (isKnown) setSeen((before) => nextSeen(before, runs, known))
  }, [isKnown, runs, known])
  const dismiss = useCallback((id?: string) => {
    // As `onClick={dismiss}` it is handed an event.
    setSeen((before) => withoutEnded(before, typeof id === 'string' ? id : null))
  }, [])
  return useMemo(() => {
    const all = newestFirst(seen.values())
    return {
      active: all.filter(({ status }) => !isTerminal(status)),
      ended: all.filter(({ status }) => isTerminal(status)),
      dismiss,
      isLoading: !isKnown && view.error === null,
      isConnected: connected(view),
      freshness: view.freshness,
      error: view.error,
    }
  }, [seen, dismiss, isKnown, view])
}

/** Whose runs are meant; undefined until the hub has said who this is. It is asked again with the next connection. */
function useOwner(given: string | null | undefined): string | null | undefined {
  const client = useClient()
  const { status } = useRuns()
  const [user, setUser] = useState<string>()
  const isReady = status === 'ready'
  useEffect(() => {
    if (given !== undefined || !isReady) return
    let isOver = false
    client.api.session().then(
      (session) => !isOver && setUser(session.user),
      () => {},
    )
    return () => {
      isOver = true
    }
  }, [client, given, isReady])
  return given === undefined ? user : given
}
