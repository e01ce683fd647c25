import { chmod, open, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, test } from 'vitest'
import { analysePhoto, BYTES_MAX } from './analyse.ts'
import { CAMERAS } from './sample-albums.ts'
import { takePhoto } from './sample-photo.ts'
import { inTemporaryFolder } from './testing.ts'

const SHOT = {
  scene: 'dunes',
  seed: 7,
  width: 600,
  height: 400,
  taken: '2024:05:17 18:42:10',
  camera: CAMERAS.nikon,
  place: { latitude: 10, longitude: -20, altitude: 5 },
} as const

async function analysed(content: Buffer, file = 'a.jpg') {
  return inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, file), content)
    return analysePhoto({ folder, file, out: join(folder, 'out') })
  })
}

describe('analysePhoto', () => {
  test('measures a photo and says what its camera wrote', async () => {
    const photo = await analysed(await takePhoto(SHOT, {}))
    expect(photo).toMatchObject({
      format: 'jpeg',
      width: 600,
      height: 400,
      camera: { make: 'NIKON CORPORATION', model: 'NIKON Z 6_2' },
      shot: { taken: '2024-05-17T18:42:10', aperture: 1.8 },
      vision: { room: null, objects: null, volume: null, reason: 'needs a vision model' },
      notes: [],
    })
    expect(photo.gps?.latitude).toBeCloseTo(10, 1)
    expect(photo.gps?.longitude).toBeCloseTo(-20, 1)
    expect(photo.colours.length).toBeGreaterThan(0)
    expect(photo.placeholder).toMatch(/^.{28}$/)
  })

  test('shows a photo held upright upright', async () => {
    const photo = await analysed(await takePhoto({ ...SHOT, width: 400, height: 600 }, { isTurned: true }))
    expect([photo.width, photo.height, photo.orientation]).toEqual([400, 600, 6])
    const straight = await analysed(await takePhoto({ ...SHOT, width: 400, height: 600 }, {}))
    expect(photo.grid.slice(0, 6)).toHaveLength(6)
    const distance = Buffer.from(photo.grid, 'hex').map((value, at) =>
      Math.abs(value - (Buffer.from(straight.grid, 'hex')[at] ?? 0)),
    )
    expect(Math.max(...distance)).toBeLessThan(6)
  })

  test('done twice gives the same result and the same thumbnail', () =>
    inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'x[1717].jpg'), await takePhoto(SHOT, {}))
      const request = { folder, file: 'x[1717].jpg', out: join(folder, 'out') }
      const first = await analysePhoto(request)
      const thumbnail = await readFile(join(folder, 'out', first.thumbnail))
      expect(await analysePhoto(request)).toEqual(first)
      expect(await readFile(join(folder, 'out', first.thumbnail))).toEqual(thumbnail)
      expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'webp', width: 320, height: 213 })
    }))

  test.each([
    ['png', { format: 'png' }],
    ['webp', { format: 'webp' }],
  ] as const)('reads the EXIF data of %s files too', async (format, treatment) => {
    const photo = await analysed(await takePhoto(SHOT, treatment), `a.${format}`)
    expect(photo).toMatchObject({ format, camera: { model: 'NIKON Z 6_2' }, shot: { taken: '2024-05-17T18:42:10' } })
  })

  test('reads the EXIF data of a TIFF, which is its own', async () => {
    expect(await analysed(tiffOf('Epson', 'V600', '2001:02:03 04:05:06'), 'scan.tif')).toMatchObject({
      format: 'tiff',
      camera: { make: 'Epson', model: 'V600' },
      shot: { taken: '2001-02-03T04:05:06' },
    })
  })

  test.each([
    ['grey', (picture: Sharp) => picture.greyscale().png()],
    ['transparent', (picture: Sharp) => picture.ensureAlpha(0.5).png()],
    ['cmyk', (picture: Sharp) => picture.toColourspace('cmyk').jpeg()],
    ['sixteen bits', (picture: Sharp) => picture.toColourspace('rgb16').png()],
    ['one pixel', (picture: Sharp) => picture.resize(1, 1).png()],
    ['very long', (picture: Sharp) => picture.resize(4000, 2, { fit: 'fill' }).png()],
  ])('takes a picture that is %s', async (_, make) => {
    const picture = sharp(await takePhoto(SHOT, {}))
    const photo = await analysed(await make(picture).toBuffer())
    expect(photo.hash).toMatch(/^[0-9a-f]{16}$/)
    expect(photo.grid).toMatch(/^[0-9a-f]{96}$/)
  })

  test('what is drawn in white on nothing is seen', async () => {
    const drawing = (colour: string) =>
      sharp(
        Buffer.from(`<svg width="90" height="60"><rect x="9" y="9" width="40" height="30" fill="${colour}"/></svg>`),
      )
    const [white, black] = [
      await analysed(await drawing('white').png().toBuffer()),
      await analysed(await drawing('black').png().toBuffer()),
    ]
    expect(white.sharpness).toBeGreaterThan(20)
    expect(white.grid).not.toBe(black.grid)
  })

  test('a blurred photo has weaker edges than the same one in focus', async () => {
    const trees = { ...SHOT, scene: 'forest' } as const
    const focused = await analysed(await takePhoto(trees, {}))
    const blurred = await analysed(await takePhoto(trees, { blur: 8 }))
    expect(blurred.sharpness).toBeLessThan(focused.sharpness / 3)
  })
})

