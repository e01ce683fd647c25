import type { Overview, Schedule } from '@monofil/protocol'
import { isTerminal, type RunState } from '@monofil/protocol'
import { useMonofil, useRuns, useStatus } from '@monofil/react'
import { useCallback, useMemo } from 'react'
import { mergeRuns } from './merge-runs.ts'
import { type Reread, useReread } from './use-reread.ts'

/** How many hours of throughput are shown. */
export const OVERVIEW_HOURS = 6
const EVERY_MS = 2000
const LISTED = 10

/** What was read for the overview. */
interface OverviewData {
  readonly overview: Overview
  /** Those that start something next. */
  readonly schedules: readonly Schedule[]
}

/** The overview as last read, and the runs that are not over as they are now. */
export interface LiveOverview extends Reread<OverviewData> {
  readonly active: readonly RunState[]
  readonly isStale: boolean
}

/** Read again when the stream tells of runs, at most every two seconds; the runs themselves are live. */
export function useOverview(): LiveOverview {
  const { client } = useMonofil()
  const view = useRuns()
  const { running } = useStatus()
  const read = useCallback(async (): Promise<OverviewData> => {
    const [overview, { items }] = await Promise.all([
      client.api.overview({ hours: OVERVIEW_HOURS }),
      client.api.schedules.list({ limit: 200 }),
    ])
    return { overview, schedules: nextOf(items) }
  }, [client])
  const reason = useMemo(() => ({ runs: view.runs, running, live: view.freshness === 'live' }), [view, running])
  const reread = useReread(read, reason, EVERY_MS)
  const known = reread.value?.overview.active
  const active = useMemo(
    () =>
      mergeRuns(view.runs, known ?? [])
        .filter(({ status }) => !isTerminal(status))
        .slice(0, LISTED),
    [view.runs, known],
  )
  return { ...reread, active, isStale: view.freshness === 'stale' && reread.value !== null }
}

/** Active schedules, the next one first, at most five. */
export function nextOf(schedules: readonly Schedule[]): readonly Schedule[] {
  return schedules
    .filter(({ status, nextAt }) => status === 'active' && nextAt !== null)
    .toSorted((a, b) => (a.nextAt ?? '').localeCompare(b.nextAt ?? ''))
    .slice(0, 5)
}
