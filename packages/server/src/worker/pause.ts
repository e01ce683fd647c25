import type { Clock } from '../seams/system.ts'

/** Resolves after `ms`, or as soon as the signal aborts. */
export function abortable(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stop = clock.after(ms, done)
    function done(): void {
      signal.removeEventListener('abort', done)
      stop()
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
