import type { NoticeRules } from '../notifications/rules.ts'
import { AckedFile } from './acked-file.ts'
import { Checkpoints } from './checkpoints.ts'
import { ClockJumps } from './clock-jumps.ts'
import { type Connection, type Durability, openWriter } from './database.ts'
import { type GroupAnswer, type GroupHost, type GroupRequest, runGroup } from './group.ts'
import { migrate } from './migrations.ts'
import { Outages } from './outages.ts'
import { type Opened, recover } from './recovery.ts'
import { TopicLog } from './topic-log.ts'

/** The database's file, the acknowledged commits' file, whether a commit waits for the disk, what bounds notifications. */
export interface WriterOptions {
  readonly path: string
  readonly ackedPath: string
  readonly durability: Durability
  /** Left out: the defaults. */
  readonly rules?: NoticeRules | undefined
}

/** The one writer of a store: runs groups of commands, one after the other, on its thread. */
export class Writer {
  readonly opened: Opened
  readonly #db: Connection
  readonly #acked: AckedFile
  readonly #checkpoints: Checkpoints
  readonly #clockJumps: ClockJumps
  readonly #outages: Outages
  readonly #host: GroupHost

  /** Opens, migrates and recovers. @throws `store_unavailable` or SQLite's own error. */
  constructor(options: WriterOptions) {
    this.#acked = new AckedFile(options.ackedPath)
    this.#db = openWriter(options.path, options.durability)
    const created = migrate(this.#db, options.path) === 0
    this.opened = recover(this.#db, this.#acked, { path: options.path, created })
    this.#checkpoints = new Checkpoints(this.#db, this.#acked)
    this.#clockJumps = new ClockJumps(this.#db)
    this.#outages = new Outages(this.#db)
    // Epoch and schema are in the database itself from here on, whatever happens to the log.
    this.#checkpoints.run(this.opened.lastAcked)
    this.#host = {
      db: this.#db,
      log: new TopicLog(this.#db),
      epoch: this.opened.epoch,
      rules: options.rules,
      commitSeq: this.opened.lastAcked,
      committed: (seq) => this.#acknowledge(seq),
    }
  }

  run(request: GroupRequest): GroupAnswer[] {
    this.#clockJumps.follow(request)
    this.#outages.makeUp(request.monotonic)
    const answers = runGroup(this.#host, request)
    this.#outages.note(answers, request.monotonic)
    return answers
  }

  /** Call when the callers of a group were answered: copying the WAL must not delay them. */
  tidy(): void {
    this.#checkpoints.consider(this.#host.commitSeq)
  }

  close(): void {
    this.#checkpoints.run(this.#host.commitSeq)
    this.#db.exec('PRAGMA optimize')
    this.#db.close()
    this.#acked.close()
  }

  #acknowledge(seq: number): void {
    try {
      this.#acked.acknowledge(seq)
    } catch {
      // The commit is durable and must be told as such. A side file that cannot be written only makes a later loss
      // go unnoticed, and a disk that fails here fails the next commit too.
    }
  }
}
