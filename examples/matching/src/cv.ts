import { DocumentError, type DocumentText, readDocument } from '@monofil/example-documents'
import { CvError } from './cv-error.ts'

/** What a CV says: its first line is in most CVs the person. */
export type Cv = DocumentText

/** Reads a CV's text. @throws CvError in words for a file that gives none. */
export async function readCv(folder: string, file: string): Promise<Cv> {
  try {
    return await readDocument(folder, file)
  } catch (error) {
    throw error instanceof DocumentError ? new CvError(error.code, error.message, error) : error
  }
}
