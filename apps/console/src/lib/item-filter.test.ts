import { expect, it } from 'vitest'
import { readItemFilter } from './item-filter.ts'
import { sieveAtOnce } from './item-sieve.ts'
import { NATURAL } from './item-sort.ts'
import { sampleItem } from './samples.ts'

const items = [
  sampleItem({ id: 'list', step: 'list', status: 'completed' }),
  sampleItem({ id: 'a:0', step: 'analyse', status: 'failed', error: { code: 'x', message: 'is no image' } }),
  sampleItem({ id: 'a:1', step: 'analyse', status: 'running', input: { path: 'Berlin.jpg' } }),
]
const under = (url: string) => sieveAtOnce(items, readItemFilter(new URLSearchParams(url)), NATURAL)

it('answers the very list when nothing is filtered, so that nothing renders again', () => {
  expect(under('').rows).toBe(items)
})

it.each([
  ['status=failed', ['a:0']],
  ['step=analyse', ['a:0', 'a:1']],
  ['q=berlin', ['a:1']],
  ['q=NO+IMAGE', ['a:0']],
  ['status=nonsense', ['list', 'a:0', 'a:1']],
])('%s', (url, ids) => {
  expect(under(url).rows.map(({ id }) => id)).toEqual(ids)
})

it('counts by state, of one step or all, whatever state is chosen', () => {
  const { counts } = under('step=analyse&status=failed')
  expect([counts.get('failed'), counts.get('running'), counts.get('completed')]).toEqual([1, 1, 0])
  expect(under('').counts.get('completed')).toBe(1)
})
