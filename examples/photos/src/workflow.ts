import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { defineWorkflow, NonRetryable } from '@monofil/server/worker'
import sharp from 'sharp'
import { z } from 'zod'
import { analysePhoto } from './analyse.ts'
import { type DuplicateGroup, findDuplicates, type Likeness } from './duplicates.ts'
import { listPhotos } from './list.ts'
import type { Photo } from './photo.ts'
import { PhotoError } from './photo-error.ts'
import { writeResults } from './results.ts'

// One thread a picture, since several pictures run at once: the machine stays usable, and threads do not multiply.
sharp.concurrency(1)
// Every photo is read once: a cache of them is memory for nothing.
sharp.cache(false)

/**
 * A folder of photos becomes an inventory: what cameras, when, how large, which are nearly the same, which are
 * blurry, and which could not be read and why. The results are files in `out`; doing it again replaces them.
 */
export default defineWorkflow({
  name: 'photos',
  input: z.object({
    folder: z
      .string()
      .min(1)
      .transform((path) => resolve(path)),
    out: z
      .string()
      .min(1)
      .transform((path) => resolve(path)),
  }),
  steps: (step) => [
    step('list', { timeoutMs: 120_000, weight: 1 }, async (ctx) => {
      const { folder, out } = ctx.input
      const { photos, raw, closed } = await orFinal(listPhotos(folder, { out, signal: ctx.signal }))
      if (photos.length === 0) {
        throw new NonRetryable(`There are no photos in ${folder} or below it`, { code: 'no_photos' })
      }
      ctx.log(`Found ${photos.length} photos in ${folder}`)
      for (const [extension, count] of Object.entries(raw)) {
        ctx.log(`${count} raw files (${extension}) are passed over: they need their maker's decoder`, undefined, 'warn')
      }
      for (const path of closed) ctx.log(`The folder ${path} cannot be opened and is passed over`, undefined, 'warn')
      return photos
    }),

    step(
      'analyse',
      {
        each: 'list',
        concurrency: Math.min(4, availableParallelism()),
        retry: { retries: 2, minMs: 500, maxMs: 5_000 },
        timeoutMs: 60_000,
        weight: 97,
      },
      async (ctx, file: string) => {
        const { folder, out } = ctx.input
        return orFinal(analysePhoto({ folder, file, out, signal: ctx.signal }))
      },
    ),

    step('duplicates', { after: ['analyse'], timeoutMs: 300_000, weight: 1 }, async (ctx) => {
      const seen: Likeness[] = []
      for await (const { file, hash, grid, width, height, sharpness, bytes } of ctx.results<Photo>('analyse')) {
        seen.push({ file, hash, grid, width, height, sharpness, bytes })
      }
      return findDuplicates(seen, ctx.signal)
    }),

    step('summary', { after: ['duplicates'], retry: 2, timeoutMs: 300_000, weight: 1 }, async (ctx) => {
      const { folder, out } = ctx.input
      const photos = await ctx.results<Photo>('analyse').all()
      const duplicates = (await ctx.results<readonly DuplicateGroup[]>('duplicates').all()).flat()
      const failures = await ctx.failures<string>('analyse').all()
      const failed = failures.map(({ item, error }) => ({ file: item, ...error }))
      const inventory = await writeResults({ folder, out, photos, failed, duplicates })
      ctx.log(`The inventory is in ${out}`)
      return { out, ...inventory }
    }),
  ],
})

/** Says to the worker which failures another attempt cannot mend. */
function final(error: unknown): unknown {
  if (!(error instanceof PhotoError) || error.retryable) return error
  return new NonRetryable(error.message, { code: error.code, cause: error })
}

function orFinal<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw final(error)
  })
}
