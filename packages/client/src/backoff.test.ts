import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffDelay, backoffSettings } from './backoff.ts'

describe('backoffDelay', () => {
  it('without jitter goes 1, 2, 4, 8, 16, 30, 30 seconds', () => {
    const settings = backoffSettings({ jitter: false })
    const waits = [1, 2, 3, 4, 5, 6, 7].map((n) => backoffDelay(n, 0, Math.random, settings))
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('with jitter lies in [250 ms, min(30 s, 1 s x 2^n)] and uses all of it', () => {
    const settings = backoffSettings()
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, r) => {
          const wait = backoffDelay(n, 0, () => r, settings)
          expect(wait).toBeGreaterThanOrEqual(250)
          expect(wait).toBeLessThanOrEqual(Math.min(30_000, 1000 * 2 ** (n - 1)))
        },
      ),
    )
    expect(backoffDelay(3, 0, () => 0, settings)).toBe(250)
    expect(backoffDelay(3, 0, () => 0.999_999, settings)).toBeCloseTo(4000, 0)
  })

  it('never comes back before the time the server asked for, and spreads clients after it', () => {
    const settings = backoffSettings()
    expect(backoffDelay(1, 5000, () => 0, settings)).toBe(5000)
    expect(backoffDelay(1, 5000, () => 0.5, settings)).toBe(5500)
    expect(backoffDelay(1, 1e12, () => 0, settings)).toBe(3_600_000)
  })
})
