import { expect, it } from 'vitest'
import { budgetOf, draftOf, problemsOf } from './budget-draft.ts'
import { money } from './money.ts'
import { measuresOf, sumsBy, sumsByDay, totalOf } from './usage-sums.ts'

it('a draft is the budget it was made of', () => {
  const budget = { tokens: 1000, cost: '12.5', items: 7, timeMs: 90_000 }
  expect(draftOf(budget)).toEqual({ tokens: '1000', cost: '12.5', items: '7', timeMs: '1.5' })
  expect(budgetOf(draftOf(budget))).toEqual(budget)
  expect(budgetOf(draftOf(null))).toBeNull()
  expect(budgetOf({ ...draftOf(null), tokens: '0' })).toEqual({ tokens: 0 })
})

it('says which part is no amount', () => {
  expect(problemsOf(draftOf(null))).toEqual([])
  expect(problemsOf({ tokens: '1.5', cost: '1,5', items: '-1', timeMs: 'soon' })).toEqual([
    'tokens',
    'cost',
    'items',
    'timeMs',
  ])
  expect(problemsOf({ tokens: '1', cost: '0.000001', items: '2', timeMs: '0.5' })).toEqual([])
})

it('writes money with every digit that is there', () => {
  expect(money('9007199254740993.01', 'USD', 'en')).toBe('$9,007,199,254,740,993.01')
  expect(money('0.000012', 'EUR', 'en')).toBe('€0.000012')
  expect(money('1.5', null, 'fr')).toBe('1,5')
})

it('adds up by name and by day, currencies apart', () => {
  const rows = [
    { day: '2026-01-03', tokens: 5, cost: '0.1', currency: 'USD' },
    { day: '2026-01-01', tokens: 1, cost: '0.2', currency: 'USD' },
    { day: '2026-01-01', tokens: 0, cost: '9', currency: 'EUR' },
  ]
  const usd = { kind: 'cost', currency: 'USD' } as const
  expect(measuresOf(rows)).toEqual([{ kind: 'cost', currency: 'EUR' }, usd, { kind: 'tokens' }])
  expect(totalOf(rows, usd).exact).toBe('0.300000')
  const days = sumsByDay(rows, usd, 3, Date.parse('2026-01-03T23:59:59Z'))
  expect(days.map(({ name, size }) => [name, size])).toEqual([
    ['2026-01-01', 0.2],
    ['2026-01-02', 0],
    ['2026-01-03', 0.1],
  ])
  expect(sumsBy(rows, { kind: 'tokens' }, ({ day = '' }) => day).map(({ exact }) => exact)).toEqual(['5', '1'])
})
