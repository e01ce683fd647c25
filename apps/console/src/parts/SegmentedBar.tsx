import type { Counts } from '@monofil/protocol'
import { useTexts } from '../lib/context.ts'
import { doneOf, sharesOf } from '../lib/shares.ts'
import './SegmentedBar.css'

interface SegmentedBarProps {
  readonly counts: Counts
  /** 0 to 100, as the run says. */
  readonly progress: number
  /** What this is the progress of, for screen readers. */
  readonly label: string
  readonly size?: 'thin' | 'thick'
  /** Something is at work: what runs shimmers. */
  readonly active?: boolean
}

/** Counts by state as one bar: what is done from the left, what runs next to it, what waits as bare track. */
export function SegmentedBar({ counts, progress, label, size = 'thin', active = false }: SegmentedBarProps) {
  const { t, f } = useTexts()
  const text = `${f.percent(progress)}, ${t.of(f.number(doneOf(counts)), f.number(counts.total))}`
  return (
    <div
      className={`segmented-bar is-${size}${active ? ' is-active' : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(progress)}
      aria-valuetext={text}
    >
      {sharesOf(counts).map(({ state, count, percent }) => (
        <span
          key={state}
          className={`segment is-${state}`}
          style={{ width: `${percent}%` }}
          title={`${t.status[state]}: ${f.number(count)}`}
        />
      ))}
    </div>
  )
}

interface CountLegendProps {
  readonly counts: Counts
  /** How many of the completed were skipped. */
  readonly skipped: number
}

/** The same counts as words with dots of their colours; states without items are left out. */
export function CountLegend({ counts, skipped }: CountLegendProps) {
  const { t, f, amount } = useTexts()
  return (
    <ul className="count-legend">
      {sharesOf(counts).map(({ state, count }) => (
        <li key={state} className={`is-${state}`}>
          <i aria-hidden="true" />
          <span className="figure">{f.number(count)}</span> {t.status[state].toLowerCase()}
          {state === 'completed' && skipped > 0 && <span className="faint">({t.skippedOf(amount(skipped))})</span>}
        </li>
      ))}
    </ul>
  )
}
