import type { RunState } from '@monofil/protocol'
import { useMonofil } from '@monofil/react'
import { useCallback, useEffect, useReducer, useRef } from 'react'
import { isEmptyFilter, type RunFilter } from './run-filter.ts'
import { EMPTY_HISTORY, nextHistory, type RunHistory } from './run-history.ts'

const TYPING_MS = 250

/** Whether it has fields that one types letter by letter. */
function isTyped({ q, tag, owner, key }: RunFilter): boolean {
  return [q, tag, owner, key].some((text) => text !== '')
}

/**
 * Pages of older runs, by list calls that the reader's own acts cause: choosing a filter reads its first page, and
 * `older` the next. Without a filter nothing is read until `older`, since the live runs are already here.
 */
export function useRunHistory(
  live: readonly RunState[],
  filter: RunFilter,
): { readonly history: RunHistory; older(): void } {
  const { client } = useMonofil()
  const [history, dispatch] = useReducer(nextHistory, EMPTY_HISTORY)
  const key = JSON.stringify(filter)
  const current = useRef(key)
  const previous = useRef(live)

  useEffect(() => {
    if (previous.current === live) return
    dispatch({ kind: 'live', before: previous.current, after: live })
    previous.current = live
  }, [live])

  const load = useCallback(
    (query: { cursor?: string; until?: string }) => {
      const asked: RunFilter = JSON.parse(key)
      dispatch({ kind: 'loading' })
      const q = asked.q.trim()
      client.api.runs
        .list({
          limit: 50,
          ...(asked.status.length > 0 && { status: asked.status }),
          ...(asked.workflow !== '' && { workflow: asked.workflow }),
          ...(q !== '' && { q }),
          ...(asked.tag !== '' && { tag: asked.tag }),
          ...(asked.owner !== '' && { owner: asked.owner }),
          ...(asked.key !== '' && { key: asked.key }),
          ...(asked.since !== '' && { since: asked.since }),
          ...(asked.until !== '' && { until: asked.until }),
          ...query,
        })
        .then(
          (page) => {
            if (current.current !== key) return
            dispatch({ kind: 'page', runs: page.items, cursor: page.nextCursor, at: Date.now() })
          },
          (error: Error) => {
            if (current.current === key) dispatch({ kind: 'failed', error })
          },
        )
    },
    [client, key],
  )

  useEffect(() => {
    current.current = key
    dispatch({ kind: 'reset' })
    const asked: RunFilter = JSON.parse(key)
    if (isEmptyFilter(asked)) return undefined
    const timer = setTimeout(() => load({}), isTyped(asked) ? TYPING_MS : 0)
    return () => clearTimeout(timer)
  }, [key, load])

  const oldest = live.at(-1)?.createdAt
  const older = () => {
    if (history.cursor !== null) load({ cursor: history.cursor })
    else if (isEmptyFilter(filter) && oldest !== undefined) load({ until: oldest })
    else load({})
  }
  return { history, older }
}
