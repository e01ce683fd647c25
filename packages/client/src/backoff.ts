import type { Backoff } from './options.ts'

/** `Backoff` with its defaults filled in. */
export interface BackoffSettings {
  readonly minMs: number
  readonly baseMs: number
  readonly maxMs: number
  readonly jitter: boolean
  readonly stableMs: number
}

/** Fills in the defaults. */
export function backoffSettings(backoff: Backoff = {}): BackoffSettings {
  const { minMs = 250, baseMs = 1000, maxMs = 30_000, jitter = true, stableMs = 10_000 } = backoff
  return { minMs, baseMs, maxMs, jitter, stableMs }
}

/** An hour: what a server may ask for at most, so that a slip in its configuration does not lose a page for good. */
const LONGEST_FLOOR_MS = 3_600_000

/**
 * How long to wait after `failures` failed attempts in a row (1 or more): full jitter, since equal waits bring all
 * clients back at the same moment. `floorMs` is what the server asked for (`Retry-After`, `goodbye`, a long
 * `retry:`): the wait is never shorter, and the jitter comes on top, because all clients were told the same.
 */
export function backoffDelay(
  failures: number,
  floorMs: number,
  random: () => number,
  settings: BackoffSettings,
): number {
  const { minMs, baseMs, maxMs, jitter } = settings
  const cap = Math.max(minMs, Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 30)))
  const floor = Math.min(floorMs, LONGEST_FLOOR_MS)
  if (!jitter) return Math.max(floor, cap)
  return floor > 0 ? floor + random() * cap : minMs + random() * (cap - minMs)
}
