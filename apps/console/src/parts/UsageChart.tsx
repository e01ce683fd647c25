import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { useTexts } from '../lib/context.ts'
import type { NamedSum } from '../lib/usage-sums.ts'
import type { Amounts } from './use-amounts.ts'

interface UsageChartProps {
  /** One a day, the oldest first. */
  readonly sums: readonly NamedSum[]
  readonly amounts: Amounts
  readonly label: string
}

/** A bar for each day. For screen readers it is one picture: the days are in the table beside it. */
export function UsageChart({ sums, amounts, label }: UsageChartProps) {
  const { f } = useTexts()
  const dayOf = (day: string, dateStyle: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(f.locale, { timeZone: 'UTC', ...dateStyle }).format(Date.parse(day))
  return (
    <div className="usage-bars" role="img" aria-label={label}>
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={[...sums]} accessibilityLayer={false} margin={{ top: 8, right: 0, bottom: 0, left: 0 }}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="name"
            tickFormatter={(day: string) => dayOf(day, { day: 'numeric', month: 'short' })}
            tick={{ fill: 'var(--text-3)', fontSize: 11 }}
            tickLine={false}
            axisLine={{ stroke: 'var(--line-strong)' }}
            minTickGap={24}
          />
          <YAxis
            width={64}
            tickFormatter={(value: number) => amounts.short(value)}
            tick={{ fill: 'var(--text-3)', fontSize: 11 }}
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: 'var(--hover)' }}
            content={({ payload }) => {
              const sum = payload?.[0]?.payload as NamedSum | undefined
              if (sum === undefined) return null
              return (
                <p className="popup usage-tip">
                  <span className="muted">{dayOf(sum.name, { dateStyle: 'medium' })}</span>
                  <strong className="figure">{amounts.exact(sum.exact)}</strong>
                </p>
              )
            }}
          />
          <Bar dataKey="size" fill="var(--accent)" radius={[3, 3, 0, 0]} maxBarSize={40} isAnimationActive={false} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}
