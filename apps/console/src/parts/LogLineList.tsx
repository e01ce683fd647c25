import type { LogLine } from '@monofil/protocol'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { useLayoutEffect, useRef } from 'react'
import { useTexts } from '../lib/context.ts'
import type { LogLines } from '../lib/log-lines.ts'
import { previewOf } from '../lib/preview.ts'
import { useFollow } from '../lib/use-follow.ts'
import type { Logs } from '../lib/use-logs.ts'

interface LogLineListProps {
  readonly logs: Logs
  readonly known: LogLines
  readonly onItem: ((step: string, item: string) => void) | undefined
}

const LINE_PX = 24
/** So near the top older lines are asked for, before the reader arrives there. */
const OLDER_PX = 600

/** The lines, of which only those in sight are in the page. It follows the end until the reader scrolls up. */
export function LogLineList({ logs, known, onItem }: LogLineListProps) {
  const { t, amount } = useTexts()
  const { lines, first } = known
  const scroller = useRef<HTMLDivElement>(null)
  // The row above the lines tells what is above them; each line keeps its number, and so its measured height.
  const virtualizer = useVirtualizer({
    count: lines.length + 1,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => (index === 0 ? 'head' : first + index),
    estimateSize: () => LINE_PX,
    overscan: 20,
  })
  const last = first + lines.length - 1
  const { follow, seen, setFollow, onScroll } = useFollow(scroller, last, () =>
    virtualizer.scrollToIndex(lines.length, { align: 'end' }),
  )
  // What is put above must not move what is read.
  const before = useRef(first)
  useLayoutEffect(() => {
    const element = scroller.current
    if (element !== null && !follow && first < before.current) {
      element.scrollTop += (before.current - first) * LINE_PX
    }
    before.current = first
  }, [first, follow])
  const look = () => {
    onScroll()
    const element = scroller.current
    if (element === null || logs.olderStatus !== 'idle') return
    // By where it is, not by `follow`: a jump to the top in one step has not been rendered yet.
    const { scrollTop, scrollHeight, clientHeight } = element
    if (scrollTop < OLDER_PX && scrollHeight - scrollTop - clientHeight > OLDER_PX) logs.older()
  }
  const fresh = last - seen
  return (
    <div className="log-panel">
      <div
        ref={scroller}
        className="log-scroller"
        onScroll={look}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard (WCAG 2.1.1)
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={t.logs.label}
      >
        <div className="log-lines" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const line = index === 0 ? undefined : lines[index - 1]
            return (
              <div
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                className={`log-line is-${line?.level ?? 'head'}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                {line === undefined ? <Head logs={logs} known={known} /> : <Line line={line} onItem={onItem} />}
              </div>
            )
          })}
        </div>
      </div>
      {!follow && (
        <button type="button" className="log-follow" onClick={() => setFollow(true)}>
          <ArrowDown className="icon" aria-hidden />
          {fresh > 0 ? t.logs.fresh(amount(fresh)) : t.logs.follow}
        </button>
      )}
    </div>
  )
}

/** What is above the lines: older ones, or the beginning of the log, or of what is kept of it. */
function Head({ logs, known }: Pick<LogLineListProps, 'logs' | 'known'>) {
  const { t, amount } = useTexts()
  if (known.older === null) {
    return <span className="log-head">{known.cut > 0 ? t.logs.cut(amount(known.cut)) : t.logs.beginning}</span>
  }
  if (logs.olderStatus === 'loading') return <span className="log-head">{t.logs.loading}</span>
  return (
    <button type="button" className="log-more" onClick={logs.older}>
      {logs.olderStatus === 'failed' ? t.logs.again : t.logs.older}
    </button>
  )
}

function Line({ line, onItem }: { readonly line: LogLine } & Pick<LogLineListProps, 'onItem'>) {
  const { t, f } = useTexts()
  const { step, item } = line
  return (
    <>
      <time dateTime={line.at} title={f.exact(line.at)}>
        {f.timeOfDay(line.at)}
      </time>
      <span className="log-level">{line.level}</span>
      <span className="log-message">
        {item !== null && onItem !== undefined && (
          <>
            <button
              type="button"
              className="log-item"
              title={t.logs.onlyItem(item)}
              onClick={() => onItem(step ?? '', item)}
            >
              {item}
            </button>{' '}
          </>
        )}
        {line.message}
        {line.data !== undefined && <span className="log-data"> {previewOf(line.data, 2000)}</span>}
      </span>
    </>
  )
}
