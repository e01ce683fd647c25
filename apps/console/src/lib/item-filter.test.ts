import { expect, it } from 'vitest'
import { countByStatus, filterItems, readItemFilter } from './item-filter.ts'
import { sampleItem } from './samples.ts'

const items = [
  sampleItem({ id: 'list', step: 'list', status: 'completed' }),
  sampleItem({ id: 'a:0', step: 'analyse', status: 'failed', error: { code: 'x', message: 'is no image' } }),
  sampleItem({ id: 'a:1', step: 'analyse', status: 'running', input: { path: 'Berlin.jpg' } }),
]

it('answers the very list when nothing is filtered, so that nothing renders again', () => {
  expect(filterItems(items, readItemFilter(new URLSearchParams()))).toBe(items)
})

it.each([
  ['status=failed', ['a:0']],
  ['step=analyse', ['a:0', 'a:1']],
  ['q=berlin', ['a:1']],
  ['q=NO+IMAGE', ['a:0']],
  ['status=nonsense', ['list', 'a:0', 'a:1']],
])('%s', (url, ids) => {
  expect(filterItems(items, readItemFilter(new URLSearchParams(url))).map(({ id }) => id)).toEqual(ids)
})

it('counts by state, of one step or all', () => {
  expect([...countByStatus(items, 'analyse')]).toEqual([
    ['failed', 1],
    ['running', 1],
  ])
  expect(countByStatus(items, '').get('completed')).toBe(1)
})
