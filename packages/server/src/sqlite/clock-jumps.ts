import type { Connection } from './database.ts'

/** From here on a change against the monotonic clock is a jump; what adjusts a clock gently adds up to one in the end. */
const JUMP_MS = 1_000

/** What waits until a time of the wall clock, and what was measured by it. Schedules follow the wall clock: people mean it. */
const SHIFTS = [
  'UPDATE items SET not_before = not_before + ? WHERE not_before IS NOT NULL AND ready = 0',
  'UPDATE runs SET stall_at = stall_at + ?1, last_seen_at = last_seen_at + ?1 WHERE stall_at IS NOT NULL',
  'UPDATE runs SET budget_at = budget_at + ?1, running_since = running_since + ?1 WHERE budget_at IS NOT NULL',
  'UPDATE limits SET blocked_wall = blocked_wall + ?',
  'UPDATE run_steps SET pace_last_at = pace_last_at + ? WHERE finished_at IS NULL AND pace_last_at IS NOT NULL',
]

/**
 * Keeps waits as long as they were meant to be when the machine's clock is set while the store is open: a backoff of a
 * second does not become one of an hour, silence of an hour is not made of none, and no pace is measured over the gap.
 */
export class ClockJumps {
  readonly #db: Connection
  /** How far the wall clock is ahead of the monotonic one; null before the first look. */
  #lead: number | null = null

  constructor(db: Connection) {
    this.#db = db
  }

  /** Call before each group with its moment. A shift that fails is made before the next one. */
  follow({ now, monotonic }: { readonly now: number; readonly monotonic: number }): void {
    const lead = now - monotonic
    const jumped = Math.round(lead - (this.#lead ?? lead))
    this.#lead ??= lead
    if (Math.abs(jumped) < JUMP_MS) return
    try {
      this.#db.exec('BEGIN IMMEDIATE')
      for (const shift of SHIFTS) this.#db.prepare(shift).run(jumped)
      this.#db.exec('COMMIT')
      this.#lead = lead
    } catch {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
    }
  }
}
