/** Time, as the core sees it. */
export interface Clock {
  /** Milliseconds since 1970, as people see it; may jump. */
  now(): number
  /** Milliseconds that never go back, for leases and time-outs. */
  monotonic(): number
  /** Calls back once after `ms`; answers the function that stops it. Does not keep the process alive. */
  after(ms: number, callback: () => void): () => void
}

/** Structured logging; the message is a constant, what varies is in `fields`. Never a token, never event data. */
export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** A source of randomness: a number in [0, 1). */
export type Random = () => number

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** A logger that says nothing. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
