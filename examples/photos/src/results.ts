import { join } from 'node:path'
import { toCsv } from './csv.ts'
import type { DuplicateGroup } from './duplicates.ts'
import { writeAtomic } from './files.ts'
import { findBlurry, type Inventory, takeInventory } from './inventory.ts'
import type { Failed, Photo } from './photo.ts'
import { contactSheet } from './sheet.ts'
import { tidy } from './tidy.ts'

/** The files of an inventory, below its folder. */
export const RESULT_FILES = { sheet: 'index.html', table: 'inventory.csv', data: 'inventory.json' } as const

/**
 * Writes the inventory as files: a page to look at, a table, and everything as JSON. Each is replaced as a whole, and
 * doing it again with the same photos writes the same bytes.
 */
export async function writeResults(found: {
  readonly folder: string
  readonly out: string
  readonly photos: readonly Photo[]
  readonly failed: readonly Failed[]
  readonly duplicates: readonly DuplicateGroup[]
}): Promise<Inventory> {
  const { out, photos, failed, duplicates } = found
  const inventory = takeInventory(found)
  const { below } = findBlurry(photos)
  const isBlurry = new Set(
    photos.filter(({ sharpness }) => below !== null && sharpness < below).map(({ file }) => file),
  )
  const better = new Map(duplicates.flatMap(({ keep, others }) => others.map(({ file }) => [file, keep] as const)))
  const csv = toCsv(photos, failed, {
    isBlurry: (file) => isBlurry.has(file),
    duplicateOf: (file) => better.get(file),
  })
  await writeAtomic(join(out, RESULT_FILES.table), csv)
  await writeAtomic(
    join(out, RESULT_FILES.sheet),
    await contactSheet({ inventory, photos, failed, duplicates, isBlurry }),
  )
  // Last, so that whoever finds it finds the others complete.
  await writeAtomic(
    join(out, RESULT_FILES.data),
    `${JSON.stringify({ inventory, duplicates, failed, photos }, null, 1)}\n`,
  )
  await tidy(out, new Set(photos.map(({ thumbnail }) => thumbnail)))
  return inventory
}
