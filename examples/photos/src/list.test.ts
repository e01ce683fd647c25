import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { listPhotos } from './list.ts'
import { inTemporaryFolder } from './testing.ts'

async function fill(folder: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), '')
  }
}

describe('listPhotos', () => {
  test('finds what looks like a photo at any depth, in a stable order, whatever its case', () =>
    inTemporaryFolder(async (folder) => {
      await fill(folder, [
        'b/2.JPG',
        'b/10.jpeg',
        'a.png',
        'b/c/x.HEIC',
        'notes.txt',
        'film.mov',
        'é.webp',
        'CV (1).tif',
      ])
      const { photos } = await listPhotos(folder)
      expect(photos).toEqual(['CV (1).tif', 'a.png', 'b/10.jpeg', 'b/2.JPG', 'b/c/x.HEIC', 'é.webp'])
    }))

  test('passes over hidden names and the results it wrote itself', () =>
    inTemporaryFolder(async (folder) => {
      await fill(folder, ['.hidden.jpg', '.thumbs/a.jpg', 'out/thumbnails/b.webp', 'c.jpg'])
      expect((await listPhotos(folder, { out: join(folder, 'out') })).photos).toEqual(['c.jpg'])
    }))

  test('counts raw files instead of listing them', () =>
    inTemporaryFolder(async (folder) => {
      await fill(folder, ['a.CR2', 'b.cr2', 'c.nef', 'd.jpg'])
      expect(await listPhotos(folder)).toEqual({ photos: ['d.jpg'], raw: { '.cr2': 2, '.nef': 1 }, closed: [] })
    }))

  test('follows links to files, never to folders, and keeps a link to nowhere', () =>
    inTemporaryFolder(async (folder) => {
      await fill(folder, ['real/a.jpg'])
      await symlink(folder, join(folder, 'real', 'circle'))
      await symlink(folder, join(folder, 'circle.jpg'))
      await symlink(join(folder, 'real/a.jpg'), join(folder, 'link.jpg'))
      await symlink(join(folder, 'gone.jpg'), join(folder, 'nowhere.jpg'))
      expect((await listPhotos(folder)).photos).toEqual(['link.jpg', 'nowhere.jpg', 'real/a.jpg'])
    }))

  test('a folder named like a photo is walked', () =>
    inTemporaryFolder(async (folder) => {
      await fill(folder, ['album.jpg/a.jpg'])
      expect((await listPhotos(folder)).photos).toEqual(['album.jpg/a.jpg'])
    }))

  test('says what is wrong with the folder', () =>
    inTemporaryFolder(async (folder) => {
      await fill(folder, ['file.jpg'])
      await expect(listPhotos(join(folder, 'none'))).rejects.toMatchObject({ code: 'folder_missing' })
      await expect(listPhotos(join(folder, 'file.jpg'))).rejects.toMatchObject({ code: 'folder_missing' })
      await expect(listPhotos(folder, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
    }))

  test('asks for parts of a folder whose list would not fit into the ledger', () =>
    inTemporaryFolder(async (folder) => {
      const names = Array.from({ length: 4200 }, (_, index) => `${'n'.repeat(220)}${index}.jpg`)
      await Promise.all(names.map((name) => writeFile(join(folder, name), '')))
      await expect(listPhotos(folder)).rejects.toMatchObject({ code: 'too_many' })
    }))
})
