/** So much in so much time; `burst` may come at once after a rest, the rest evenly spaced. */
export interface Rate {
  readonly count: number
  readonly perMs: number
  readonly burst: number
}

/** A limit that steps share by name, over runs, workflows and workers. */
export interface LimitPlan {
  readonly name: string
  readonly rate: Rate | null
  /** Items under it that run at once; null: any number. */
  readonly concurrency: number | null
}

/** What a limit has given out. Times are the store owner's monotonic ms. */
export interface LimitState {
  readonly running: number
  /** When the next slot of the rate begins: the generic cell rate algorithm's theoretical arrival time (ITU-T I.371). */
  readonly nextAt: number
  /** Nothing is given out before: somebody was told to come back later. */
  readonly blockedUntil: number
}

/** What a limit gives now. */
export interface Grant {
  /** When each may start, ascending, none before `now`. */
  readonly startsAt: readonly number[]
  readonly after: LimitState
  /** When asking again may give more; null: when something under it ends. */
  readonly againAt: number | null
}

/**
 * Up to `wanted` slots that begin within `aheadMs`, so that a fast rate needs no visit to the store for each. Starts are
 * never closer than the rate says: any window of `perMs` holds at most `count` of them beyond the burst.
 */
export function grant(
  limit: LimitPlan,
  state: LimitState,
  request: { readonly wanted: number; readonly now: number; readonly aheadMs: number },
): Grant {
  const { rate } = limit
  const { now, aheadMs } = request
  const free = limit.concurrency === null ? request.wanted : limit.concurrency - state.running
  const most = Math.max(0, Math.min(request.wanted, free))
  const startsAt: number[] = []
  const earliest = Math.max(now, state.blockedUntil)
  let { nextAt } = state
  while (startsAt.length < most) {
    const at = rate === null ? earliest : Math.max(earliest, nextAt - tolerance(rate))
    if (at > now + aheadMs) break
    startsAt.push(at)
    if (rate !== null) nextAt = Math.max(nextAt, at) + rate.perMs / rate.count
  }
  const after = { ...state, running: state.running + startsAt.length, nextAt }
  if (startsAt.length === request.wanted || (startsAt.length === most && most < request.wanted)) {
    return { startsAt, after, againAt: null }
  }
  const next = rate === null ? earliest : Math.max(earliest, nextAt - tolerance(rate))
  return { startsAt, after, againAt: Math.max(now, next - aheadMs) }
}

function tolerance({ count, perMs, burst }: Rate): number {
  return ((burst - 1) * perMs) / count
}
