import { expect, it } from 'vitest'
import { UsageSums } from './usage-sums.ts'

const of = (fence: number, usage: object) => ({ fence, runId: 'r', step: 's', itemId: 'i', usage })
const seen = (sums: UsageSums) => sums.take().map(({ fence, seq, usage }) => [fence, seq, usage])

it('adds up what one attempt used of one model in one currency, and nothing else', () => {
  const sums = new UsageSums()
  sums.add(of(1, { tokens: 1, cost: '0.1', currency: 'USD', model: 'a' }))
  sums.add(of(1, { tokens: 2, cost: '0.2', currency: 'USD', model: 'a' }))
  sums.add(of(1, { cost: '0.2', currency: 'EUR', model: 'a' }))
  sums.add(of(2, { tokens: 5, model: 'a' }))
  expect(seen(sums)).toEqual([
    [1, 1, { tokens: 3, cost: '0.3', currency: 'USD', model: 'a' }],
    [1, 2, { cost: '0.2', currency: 'EUR', model: 'a' }],
    [2, 1, { tokens: 5, model: 'a' }],
  ])
})

it('says again in the same words what nobody acknowledged, before what came since', () => {
  const sums = new UsageSums()
  sums.add(of(1, { tokens: 1 }))
  const first = sums.take()
  sums.add(of(1, { tokens: 2 }))
  expect(sums.take()).toEqual([...first, { ...of(1, { tokens: 2 }), seq: 2 }])
  expect(sums.isEmpty).toBe(false)
  sums.acknowledge()
  expect(sums.isEmpty).toBe(true)
  sums.add(of(1, { tokens: 4 }))
  expect(seen(sums)).toEqual([[1, 3, { tokens: 4 }]])
})

it('holds so many sums and no more while nobody takes them, and loses nothing', () => {
  const sums = new UsageSums()
  for (let i = 0; i < 6_000; i++) sums.add(of(1, { tokens: 1, model: `m${i}` }))
  const lot = sums.take()
  expect(lot.length).toBe(5_001)
  expect(lot.reduce((sum, { usage }) => sum + (usage.tokens ?? 0), 0)).toBe(6_000)
})
