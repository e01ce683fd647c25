import type { Counts } from '@monofil/protocol'
import type { CSSProperties, ReactNode } from 'react'
import type { BatchProgress } from './batch.ts'
import type { Format } from './format.ts'
import type { Labels } from './labels.ts'
import { StateIcon } from './StateIcon.tsx'
import { endWords } from './use-announcement.ts'

interface BatchMeterProps {
  readonly data: BatchProgress | null
  readonly name: ReactNode
  readonly titleId: string
  readonly labels: Labels
  readonly format: Format
  readonly stale: boolean
}

const COUNTED = ['completed', 'failed', 'running', 'retrying', 'cancelled', 'queued'] as const

/** Failures shown with their messages; the rest is in the list of items. */
const CAUSES = 3

/** State, percent, bar, counts and the end of a run. */
export function BatchMeter({ data, name, titleId, labels, format, stale }: BatchMeterProps): ReactNode {
  const percent = data?.summary.percent ?? 0
  const known = data?.summary.known === true || data?.summary.finished === true
  return (
    <>
      <header className="monofil-head">
        <StateIcon status={data?.status ?? 'queued'} />
        <strong className="monofil-title" id={titleId}>
          {name}
        </strong>
        <span className="monofil-state">{data === null ? labels.loading : labels.statuses[data.status]}</span>
        {data !== null && known && <span className="monofil-percent">{format.percent(percent)}</span>}
      </header>
      <div
        className="monofil-bar"
        role="progressbar"
        aria-labelledby={titleId}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={known ? percent : undefined}
        aria-valuetext={data === null ? labels.loading : valueText(data, labels, format)}
        data-unknown={known ? undefined : ''}
      >
        <div className="monofil-fill" style={{ '--monofil-part': percent / 100 } as CSSProperties} />
      </div>
      {data !== null && <Facts data={data} labels={labels} format={format} stale={stale} />}
    </>
  )
}

function Facts({ data, labels, format, stale }: Omit<BatchMeterProps, 'name' | 'titleId'> & { data: BatchProgress }) {
  const { summary, counts } = data
  return (
    <>
      <p className="monofil-facts">
        <span>{amount(data, labels, format)}</span>
        {!summary.finished && (
          <span>
            {summary.eta === null
              ? labels.leftUnknown
              : labels.left(format.range(summary.eta.lowMs, summary.eta.highMs))}
          </span>
        )}
        {stale && !summary.finished && <span className="monofil-stale">{labels.reconnecting}</span>}
      </p>
      <Tally counts={counts} labels={labels} format={format} />
      {summary.finished && <p className="monofil-end">{endWords(data, labels, format)}</p>}
      {summary.failures.length > 0 && summary.finished && (
        <ul className="monofil-causes">
          {summary.failures.slice(0, CAUSES).map(({ code, message, count }) => (
            <li key={`${code} ${message}`}>
              {format.count(count)} × {message}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Tally({ counts, labels, format }: { counts: Counts; labels: Labels; format: Format }): ReactNode {
  const present = COUNTED.filter((status) => counts[status] > 0)
  return (
    <ul className="monofil-tally">
      {present.map((status) => (
        <li key={status} data-status={status}>
          <StateIcon status={status} />
          {labels.statuses[status]} <b>{format.count(counts[status])}</b>
        </li>
      ))}
    </ul>
  )
}

function amount({ summary }: BatchProgress, labels: Labels, format: Format): string {
  if (summary.total === 0 && !summary.known) return labels.unknownTotal
  return labels.of(format.count(summary.done), format.count(summary.total))
}

function valueText(data: BatchProgress, labels: Labels, format: Format): string {
  const { summary, status } = data
  return `${labels.statuses[status]}, ${format.percent(summary.percent)}, ${amount(data, labels, format)}`
}
