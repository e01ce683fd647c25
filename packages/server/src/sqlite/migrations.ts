import { randomInt } from 'node:crypto'
import { MonofilError } from '@monofil/protocol'
import type { Connection } from './database.ts'
import { LOG_SCHEMA } from './schema.ts'
import { COMPANY_SCHEMA } from './schema-company.ts'
import { ENDED_SCHEMA } from './schema-ended.ts'
import { FEED_SCHEMA } from './schema-feed.ts'
import { INBOXES_SCHEMA } from './schema-inboxes.ts'
import { LIMITS_SCHEMA } from './schema-limits.ts'
import { NOTICES_SCHEMA } from './schema-notices.ts'
import { PUSHES_SCHEMA } from './schema-pushes.ts'
import { RETENTION_SCHEMA } from './schema-retention.ts'
import { REVOCATIONS_SCHEMA } from './schema-revocations.ts'
import { PAUSE_SCHEMA, RUNS_SCHEMA } from './schema-runs.ts'
import { SCHEDULES_SCHEMA } from './schema-schedules.ts'
import { STEPS_SCHEMA } from './schema-steps.ts'
import { TEXTS_SCHEMA } from './schema-texts.ts'
import { TICKETS_SCHEMA } from './schema-tickets.ts'
import { USAGE_SCHEMA } from './schema-usage.ts'

/** Says in the file's header whose it is: 'Mnfl'. */
const APPLICATION_ID = 0x4d6e666c

/** One entry per data version, in order; a published one is never changed, only followed by another. */
const MIGRATIONS: readonly ((db: Connection) => void)[] = [
  (db) => {
    db.exec(LOG_SCHEMA)
    db.exec(RUNS_SCHEMA)
    const insert = db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)')
    insert.run('epoch', newEpoch())
    insert.run('commit_seq', 0)
    insert.run('fence', 0)
  },
  (db) => db.exec(PAUSE_SCHEMA),
  (db) => db.exec(LIMITS_SCHEMA),
  (db) => db.exec(STEPS_SCHEMA),
  (db) => db.exec(SCHEDULES_SCHEMA),
  (db) => db.exec(RETENTION_SCHEMA),
  (db) => db.exec(FEED_SCHEMA),
  (db) => db.exec(COMPANY_SCHEMA),
  (db) => db.exec(REVOCATIONS_SCHEMA),
  (db) => db.exec(TICKETS_SCHEMA),
  (db) => db.exec(ENDED_SCHEMA),
  (db) => db.exec(USAGE_SCHEMA),
  (db) => db.exec(TEXTS_SCHEMA),
  (db) => db.exec(NOTICES_SCHEMA),
  (db) => db.exec(PUSHES_SCHEMA),
  (db) => db.exec(INBOXES_SCHEMA),
]

/** The data version this code reads and writes. */
const DATA_VERSION = MIGRATIONS.length

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new epoch: 12 of `a-z0-9`, about 62 bits. */
export function newEpoch(): string {
  return Array.from({ length: 12 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}

/**
 * Brings the database to this version inside one transaction: an interrupted migration changes nothing.
 * Answers the version found, 0 for a new file. @throws `store_unavailable` for a newer one or a foreign file.
 */
export function migrate(db: Connection, path: string): number {
  db.exec('BEGIN IMMEDIATE')
  try {
    const found = versionOf(db, path)
    for (const step of MIGRATIONS.slice(found)) step(db)
    if (found < DATA_VERSION)
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${DATA_VERSION}`)
    db.exec('COMMIT')
    return found
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function versionOf(db: Connection, path: string): number {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  const owner = Number(db.prepare('PRAGMA application_id').get()?.['application_id'])
  const tables = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'])
  if (tables > 0 && owner !== APPLICATION_ID) {
    const text = `${path} is not a Monofil database. Choose another data folder; this file was not touched.`
    throw new MonofilError('store_unavailable', text)
  }
  if (version > DATA_VERSION) {
    const text =
      `${path} was written by a newer Monofil (data version ${version}, this one knows ${DATA_VERSION}). ` +
      'Upgrade Monofil, or choose another data folder.'
    throw new MonofilError('store_unavailable', text)
  }
  return version
}
