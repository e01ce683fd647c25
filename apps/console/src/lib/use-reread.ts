import { useCallback, useEffect, useReducer, useRef } from 'react'

/** What was read last, and when (ms since 1970). An error leaves what was known. */
export interface Reread<T> {
  readonly value: T | null
  readonly readAt: number | null
  readonly error: Error | null
  readonly refresh: () => void
}

type Known<T> = Omit<Reread<T>, 'refresh'>

/** A reading that takes long is made less often: the hub works on it for at most a quarter of the time. */
const SHARE = 4
/** So long at most news wait for a reading that took long, or has not ended. */
const LONGEST_MS = 30_000

/**
 * Reads at once, when the reader comes back to the page, and when `reason` changes: then at most every `everyMs`, one at
 * a time. So a page is as new as the stream's news, and one where nothing happens makes no request. `read` must stay the
 * same function while it reads the same.
 */
export function useReread<T>(read: () => Promise<T>, reason: unknown, everyMs: number): Reread<T> {
  const [known, change] = useReducer((old: Known<T>, next: Partial<Known<T>>): Known<T> => ({ ...old, ...next }), {
    value: null,
    readAt: null,
    error: null,
  })
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const lastAt = useRef(0)
  const tookMs = useRef(0)
  const newest = useRef(0)
  const answered = useRef(0)
  const refresh = useCallback(() => {
    lastAt.current = Date.now()
    newest.current += 1
    const mine = newest.current
    // An answer that a later request has overtaken says nothing.
    const take = (next: Partial<Known<T>>) => {
      if (mine !== newest.current) return
      answered.current = mine
      tookMs.current = Date.now() - lastAt.current
      change(next)
    }
    read().then(
      (value) => take({ value, readAt: Date.now(), error: null }),
      (error: Error) => take({ error }),
    )
  }, [read])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the reason itself is not looked at
  useEffect(() => {
    if (timer.current !== undefined) return
    const dueInMs = () => {
      const ageMs = Date.now() - lastAt.current
      if (answered.current !== newest.current) return ageMs < LONGEST_MS ? everyMs : 0
      return Math.max(everyMs, Math.min(LONGEST_MS, SHARE * tookMs.current)) - ageMs
    }
    const look = () => {
      const inMs = dueInMs()
      timer.current = inMs > 0 ? setTimeout(look, inMs) : undefined
      if (inMs <= 0) refresh()
    }
    timer.current = setTimeout(look, Math.max(0, dueInMs()))
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
      // What is read next is something else: an answer on its way says nothing of it, and is not waited for.
      newest.current += 1
      answered.current = newest.current
      lastAt.current = tookMs.current = 0
    }
  }, [refresh])
  return { ...known, refresh }
}
