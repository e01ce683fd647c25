import { type ErrorCode, type ErrorDetails, MonofilError } from '@monofil/protocol'

/** An error on its way between threads: a class instance would arrive as a bare `Error`. */
export interface PackedError {
  readonly code: ErrorCode
  readonly message: string
  readonly details: ErrorDetails
}

export function packError(error: MonofilError): PackedError {
  return { code: error.code, message: error.message, details: error.details }
}

export function unpackError(packed: PackedError): MonofilError {
  return new MonofilError(packed.code, packed.message, packed.details)
}

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) that say something about the disk, not the SQL. */
const SQLITE_FULL = 13
/** SQLITE_IOERR_SHMSIZE: no room for the WAL's index, which is all that an opening needs on a full disk. */
const SQLITE_INDEX_FULL = 10 | (19 << 8)
const SQLITE_DAMAGED: ReadonlySet<number> = new Set([11, 26])
const SQLITE_UNAVAILABLE: ReadonlyMap<number, string> = new Map([
  [3, 'access was refused'],
  [5, 'another connection holds it'],
  [6, 'another connection holds it'],
  [8, 'it is read-only'],
  [10, 'the disk reported an error'],
  [14, 'it cannot be opened'],
  [15, 'its lock could not be taken'],
])

/** The primary result code of an error thrown by node:sqlite, `SQLITE_FULL` for both kinds of full; undefined for other errors. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode === SQLITE_INDEX_FULL ? SQLITE_FULL : error.errcode & 0xff
}

/** An error of the file system, as node:fs throws it. */
function isFileError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string'
}

/** Whatever was thrown as a `MonofilError`; `what` says what was being done, such as `runs.create`. */
export function asStoreError(error: unknown, what: string): MonofilError {
  if (error instanceof MonofilError) return error
  const code = sqliteCode(error)
  const message = error instanceof Error ? error.message : String(error)
  if (code === SQLITE_FULL) {
    return new MonofilError('store_full', `${what}: the disk of the data folder is full. Free space and try again.`, {
      cause: error,
    })
  }
  if (code !== undefined && SQLITE_DAMAGED.has(code)) return damaged(what, error)
  if (isFileError(error)) {
    const text = `${what}: a file of the data folder cannot be used (${message}). Look at its owner, mode and disk.`
    return new MonofilError(error.code === 'ENOSPC' ? 'store_full' : 'store_unavailable', text, { cause: error })
  }
  const reason = code === undefined ? undefined : SQLITE_UNAVAILABLE.get(code)
  if (reason !== undefined) {
    const text = `${what}: the database cannot be used, ${reason} (${message}). Look at the data folder and its disk.`
    return new MonofilError('store_unavailable', text, { cause: error })
  }
  return new MonofilError('internal', `${what} failed in the store: ${message}`, { cause: error })
}

/** The database file is not one, or its pages contradict each other. */
export function damaged(what: string, cause?: unknown): MonofilError {
  const text =
    `${what}: the database is damaged${cause instanceof Error ? ` (${cause.message})` : ''}. ` +
    'Restore a backup into the data folder, or move the folder away to begin anew.'
  return new MonofilError('store_unavailable', text, { cause })
}
