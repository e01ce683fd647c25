import { useTexts } from '../lib/context.ts'
import { useNoticeTexts } from '../lib/notice-texts.ts'
import { type Arrival, middleOf } from '../lib/use-arrivals.ts'
import { titleOf } from '../lib/use-notice-deeds.ts'
import { SeverityBadge } from './NoticeBadge.tsx'

interface ArrivalListProps {
  readonly arrivals: readonly Arrival[]
  readonly onClear: () => void
}

/** What arrived in this tab, each with the time it took from the hub to the screen. */
export function ArrivalList({ arrivals, onClear }: ArrivalListProps) {
  const { f } = useTexts()
  const { test: n } = useNoticeTexts()
  const middle = middleOf(arrivals)
  return (
    <section className="card test-card" aria-label={n.arrivals}>
      <header>
        <h2>{n.arrivals}</h2>
        {middle !== null && <span className="faint figure">{n.middle(f.duration(middle))}</span>}
        {arrivals.length > 0 && (
          <button type="button" className="button" onClick={onClear}>
            {n.clear}
          </button>
        )}
      </header>
      <p className="faint">{n.latency}</p>
      {arrivals.length === 0 ? (
        <p className="muted test-none">{n.noArrivals}</p>
      ) : (
        <ol className="test-arrivals" aria-live="polite">
          {arrivals.map((arrival) => (
            <Row key={`${arrival.item.id} ${arrival.tookMs}`} arrival={arrival} />
          ))}
        </ol>
      )}
    </section>
  )
}

function Row({ arrival }: { readonly arrival: Arrival }) {
  const { f } = useTexts()
  const { test: n } = useNoticeTexts()
  const { item, isKept, tookMs } = arrival
  return (
    <li>
      <SeverityBadge severity={item.severity} />
      <span className="test-title">{titleOf(item)}</span>
      {item.quiet !== null && <span className="faint">{n.quiet}</span>}
      {!isKept && <span className="faint">{n.notKept}</span>}
      <span className="figure test-took">{n.arrived(f.duration(tookMs))}</span>
    </li>
  )
}
