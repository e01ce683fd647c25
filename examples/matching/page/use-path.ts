import { useCallback, useEffect, useState } from 'react'

/** The id of the run in the address, and how to show another one; null: the newest. */
export function useRunInPath(): readonly [string | null, (id: string | null) => void] {
  const [id, setId] = useState(runInPath)
  useEffect(() => {
    const follow = () => setId(runInPath())
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [])
  const show = useCallback((next: string | null) => {
    history.pushState(null, '', next === null ? '/' : `/runs/${encodeURIComponent(next)}`)
    setId(next)
  }, [])
  return [id, show]
}

function runInPath(): string | null {
  const found = /^\/runs\/([^/]+)$/.exec(location.pathname)?.[1]
  return found === undefined ? null : decodeURIComponent(found)
}
