import type { LogLine } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useCallback, useEffect, useMemo, useReducer } from 'react'
import { mergeLogs } from './merge-logs.ts'

interface Fetched {
  readonly lines: readonly LogLine[]
  readonly cursor: string | null
  readonly state: 'loading' | 'more' | 'end' | 'failed'
  readonly error: Error | null
}

const NOTHING: Fetched = { lines: [], cursor: null, state: 'loading', error: null }

/** What the log panel shows: lines read when it was opened, more on demand, and those that arrived since. */
export interface Logs {
  readonly lines: readonly LogLine[]
  readonly state: Fetched['state']
  readonly error: Error | null
  earlier(): void
}

/** The log of a run: opening it reads the newest lines once, since the stream brings only those written from now on. */
export function useLogs(runId: string, live: readonly LogLine[]): Logs {
  const { client } = useMonofil()
  const [fetched, change] = useReducer((known: Fetched, next: Partial<Fetched>) => ({ ...known, ...next }), NOTHING)
  const { cursor, lines } = fetched
  const load = useCallback(
    (from: string | null, known: readonly LogLine[]) => {
      let wanted = true
      change({ state: 'loading', error: null })
      client.api.runs.logs(runId, { limit: 200, ...(from !== null && { cursor: from }) }).then(
        (page) => {
          if (!wanted) return
          change({
            lines: [...known, ...page.items],
            cursor: page.nextCursor,
            state: page.nextCursor === null ? 'end' : 'more',
          })
        },
        (error: Error) => {
          if (wanted) change({ state: 'failed', error })
        },
      )
      return () => {
        wanted = false
      }
    },
    [client, runId],
  )
  useEffect(() => load(null, []), [load])
  const merged = useMemo(() => mergeLogs(lines, live), [lines, live])
  return { lines: merged, state: fetched.state, error: fetched.error, earlier: () => void load(cursor, lines) }
}
