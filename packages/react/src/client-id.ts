import { MonofilError } from '@monofil/protocol'
import { useCallback, useRef } from 'react'

/** A new id for what this page makes; `crypto.randomUUID` is missing on plain http. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15))
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')
}

/**
 * Calls with an id of this page's making. A call whose answer was lost keeps its id for the next one with the same
 * body, so that what the hub may have done already is answered and not done again.
 */
export function useSteadyId(): <T>(body: string, call: (id: string) => Promise<T>) => Promise<T> {
  const kept = useRef<{ readonly body: string; readonly id: string } | null>(null)
  return useCallback(async (body, call) => {
    const id = kept.current?.body === body ? kept.current.id : newId()
    kept.current = { body, id }
    try {
      const made = await call(id)
      kept.current = null
      return made
    } catch (error) {
      if (MonofilError.is(error) && error.status < 500) kept.current = null
      throw error
    }
  }, [])
}
