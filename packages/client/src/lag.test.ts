import { expect, it } from 'vitest'
import { Lag } from './lag.ts'

const T0 = Date.parse('2026-01-01T00:00:00.000Z')
const at = (ms: number) => new Date(T0 + ms).toISOString()

it.each([0, 3_600_000, -3_600_000])('takes the difference of the clocks out: here %i ms ahead', (skew) => {
  const lag = new Lag()
  lag.sample(at(0), T0 + skew + 40)
  lag.sample(at(15_000), T0 + skew + 15_005)
  lag.sample(at(30_000), T0 + skew + 30_090)
  expect(lag.of(at(40_000), T0 + skew + 40_305)).toBe(300)
  // Faster than anything before is no negative time.
  expect(lag.of(at(50_000), T0 + skew + 50_001)).toBe(0)
})

it('trusts the clocks until it has heard anything', () => {
  expect(new Lag().of(at(0), T0 + 120)).toBe(120)
})

it('begins anew with a connection: the clocks may have been set', () => {
  const lag = new Lag()
  lag.sample(at(0), T0 - 3_600_000)
  lag.reset()
  lag.sample(at(60_000), T0 + 60_010)
  expect(lag.of(at(70_000), T0 + 70_110)).toBe(100)
})

it('survives a time that is none', () => {
  const lag = new Lag()
  lag.sample('yesterday', T0)
  lag.sample(at(0), T0 + 10)
  expect(lag.of(at(1000), T0 + 1060)).toBe(50)
})
