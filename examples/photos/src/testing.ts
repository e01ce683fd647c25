import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NO_EXIF } from './exif.ts'
import { NO_VISION, type Photo } from './photo.ts'

/** A folder that is there while `use` runs. */
export async function inTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'photos-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** A measured photo with what a test does not care about filled in. */
export function photoOf(file: string, rest: Partial<Photo> = {}): Photo {
  return {
    file,
    bytes: 1000,
    format: 'jpeg',
    width: 300,
    height: 200,
    orientation: null,
    ...NO_EXIF,
    thumbnail: 'thumbnails/0000000000000000.webp',
    placeholder: 'L00000fQfQfQfQfQfQfQfQfQfQfQ',
    sharpness: 30,
    colours: [{ hex: '#336699', share: 1 }],
    hash: '0123456789abcdef',
    grid: '00'.repeat(24) + 'ff'.repeat(24),
    vision: NO_VISION,
    notes: [],
    ...rest,
  }
}

/** Reads CSV as RFC 4180 says it, for tests: what a spreadsheet would see. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy
  const body = text.replace(/^\uFEFF/, '')
  while (cell.lastIndex < body.length) {
    const found = cell.exec(body)
    if (!found) throw new Error('not CSV')
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (found[3] !== ',') {
      rows.push(row)
      row = []
    }
  }
  return rows
}
