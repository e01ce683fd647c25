import { FakeClock } from '@monofil/testkit'
import { describe, expect, test } from 'vitest'
import { Buckets } from './buckets.ts'

describe('a bucket', () => {
  test.each([
    [100, 100],
    [3, 7],
    [100 / 60, 100],
    [1, 1],
  ])(
    'at %f a second and a burst of %i gives the burst, refuses one more, and one more when it is due',
    (perSecond, burst) => {
      const clock = new FakeClock()
      const buckets = new Buckets(clock, { perSecond, burst })
      for (let n = 0; n < burst; n += 1) expect(buckets.take('a')).toBe(0)
      const wait = buckets.take('a')
      expect(wait).toBeCloseTo(1_000 / perSecond, 3)
      expect(buckets.take('a')).toBeCloseTo(wait, 3)
      expect(buckets.take('b')).toBe(0)
      clock.advance(wait - 0.01)
      expect(buckets.take('a')).toBeGreaterThan(0)
      clock.advance(0.02)
      expect(buckets.wait('a')).toBe(0)
      expect(buckets.take('a')).toBe(0)
      expect(buckets.take('a')).toBeGreaterThan(0)
      // Full again, and no fuller.
      clock.advance((burst * 1_000) / perSecond + 60_000)
      for (let n = 0; n < burst; n += 1) expect(buckets.take('a')).toBe(0)
      expect(buckets.take('a')).toBeGreaterThan(0)
    },
  )
})

test('a million addresses are not remembered, and the one that keeps asking stays refused', () => {
  const clock = new FakeClock()
  const buckets = new Buckets(clock, { perSecond: 1, burst: 5 })
  for (let n = 0; n < 5; n += 1) buckets.take('loud')
  let largest = 0
  let refused = 0
  for (let n = 0; n < 1_000_000; n += 1) {
    buckets.take(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`)
    if (n % 20_000 === 0) {
      if (buckets.wait('loud') > 0) refused += 1
      clock.advance(1_000)
      buckets.take('loud')
    }
    largest = Math.max(largest, buckets.size)
  }
  expect(largest).toBeLessThanOrEqual(100_000)
  expect(refused).toBe(50)
})

test('what is full again is forgotten by and by, what is not full is kept', () => {
  const clock = new FakeClock()
  const buckets = new Buckets(clock, { perSecond: 10, burst: 10 }, 1_000)
  for (let n = 0; n < 100; n += 1) buckets.take(`a${n}`)
  for (let n = 0; n < 20; n += 1) {
    clock.advance(100)
    expect(buckets.take('busy')).toBe(0)
  }
  expect(buckets.size).toBeLessThan(4)
  for (let n = 0; n < 10; n += 1) buckets.take('busy')
  clock.advance(99)
  buckets.take('b')
  expect(buckets.wait('busy')).toBeGreaterThan(0)
})
