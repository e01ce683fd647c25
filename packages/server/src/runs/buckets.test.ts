import { describe, expect, it } from 'vitest'
import { bucketsOver, seriesOf } from './buckets.ts'

const at = (text: string) => Date.parse(`2026-11-22T${text}Z`)

describe('buckets', () => {
  it.each([
    ['00:00:00.000', '00:00:00.000', 60, 1000, 1],
    ['00:00:00.900', '00:00:01.100', 60, 1000, 2],
    ['00:00:00.000', '00:00:59.999', 60, 1000, 60],
    ['00:00:00.000', '00:01:00.000', 60, 2000, 31],
    ['10:07:00.000', '11:03:00.000', 60, 60_000, 57],
    ['00:00:00.000', '23:59:59.000', 24, 3_600_000, 24],
  ])('%s to %s in at most %d: %d ms, %d of them', (from, to, most, bucketMs, buckets) => {
    expect(bucketsOver(at(from), at(to), most)).toMatchObject({ bucketMs, buckets })
  })

  it('begin at multiples of their length, and hold years', () => {
    expect(bucketsOver(at('10:07:31.000'), at('11:03:00.000'), 60).from).toBe('2026-11-22T10:07:00.000Z')
    const years = bucketsOver(Date.parse('2020-01-01'), at('00:00:00'), 60)
    expect(years.buckets).toBeLessThanOrEqual(60)
    expect(years.bucketMs % 86_400_000).toBe(0)
  })

  it('of a clock that was set back are one', () => {
    expect(bucketsOver(at('10:00:00.000'), at('09:00:00.000'), 60).buckets).toBe(1)
  })
})

describe('series', () => {
  it('have an entry for every bucket, and nothing beyond them', () => {
    const counts = [
      { bucket: -1, completed: 9, failed: 9 },
      { bucket: 0, completed: 1, failed: 0 },
      { bucket: 2, completed: 2, failed: 3 },
      { bucket: 2, completed: 1, failed: 0 },
      { bucket: 3, completed: 9, failed: 9 },
    ]
    expect(seriesOf({ buckets: 3 }, counts)).toEqual({ completed: [1, 0, 3], failed: [0, 0, 3] })
  })
})
