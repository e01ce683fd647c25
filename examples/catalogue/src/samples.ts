import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { docxOf, type Line, pdfOf, scanPdf } from '@monofil/example-documents'
import { BROKEN, SAMPLES, type Sample } from './sample-products.ts'

/** How many files the samples are, those that cannot be read among them. */
export const SAMPLE_COUNT = SAMPLES.length + Object.keys(BROKEN).length

/** Makes the sample data sheets in a folder, once. Killed half-way it leaves nothing under the folder's name. */
export async function ensureSamples(folder: string): Promise<void> {
  if (await exists(folder)) return
  await mkdir(dirname(folder), { recursive: true })
  const temporary = await mkdtemp(`${folder}-`)
  try {
    for (const sample of SAMPLES) await writeFile(join(temporary, sample.file), await contentOf(sample))
    await writeFile(join(temporary, BROKEN.scan), await scanPdf())
    await writeFile(join(temporary, BROKEN.notPdf), 'Lamp 49.90\nChair 129.00\nA text that was renamed.\n')
    await rename(temporary, folder)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    // Another start may have made them meanwhile: they are the same.
    if (!(await exists(folder))) throw error
  }
}

async function contentOf(sample: Sample): Promise<string | Uint8Array> {
  const lines = linesOf(sample)
  const kind = extname(sample.file)
  if (kind === '.pdf') return pdfOf(lines)
  if (kind === '.docx') return docxOf(lines)
  return `${lines.map(({ text }) => text).join('\n')}\n`
}

const LABELS = {
  en: { sku: 'SKU', price: 'Price', material: 'Material', size: 'Size', weight: 'Weight', colour: 'Colour' },
  fr: { sku: 'Référence', price: 'Prix', material: 'Matière', size: 'Dimensions', weight: 'Poids', colour: 'Couleur' },
} as const

function linesOf(sample: Sample): readonly Line[] {
  const facts = Object.entries(LABELS[sample.language]).flatMap(([field, label]): Line[] => {
    const value = sample[field as keyof (typeof LABELS)['en']]
    return value === undefined ? [] : [{ kind: 'item', text: `${label}: ${value}` }]
  })
  return [{ kind: 'title', text: sample.name }, ...facts, { kind: 'item', text: `Description: ${sample.description}` }]
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
