import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'

const LINE = /^acked (\d{16}) checkpoint (\d{16})\n/
const CHECKPOINT_AT = 'acked 0000000000000000'.length

/**
 * A side file that remembers which commits were acknowledged, written with one positioned write and no fsync: it
 * survives kill -9 with the page cache, and after a power cut it can only be older than the synced database, so that
 * what it tells is never a false alarm. It also remembers that a checkpoint is under way: if the WAL is then cut below
 * it, old pages from the WAL would hide newer ones in the file.
 */
export class AckedFile {
  readonly #fd: number
  /** What was found on opening; null where there was no file, or not one of ours. */
  readonly found: { readonly acked: number; readonly checkpoint: number } | null

  /** @throws the file system's error when the file can be neither opened nor made. */
  constructor(path: string) {
    this.#fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    const buffer = Buffer.alloc(64)
    const match = LINE.exec(buffer.toString('latin1', 0, readSync(this.#fd, buffer, 0, buffer.length, 0)))
    this.found = match === null ? null : { acked: Number(match[1]), checkpoint: Number(match[2]) }
  }

  /** Begins anew with what is true of the database that was opened. */
  reset(acked: number): void {
    writeSync(this.#fd, `acked ${digits(acked)} checkpoint ${digits(0)}\n`, 0, 'latin1')
  }

  /** Commit `seq` is about to be acknowledged. */
  acknowledge(seq: number): void {
    writeSync(this.#fd, `acked ${digits(seq)}`, 0, 'latin1')
  }

  /** A checkpoint of everything up to commit `seq` begins; 0: it is over and the WAL begins anew. */
  checkpointing(seq: number): void {
    writeSync(this.#fd, ` checkpoint ${digits(seq)}\n`, CHECKPOINT_AT, 'latin1')
  }

  close(): void {
    closeSync(this.#fd)
  }
}

function digits(value: number): string {
  return String(value).padStart(16, '0')
}
