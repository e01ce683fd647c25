import type { UsageRow } from '@monofil/protocol'
import { costOf, microsOf } from './money.ts'

/** What a chart or table of usage shows: tokens, or the cost in one currency (empty: none was named). */
export type Measure = { readonly kind: 'tokens' } | { readonly kind: 'cost'; readonly currency: string }

/** A measure as it stands in the address. */
export function measureName(measure: Measure): string {
  return measure.kind === 'tokens' ? 'tokens' : `cost${measure.currency === '' ? '' : `-${measure.currency}`}`
}

/** What rows can be shown by, costs first. */
export function measuresOf(rows: readonly UsageRow[]): readonly Measure[] {
  const currencies = new Set(rows.filter(({ cost }) => Number(cost) > 0).map(({ currency }) => currency ?? ''))
  const costs = [...currencies].sort().map((currency) => ({ kind: 'cost', currency }) as const)
  return [...costs, ...(rows.some(({ tokens }) => tokens > 0) ? [{ kind: 'tokens' } as const] : [])]
}

/** A sum with its name; `exact` is what is written, `size` how long a bar is. */
export interface NamedSum {
  readonly name: string
  readonly exact: string
  readonly size: number
}

/** Sums of a measure by name, the largest first. */
export function sumsBy(
  rows: readonly UsageRow[],
  measure: Measure,
  nameOf: (row: UsageRow) => string,
): readonly NamedSum[] {
  const sums = new Map<string, bigint>()
  for (const row of rows) sums.set(nameOf(row), (sums.get(nameOf(row)) ?? 0n) + amountOf(row, measure))
  return [...sums]
    .filter(([, amount]) => amount > 0n)
    .sort(([, a], [, b]) => (a < b ? 1 : a > b ? -1 : 0))
    .map(([name, amount]) => named(name, amount, measure))
}

/** One sum for each of the last `days` UTC days, the oldest first, those without usage too. */
export function sumsByDay(rows: readonly UsageRow[], measure: Measure, days: number, now: number): readonly NamedSum[] {
  const sums = new Map<string, bigint>()
  for (const row of rows) sums.set(row.day ?? '', (sums.get(row.day ?? '') ?? 0n) + amountOf(row, measure))
  return Array.from({ length: days }, (_, i) => {
    const day = new Date(now - (days - 1 - i) * 86_400_000).toISOString().slice(0, 10)
    return named(day, sums.get(day) ?? 0n, measure)
  })
}

/** All rows in one. */
export function totalOf(rows: readonly UsageRow[], measure: Measure): NamedSum {
  return named(
    '',
    rows.reduce((sum, row) => sum + amountOf(row, measure), 0n),
    measure,
  )
}

function amountOf(row: UsageRow, measure: Measure): bigint {
  if (measure.kind === 'tokens') return BigInt(row.tokens)
  return (row.currency ?? '') === measure.currency ? microsOf(row.cost) : 0n
}

function named(name: string, amount: bigint, { kind }: Measure): NamedSum {
  const exact = kind === 'tokens' ? amount.toString() : costOf(amount)
  return { name, exact, size: Number(exact) }
}
