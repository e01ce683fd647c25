import type { AckedFile } from './acked-file.ts'
import type { Connection } from './database.ts'

/** WAL pages after which it is copied into the database: 4 MB, which takes some milliseconds. */
const PAGES = 1_000
/** How often the WAL's length is looked at, in commits. */
const EVERY = 16
/** How long a checkpoint waits for a reader that still uses the old WAL; commits wait with it. */
const PATIENCE_MS = 20

/**
 * Copies the WAL into the database and makes it begin anew at once. SQLite's own way (`wal_autocheckpoint`) leaves a
 * fully copied WAL in place until the next commit; cut there, its old pages would hide the newer ones in the file.
 */
export class Checkpoints {
  readonly #db: Connection
  readonly #acked: AckedFile
  #commits = 0

  constructor(db: Connection, acked: AckedFile) {
    this.#db = db
    this.#acked = acked
  }

  /** Call after each group, when its callers were answered. `seq` is the last commit. */
  consider(seq: number): void {
    this.#commits += 1
    if (this.#commits < EVERY) return
    this.#commits = 0
    const row = this.#db.prepare('PRAGMA wal_checkpoint(NOOP)').get()
    if (Number(row?.['log']) - Number(row?.['checkpointed']) >= PAGES) this.run(seq)
  }

  run(seq: number): void {
    this.#acked.checkpointing(seq)
    this.#db.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}`)
    const row = this.#db.prepare('PRAGMA wal_checkpoint(RESTART)').get()
    this.#db.exec('PRAGMA busy_timeout = 5000')
    // A reader was in the way: the mark stays, and the next look tries again.
    if (Number(row?.['busy']) !== 0) return
    this.#db.prepare("UPDATE meta SET value = value WHERE key = 'commit_seq'").run()
    this.#acked.checkpointing(0)
  }
}
