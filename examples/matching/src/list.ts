import { readdir } from 'node:fs/promises'
import { extname } from 'node:path'
import { CvError } from './cv-error.ts'

/** The most CVs of one run. */
export const MAX_CVS = 500

/** The CVs (PDF, DOCX) of a folder by name, in a stable order. Folders below it are left alone. @throws CvError. */
export async function listCvs(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new CvError('folder_missing', `There is no folder ${folder} that can be read.`, error)
  })
  const files = entries.filter((entry) => entry.isFile() && isCv(entry.name)).map(({ name }) => name)
  if (files.length > MAX_CVS) {
    throw new CvError('too_many', `${folder} has ${files.length} CVs, over ${MAX_CVS}: take a part of them.`)
  }
  return files.toSorted()
}

/** Whether a file is looked at: not what an editor left beside the document. */
export function isCv(name: string): boolean {
  return ['.pdf', '.docx'].includes(extname(name).toLowerCase()) && !/^(\.|~\$)/.test(name)
}
