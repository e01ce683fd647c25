import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { PhotoError, systemCode } from './photo-error.ts'

const PICTURES = new Set('.jpg .jpeg .jpe .jfif .png .webp .avif .gif .tif .tiff .heic .heif'.split(' '))
const RAW = new Set('.cr2 .cr3 .nef .arw .dng .orf .rw2 .raf .pef .srw'.split(' '))

/**
 * The list is one result in the ledger, which takes 1 MB, and so are the duplicates, which in the worst case name
 * every photo with a distance beside it (30 bytes). Larger folders are asked for in parts.
 */
export const LIST_BYTES_MAX = 1_000_000
const NAME_EXTRA_BYTES = 30

export interface Listing {
  /** Paths below the folder, with `/`, in a stable order. */
  readonly photos: readonly string[]
  /** Raw files by extension: seen, not worked on (their maker's format needs its own decoder). */
  readonly raw: Readonly<Record<string, number>>
  /** Folders below that could not be opened. */
  readonly closed: readonly string[]
}

/**
 * Walks a folder and names what looks like a photo by its extension; whether it is one, the measuring finds out.
 * Hidden names, links to folders (they may lead in circles) and the folder of the results are passed over.
 * @throws PhotoError `folder_missing`, `unreadable`, `too_many`.
 */
export async function listPhotos(
  folder: string,
  options: { out?: string; signal?: AbortSignal } = {},
): Promise<Listing> {
  const out = options.out === undefined ? undefined : resolve(options.out)
  const photos: string[] = []
  const raw: Record<string, number> = {}
  const closed: string[] = []
  const pending = ['']
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    options.signal?.throwIfAborted()
    const entries = await entriesOf(folder, below, closed)
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) {
        if (resolve(folder, path) !== out) pending.push(path)
        continue
      }
      const extension = extname(entry.name).toLowerCase()
      if (RAW.has(extension)) raw[extension] = (raw[extension] ?? 0) + 1
      else if (PICTURES.has(extension) && !(await leadsToFolder(folder, path, entry))) photos.push(path)
    }
  }
  photos.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  if (Buffer.byteLength(JSON.stringify(photos)) + photos.length * NAME_EXTRA_BYTES > LIST_BYTES_MAX) {
    throw new PhotoError(
      'too_many',
      `${folder} holds ${photos.length} photos, more than one run lists; give its folders one by one`,
    )
  }
  return { photos, raw, closed }
}

async function entriesOf(folder: string, below: string, closed: string[]): Promise<readonly Dirent[]> {
  try {
    return await readdir(join(folder, below), { withFileTypes: true })
  } catch (error) {
    if (below !== '') {
      closed.push(below)
      return []
    }
    const code = systemCode(error)
    if (code === 'ENOENT') throw new PhotoError('folder_missing', `There is no folder ${folder}`, error)
    if (code === 'ENOTDIR')
      throw new PhotoError('folder_missing', `${folder} is a file; give the folder it is in`, error)
    throw new PhotoError('unreadable', `The folder ${folder} cannot be opened (${code}); check its rights`, error)
  }
}

/** A link that leads nowhere stays listed: the inventory then says that it cannot be read. */
async function leadsToFolder(folder: string, path: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return false
  return stat(join(folder, path)).then(
    (target) => target.isDirectory(),
    () => false,
  )
}
