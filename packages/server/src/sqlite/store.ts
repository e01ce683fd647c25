import { resolve } from 'node:path'
import type { MonofilError } from '@monofil/protocol'
import { type NoticeRules, noticeRules } from '../notifications/rules.ts'
import type { Commit } from '../seams/commit.ts'
import type { KpiStore } from '../seams/kpi-store.ts'
import type { NotificationStore } from '../seams/notification-store.ts'
import type { PushStore } from '../seams/push-store.ts'
import type { RevocationStore } from '../seams/revocation-store.ts'
import type { ScheduleStore } from '../seams/schedule-store.ts'
import type { LogStore, RunStore, Store, WorkflowStore, WorkStore } from '../seams/store.ts'
import { type Clock, type Logger, silentLogger, systemClock } from '../seams/system.ts'
import type { TicketStore } from '../seams/ticket-store.ts'
import type { UsageStore } from '../seams/usage-store.ts'
import { prepareDataFolder } from './data-folder.ts'
import { DATABASE_FILE, type Durability } from './database.ts'
import { asStoreError } from './errors.ts'
import { kpiStore } from './kpi-store.ts'
import { runStore, workflowStore, workStore } from './ledger-store.ts'
import { SqliteLog } from './log-store.ts'
import { notificationStore } from './notification-store.ts'
import { OwnerLock } from './owner-lock.ts'
import { pushStore } from './push-store.ts'
import type { Opened } from './recovery.ts'
import { revocationStore } from './revocation-store.ts'
import { scheduleStore } from './schedule-store.ts'
import { Threads } from './threads.ts'
import { ticketStore } from './ticket-store.ts'
import { usageStore } from './usage-store.ts'

/** How to open a data folder. */
export interface SqliteStoreOptions {
  /** The data folder; made if it is not there. */
  readonly dir: string
  /**
   * Called once per commit, in commit order, before the callers of its commands are answered. Must not throw. What
   * opening itself commits is not announced: nobody can have read anything yet.
   */
  readonly onCommit: (commit: Commit) => void
  /** A thread of the store died: every call rejects from now on. The process should end or open the store again. */
  readonly onFailure?: ((error: MonofilError) => void) | undefined
  readonly clock?: Clock | undefined
  readonly logger?: Logger | undefined
  /** `full` (default): a commit is on the disk before it is answered. `normal`: a power cut may lose the last ones. */
  readonly durability?: Durability | undefined
  /** How long to wait for another process to give the folder up; 5000. */
  readonly lockWaitMs?: number | undefined
  /** Commands that share one commit at most; 256. */
  readonly maxGroup?: number | undefined
  /** What bounds notifications; what is left out is the default. */
  readonly notices?: Partial<NoticeRules> | undefined
}

/** The embedded store: one SQLite database in a data folder that one process owns. */
export class SqliteStore implements Store {
  readonly log: LogStore
  readonly runs: RunStore
  readonly work: WorkStore
  readonly workflows: WorkflowStore
  readonly schedules: ScheduleStore
  readonly revocations: RevocationStore
  readonly kpis: KpiStore
  readonly tickets: TicketStore
  readonly usage: UsageStore
  readonly notifications: NotificationStore
  readonly pushes: PushStore
  /** What opening found: whether the store is new, and which acknowledged commits were lost. */
  readonly opened: Opened
  readonly #threads: Threads
  readonly #lock: OwnerLock
  #closed: Promise<void> | undefined

  private constructor(threads: Threads, lock: OwnerLock, rules: NoticeRules) {
    this.#threads = threads
    this.#lock = lock
    this.opened = threads.opened
    this.log = new SqliteLog(threads)
    this.runs = runStore(threads)
    this.work = workStore(threads)
    this.workflows = workflowStore(threads)
    this.schedules = scheduleStore(threads)
    this.revocations = revocationStore(threads)
    this.kpis = kpiStore(threads)
    this.tickets = ticketStore(threads)
    this.usage = usageStore(threads)
    this.notifications = notificationStore(threads, rules)
    this.pushes = pushStore(threads)
  }

  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    const { clock = systemClock, logger = silentLogger, durability = 'full', maxGroup = 256 } = options
    const dir = resolve(options.dir)
    const rules = noticeRules(options.notices)
    const lock = await own(dir, options.lockWaitMs ?? 5000)
    try {
      const files = { path: resolve(dir, DATABASE_FILE), ackedPath: resolve(dir, 'acked'), durability, rules }
      const onFailure = (error: MonofilError): void => {
        logger.error('the store failed', { error: error.message })
        options.onFailure?.(error)
      }
      const threads = await Threads.open(files, { onCommit: options.onCommit, onFailure, clock, logger, maxGroup })
      warnOfLoss(threads.opened, dir, logger)
      await recoverWork(threads)
      return new SqliteStore(threads, lock, rules)
    } catch (error) {
      lock.release()
      throw error
    }
  }

  get epoch(): string {
    return this.#threads.epoch
  }

  /** Finishes what was accepted, copies the log into the database, lets the folder go. Twice is fine. */
  close(): Promise<void> {
    this.#closed ??= this.#threads.close().finally(() => this.#lock.release())
    return this.#closed
  }
}

async function own(dir: string, waitMs: number): Promise<OwnerLock> {
  try {
    await prepareDataFolder(dir)
    return await OwnerLock.take(dir, waitMs)
  } catch (error) {
    throw asStoreError(error, `Opening the data folder ${dir}`)
  }
}

/** Takes back what died with the last owner; without it the folder is let go again. */
async function recoverWork(threads: Threads): Promise<void> {
  try {
    await threads.write('work.recover', null)
    threads.announce()
  } catch (error) {
    await threads.close()
    throw error
  }
}

function warnOfLoss(opened: Opened, dir: string, logger: Logger): void {
  if (opened.lostCommits === 0) return
  logger.warn('acknowledged commits were lost; readers are told by a new epoch', {
    dir,
    lostCommits: opened.lostCommits,
    after: opened.lastCommit,
    upTo: opened.lastAcked,
    epochBefore: opened.epochBefore,
    epoch: opened.epoch,
  })
}

/**
 * Opens the embedded store in a data folder and becomes its owner.
 * @throws `store_unavailable` that says what is wrong with the folder, who holds it, or that its data is newer.
 */
export function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  return SqliteStore.open(options)
}
