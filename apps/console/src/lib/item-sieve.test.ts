import type { Item } from '@monofil/protocol'
import { describe, expect, it } from 'vitest'
import { readItemFilter } from './item-filter.ts'
import { type Sieved, sieve, sieveAtOnce } from './item-sieve.ts'
import { NATURAL, nextSort, readItemSort, writeItemSort } from './item-sort.ts'
import { sampleItem } from './samples.ts'

const many = Array.from({ length: 3000 }, (_, index) => sampleItem({ id: `i${index}`, index, attempts: index % 3 }))
const none = readItemFilter(new URLSearchParams())
const failed = readItemFilter(new URLSearchParams('status=failed'))
const sorted = (text: string) => readItemSort(new URLSearchParams({ sort: text }))
const ids = ({ rows }: Sieved) => rows.map(({ id }) => id)

/** Runs it, and how often it stopped on the way. */
function run(list: readonly Item[], before: Sieved | null): { readonly sieved: Sieved; readonly pauses: number } {
  const work = sieve(list, failed, NATURAL, before)
  for (let pauses = 0; ; pauses += 1) {
    const step = work.next()
    if (step.done) return { sieved: step.value, pauses }
  }
}

it('stops on the way through a long list, and looks only at what changed the next time', () => {
  const first = run(many, null)
  expect(first.pauses).toBe(6)
  const changed = many.with(2999, { ...sampleItem({ id: 'i2999', index: 2999 }), status: 'failed' as const })
  const second = run(changed, first.sieved)
  expect(second.pauses).toBe(0)
  expect(ids(second.sieved)).toEqual(['i2999'])
  const back = run(many, second.sieved)
  expect([ids(back.sieved), back.sieved.counts.get('failed')]).toEqual([[], 0])
})

describe('orders', () => {
  const took = (id: string, ms: number | null) =>
    sampleItem({
      id,
      status: 'completed',
      startedAt: '2026-01-01T00:00:00.000Z',
      finishedAt: ms === null ? null : new Date(Date.parse('2026-01-01T00:00:00.000Z') + ms).toISOString(),
      attempts: id.length,
      offset: ms ?? 7,
    })
  const items = [took('aa', 20), took('b', 5), took('ccc', null), took('d', 20)]

  it.each([
    ['', ['aa', 'b', 'ccc', 'd']],
    ['-item', ['d', 'ccc', 'b', 'aa']],
    ['-duration', ['aa', 'd', 'b', 'ccc']],
    ['duration', ['ccc', 'b', 'aa', 'd']],
    ['-attempts', ['ccc', 'aa', 'b', 'd']],
    ['-changed', ['aa', 'd', 'ccc', 'b']],
    ['nonsense', ['aa', 'b', 'ccc', 'd']],
  ])('%s', (text, expected) => {
    expect(ids(sieveAtOnce(items, none, sorted(text)))).toEqual(expected)
  })

  it('go round with each click on a head, and through a URL', () => {
    const down = nextSort(NATURAL, 'duration')
    expect([writeItemSort(down), writeItemSort(nextSort(down, 'duration'))]).toEqual(['-duration', 'duration'])
    expect(nextSort(nextSort(down, 'duration'), 'duration')).toEqual(NATURAL)
    expect(writeItemSort(nextSort(NATURAL, 'item'))).toBe('-item')
    expect(sorted('-duration')).toEqual(down)
  })
})
