import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { MonofilError } from '@monofil/protocol'
import { sqliteCode } from './errors.ts'

const RETRY_MS = 50
const SQLITE_BUSY = 5

/**
 * The right to be a data folder's one owner: SQLite's exclusive lock on a file of its own, which the kernel drops with
 * the process however it ends. `owner.json` names the holder for the message only. Nothing else of this process may
 * open and close `lock.db`: a POSIX lock goes with the first descriptor of the file that is closed.
 */
export class OwnerLock {
  readonly #db: DatabaseSync
  readonly #ownerPath: string

  private constructor(db: DatabaseSync, ownerPath: string) {
    this.#db = db
    this.#ownerPath = ownerPath
  }

  /**
   * Takes the lock, waiting up to `waitMs` for another process to end.
   * @throws `store_unavailable` that names the process which holds it.
   */
  static async take(dir: string, waitMs: number): Promise<OwnerLock> {
    const ownerPath = join(dir, 'owner.json')
    const until = performance.now() + waitMs
    for (;;) {
      const db = tryLock(join(dir, 'lock.db'))
      if (db !== undefined) {
        nameOwner(ownerPath)
        return new OwnerLock(db, ownerPath)
      }
      if (performance.now() >= until) throw held(dir, ownerPath)
      await sleep(RETRY_MS)
    }
  }

  /** Lets the next owner in. */
  release(): void {
    rmSync(this.#ownerPath, { force: true })
    this.#db.close()
  }
}

function tryLock(path: string): DatabaseSync | undefined {
  const db = new DatabaseSync(path, { timeout: 0 })
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return db
  } catch (error) {
    db.close()
    if (sqliteCode(error) === SQLITE_BUSY) return undefined
    throw error
  }
}

function nameOwner(ownerPath: string): void {
  try {
    writeFileSync(ownerPath, `${JSON.stringify({ pid: process.pid, startedAt: new Date().toISOString() })}\n`)
  } catch {
    // Only the sentence for a second owner is poorer: the lock itself is held.
  }
}

function held(dir: string, ownerPath: string): MonofilError {
  let owner = 'another process'
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(ownerPath, 'utf8')) as { pid: unknown; startedAt: unknown }
    owner = `process ${String(pid)} (since ${String(startedAt)})`
  } catch {
    // The file is for this sentence only, and may be missing while its writer starts or stops.
  }
  const text = `The data folder ${dir} is in use by ${owner}. End that process, or choose another data folder.`
  return new MonofilError('store_unavailable', text)
}
