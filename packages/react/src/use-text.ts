import { NOTHING } from '@monofil/client'
import { type TextView, watchText } from '@monofil/client/text'
import { useMemo } from 'react'
import { useClient } from './MonofilProvider.tsx'
import { still, useWatched } from './use-watched.ts'

export interface UseTextOptions {
  /** Which of the item's texts; `text` when left out. */
  readonly name?: string | undefined
  /** Left out: the first step that has such an item and text. */
  readonly step?: string | undefined
}

const UNKNOWN: TextView = { ...NOTHING, text: '', done: false, cut: false, attempt: 0 }

/** What an item says, live: so far, then as it is said. Without a run or item nothing is watched. */
export function useText(
  runId: string | null | undefined,
  item: string | null | undefined,
  { name, step }: UseTextOptions = {},
): TextView {
  const client = useClient()
  const watched = useMemo(
    () => (runId && item ? watchText(client, runId, { item, name, step }) : still(UNKNOWN)),
    [client, runId, item, name, step],
  )
  return useWatched(watched)
}
