import { expect, it } from 'vitest'
import { failureGroups } from './failure-groups.ts'
import { sampleItem } from './samples.ts'

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
    { message: 'timed out after <n> ms', code: 'error', step: 'main', count: 2, items: ['b'] },
    { message: 'is no image', code: 'not_an_image', step: 'main', count: 1, items: ['a'] },
  ])
})
