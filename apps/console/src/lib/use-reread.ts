import { useCallback, useEffect, useReducer, useRef } from 'react'

/** What was read last, and when (ms since 1970). An error leaves what was known. */
export interface Reread<T> {
  readonly value: T | null
  readonly readAt: number | null
  readonly error: Error | null
  readonly refresh: () => void
}

type Known<T> = Omit<Reread<T>, 'refresh'>

/**
 * Reads at once, when the reader comes back to the page, and when `reason` changes: then at most every `everyMs`. So a
 * page is as new as the stream's news, and one where nothing happens makes no request. `read` must stay the same
 * function while it reads the same.
 */
export function useReread<T>(read: () => Promise<T>, reason: unknown, everyMs: number): Reread<T> {
  const [known, change] = useReducer((old: Known<T>, next: Partial<Known<T>>): Known<T> => ({ ...old, ...next }), {
    value: null,
    readAt: null,
    error: null,
  })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const lastAt = useRef(0)
  const newest = useRef(0)
  const refresh = useCallback(() => {
    lastAt.current = Date.now()
    newest.current += 1
    const mine = newest.current
    // An answer that a later request has overtaken says nothing.
    const take = (next: Partial<Known<T>>) => mine === newest.current && change(next)
    read().then(
      (value) => take({ value, readAt: Date.now(), error: null }),
      (error: Error) => take({ error }),
    )
  }, [read])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the reason itself is not looked at
  useEffect(() => {
    if (timer.current !== undefined) return
    timer.current = setTimeout(
      () => {
        timer.current = undefined
        refresh()
      },
      Math.max(0, lastAt.current + everyMs - Date.now()),
    )
  }, [reason, refresh, everyMs])
  useEffect(() => {
    const onVisible = () => {
      if (document.visibilityState === 'visible') refresh()
    }
    document.addEventListener('visibilitychange', onVisible)
    return () => {
      document.removeEventListener('visibilitychange', onVisible)
      clearTimeout(timer.current)
      timer.current = undefined
      lastAt.current = 0
    }
  }, [refresh])
  return { ...known, refresh }
}
