import { readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import mammoth from 'mammoth'
import { extractText, getDocumentProxy } from 'unpdf'
import { DocumentError } from './document-error.ts'

/** The largest file that is read, in bytes. */
export const MAX_DOCUMENT_BYTES = 10_000_000
/** Of a longer text only this many characters are looked at. */
const MAX_CHARS = 60_000
/** Fewer letters are no text but the dirt of a scan. */
const MIN_LETTERS = 20

/** What a document says. */
export interface DocumentText {
  /** The file's name below its folder. */
  readonly file: string
  /** Its first line, cut at 80 characters. */
  readonly title: string
  readonly text: string
}

type Reader = (content: Buffer, file: string) => string | Promise<string>

const READERS: Readonly<Record<string, Reader>> = { '.pdf': fromPdf, '.docx': fromDocx, '.txt': fromText }

/** Whether a file of this name is a document (PDF, DOCX, TXT): not what an editor left beside one. */
export function isDocument(name: string): boolean {
  return READERS[extname(name).toLowerCase()] !== undefined && !/^(\.|~\$)/.test(name)
}

/** Reads a document's text. @throws DocumentError in words for a file that gives none. */
export async function readDocument(folder: string, file: string): Promise<DocumentText> {
  const reader = READERS[extname(file).toLowerCase()]
  if (reader === undefined) throw new DocumentError('not_a_document', `${file} is neither PDF, DOCX nor TXT.`)
  const text = tidy(await reader(await read(join(folder, file), file), file)).slice(0, MAX_CHARS)
  if ((text.match(/\p{L}/gu) ?? []).length < MIN_LETTERS) {
    throw new DocumentError('no_text', `${file} has no text, as a scan: save it with text, or run it through OCR.`)
  }
  const [first = file] = text.split('\n')
  return { file, title: first.length > 80 ? `${first.slice(0, 80)}…` : first, text }
}

async function read(path: string, file: string): Promise<Buffer> {
  try {
    const { size } = await stat(path)
    if (size > MAX_DOCUMENT_BYTES) {
      throw new DocumentError('too_large', `${file} has ${size} bytes, over ${MAX_DOCUMENT_BYTES}: save it smaller.`)
    }
    return await readFile(path)
  } catch (error) {
    if (error instanceof DocumentError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new DocumentError('unreadable', `${file} cannot be read: ${why}`, error)
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
      throw new DocumentError('encrypted', `${file} is locked with a password: save it without one.`, error)
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

function fromText(content: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch (error) {
    throw wrongKind(file, 'UTF-8 text', error)
  }
}

function wrongKind(file: string, kind: string, cause?: unknown): DocumentError {
  const message = `${file} is not a ${kind} document, or a damaged one, whatever its name.`
  return new DocumentError('not_a_document', message, cause)
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
