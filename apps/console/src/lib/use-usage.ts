import type { MonofilClient } from '@monofil/client'
import type { UsageDimension, UsageRow } from '@monofil/protocol'
import { useMonofil, useRuns } from '@monofil/react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

/** What was used in a time, by each of what the page shows. */
export interface UsageKnown {
  readonly days: readonly UsageRow[]
  readonly models: readonly UsageRow[]
  readonly workflows: readonly UsageRow[]
  /** Whether there is more than was read. */
  readonly isCut: boolean
}

export interface UsageReading {
  readonly known: UsageKnown | null
  readonly error: Error | null
  readonly isStale: boolean
  readonly refresh: () => void
}

const PAGE = 200
const MAX_PAGES = 10
/** Runs that spend tell it up to ten times a second; sums are read again once in so long. */
const AGAIN_MS = 1000

/** Read when the page opens, when a run in sight has spent something, and when the stream is back: no page polls. */
export function useUsage(days: number): UsageReading {
  const { client } = useMonofil()
  const view = useRuns()
  const mark = useMemo(
    () => view.runs.map(({ usage }) => `${usage.tokens ?? ''} ${usage.cost ?? ''}`).join(),
    [view.runs],
  )
  const [known, setKnown] = useState<{ readonly days: number; readonly value: UsageKnown } | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const newest = useRef(0)
  const refresh = useCallback(() => {
    newest.current += 1
    const mine = newest.current
    readAll(client, days).then(
      (value) => {
        if (mine !== newest.current) return
        setKnown({ days, value })
        setError(null)
      },
      (failure: Error) => mine === newest.current && setError(failure),
    )
  }, [client, days])
  useEffect(refresh, [refresh])
  const isLive = view.freshness === 'live'
  const before = useRef(mark)
  useEffect(() => {
    if (!isLive || before.current === mark) return
    before.current = mark
    const timer = setTimeout(refresh, AGAIN_MS)
    return () => clearTimeout(timer)
  }, [isLive, mark, refresh])
  const value = known?.days === days ? known.value : null
  return { known: value, error, isStale: view.freshness === 'stale' && value !== null, refresh }
}

async function readAll(client: MonofilClient, days: number): Promise<UsageKnown> {
  const read = (by: UsageDimension) => readPages(client, days, by)
  const [day, model, workflow] = await Promise.all([read('day'), read('model'), read('workflow')])
  return {
    days: day.rows,
    models: model.rows,
    workflows: workflow.rows,
    isCut: day.isCut || model.isCut || workflow.isCut,
  }
}

async function readPages(client: MonofilClient, days: number, by: UsageDimension) {
  const rows: UsageRow[] = []
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { items, nextCursor } = await client.api.usage({ days, by, limit: PAGE, cursor })
    rows.push(...items)
    if (nextCursor === null) return { rows, isCut: false }
    cursor = nextCursor
  }
  return { rows, isCut: true }
}
