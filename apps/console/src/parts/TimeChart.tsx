import { Area, AreaChart, Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { useTexts } from '../lib/context.ts'
import type { SeriesPoint } from '../lib/series.ts'
import './TimeChart.css'

interface TimeChartProps {
  readonly points: readonly SeriesPoint[]
  readonly bucketMs: number
  /** `rate`: items per second as an area. `failed`: failures of each bucket as bars. */
  readonly show: 'rate' | 'failed'
  readonly title: string
}

const HEIGHT = 180
const DAY_MS = 86_400_000
const MARGIN = { top: 8, right: 28, bottom: 0, left: 0 }

/** Ends of items over time, with the same as a table for screen readers. */
export function TimeChart({ points, bucketMs, show, title }: TimeChartProps) {
  const { t, f } = useTexts()
  const span = (points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)
  const time = new Intl.DateTimeFormat(f.locale, {
    ...(span > DAY_MS ? { day: 'numeric', month: 'short' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
    ...(bucketMs < 60_000 ? { second: '2-digit' } : {}),
  })
  const value = (point: SeriesPoint) => (show === 'rate' ? f.rate(point.rate) : f.number(point.failed))
  // Two places more than a figure in a sentence has: ticks of 0.15 and 0.225 must not read alike.
  const tick = new Intl.NumberFormat(f.locale, { notation: 'compact', maximumSignificantDigits: 3 })
  const shared = { data: [...points], margin: MARGIN, accessibilityLayer: false }
  const inside = [
    <CartesianGrid key="grid" vertical={false} stroke="var(--line)" />,
    <XAxis
      key="x"
      dataKey="at"
      tickFormatter={(at: number) => time.format(at)}
      minTickGap={48}
      tickLine={false}
      axisLine={false}
    />,
    <YAxis
      key="y"
      width={44}
      allowDecimals={show === 'rate'}
      tickFormatter={(count: number) => tick.format(count)}
      tickLine={false}
      axisLine={false}
    />,
    <Tooltip
      key="tip"
      isAnimationActive={false}
      cursor={{ fill: 'var(--hover)', stroke: 'var(--line-strong)' }}
      content={({ active, payload }) => {
        const point = payload[0]?.payload as SeriesPoint | undefined
        if (!active || point === undefined) return null
        return (
          <div className="popup chart-tip figure">
            <time dateTime={new Date(point.at).toISOString()}>{f.exact(new Date(point.at).toISOString())}</time>
            <strong>{value(point)}</strong>
          </div>
        )
      }}
    />,
  ]
  return (
    <figure className="time-chart" aria-label={title}>
      <div aria-hidden="true">
        <ResponsiveContainer width="100%" height={HEIGHT} initialDimension={{ width: 320, height: HEIGHT }}>
          {show === 'rate' ? (
            <AreaChart {...shared}>
              {inside}
              <Area
                dataKey="rate"
                type="linear"
                stroke="var(--running)"
                strokeWidth={2}
                fill="var(--running-tint)"
                isAnimationActive={false}
              />
            </AreaChart>
          ) : (
            <BarChart {...shared}>
              {inside}
              <Bar dataKey="failed" fill="var(--failed)" isAnimationActive={false} />
            </BarChart>
          )}
        </ResponsiveContainer>
      </div>
      <table className="visually-hidden">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{t.charts.time}</th>
            <th scope="col">{show === 'rate' ? t.charts.rate : t.charts.failed}</th>
          </tr>
        </thead>
        <tbody>
          {points.map((point) => (
            <tr key={point.at}>
              <td>{time.format(point.at)}</td>
              <td>{value(point)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
