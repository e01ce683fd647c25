import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

/** Sets parameters of the URL; an empty value removes one. */
export type ChangeUrl = (next: Readonly<Record<string, string>>) => void

/** The URL's parameters and a way to change some, without a new entry in the browser's history. */
export function useUrlChange(): readonly [URLSearchParams, ChangeUrl] {
  const [params, setParams] = useSearchParams()
  const change: ChangeUrl = useCallback(
    (next) => {
      setParams(
        (known) => {
          for (const [name, value] of Object.entries(next)) {
            if (value === '') known.delete(name)
            else known.set(name, value)
          }
          return known
        },
        { replace: true, preventScrollReset: true },
      )
    },
    [setParams],
  )
  return [params, change]
}
