import type { ModelStatus } from '@monofil/example-models'
import { useEffect, useState } from 'react'
import type { Shop } from '../src/page.ts'

/** What runs are started with, from the page's own server; null until it is there. */
export function useShop(): Shop | null {
  return useFetched<Shop>('/api/shop')
}

/** What the page's server knows of the model; null until it is there. */
export function useModel(): ModelStatus | null {
  return useFetched<ModelStatus>('/api/model')
}

function useFetched<T>(path: string): T | null {
  const [value, setValue] = useState<T | null>(null)
  useEffect(() => {
    const abort = new AbortController()
    fetch(path, { signal: abort.signal })
      .then((response) => (response.ok ? (response.json() as Promise<T>) : null))
      .then(setValue, () => {})
    return () => abort.abort()
  }, [path])
  return value
}
