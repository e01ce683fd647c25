import type { Schedule } from '@monofil/protocol'
import { useMonofil, useRuns } from '@monofil/react'
import { useCallback, useEffect, useMemo, useReducer, useRef } from 'react'
import { marksOf, readAgainIn } from './schedule-times.ts'

/** The schedules as they were when last read. */
export interface Schedules {
  readonly rows: readonly Schedule[] | null
  readonly hasMore: boolean
  readonly error: Error | null
  /** The stream is gone: what is shown is the last that was known. */
  readonly isStale: boolean
  readonly refresh: () => void
  readonly more: () => void
}

interface Known {
  readonly rows: readonly Schedule[] | null
  readonly hasMore: boolean
  readonly error: Error | null
  readonly pages: number
}

const NOTHING: Known = { rows: null, hasMore: false, error: null, pages: 1 }
const PAGE = 100

/**
 * Read when the page opens or the reader comes back to it, when a run of a schedule begins or ends (topic `runs`), and
 * once after the next tick: no page polls.
 */
export function useSchedules(): Schedules {
  const { client } = useMonofil()
  const view = useRuns()
  const marks = useMemo(() => marksOf(view.runs), [view.runs])
  const [known, change] = useReducer((old: Known, next: Partial<Known>): Known => ({ ...old, ...next }), NOTHING)
  const { pages } = known
  const newest = useRef(0)
  const refresh = useCallback(() => {
    newest.current += 1
    const mine = newest.current
    // An answer that a later request has overtaken says nothing.
    const take = (next: Partial<Known>) => mine === newest.current && change(next)
    readPages(client.api.schedules.list, pages).then(
      ({ rows, hasMore }) => take({ rows, hasMore, error: null }),
      (error: Error) => take({ error }),
    )
  }, [client, pages])
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the runs tell, and a stream that is back, are reasons to read again
  useEffect(refresh, [refresh, marks, view.freshness === 'live'])
  useEffect(() => {
    const onVisible = () => {
      if (document.visibilityState === 'visible') refresh()
    }
    document.addEventListener('visibilitychange', onVisible)
    return () => document.removeEventListener('visibilitychange', onVisible)
  }, [refresh])
  useEffect(() => {
    const wait = readAgainIn(known.rows ?? [], Date.now())
    if (wait === null) return
    const timer = setTimeout(() => document.visibilityState === 'visible' && refresh(), wait)
    return () => clearTimeout(timer)
  }, [known.rows, refresh])
  const { rows, hasMore, error } = known
  const more = () => change({ pages: pages + 1 })
  return { rows, hasMore, error, isStale: view.freshness === 'stale' && rows !== null, refresh, more }
}

type List = (query: { limit: number; cursor?: string | undefined }) => Promise<{
  readonly items: readonly Schedule[]
  readonly nextCursor: string | null
}>

async function readPages(list: List, pages: number): Promise<{ rows: readonly Schedule[]; hasMore: boolean }> {
  const rows: Schedule[] = []
  let cursor: string | undefined
  for (let page = 0; page < pages; page += 1) {
    const { items, nextCursor } = await list({ limit: PAGE, cursor })
    rows.push(...items)
    if (nextCursor === null) return { rows, hasMore: false }
    cursor = nextCursor
  }
  return { rows, hasMore: true }
}
