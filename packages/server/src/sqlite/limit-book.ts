import type { Grant, LimitPlan, LimitRecord } from '../runs/limit.ts'
import { grant } from '../runs/limit.ts'
import type { StepRecord } from '../runs/records.ts'
import { number, numberOrNull, Rows, type SqlRow } from './run-sql.ts'
import type { Tx } from './tx.ts'

/**
 * Slots are given this far ahead, each with its own start: ten visits a second then serve any rate, and a pause is
 * in force no later than this.
 */
const AHEAD_MS = 100

/** The limits one command gives from: each is read once and written back by `close`. */
export class LimitBook {
  readonly #tx: Tx
  readonly #sql: Rows
  readonly #limits = new Map<string, LimitRecord>()
  readonly #wanted = new Map<string, number>()

  constructor(tx: Tx) {
    this.#tx = tx
    this.#sql = new Rows(tx.db)
  }

  /** Up to `wanted` starts for a step, in the owner's monotonic ms. */
  grant(step: StepRecord, wanted: number): Grant {
    const plans = step.plan.limits ?? []
    if (plans.length === 0) return { startsAt: Array.from({ length: wanted }, () => this.#tx.monotonic), short: null }
    const limits = plans.map((plan) => this.#open(plan))
    const given = grant(limits, { wanted, now: this.#tx.monotonic, aheadMs: AHEAD_MS })
    const { short } = given
    if (short !== null && short.againAt !== null) {
      this.#wanted.set(short.limit, Math.min(short.againAt, this.#wanted.get(short.limit) ?? Infinity))
    }
    return given
  }

  /** What stands in the way of one more start of a step; takes nothing. */
  shortOf(step: StepRecord): Grant['short'] {
    const limits = (step.plan.limits ?? []).map((plan) => ({ ...this.#open(plan) }))
    return grant(limits, { wanted: 1, now: this.#tx.monotonic, aheadMs: AHEAD_MS }).short
  }

  /** Nothing is given by this step's limits (or by the one named) for so long. Answers whether it has any. */
  block(step: StepRecord, forMs: number, name: string | undefined): boolean {
    const plans = (step.plan.limits ?? []).filter((plan) => name === undefined || plan.name === name)
    for (const plan of plans) {
      const limit = this.#open(plan)
      const blockedUntil = Math.max(limit.state.blockedUntil, this.#tx.monotonic + forMs)
      limit.state = { ...limit.state, blockedUntil }
    }
    return plans.length > 0
  }

  /** Writes every limit back; what is running is counted with the rows of the steps. */
  close(): void {
    for (const [name, { state }] of this.#limits) {
      const { nextAt, blockedUntil } = state
      this.#sql.run(
        `UPDATE limits SET next_at = ?1, blocked_until = ?2, blocked_wall = ?3,
           wanted_at = coalesce(min(wanted_at, ?4), ?4, wanted_at) WHERE name = ?5`,
        nextAt,
        blockedUntil,
        Math.round(this.#tx.now + blockedUntil - this.#tx.monotonic),
        this.#wanted.get(name) ?? null,
        name,
      )
    }
    this.#limits.clear()
  }

  #open(plan: LimitPlan): LimitRecord {
    const known = this.#limits.get(plan.name)
    if (known !== undefined) return known
    const row = this.#sql.get('SELECT * FROM limits WHERE name = ?', plan.name) ?? this.#add(plan)
    const limit: LimitRecord = {
      plan: planOfRow(row, plan.name),
      state: {
        running: number(row, 'running'),
        nextAt: number(row, 'next_at'),
        blockedUntil: number(row, 'blocked_until'),
      },
    }
    this.#limits.set(plan.name, limit)
    return limit
  }

  #add(plan: LimitPlan): SqlRow {
    putLimit(this.#sql, plan)
    return this.#sql.get('SELECT * FROM limits WHERE name = ?', plan.name) ?? {}
  }
}

/** Adds a limit, or gives it other bounds; what it has given out stays. */
export function putLimit(sql: Rows, { name, rate, concurrency }: LimitPlan): void {
  sql.run(
    `INSERT INTO limits (name, count, per_ms, burst, concurrency) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET count = excluded.count, per_ms = excluded.per_ms, burst = excluded.burst,
       concurrency = excluded.concurrency`,
    name,
    rate?.count ?? null,
    rate?.perMs ?? null,
    rate?.burst ?? null,
    concurrency,
  )
}

/** The monotonic clock began anew: nothing is given sooner than it would have been. */
export function recoverLimits(sql: Rows, tx: Tx): void {
  const LONGEST_MS = 86_400_000
  sql.run(
    `UPDATE limits SET wanted_at = ?1, next_at = ?1 + coalesce(1.0 * burst * per_ms / count, 0),
       blocked_until = ?1 + max(0, min(?3, blocked_wall - ?2))`,
    tx.monotonic,
    tx.now,
    LONGEST_MS,
  )
}

function planOfRow(row: SqlRow, name: string): LimitPlan {
  const count = numberOrNull(row, 'count')
  const rate = count === null ? null : { count, perMs: number(row, 'per_ms'), burst: number(row, 'burst') }
  return { name, rate, concurrency: numberOrNull(row, 'concurrency') }
}
