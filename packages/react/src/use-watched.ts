import type { ViewMeta, Watched } from '@monofil/client'
import { useCallback, useSyncExternalStore } from 'react'

/** Renders with what is watched; on a server, and in the first render after it, with what is known before anything, or `onServer`. */
export function useWatched<T>(watched: Watched<T>, onServer?: () => T): T {
  const subscribe = useCallback((onChange: () => void) => watched.subscribe(onChange), [watched])
  const get = useCallback(() => watched.get(), [watched])
  const initial = useCallback(() => watched.initial(), [watched])
  return useSyncExternalStore(subscribe, get, onServer ?? initial)
}

/** What does not change: for hooks that are told to follow nothing. */
export function still<T>(view: T): Watched<T> {
  return { get: () => view, initial: () => view, subscribe: () => () => {} }
}

/** Whether what a view shows is true now, or about to be. */
export function connected({ status, freshness }: ViewMeta): boolean {
  return status === 'ready' && freshness !== 'stale'
}
