import type { LogLine } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react'
import { tailAfter } from './merge-logs.ts'

interface Read {
  readonly lines: readonly LogLine[]
  readonly cursor: string | null
  readonly state: 'loading' | 'more' | 'end' | 'failed'
  readonly error: Error | null
}

const NOTHING: Read = { lines: [], cursor: null, state: 'loading', error: null }
const PAGE = 200
const PAGES_AT_ONCE = 10

/**
 * What the log panel shows: `read` from the beginning, then, unless `state` is `end`, lines that were not read yet, then
 * the `tail` that arrived while the page was open.
 */
export interface Logs {
  readonly read: readonly LogLine[]
  readonly tail: readonly LogLine[]
  readonly state: Read['state']
  readonly error: Error | null
  /** Reads on, up to 2,000 lines. */
  more(): void
}

/** The log of a run: opening it reads what was written before, since the stream brings only what is written from now on. */
export function useLogs(runId: string, live: readonly LogLine[]): Logs {
  const { client } = useMonofil()
  const [known, change] = useReducer((old: Read, next: Partial<Read>): Read => ({ ...old, ...next }), NOTHING)
  const { cursor, lines } = known
  const turn = useRef(0)
  const load = useCallback(
    async (from: string | null, before: readonly LogLine[]) => {
      turn.current += 1
      const mine = turn.current
      change({ state: 'loading', error: null })
      let place = from
      let all = before
      try {
        for (let page = 0; page < PAGES_AT_ONCE; page += 1) {
          const next = await client.api.runs.logs(runId, { limit: PAGE, ...(place !== null && { cursor: place }) })
          if (turn.current !== mine) return
          all = [...all, ...next.items]
          place = next.nextCursor
          change({ lines: all, cursor: place })
          if (place === null) break
        }
        change({ state: place === null ? 'end' : 'more' })
      } catch (error) {
        if (turn.current === mine) change({ state: 'failed', error: error as Error })
      }
    },
    [client, runId],
  )
  useEffect(() => {
    void load(null, [])
    return () => {
      turn.current += 1
    }
  }, [load])
  const tail = useMemo(() => tailAfter(lines, live), [lines, live])
  return { read: lines, tail, state: known.state, error: known.error, more: () => void load(cursor, lines) }
}