describe('a file that cannot be measured says why', () => {
  const cases: readonly [string, string, () => Promise<Buffer>][] = [
    ['text', 'not_an_image', async () => Buffer.from('hello')],
    ['nothing', 'not_an_image', async () => Buffer.alloc(0)],
    ['noise', 'not_an_image', async () => Buffer.alloc(5000, 0xa7)],
    ['a cut JPEG', 'broken_image', async () => (await takePhoto(SHOT, {})).subarray(0, 9000)],
    ['a cut PNG', 'broken_image', async () => (await takePhoto(SHOT, { format: 'png' })).subarray(0, 9000)],
    ['a JPEG head', 'broken_image', async () => Buffer.from('ffd8ffe000104a464946', 'hex')],
    ['HEIC', 'unsupported_format', async () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
    ['a bomb', 'too_large', async () => pngOf(40_000, 40_000)],
  ]
  test.each(cases)('%s: %s', async (_, code, make) => {
    const error = await analysed(await make()).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code, retryable: false })
    expect(error).toHaveProperty('message', expect.stringContaining('a.jpg'))
  })

  test('a missing file, a link to nowhere and a folder', () =>
    inTemporaryFolder(async (folder) => {
      await symlink(join(folder, 'gone'), join(folder, 'link.jpg'))
      for (const file of ['missing.jpg', 'link.jpg', '.']) {
        const work = analysePhoto({ folder, file, out: join(folder, 'out') })
        await expect(work).rejects.toMatchObject({ code: 'unreadable', retryable: false })
      }
    }))

  test('a file without the right to read it', () =>
    inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'a.jpg'), '')
      await chmod(join(folder, 'a.jpg'), 0)
      await chmod(folder, 0o755)
      const isRoot = process.geteuid?.() === 0
      // Root may read anything: it is nobody for a moment.
      if (isRoot) process.seteuid?.(65_534)
      const outcome = await analysePhoto({ folder, file: 'a.jpg', out: folder }).catch((thrown: unknown) => thrown)
      if (isRoot) process.seteuid?.(0)
      expect(outcome).toMatchObject({ code: 'unreadable' })
    }))

  test('a file that is too large is not read', () =>
    inTemporaryFolder(async (folder) => {
      const file = await open(join(folder, 'a.jpg'), 'w')
      await file.truncate(BYTES_MAX + 1)
      await file.close()
      await expect(analysePhoto({ folder, file: 'a.jpg', out: folder })).rejects.toMatchObject({ code: 'too_large' })
    }))

  test('an aborted signal ends it with its reason', () =>
    inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'a.jpg'), await takePhoto(SHOT, {}))
      const signal = AbortSignal.abort(new Error('the step is over'))
      await expect(analysePhoto({ folder, file: 'a.jpg', out: folder, signal })).rejects.toThrow('the step is over')
    }))
})

/** A PNG that says it is this large and holds nothing. */
function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const head = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([head, chunk('IHDR', header), chunk('IDAT', Buffer.alloc(10)), chunk('IEND', Buffer.alloc(0))])
}

/** A grey TIFF of one pixel as scanners write it: the camera in its first directory, the time in the EXIF one. */
function tiffOf(make: string, model: string, time: string): Buffer {
  const texts = [make, model, time].map((text) => Buffer.from(`${text}\0`.padEnd(32, '\0'), 'latin1'))
  const [first, exif, tail] = [8, 8 + 2 + 12 * 12 + 4, 8 + 2 + 12 * 12 + 4 + 2 + 12 + 4]
  const directory = (entries: readonly (readonly [tag: number, type: 2 | 3 | 4, count: number, value: number])[]) => {
    const block = Buffer.alloc(2 + entries.length * 12 + 4)
    block.writeUInt16LE(entries.length)
    entries.forEach(([tag, type, count, value], at) => {
      const place = 2 + at * 12
      block.writeUInt16LE(tag, place)
      block.writeUInt16LE(type, place + 2)
      block.writeUInt32LE(count, place + 4)
      block.writeUInt32LE(value, place + 8)
    })
    return block
  }
  const short = (tag: number, value: number) => [tag, 3, 1, value] as const
  const head = Buffer.from([0x49, 0x49, 42, 0, first, 0, 0, 0])
  const pixel = tail + 96
  const main = directory([
    ...[short(256, 1), short(257, 1), short(258, 8), short(259, 1), short(262, 1)],
    [271, 2, make.length + 1, tail],
    [272, 2, model.length + 1, tail + 32],
    ...[[273, 4, 1, pixel] as const, short(277, 1), short(278, 1), [279, 4, 1, 1] as const],
    [34665, 4, 1, exif],
  ])
  return Buffer.concat([head, main, directory([[36867, 2, 20, tail + 64]]), ...texts, Buffer.from([128])])
}
