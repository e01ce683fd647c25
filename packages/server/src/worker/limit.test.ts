import { expect, it } from 'vitest'
import { defineLimit, parseRate } from './limit.ts'

it.each([
  ['10/s', { count: 10, perMs: 1000, burst: 1 }],
  ['600/min', { count: 600, perMs: 60_000, burst: 1 }],
  ['5/100ms', { count: 5, perMs: 100, burst: 1 }],
  ['1/h', { count: 1, perMs: 3_600_000, burst: 1 }],
  [
    { count: 3, perMs: 500, burst: 2 },
    { count: 3, perMs: 500, burst: 2 },
  ],
  [
    { count: 3, perMs: 500 },
    { count: 3, perMs: 500, burst: 1 },
  ],
])('reads the rate %j', (given, rate) => {
  expect(parseRate(given)).toEqual(rate)
})

it.each([
  '10',
  '10/',
  '0/s',
  '10/0s',
  '-1/s',
  '10/fortnight',
  '1e3/s',
  ' 10/s',
  10,
  null,
  { count: 1.5, perMs: 10 },
  { count: 1 },
])('refuses %j with what it would take', (given) => {
  expect(() => parseRate(given as string)).toThrow(/must be (such as|a whole number)/)
})

it('names a limit by an id and needs something to limit', () => {
  expect(defineLimit({ name: 'openai', rate: '10/s', concurrency: 4 })).toEqual({
    name: 'openai',
    rate: { count: 10, perMs: 1000, burst: 1 },
    concurrency: 4,
  })
  expect(() => defineLimit({ name: 'a b', rate: '1/s' })).toThrow(/name must be an id/)
  expect(() => defineLimit({ name: 'a' })).toThrow(/rate must be given/)
  expect(() => defineLimit({ name: 'a', concurrency: 0 })).toThrow(/concurrency must be a whole number/)
  expect(() => defineLimit({ name: 'a', qps: 3 } as never)).toThrow(/qps/)
})
