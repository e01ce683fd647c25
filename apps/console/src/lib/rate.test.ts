import { describe, expect, it } from 'vitest'
import { addSample, type RateSample, rateOf } from './rate.ts'

const START = Date.parse('2026-01-01T00:00:00.000Z')
const at = (seconds: number, done: number): RateSample => ({ at: START + seconds * 1000, done })

describe('rate', () => {
  it('is what was watched over the last 30 s, not the average of a run that waited an hour', () => {
    let samples: readonly RateSample[] = []
    for (let second = 3600; second <= 3660; second += 1) samples = addSample(samples, at(second, (second - 3600) * 5))
    expect(samples.length).toBeLessThanOrEqual(32)
    expect(rateOf(samples, at(3660, 300), new Date(START).toISOString())).toBeCloseTo(5)
  })

  it('is the average since the start while nothing was watched yet', () => {
    expect(rateOf([], at(10, 20), new Date(START).toISOString())).toBe(2)
  })

  it('is unknown in the first two seconds', () => {
    expect(rateOf([], at(1, 3), new Date(START).toISOString())).toBeNull()
    expect(rateOf([], at(1, 3), null)).toBeNull()
  })

  it('begins anew when a new round sets the count back', () => {
    expect(addSample([at(0, 100), at(5, 200)], at(6, 0))).toEqual([at(6, 0)])
  })

  it('keeps the same array within a second', () => {
    const samples = [at(0, 1)]
    expect(addSample(samples, { at: START + 500, done: 9 })).toBe(samples)
  })
})
