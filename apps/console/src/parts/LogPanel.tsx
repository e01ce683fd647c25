import type { LogLine } from '@monofil/protocol'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ScrollText } from 'lucide-react'
import { useMemo, useRef } from 'react'
import { useTexts } from '../lib/context.ts'
import { previewOf } from '../lib/preview.ts'
import { useFollow } from '../lib/use-follow.ts'
import { useLogs } from '../lib/use-logs.ts'
import { Empty } from './Empty.tsx'
import { ErrorPanel } from './ErrorPanel.tsx'
import { Skeleton } from './Skeleton.tsx'
import './LogPanel.css'

interface LogPanelProps {
  readonly runId: string
  readonly live: readonly LogLine[]
}

/** The log of a run, oldest line first; follows its end until the reader scrolls up. */
export function LogPanel({ runId, live }: LogPanelProps) {
  const { t } = useTexts()
  const { read, tail, state, error, more } = useLogs(runId, live)
  const hole = state === 'more' || (state === 'failed' && read.length > 0)
  const rows = useMemo(() => [...read, ...(hole ? [null] : []), ...tail], [read, tail, hole])
  if (rows.length === 0 && state === 'failed' && error !== null) return <ErrorPanel error={error} onRetry={more} />
  if (rows.length === 0) {
    return (
      <div className="card">
        {state === 'loading' ? (
          <div className="loading-rows" aria-busy="true">
            <Skeleton width="60%" />
            <Skeleton width="72%" />
            <Skeleton width="48%" />
          </div>
        ) : (
          <Empty icon={ScrollText} title={t.logs.none} body={t.logs.noneBody} />
        )}
      </div>
    )
  }
  return <LogLines rows={rows} onMore={more} />
}

interface LogLinesProps {
  /** Null stands for lines that were not read yet. */
  readonly rows: readonly (LogLine | null)[]
  readonly onMore: () => void
}

function LogLines({ rows, onMore }: LogLinesProps) {
  const { t } = useTexts()
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 24,
    overscan: 20,
  })
  const last = rows.length - 1
  const { follow, setFollow, onScroll } = useFollow(scroller, last, (index) =>
    virtualizer.scrollToIndex(index, { align: 'end' }),
  )
  return (
    <div className="log-panel">
      <div
        ref={scroller}
        className="log-scroller"
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t.logs.label}
      >
        <div className="log-lines" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const line = rows[index]
            return (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className={`log-line is-${line?.level ?? 'hole'}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                {line ? (
                  <Line line={line} />
                ) : (
                  <button type="button" className="log-more" onClick={onMore}>
                    {t.logs.more}
                  </button>
                )}
              </div>
            )
          })}
        </div>
      </div>
      {!follow && (
        <button type="button" className="log-follow" onClick={() => setFollow(true)}>
          <ArrowDown className="icon" aria-hidden />
          {t.logs.follow}
        </button>
      )}
    </div>
  )
}

function Line({ line }: { readonly line: LogLine }) {
  const { f } = useTexts()
  return (
    <>
      <time dateTime={line.at} title={f.exact(line.at)}>
        {f.timeOfDay(line.at)}
      </time>
      <span className="log-level">{line.level}</span>
      <span className="log-message">
        {line.item !== null && <span className="log-item">{line.item} </span>}
        {line.message}
        {line.data !== undefined && <span className="log-data"> {previewOf(line.data, 2000)}</span>}
      </span>
    </>
  )
}
