import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { MAX_DOCUMENT_BYTES } from '@monofil/example-documents'
import { isCv, MAX_CVS } from './list.ts'

/** Why an upload is refused: a status and words for the person who sent it. */
export class UploadError extends Error {
  override readonly name = 'UploadError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const BATCH = /^[0-9a-f-]{36}$/
const MAX_NAME_BYTES = 200

/**
 * Keeps an uploaded CV under its own name in its batch's folder, which is made where it is missing; the same name
 * again replaces it. Answers the folder. @throws UploadError naming what is wrong with the batch, name, kind or size.
 */
export async function keepUpload(root: string, place: Place, message: IncomingMessage): Promise<string> {
  const folder = uploadFolder(root, place.batch)
  const { name } = place
  if (Buffer.byteLength(name) > MAX_NAME_BYTES || /[/\\\p{Cc}]/u.test(name) || !isCv(name)) {
    throw new UploadError(400, 'The name must end in .pdf or .docx, have at most 200 bytes and no slash.')
  }
  const content = await read(message)
  const head = content.subarray(0, 1024).toString('latin1')
  if (!(/\.pdf$/i.test(name) ? head.includes('%PDF-') : head.startsWith('PK'))) {
    throw new UploadError(415, `${name} is not a ${/\.pdf$/i.test(name) ? 'PDF' : 'Word'} document, whatever its name.`)
  }
  await mkdir(folder, { recursive: true })
  const there = await readdir(folder)
  if (there.length >= MAX_CVS && !there.includes(name)) throw new UploadError(413, `More than ${MAX_CVS} CVs.`)
  const temporary = join(root, `${randomUUID()}.tmp`)
  try {
    await writeFile(temporary, content)
    await rename(temporary, join(folder, name))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  return folder
}

/** Where an upload goes. */
export interface Place {
  /** A UUID that the page made. */
  readonly batch: string
  readonly name: string
}

/** The folder of a batch. @throws UploadError for a name that is none. */
function uploadFolder(root: string, batch: string): string {
  if (!BATCH.test(batch)) throw new UploadError(400, 'A batch is named by a UUID.')
  return join(root, batch)
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of message as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > MAX_DOCUMENT_BYTES)
      throw new UploadError(413, `A CV may have ${MAX_DOCUMENT_BYTES / 1_000_000} MB at most.`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}
