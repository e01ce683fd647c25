import { expect, it } from 'vitest'
import { labelOf, previewOf } from './preview.ts'

it('previews on one line', () => {
  expect(previewOf('a\n  b')).toBe('a b')
  expect(previewOf({ a: 1 })).toBe('{"a":1}')
  expect(previewOf(null)).toBe('')
  expect(previewOf('x'.repeat(500))).toHaveLength(161)
})

it.each([
  [
    { path: '/home/ana/Pictures/2026/Berlin/Summer/IMG_4001.jpg', bytes: 1 },
    '…/Pictures/2026/Berlin/Summer/IMG_4001.jpg',
  ],
  ['C:\\Users\\ana\\Pictures\\Berlin\\Summer 2026\\one.jpg', '…/ana\\Pictures\\Berlin\\Summer 2026\\one.jpg'],
  [{ name: 'CV (1).pdf', path: '/x' }, 'CV (1).pdf'],
  [{ n: 4, deep: { a: 1 } }, 'n: 4, deep: {"a":1}'],
  [[1, 2], '[1,2]'],
  [7, '7'],
  [null, ''],
])('%j is about %s', (input, label) => {
  expect(labelOf(input)).toBe(label)
})
