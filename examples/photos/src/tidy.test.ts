import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileKey, writeAtomic } from './files.ts'
import { inTemporaryFolder } from './testing.ts'
import { tidy } from './tidy.ts'

test('tidying takes away only what this example made and nobody needs', () =>
  inTemporaryFolder(async (out) => {
    const [kept, gone] = [`${fileKey('kept')}.webp`, `${fileKey('gone')}.webp`]
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
