import type { Connection } from './database.ts'
import type { GroupAnswer } from './group.ts'

/**
 * Keeps leases over a time in which the disk took nothing, a full one above all: nobody could renew, so that nobody is
 * taken for dead for it. Each has as much of its time left afterwards as it had when the first command was refused.
 */
export class Outages {
  readonly #db: Connection
  /** The owner's monotonic ms of the first refusal; null while all is well. */
  #since: number | null = null

  constructor(db: Connection) {
    this.#db = db
  }

  /** Call before each group with its monotonic time. While there is still no room, nothing happens. */
  makeUp(monotonic: number): void {
    if (this.#since === null) return
    try {
      this.#db.exec('BEGIN IMMEDIATE')
      this.#db.prepare('UPDATE leases SET until = until + ?').run(monotonic - this.#since)
      this.#db.exec('COMMIT')
      this.#since = null
    } catch {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
    }
  }

  /** Call after each group with what it answered. */
  note(answers: readonly GroupAnswer[], monotonic: number): void {
    if (this.#since !== null || !answers.some(({ refused }) => refused.some(({ error }) => isOutage(error.code))))
      return
    this.#since = monotonic
  }
}

function isOutage(code: string): boolean {
  return code === 'store_full' || code === 'store_unavailable'
}
