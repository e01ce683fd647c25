import { describe, expect, test } from 'vitest'
import { takeInventory } from './inventory.ts'
import { contactSheet, shotText } from './sheet.ts'
import { photoOf } from './testing.ts'

const EVIL = '</script><img src=x onerror=alert(1)>\u2028<!--.jpg'

async function sheetOf(names: readonly string[]): Promise<string> {
  const photos = names.map((name) => photoOf(name))
  const failed = [{ file: EVIL, code: 'broken_image', message: EVIL }]
  const inventory = takeInventory({ folder: '/a b/ü', photos, failed, duplicates: [] })
  return contactSheet({ inventory, photos, failed, duplicates: [], isBlurry: new Set([names[0] ?? '']) })
}

describe('contactSheet', () => {
  test('names are data, never markup', async () => {
    const sheet = await sheetOf([EVIL, 'b.jpg'])
    expect(sheet).not.toContain('<img src=x')
    expect(sheet).not.toContain('\u2028')
    expect(sheet.match(/<\/script>/g)).toHaveLength(2)
    const json = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(sheet)?.[1] ?? ''
    const data: unknown = JSON.parse(json)
    expect(data).toMatchObject({
      name: 'ü',
      base: 'file:///a%20b/%C3%BC/',
      photos: [
        { file: EVIL, blurry: true },
        { file: 'b.jpg', blurry: false },
      ],
      failed: [{ file: EVIL }],
    })
  })

  test('is one file that asks the network for nothing and whose code is whole', async () => {
    const sheet = await sheetOf(['a.jpg'])
    expect(sheet).not.toMatch(/https?:\/\//)
    const code = /<script type="module">(.*)<\/script>/s.exec(sheet)?.[1] ?? ''
    expect(code).not.toMatch(/^(import|export) /m)
    expect(() => new Function(code)).not.toThrow()
  })
})

test('an exposure is written as photographers write it', () => {
  const shot = { taken: null, offset: null, exposure: 0.004, aperture: 2.8, iso: 200, focalLength: 35 }
  expect(shotText({ shot })).toBe('1/250 s · f/2.8 · ISO 200 · 35 mm')
  expect(shotText({ shot: { ...shot, exposure: 2, aperture: null, iso: null, focalLength: null } })).toBe('2 s')
  expect(shotText({ shot: { ...shot, exposure: null, aperture: null, iso: null, focalLength: null } })).toBe('')
})
