import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findSocket, placeSocket } from './path.ts'

describe('the place of the socket', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'monofil-path-'))
  })
  afterEach(() => rm(root, { recursive: true }))

  it('is the data folder', async () => {
    const place = await placeSocket(root)
    expect(place.path).toBe(join(root, 'owner.sock'))
  })

  it('replaces the file an owner left behind', async () => {
    await writeFile(join(root, 'owner.sock'), '')
    await placeSocket(root)
    expect(existsSync(join(root, 'owner.sock'))).toBe(false)
  })

  it('is a private folder when the path is too long for a socket, found through the data folder', async () => {
    const deep = join(root, 'x'.repeat(60), 'y'.repeat(60))
    await mkdir(deep, { recursive: true })
    const place = await placeSocket(deep)
    expect(Buffer.byteLength(place.path)).toBeLessThanOrEqual(100)
    expect((await stat(dirname(place.path))).mode & 0o777).toBe(0o700)
    expect(await findSocket(deep)).toBe(place.path)
    await place.remove()
    expect(existsSync(dirname(place.path))).toBe(false)
    expect(await readdir(deep)).toEqual([])
  })

  it('removes the private folder of an owner that died', async () => {
    const deep = join(root, 'x'.repeat(60), 'y'.repeat(60))
    await mkdir(deep, { recursive: true })
    const dead = await placeSocket(deep)
    const place = await placeSocket(deep)
    expect(existsSync(dirname(dead.path))).toBe(false)
    expect((await readFile(join(deep, 'owner.sock.path'), 'utf8')).trim()).toBe(place.path)
    await place.remove()
  })

  it('never removes a folder that it did not make', async () => {
    const deep = join(root, 'x'.repeat(60), 'y'.repeat(60))
    const precious = join(root, 'precious')
    await mkdir(deep, { recursive: true })
    await mkdir(precious)
    await writeFile(join(deep, 'owner.sock.path'), join(precious, 'owner.sock'))
    await (await placeSocket(deep)).remove()
    expect(existsSync(precious)).toBe(true)
  })

  it('is unknown where nobody ever listened', async () => {
    await expect(findSocket(root)).rejects.toMatchObject({ code: 'store_unavailable' })
  })
})
