import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { NO_EXIF, parseExif } from './exif.ts'
import { cameraName } from './photo.ts'

async function blockOf(exif: Record<string, Record<string, string>>): Promise<Buffer> {
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } })
    .jpeg()
    .withExif(exif)
    .toBuffer()
  const { exif: block } = await sharp(picture).metadata()
  if (!block) throw new Error('no EXIF was written')
  return block
}

describe('parseExif', () => {
  test('reads camera, lens, time, exposure and place', async () => {
    const block = await blockOf({
      IFD0: { Make: 'Canon', Model: 'Canon EOS R6' },
      IFD2: {
        DateTimeOriginal: '2024:05:17 18:42:10',
        OffsetTimeOriginal: '+02:00',
        ExposureTime: '1/250',
        FNumber: '28/10',
        ISOSpeedRatings: '200',
        FocalLength: '35/1',
        LensModel: 'RF35mm',
      },
      IFD3: {
        GPSLatitudeRef: 'S',
        GPSLatitude: '33/1 51/1 3600/100',
        GPSLongitudeRef: 'E',
        GPSLongitude: '151/1 12/1 0/1',
        GPSAltitude: '12/1',
        GPSAltitudeRef: '0',
      },
    })
    expect(await parseExif(block)).toEqual({
      camera: { make: 'Canon', model: 'Canon EOS R6', lens: 'RF35mm' },
      shot: {
        taken: '2024-05-17T18:42:10',
        offset: '+02:00',
        exposure: 0.004,
        aperture: 2.8,
        iso: 200,
        focalLength: 35,
      },
      gps: { latitude: -33.86, longitude: 151.2, altitude: 12 },
    })
  })

  test.each([
    ['0000:00:00 00:00:00', null],
    ['2024:02:30 10:00:00', null],
    ['    :  :     :  :  ', null],
    ['2024:02:29 23:59:59', '2024-02-29T23:59:59'],
  ])('the time %j is %j', async (written, taken) => {
    const { shot } = await parseExif(await blockOf({ IFD2: { DateTimeOriginal: written } }))
    expect(shot.taken).toBe(taken)
  })

  test('does not believe values that no camera measures', async () => {
    const { shot, gps } = await parseExif(
      await blockOf({
        IFD2: { ExposureTime: '1/0', FNumber: '0/1' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '0/1 0/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '0/1 0/1 0/1' },
      }),
    )
    expect([shot.exposure, shot.aperture, gps]).toEqual([null, null, null])
  })

  test('keeps text short and printable', async () => {
    const { camera } = await parseExif(await blockOf({ IFD0: { Make: `  Can\u0007on  `, Model: 'M'.repeat(400) } }))
    expect(camera.make).toBe('Can on')
    expect(camera.model).toHaveLength(100)
  })

  test('a block without anything says nothing', async () => {
    expect(await parseExif(Buffer.from('II*\0\x08\0\0\0\0\0\0\0\0\0', 'latin1'))).toEqual(NO_EXIF)
  })

  test('damaged blocks are refused or read in part, and never hold a value outside its range', async () => {
    const whole = await blockOf({
      IFD0: { Make: 'Canon', Model: 'EOS' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '48/1 51/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '2/1 21/1 0/1' },
    })
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), async (at, value, isCut) => {
        const damaged = isCut ? whole.subarray(0, at) : Buffer.from(whole)
        if (!isCut) damaged[at] = value
        const found = await parseExif(damaged).catch(() => NO_EXIF)
        expect(Math.abs(found.gps?.latitude ?? 0)).toBeLessThanOrEqual(90)
        expect(found.camera.make ?? '').not.toMatch(/\p{Cc}/u)
      }),
      { numRuns: 300 },
    )
  })
})

test('a camera is named once', () => {
  expect(cameraName({ make: 'Canon', model: 'Canon EOS R6', lens: null })).toBe('Canon EOS R6')
  expect(cameraName({ make: 'NIKON CORPORATION', model: 'NIKON Z 6_2', lens: null })).toBe('NIKON Z 6_2')
  expect(cameraName({ make: 'Apple', model: 'iPhone 15 Pro', lens: null })).toBe('Apple iPhone 15 Pro')
  expect(cameraName({ make: 'Apple', model: null, lens: null })).toBe('Apple')
  expect(cameraName({ make: null, model: null, lens: null })).toBeNull()
})
