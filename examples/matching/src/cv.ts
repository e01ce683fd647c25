import { readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import mammoth from 'mammoth'
import { extractText, getDocumentProxy } from 'unpdf'
import { CvError } from './cv-error.ts'

/** The largest file that is read, in bytes. */
export const MAX_CV_BYTES = 10_000_000
/** Of a longer text only this many characters are looked at. */
const MAX_CHARS = 60_000
/** Fewer letters are no CV but the dirt of a scan. */
const MIN_LETTERS = 20

/** What a CV says. */
export interface Cv {
  /** The file's name below its folder. */
  readonly file: string
  /** Its first line: in most CVs the person. */
  readonly title: string
  readonly text: string
}

/** Reads a CV's text. @throws CvError in words for a file that gives none. */
export async function readCv(folder: string, file: string): Promise<Cv> {
  const path = join(folder, file)
  const content = await read(path, file)
  const raw = extname(file).toLowerCase() === '.pdf' ? await fromPdf(content, file) : await fromDocx(content, file)
  const text = tidy(raw).slice(0, MAX_CHARS)
  if ((text.match(/\p{L}/gu) ?? []).length < MIN_LETTERS) {
    throw new CvError('no_text', `${file} has no text, as a scan: save it with text, or run it through OCR.`)
  }
  const [first = file] = text.split('\n')
  return { file, title: first.length > 80 ? `${first.slice(0, 80)}…` : first, text }
}

async function read(path: string, file: string): Promise<Buffer> {
  try {
    const { size } = await stat(path)
    if (size > MAX_CV_BYTES) {
      throw new CvError('too_large', `${file} has ${size} bytes, over ${MAX_CV_BYTES}: save it smaller.`)
    }
    return await readFile(path)
  } catch (error) {
    if (error instanceof CvError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new CvError('unreadable', `${file} cannot be read: ${why}`, error)
  }
}

async function fromPdf(content: Buffer, file: string): Promise<string> {
  if (!content.subarray(0, 1024).includes('%PDF-')) throw wrongKind(file, 'PDF')
  try {
    const pdf = await getDocumentProxy(new Uint8Array(content), { verbosity: 0 })
    const { text } = await extractText(pdf, { mergePages: true })
    await pdf.loadingTask.destroy()
    return text
  } catch (error) {
    if (error instanceof Error && error.name === 'PasswordException') {
      throw new CvError('encrypted', `${file} is locked with a password: save it without one.`, error)
    }
    throw wrongKind(file, 'PDF', error)
  }
}

async function fromDocx(content: Buffer, file: string): Promise<string> {
  try {
    return (await mammoth.extractRawText({ buffer: content })).value
  } catch (error) {
    throw wrongKind(file, 'Word', error)
  }
}

function wrongKind(file: string, kind: string, cause?: unknown): CvError {
  return new CvError('not_a_document', `${file} is not a ${kind} document, or a damaged one, whatever its name.`, cause)
}

/** One space between words, one line break between lines, nothing that steers a terminal. */
function tidy(text: string): string {
  const lines = text.normalize('NFC').split(/[\r\n\f\u2028\u2029]+/)
  const clean = lines.map((line) => line.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim())
  return clean
    .filter((line) => line !== '')
    .join('\n')
    .toWellFormed()
}
