import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { noteFailure, readFailures, tidy } from './failure-notes.ts'
import { fileKey, writeAtomic } from './files.ts'
import { inTemporaryFolder } from './testing.ts'

test('a cause reaches the summary of its own run, whatever the name', () =>
  inTemporaryFolder(async (out) => {
    const failed = { file: '../x/„ü“.jpg', code: 'broken_image', message: 'cut' }
    await noteFailure(out, 'run-1', { ...failed, message: 'an earlier attempt' })
    await noteFailure(out, 'run-1', failed)
    expect(await readFailures(out, 'run-1', [failed.file, 'other.jpg'])).toEqual([
      failed,
      { file: 'other.jpg', code: 'unfinished', message: expect.stringContaining('page of the run') },
    ])
    expect(await readFailures(out, 'run-2', [failed.file])).toMatchObject([{ code: 'unfinished' }])
  }))

test('tidying takes away only what this example made and nobody needs', () =>
  inTemporaryFolder(async (out) => {
    const [kept, gone] = [`${fileKey('kept')}.webp`, `${fileKey('gone')}.webp`]
    await noteFailure(out, 'run-1', { file: 'a', code: 'broken_image', message: '' })
    await writeAtomic(join(out, 'thumbnails', kept), 'x')
    for (const name of [gone, `${gone}.123-abc.tmp`, 'holiday.webp'])
      await writeFile(join(out, 'thumbnails', name), 'x')
    await mkdir(join(out, 'mine'))
    await tidy(out, new Set([`thumbnails/${kept}`]))
    expect((await readdir(join(out, 'thumbnails'))).sort()).toEqual([kept, 'holiday.webp'].sort())
    expect((await readdir(out)).sort()).toEqual(['mine', 'thumbnails'])
  }))

test('a file is replaced as a whole, and a failed write leaves nothing', () =>
  inTemporaryFolder(async (folder) => {
    await mkdir(join(folder, 'is-a-folder'))
    await expect(writeAtomic(join(folder, 'is-a-folder'), 'x')).rejects.toThrow()
    expect(await readdir(folder)).toEqual(['is-a-folder'])
  }))
