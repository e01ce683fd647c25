import { expect, it } from 'vitest'
import { endedOf, pointsOf } from './series.ts'

const range = { from: '2026-11-22T10:00:00.000Z', bucketMs: 10_000, buckets: 3 }
const from = Date.parse(range.from)

it('tells items per second, of the last bucket over what has passed of it', () => {
  const points = pointsOf(range, { completed: [20, 0, 4], failed: [0, 5, 1] }, from + 22_000)
  expect(points).toEqual([
    { at: from, ended: 20, failed: 0, rate: 2 },
    { at: from + 10_000, ended: 5, failed: 5, rate: 0.5 },
    { at: from + 20_000, ended: 5, failed: 1, rate: 2.5 },
  ])
  // In its first second nothing can be said of a rate yet.
  expect(pointsOf({ ...range, buckets: 1 }, { completed: [3], failed: [0] }, from + 10)[0]?.rate).toBe(3)
})

it('adds the steps up, or takes the one that was chosen', () => {
  const steps = [
    { step: 'a', completed: [1, 2, 0], failed: [0, 0, 1] },
    { step: 'b', completed: [0, 1, 1], failed: [1, 0, 0] },
  ]
  expect(endedOf({ ...range, steps }, '')).toEqual({ completed: [1, 3, 1], failed: [1, 0, 1] })
  expect(endedOf({ ...range, steps }, 'b')).toEqual({ completed: [0, 1, 1], failed: [1, 0, 0] })
  expect(endedOf({ ...range, steps }, 'none')).toEqual({ completed: [0, 0, 0], failed: [0, 0, 0] })
})
