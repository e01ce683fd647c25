/** The same key press can arrive twice: npm passes a signal on that the terminal has sent to the whole group already. */
const SAME_PRESS_MS = 500

/** Listens to the signals that ask a process to stop; call `dispose` when there is nothing left to stop. */
export interface StopSignals {
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  dispose(): void
}

/**
 * The first SIGINT or SIGTERM aborts `signal`, so that the process can end in order; a second one calls
 * `exitNow`, which by default ends the process at once with exit code 1.
 */
export function listenForStop(
  target: Pick<NodeJS.Process, 'on' | 'off'> = process,
  exitNow: () => void = () => process.exit(1),
  now: () => number = () => performance.now(),
): StopSignals {
  const controller = new AbortController()
  let first: number | undefined
  const onSignal = (): void => {
    if (first === undefined) {
      first = now()
      controller.abort()
    } else if (now() - first >= SAME_PRESS_MS) {
      exitNow()
    }
  }
  target.on('SIGINT', onSignal)
  target.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    dispose() {
      target.off('SIGINT', onSignal)
      target.off('SIGTERM', onSignal)
    },
  }
}

/** Resolves when the signal aborts; at once if it has. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
