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

/** A limit with what it has given out. */
export interface LimitRecord {
  readonly plan: LimitPlan
  state: LimitState
}

/** What limits give together. */
export interface Grant {
  /** When each may start, ascending, none before `now`. */
  readonly startsAt: readonly number[]
  /** The limit that stands in the way of more, and when asking again may help; null: when something under it ends. */
  readonly short: { readonly limit: string; readonly againAt: number | null } | null
}

/**
 * Up to `wanted` slots that all of the limits give, and that begin within `aheadMs`, so that a fast rate needs no visit
 * to the store for each; takes them from the limits. Starts under one limit are never closer than its rate says: any
 * window of `perMs` holds at most `count` of them beyond the burst.
 */
export function grant(
  limits: readonly LimitRecord[],
  request: { readonly wanted: number; readonly now: number; readonly aheadMs: number },
): Grant {
  const { wanted, now, aheadMs } = request
  const startsAt: number[] = []
  while (startsAt.length < wanted) {
    const full = limits.find(({ plan, state }) => plan.concurrency !== null && state.running >= plan.concurrency)
    if (full !== undefined) return { startsAt, short: { limit: full.plan.name, againAt: null } }
    let at = now
    let last: LimitRecord | null = null
    for (const limit of limits) {
      const earliest = earliestOf(limit)
      if (earliest <= at) continue
      at = earliest
      last = limit
    }
    if (last !== null && at > now + aheadMs) {
      return { startsAt, short: { limit: last.plan.name, againAt: at - aheadMs } }
    }
    startsAt.push(at)
    for (const limit of limits) limit.state = taken(limit, at)
  }
  return { startsAt, short: null }
}

function earliestOf({ plan: { rate }, state: { nextAt, blockedUntil } }: LimitRecord): number {
  // A burst may run ahead of the even spacing by so much.
  return rate === null ? blockedUntil : Math.max(blockedUntil, nextAt - ((rate.burst - 1) * rate.perMs) / rate.count)
}

function taken({ plan: { rate }, state }: LimitRecord, at: number): LimitState {
  const nextAt = rate === null ? state.nextAt : Math.max(state.nextAt, at) + rate.perMs / rate.count
  return { ...state, nextAt, running: state.running + 1 }
}
