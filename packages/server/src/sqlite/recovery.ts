import type { AckedFile } from './acked-file.ts'
import type { Connection } from './database.ts'
import { damaged } from './errors.ts'
import { newEpoch } from './migrations.ts'

/** What opening a store found. */
export interface Opened {
  /** Whether the store was made now. */
  readonly created: boolean
  readonly epoch: string
  /** The epoch before a loss; the same as `epoch` where nothing was lost. */
  readonly epochBefore: string
  /** The last commit that is there, and the last one that had been acknowledged. */
  readonly lastCommit: number
  readonly lastAcked: number
  /** Acknowledged commits that are gone: `lastAcked - lastCommit`. */
  readonly lostCommits: number
}

/** Fences jump this far after a loss, so that no lease of the lost time can match one given out later. */
const FENCE_LEAP = 1_000_000_000

/**
 * Compares the database with the last acknowledged commit. After a loss the store takes a new epoch, so that readers
 * are told of the gap, and goes on counting commits above the lost ones.
 * @throws `store_unavailable` when the WAL was cut while it was being copied into the database.
 */
export function recover(db: Connection, acked: AckedFile, opening: { path: string; created: boolean }): Opened {
  const { created } = opening
  const epochBefore = String(metaOf(db, 'epoch'))
  const lastCommit = Number(metaOf(db, 'commit_seq'))
  const found = acked.found ?? { acked: lastCommit, checkpoint: 0 }
  if (!created && found.checkpoint > lastCommit) {
    throw damaged(
      `Opening ${opening.path} (its log was cut at commit ${lastCommit}, pages are from ${found.checkpoint})`,
    )
  }
  const lost = Math.max(found.acked - lastCommit, 0)
  if (lost === 0) {
    acked.reset(lastCommit)
    return { created, epoch: epochBefore, epochBefore, lastCommit, lastAcked: lastCommit, lostCommits: 0 }
  }
  const epoch = newEpoch()
  db.exec('BEGIN IMMEDIATE')
  const update = db.prepare('UPDATE meta SET value = ? WHERE key = ?')
  update.run(epoch, 'epoch')
  update.run(found.acked, 'commit_seq')
  update.run(Number(metaOf(db, 'fence')) + FENCE_LEAP, 'fence')
  db.exec('COMMIT')
  acked.reset(found.acked)
  return { created, epoch, epochBefore, lastCommit, lastAcked: found.acked, lostCommits: lost }
}

function metaOf(db: Connection, key: string): unknown {
  return db.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.['value']
}
