import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import type { Enriched, Product } from './product.ts'

/** A document that gave no product, and why. */
export interface Unread {
  readonly file: string
  readonly code: string
  readonly message: string
}

/** What an extraction leaves for the enrichment. */
export interface Extracted {
  readonly products: readonly Product[]
  readonly unread: readonly Unread[]
}

const EXTRACTED = 'extracted.json'
const COLUMNS = [
  'file',
  'name',
  'sku',
  'price',
  'currency',
  'material',
  'size',
  'weight',
  'colour',
  'category',
  'blurb',
  'by',
  'completeness',
] as const

/** Keeps what was extracted, in place of what was there before. */
export function keepExtracted(out: string, extracted: Extracted): Promise<void> {
  return replace(out, EXTRACTED, `${JSON.stringify(extracted, null, 2)}\n`)
}

/** What was extracted last; undefined where nothing was yet. */
export async function readExtracted(out: string): Promise<Extracted | undefined> {
  try {
    return JSON.parse(await readFile(join(out, EXTRACTED), 'utf8')) as Extracted
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes the catalogue as JSON and as a table for a spreadsheet, in which no cell is taken for a formula. */
export async function writeCatalogue(out: string, products: readonly Enriched[]): Promise<void> {
  await replace(out, 'catalogue.json', `${JSON.stringify(products, null, 2)}\n`)
  await replace(
    out,
    'catalogue.csv',
    stringify([...products], { header: true, bom: true, columns: [...COLUMNS], escape_formulas: true }),
  )
}

/** A reader sees the old file or the new one, never a half. */
async function replace(folder: string, name: string, content: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, name)
  await writeFile(`${path}.new`, content)
  await rename(`${path}.new`, path)
}
