import { useMemo } from 'react'
import { useTexts } from '../lib/context.ts'
import { money } from '../lib/money.ts'
import type { Measure } from '../lib/usage-sums.ts'

/** How amounts of one measure are written. */
export interface Amounts {
  /** Every digit. */
  exact(amount: string): string
  /** To the cent, or whole tokens. */
  round(amount: number): string
  /** Short, for axes. */
  short(amount: number): string
}

/** Amounts of a measure in the reader's language. */
export function useAmounts(measure: Measure): Amounts {
  const { f } = useTexts()
  const currency = measure.kind === 'cost' && measure.currency !== '' ? measure.currency : null
  const { kind } = measure
  return useMemo(() => {
    const { locale } = f
    const style = currency === null ? {} : ({ style: 'currency', currency } as const)
    const short = new Intl.NumberFormat(locale, { ...style, notation: 'compact', maximumSignificantDigits: 3 })
    return {
      exact: (amount) => (kind === 'tokens' ? f.number(Number(amount)) : money(amount, currency, locale)),
      round: (amount) =>
        kind === 'tokens' ? f.number(Math.round(amount)) : money(amount.toFixed(amount < 1 ? 4 : 2), currency, locale),
      short: (amount) => short.format(amount),
    }
  }, [f, kind, currency])
}
