import type { Item } from '@monofil/protocol'
import { expect, it } from 'vitest'
import { groupFailed, groupFailedAtOnce } from './failure-groups.ts'
import { sampleItem } from './samples.ts'

it('groups failed items by step, code and what their messages share, the most frequent first', () => {
  const failed = (id: string, message: string, code = 'error') =>
    sampleItem({ id, status: 'failed', error: { code, message } })
  const groups = groupFailedAtOnce([
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

it('lets others have a turn after each 50 messages it compared, and each 5,000 items it only looked at', () => {
  const looked = (items: readonly Item[]) => {
    let looks = 0
    const counted = function* () {
      for (const item of items) {
        looks += 1
        yield item
      }
    }
    const work = groupFailed(counted())
    const turns: number[] = []
    for (;;) {
      const before = looks
      const step = work.next()
      turns.push(looks - before)
      if (step.done) return { most: Math.max(...turns), count: step.value.reduce((sum, group) => sum + group.count, 0) }
    }
  }
  const many = (count: number, more: Partial<Item>) =>
    Array.from({ length: count }, (_, n) => sampleItem({ id: `${n}`, ...more }))
  const broken = { status: 'failed', error: { code: 'error', message: 'is no image' } } as const
  expect(looked(many(1000, broken))).toEqual({ most: 50, count: 1000 })
  expect(looked(many(12_000, { status: 'completed' }))).toEqual({ most: 5000, count: 0 })
})
