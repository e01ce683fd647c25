import type { Kpi as KpiValue } from '@monofil/protocol'
import { type ReactNode, useMemo } from 'react'
import { type TextLabels, textLabelsFor } from './text-labels.ts'
import { useKpi } from './use-kpi.ts'
import { connected } from './use-watched.ts'

export interface KpiProps {
  readonly name: string
  /** Default: the name. */
  readonly label?: ReactNode
  /** How the value is written; by the locale, with its unit, when left out. */
  readonly format?: ((kpi: KpiValue) => ReactNode) | undefined
  readonly locale?: string | undefined
  readonly labels?: Partial<TextLabels> | undefined
  readonly className?: string | undefined
}

/** A KPI, live: its value with its unit, and since when it is so. */
export function Kpi({ name, label, format, locale = 'en', labels: own, className }: KpiProps): ReactNode {
  const view = useKpi(name)
  const labels = useMemo(() => textLabelsFor(locale, own), [locale, own])
  const { kpi } = view
  const stale = kpi !== null && !connected(view)
  return (
    <dl
      className={`monofil-kpi${className ? ` ${className}` : ''}`}
      data-stale={stale ? '' : undefined}
      aria-busy={view.status === 'loading'}
    >
      <dt>{label ?? name}</dt>
      <dd className="monofil-kpi-value">{kpi === null ? '–' : (format?.(kpi) ?? valueWords(kpi, locale))}</dd>
      <dd className="monofil-kpi-when">
        {kpi === null ? labels.noValue : <time dateTime={kpi.at}>{timeWords(kpi.at, locale)}</time>}
      </dd>
    </dl>
  )
}

/** The value of a KPI as people of this locale write it: money by its currency's code, other units behind. */
function valueWords({ value, unit }: KpiValue, locale: string): string {
  if (typeof value === 'string') return unit === null ? value : `${value} ${unit}`
  const isMoney = unit !== null && /^[A-Z]{3}$/.test(unit) && Intl.supportedValuesOf('currency').includes(unit)
  if (isMoney) return new Intl.NumberFormat(locale, { style: 'currency', currency: unit }).format(value)
  const words = new Intl.NumberFormat(locale).format(value)
  return unit === null ? words : `${words} ${unit}`
}

function timeWords(at: string, locale: string): string {
  const time = new Date(at)
  const isToday = time.toDateString() === new Date().toDateString()
  const style = isToday
    ? { timeStyle: 'medium' as const }
    : { dateStyle: 'medium' as const, timeStyle: 'short' as const }
  return new Intl.DateTimeFormat(locale, style).format(time)
}
