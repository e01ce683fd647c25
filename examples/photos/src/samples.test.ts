import { createHash } from 'node:crypto'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { analysePhoto } from './analyse.ts'
import { findDuplicates } from './duplicates.ts'
import { takeInventory } from './inventory.ts'
import { listPhotos } from './list.ts'
import type { Failed, Photo } from './photo.ts'
import { PhotoError } from './photo-error.ts'
import { ensureSamples, makePhotos, SAMPLE_COUNT } from './samples.ts'
import { inTemporaryFolder } from './testing.ts'

async function digests(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const pairs = names.map(async ({ parentPath, name }) => {
    const content = await readFile(join(parentPath, name))
    return [join(parentPath, name).slice(folder.length), createHash('sha256').update(content).digest('hex')] as const
  })
  return Object.fromEntries(await Promise.all(pairs))
}

describe('the sample photos', () => {
  test('are made once, and are known: cameras, dates, copies, blur and two bad files', { timeout: 120_000 }, () =>
    inTemporaryFolder(async (base) => {
      const folder = join(base, 'samples')
      let last = 0
      await ensureSamples(folder, (done, total) => {
        expect(total).toBe(SAMPLE_COUNT)
        last = done
      })
      expect(last).toBe(SAMPLE_COUNT)
      expect(await readdir(base)).toEqual(['samples'])
      const { photos: files } = await listPhotos(folder)
      expect(files).toHaveLength(SAMPLE_COUNT)

      const photos: Photo[] = []
      const failed: Failed[] = []
      for (const file of files) {
        await analysePhoto({ folder, file, out: join(base, 'out') }).then(
          (photo) => photos.push(photo),
          (error: unknown) => {
            if (!(error instanceof PhotoError)) throw error
            failed.push({ file, code: error.code, message: error.message })
          },
        )
      }
      const inventory = takeInventory({ folder, photos, failed, duplicates: findDuplicates(photos) })
      expect(inventory.failures.map(({ code, files: names }) => [code, names])).toEqual([
        ['broken_image', ['2025 City/IMG_2024.jpg']],
        ['not_an_image', ['Shared/notes.jpg']],
      ])
      expect(Object.fromEntries(inventory.cameras.map(({ name, count }) => [name, count]))).toEqual({
        'Canon EOS R6': 9,
        'FUJIFILM X-T5': 8,
        'NIKON Z 6_2': 10,
        'Apple iPhone 15 Pro': 7,
        'Google Pixel 8': 5,
        null: 7,
      })
      expect(inventory.dates).toMatchObject({ first: '2023-06-11T21:14:08', last: '2025-03-10T12:30:20', unknown: 7 })
      expect(inventory.blurry.files).toEqual([
        '2023 Coast/IMG_0415.jpg',
        '2023 Desert/DSCF2106.jpg',
        '2024 Home/IMG_7733.jpg',
        '2024 North/DSC_3306.jpg',
      ])
      expect(
        inventory.duplicates.list.map(({ keep, others }) => [keep, ...others.map(({ file }) => file).sort()]),
      ).toEqual([
        ['2023 Coast/IMG_0412.jpg', 'Shared/IMG-20230611-WA0003.jpg'],
        ['2023 Coast/IMG_0417.jpg', '2023 Coast/IMG_0417 (bright).jpg'],
        ['2023 Desert/DSCF2101.jpg', '2023 Desert/DSCF2101-crop.jpg'],
        ['2024 Home/IMG_7730.jpg', '2024 Home/IMG_7730_edited.jpg'],
        ['2024 North/DSC_3305.jpg', 'Shared/DSC_3305 copy.jpg', 'Shared/aurora-small.webp'],
      ])
      expect(photos.filter(({ orientation }) => orientation === 6)).toHaveLength(5)
      expect(photos.every(({ vision }) => vision.room === null && vision.reason === 'needs a vision model')).toBe(true)

      const { mtimeMs } = await stat(folder)
      await writeFile(join(folder, 'mine.txt'), 'kept')
      await ensureSamples(folder, () => expect.unreachable())
      expect((await stat(folder)).mtimeMs).toBeGreaterThanOrEqual(mtimeMs)
      expect(await readdir(folder)).toContain('mine.txt')
    }),
  )

  test('leave nothing behind when they cannot be made', () =>
    inTemporaryFolder(async (base) => {
      const stop = () => {
        throw new Error('no space')
      }
      await expect(ensureSamples(join(base, 'samples'), stop)).rejects.toThrow('no space')
      expect(await readdir(base)).toEqual([])
    }))
})

describe('makePhotos', () => {
  test(
    'makes the same photos from the same seed, all different, some broken where asked for',
    { timeout: 60_000 },
    () =>
      inTemporaryFolder(async (base) => {
        const names = await makePhotos(join(base, 'a'), 24, { seed: 5, brokenEvery: 10 })
        await makePhotos(join(base, 'b'), 24, { seed: 5, brokenEvery: 10 })
        await makePhotos(join(base, 'c'), 24, { seed: 6, brokenEvery: 10 })
        const [a, b, c] = [
          await digests(join(base, 'a')),
          await digests(join(base, 'b')),
          await digests(join(base, 'c')),
        ]
        expect(names).toHaveLength(24)
        expect(a).toEqual(b)
        expect(Object.values(a).filter((digest) => Object.values(c).includes(digest))).toEqual([])
        expect(new Set(Object.values(a)).size).toBe(24)
        const outcomes = await Promise.all(
          names.map((file) =>
            analysePhoto({ folder: join(base, 'a'), file, out: join(base, 'out') }).then(
              ({ camera }) => camera.model !== null,
              (error: unknown) => error instanceof PhotoError && error.code,
            ),
          ),
        )
        expect(
          outcomes.map((outcome, at) => (outcome === true ? undefined : at)).filter((at) => at !== undefined),
        ).toEqual([9, 19])
        expect(outcomes[9]).toBe('broken_image')
      }),
  )
})
