import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file so that a reader, or a process killed at any moment, sees the old content or the new one, never a
 * part. The folder is made where it is missing.
 */
export async function writeAtomic(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  // Two attempts of one item may overlap after a lost lease, so the name carries the process and a moment.
  const temporary = `${path}.${process.pid}-${process.hrtime.bigint().toString(36)}.tmp`
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(content)
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** A short name for a photo's by-products, from its path below the folder: the same photo always has the same one. */
export function fileKey(file: string): string {
  return createHash('sha256').update(file).digest('hex').slice(0, 16)
}
