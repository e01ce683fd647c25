import { useCallback, useLayoutEffect, useRef } from 'react'

/** A callback that stays the same and calls the newest one: for what must not render again because of it. */
export function useStable<Args extends readonly unknown[], T>(callback: (...args: Args) => T): (...args: Args) => T {
  const newest = useRef(callback)
  useLayoutEffect(() => {
    newest.current = callback
  })
  return useCallback((...args: Args) => newest.current(...args), [])
}
