import { expect, it } from 'vitest'
import { failureGroups, patternOf } from './failure-groups.ts'
import { sampleItem } from './samples.ts'

it.each([
  ['broken at byte 1034', 'broken at byte #'],
  ['no such file: /tmp/a/b c.jpg', 'no such file: … c.jpg'],
  ['cannot read "CV (1).pdf"', 'cannot read …'],
  ['item 3fa85f64-5717-4562-b3fc-2c963f66afa6 is unknown', 'item … is unknown'],
])('%s → %s', (message, pattern) => {
  expect(patternOf(message)).toBe(pattern)
})

it('groups failed items by step, code and what their messages share, the most frequent first', () => {
  const failed = (id: string, message: string, code = 'error') =>
    sampleItem({ id, status: 'failed', error: { code, message } })
  const groups = failureGroups([
    failed('a', 'is no image', 'not_an_image'),
    failed('b', 'timed out after 300 ms'),
    failed('c', 'timed out after 1200 ms'),
    sampleItem({ id: 'd', status: 'completed' }),
  ])
  expect(groups).toEqual([
    { message: 'timed out after # ms', code: 'error', step: 'main', count: 2, items: ['b', 'c'] },
    { message: 'is no image', code: 'not_an_image', step: 'main', count: 1, items: ['a'] },
  ])
})
