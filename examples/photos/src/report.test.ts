import { expect, test } from 'vitest'
import { takeInventory } from './inventory.ts'
import { isInventory } from './is-inventory.ts'
import { reportLines } from './report.ts'
import { photoOf } from './testing.ts'

const inventory = takeInventory({
  folder: '/photos',
  photos: [photoOf('a.jpg', { bytes: 2_500_000 }), photoOf('b.jpg')],
  failed: [{ file: 'x\u001b[2J.jpg', code: 'broken_image', message: '' }],
  duplicates: [{ keep: 'a.jpg', others: [{ file: 'b.jpg', distance: 0 }] }],
})

test('says in a few lines what was found and where it is', () => {
  const text = reportLines({ ...inventory, out: '/results' }).join('\n')
  expect(text).toContain('2 photos, 2.5 MB')
  expect(text).toContain('1 photo that could go (1.0 kB), in 1 group')
  expect(text).toContain('not judged')
  expect(text).toContain('file:///results/index.html')
  expect(text).toContain('/results/inventory.csv')
})

test('a name cannot steer the terminal', () => {
  expect(reportLines({ ...inventory, out: '/results' }).join('')).not.toContain('\u001b')
})

test('knows its own result from another', () => {
  expect(isInventory({ ...inventory, out: '/results' })).toBe(true)
  for (const other of [null, undefined, 'x', {}, { out: 1 }, { out: '/results' }])
    expect(isInventory(other)).toBe(false)
})
