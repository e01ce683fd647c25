/** A stream that text is written to; a terminal says so and tells its width. */
export type Out = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/** Time, as what draws needs it. */
export interface ScreenClock {
  /** Monotonic milliseconds. */
  now(): number
  /** Calls back once after `ms`; answers the function that stops it. */
  after(ms: number, callback: () => void): () => void
}

/** The machine's clock. Its timers keep the process alive: what is being shown is not over. */
export const screenClock: ScreenClock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}
