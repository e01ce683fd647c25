import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toCsv } from './csv.ts'
import { photoOf, readCsv } from './testing.ts'

const NO_FACTS = { isBlurry: () => false, duplicateOf: () => undefined }

/** The rows as records by column. */
function records(text: string): Record<string, string>[] {
  const [header = [], ...rows] = readCsv(text)
  return rows.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at] ?? ''])))
}

describe('toCsv', () => {
  test('has a row per photo, those that failed among them, in order', () => {
    const photo = photoOf('b.jpg', {
      camera: { make: 'Canon', model: 'EOS R6', lens: null },
      shot: {
        taken: '2024-05-17T18:42:10',
        offset: '+02:00',
        exposure: 0.004,
        aperture: 2.8,
        iso: 200,
        focalLength: 35,
      },
      gps: { latitude: -33.86, longitude: -151.2, altitude: null },
    })
    const failed = [{ file: 'a.jpg', code: 'broken_image', message: 'cut, short' }]
    const facts = { isBlurry: () => true, duplicateOf: () => 'c.jpg' }
    const [first, second] = records(toCsv([photo], failed, facts))
    expect(first).toMatchObject({ file: 'a.jpg', status: 'failed', error_code: 'broken_image', error: 'cut, short' })
    expect(second).toMatchObject({
      file: 'b.jpg',
      status: 'completed',
      taken: '2024-05-17T18:42:10+02:00',
      camera: 'Canon EOS R6',
      exposure_s: '0.004',
      latitude: '-33.86',
      longitude: '-151.2',
      blurry: 'yes',
      duplicate_of: 'c.jpg',
      room: '',
      vision: 'needs a vision model',
    })
  })

  test('is what spreadsheets expect: a mark, CRLF, as many cells in each row', () => {
    const text = toCsv([photoOf('a.jpg'), photoOf('é "x", y.jpg')], [{ file: 'z', code: 'c', message: 'm' }], NO_FACTS)
    expect(text.startsWith('\uFEFFfile,')).toBe(true)
    expect(text.split('\r\n')).toHaveLength(5)
    expect(new Set(readCsv(text).map((row) => row.length)).size).toBe(1)
  })

  test.each(['=1+1.jpg', '+1.jpg', '-1.jpg', '@sum.jpg', '\t=1.jpg', '\r=1.jpg', '＝1.jpg'])(
    '%j is not taken for a formula',
    (file) => {
      expect(records(toCsv([photoOf(file)], [], NO_FACTS))[0]?.['file']).toBe(`'${file}`)
    },
  )

  test('any name comes back as it was, and no cell begins like a formula', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), { maxLength: 5 }),
        (names) => {
          const rows = records(
            toCsv(
              names.map((name) => photoOf(name)),
              [],
              NO_FACTS,
            ),
          )
          const back = rows.map((row) => row['file']?.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, ''))
          expect(back.toSorted()).toEqual(names.toSorted())
          for (const row of rows) expect(row['file']).not.toMatch(/^[=+\-@\t\r\n]/)
        },
      ),
    )
  })
})
