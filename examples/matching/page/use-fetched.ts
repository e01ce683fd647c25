import { useCallback, useEffect, useState } from 'react'

/** What a route of the page's server answered. */
export interface Fetched<T> {
  /** Null before the first answer. */
  readonly data: T | null
  readonly failed: boolean
  readonly isLoading: boolean
  readonly again: () => void
}

/** Asks a route, and again whenever `when` changes or `again` is called. What was known stays until it is replaced. */
export function useFetched<T>(path: string, when: unknown = null): Fetched<T> {
  const [state, setState] = useState<Omit<Fetched<T>, 'again'>>({ data: null, failed: false, isLoading: true })
  const [asked, ask] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `when` and `asked` say when, not what
  useEffect(() => {
    const stop = new AbortController()
    setState((before) => ({ ...before, isLoading: true }))
    fetch(path, { signal: stop.signal })
      .then((response) => {
        if (!response.ok) throw new Error(`${path} answered ${response.status}`)
        return response.json() as Promise<T>
      })
      .then(
        (data) => setState({ data, failed: false, isLoading: false }),
        () => {
          if (!stop.signal.aborted) setState((before) => ({ ...before, failed: true, isLoading: false }))
        },
      )
    return () => stop.abort()
  }, [path, when, asked])
  const again = useCallback(() => ask((count) => count + 1), [])
  return { ...state, again }
}
