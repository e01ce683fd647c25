import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileKey, writeAtomic } from './files.ts'
import type { Failed } from './photo.ts'

/** Where causes wait for the summary, below the results' folder. */
const FOLDER = '.failures'

/**
 * Keeps why a photo failed until the summary: a step reads the results of the items that were completed, and the
 * causes of the others must reach it too. Written anew by each attempt.
 */
export async function noteFailure(out: string, run: string, failed: Failed): Promise<void> {
  await writeAtomic(join(out, FOLDER, `${fileKey(failed.file)}.json`), JSON.stringify({ run, ...failed }))
}

/** Why these photos of this run failed. What left no note was ended from outside: its time was up, or its process died. */
export async function readFailures(out: string, run: string, files: readonly string[]): Promise<readonly Failed[]> {
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(out, FOLDER, `${fileKey(file)}.json`), 'utf8').catch(() => undefined)
      const note: unknown = text === undefined ? undefined : JSON.parse(text)
      if (isNote(note) && note.run === run && note.file === file) {
        return { file, code: note.code, message: note.message }
      }
      return { file, code: 'unfinished', message: `"${file}" did not finish; the page of the run says why` }
    }),
  )
}

/** Takes away what the inventory of this run does not need: notes, thumbnails of photos that are gone, cut writes. */
export async function tidy(out: string, thumbnails: ReadonlySet<string>): Promise<void> {
  await rm(join(out, FOLDER), { recursive: true, force: true })
  const names = await readdir(join(out, 'thumbnails')).catch(() => [])
  // Only names that this example gives: the folder was chosen by a person and may hold other things.
  const ours = names.filter((name) => /^[0-9a-f]{16}\.webp(\.[0-9a-z-]+\.tmp)?$/.test(name))
  for (const name of ours) {
    if (!thumbnails.has(`thumbnails/${name}`)) await rm(join(out, 'thumbnails', name), { force: true })
  }
}

function isNote(value: unknown): value is Failed & { run: string } {
  if (typeof value !== 'object' || value === null) return false
  return ['run', 'file', 'code', 'message'].every((key) => typeof Reflect.get(value, key) === 'string')
}
