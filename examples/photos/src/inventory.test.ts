import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_EXIF } from './exif.ts'
import { findBlurry, LISTED, takeInventory } from './inventory.ts'
import { photoOf } from './testing.ts'

const taken = (time: string | null) => ({ shot: { ...NO_EXIF.shot, taken: time } })
const by = (make: string, model: string) => ({ camera: { make, model, lens: null } })

describe('takeInventory', () => {
  const photos = [
    photoOf('a.jpg', {
      ...by('Canon', 'EOS R6'),
      ...taken('2024-05-17T18:42:10'),
      bytes: 4000,
      width: 4000,
      height: 3000,
    }),
    photoOf('b.jpg', { ...by('Canon', 'EOS R6'), ...taken('2024-05-01T08:00:00'), bytes: 1000 }),
    photoOf('c.png', {
      ...by('Apple', 'iPhone 15'),
      ...taken('2023-12-24T20:15:00'),
      format: 'png',
      bytes: 500,
      width: 100,
      height: 100,
    }),
    photoOf('d.jpg', { gps: { latitude: 1, longitude: 2, altitude: null }, bytes: 250 }),
  ]
  const inventory = takeInventory({
    folder: '/photos',
    photos,
    failed: [
      { file: 'x.jpg', code: 'broken_image', message: 'cut' },
      { file: 'w.jpg', code: 'broken_image', message: 'cut' },
      { file: 'y.jpg', code: 'timeout', message: 'late' },
    ],
    duplicates: [
      {
        keep: 'a.jpg',
        others: [
          { file: 'b.jpg', distance: 2 },
          { file: 'd.jpg', distance: 4 },
        ],
      },
    ],
  })

  test('counts photos, bytes, cameras and formats', () => {
    expect(inventory).toMatchObject({ total: 7, measured: 4, failed: 3, bytes: 5750, withPosition: 1 })
    expect(inventory.cameras).toEqual([
      { name: 'Canon EOS R6', count: 2 },
      { name: 'Apple iPhone 15', count: 1 },
      { name: null, count: 1 },
    ])
    expect(inventory.formats).toEqual([
      { format: 'jpeg', count: 3, bytes: 5250 },
      { format: 'png', count: 1, bytes: 500 },
    ])
    expect(inventory.sizes).toEqual({
      smallest: { file: 'c.png', width: 100, height: 100 },
      largest: { file: 'a.jpg', width: 4000, height: 3000 },
      megapixels: 12.1,
    })
  })

  test('says from when to when, by month, and how many do not say', () => {
    expect(inventory.dates).toEqual({
      first: '2023-12-24T20:15:00',
      last: '2024-05-17T18:42:10',
      months: [
        { month: '2023-12', count: 1 },
        { month: '2024-05', count: 2 },
      ],
      unknown: 1,
    })
  })

  test('weighs what could go', () => {
    expect(inventory.duplicates).toMatchObject({ groups: 1, surplus: 2, surplusBytes: 1250 })
  })

  test('groups failures by cause, those without a word of ours too', () => {
    expect(inventory.failures).toEqual([
      { code: 'broken_image', title: 'The picture is damaged or cut short', count: 2, files: ['w.jpg', 'x.jpg'] },
      { code: 'timeout', title: expect.stringContaining('page of the run'), count: 1, files: ['y.jpg'] },
    ])
  })

  test('is the same in whatever order the photos come, and stays small', () => {
    const many = Array.from({ length: 600 }, (_, index) => photoOf(`${index}.jpg`, { sharpness: index < 250 ? 1 : 40 }))
    const failed = many.map(({ file }) => ({ file: `f${file}`, code: 'broken_image', message: '' }))
    const duplicates = [{ keep: '0.jpg', others: many.slice(1, 500).map(({ file }) => ({ file, distance: 0 })) }]
    const whole = { folder: '/photos', photos: many, failed, duplicates }
    const found = takeInventory(whole)
    expect(found.blurry).toMatchObject({ count: 250 })
    expect(found.blurry.files).toHaveLength(LISTED)
    expect(found.failures[0]?.files).toHaveLength(LISTED)
    expect(found.duplicates).toMatchObject({ surplus: 499, list: [] })
    fc.assert(
      fc.property(fc.shuffledSubarray(many, { minLength: many.length }), (shuffled) => {
        expect(takeInventory({ ...whole, photos: shuffled })).toEqual(found)
      }),
      { numRuns: 10 },
    )
  })

  test('an empty folder has an inventory too', () => {
    const nothing = takeInventory({ folder: '/photos', photos: [], failed: [], duplicates: [] })
    expect(nothing).toMatchObject({ total: 0, bytes: 0, cameras: [], dates: { first: null, last: null, months: [] } })
  })
})

describe('findBlurry', () => {
  test('compares with the median of the folder', () => {
    const sharpness = [6, 20, 30, 40, 9.9, 10]
    const blurry = findBlurry(sharpness.map((value, index) => photoOf(`${index}.jpg`, { sharpness: value })))
    expect(blurry).toMatchObject({ median: 20, below: 6, count: 0 })
    const softer = findBlurry(
      [5.9, 20, 30, 40, 12, 10].map((value, index) => photoOf(`${index}.jpg`, { sharpness: value })),
    )
    expect(softer).toMatchObject({ count: 1, files: ['0.jpg'] })
    expect(softer.rule).toContain("30 % of this folder's median of 20")
  })

  test('judges nothing where there is nothing to compare with', () => {
    const few = findBlurry([1, 50, 50, 50].map((value, index) => photoOf(`${index}.jpg`, { sharpness: value })))
    expect(few).toMatchObject({ median: null, below: null, count: 0, files: [] })
  })
})
