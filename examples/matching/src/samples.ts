import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { scanPdf } from '@monofil/example-documents'
import { docxCv, pdfCv } from './sample-files.ts'
import { PEOPLE, type Person, SCAN } from './sample-people.ts'

/** How many files the samples are, the scan that cannot be read among them. */
export const SAMPLE_COUNT = PEOPLE.length + 1

/** Makes the sample CVs in a folder, once. Killed half-way it leaves nothing under the folder's name. */
export async function ensureSamples(folder: string): Promise<void> {
  if (await exists(folder)) return
  await mkdir(dirname(folder), { recursive: true })
  const temporary = await mkdtemp(`${folder}-`)
  try {
    for (const person of PEOPLE) await writeCv(temporary, person)
    await writeFile(join(temporary, SCAN), await scanPdf())
    await rename(temporary, folder)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    // Another start may have made them meanwhile: they are the same.
    if (!(await exists(folder))) throw error
  }
}

/** Writes one person's CV in the format of its file's name. */
export async function writeCv(folder: string, person: Person): Promise<void> {
  const make = extname(person.file) === '.pdf' ? pdfCv : docxCv
  await writeFile(join(folder, person.file), await make(person))
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
