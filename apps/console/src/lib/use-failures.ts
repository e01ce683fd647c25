import type { FailureGroup, Item, Run } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useCallback, useMemo, useState } from 'react'
import { groupFailed, groupFailedAtOnce } from './failure-groups.ts'
import type { Task } from './piecework.ts'
import { usePiecework } from './use-piecework.ts'
import { useReread } from './use-reread.ts'

type Groups = readonly FailureGroup[]

/** Up to so many items are grouped while rendering. */
const AT_ONCE = 2000
/** Of more failed items than this the hub is asked for the groups. */
const MANY = 2000
/** How often, at most. */
const EVERY_MS = 2000
/** One id is enough to show a lone item; 1,000 of each of 500 groups would be megabytes each time. */
const NAMED = { items: 1 }

const GROUPING: Task<readonly Item[], Groups> = { begin: groupFailed, isUrgent: () => false }

/** Failures as the page groups them; null while a long list is gone through for the first time, and without a list. */
export function usePageFailures(list: readonly Item[] | null): Groups | null {
  const isLong = list !== null && list.length > AT_ONCE
  const done = usePiecework(isLong ? list : null, GROUPING)
  const atOnce = useMemo(() => (list === null || isLong ? null : groupFailedAtOnce(list)), [list, isLong])
  return atOnce ?? done
}

/** What is known of a run's failures. `error`: the hub could not be asked; what was known stays. */
interface Failures {
  readonly groups: Groups | null
  readonly error: Error | null
  readonly refresh: () => void
}

/** Failures of a live run: few are grouped here, at once; many by the hub, again when the run has news. */
export function useFailures(run: Run, list: readonly Item[]): Failures {
  const { client } = useMonofil()
  const isMany = run.counts.failed > MANY
  const read = useCallback(
    async (): Promise<Groups | null> => (isMany ? (await client.api.runs.failures(run.id, NAMED)).items : null),
    [client, run.id, isMany],
  )
  const { value, error, refresh } = useReread(read, isMany ? run.offset : null, EVERY_MS)
  const own = usePageFailures(isMany ? null : list)
  const groups = isMany ? value : own
  // Where few become many, or many few, the groups stay until those of the other are there.
  const [last, keep] = useState<Groups | null>(null)
  if (groups !== null && groups !== last) keep(groups)
  return { groups: groups ?? last, error, refresh }
}
