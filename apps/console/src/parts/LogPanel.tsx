import type { LogLine } from '@monofil/protocol'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ScrollText } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { previewOf } from '../lib/preview.ts'
import { useLogs } from '../lib/use-logs.ts'
import { Empty } from './Empty.tsx'
import { ErrorPanel } from './ErrorPanel.tsx'
import './LogPanel.css'

interface LogPanelProps {
  readonly runId: string
  readonly live: readonly LogLine[]
}

/** The log of a run, oldest line first; follows its end until the reader scrolls up. */
export function LogPanel({ runId, live }: LogPanelProps) {
  const { t } = useTexts()
  const { lines, state, error, earlier } = useLogs(runId, live)
  if (lines.length === 0 && state === 'failed' && error !== null) return <ErrorPanel error={error} onRetry={earlier} />
  if (lines.length === 0 && state !== 'loading') {
    return (
      <div className="card">
        <Empty icon={ScrollText} title={t.logs.none} body={t.logs.noneBody} />
      </div>
    )
  }
  return (
    <div className="log-panel">
      {(state === 'more' || state === 'loading') && (
        <button type="button" className="log-earlier" onClick={earlier} disabled={state === 'loading'}>
          {state === 'loading' ? t.runs.loading : t.logs.earlier}
        </button>
      )}
      <LogLines lines={lines} />
    </div>
  )
}

const NEAR_END_PX = 32

function LogLines({ lines }: { readonly lines: readonly LogLine[] }) {
  const { t } = useTexts()
  const scroller = useRef<HTMLDivElement>(null)
  const [follow, setFollow] = useState(true)
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 24,
    overscan: 20,
  })
  const last = lines.length - 1
  useEffect(() => {
    if (follow && last >= 0) virtualizer.scrollToIndex(last, { align: 'end' })
  }, [follow, last, virtualizer])
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = scroller.current ?? {
      scrollTop: 0,
      scrollHeight: 0,
      clientHeight: 0,
    }
    setFollow(scrollHeight - scrollTop - clientHeight < NEAR_END_PX)
  }
  return (
    <>
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
            const line = lines[index]
            return (
              line !== undefined && (
                <div
                  key={key}
                  ref={virtualizer.measureElement}
                  data-index={index}
                  className={`log-line is-${line.level}`}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <Line line={line} />
                </div>
              )
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
    </>
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
