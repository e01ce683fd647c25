import type { RunView } from '@monofil/client'
import { ScrollText, SearchX, X } from 'lucide-react'
import { useTexts } from '../lib/context.ts'
import { EVERY_LINE, type LogFilter } from '../lib/log-lines.ts'
import { useLogs } from '../lib/use-logs.ts'
import { Empty } from './Empty.tsx'
import { ErrorPanel } from './ErrorPanel.tsx'
import { FilterSelect } from './FilterSelect.tsx'
import { LogLineList } from './LogLineList.tsx'
import { SearchField } from './SearchField.tsx'
import { Skeleton } from './Skeleton.tsx'
import './LogPanel.css'

interface LogPanelProps {
  readonly runId: string
  readonly view: Pick<RunView, 'logs' | 'gap'>
  readonly filter: LogFilter
  readonly onFilter: (filter: LogFilter) => void
}

/** Without the lowest: that is every line. */
const LEVELS = ['info', 'warn', 'error'] as const

/** The log of a run: its newest lines first, older ones as the reader scrolls up, by level, item and text. */
export function LogPanel({ runId, view, filter, onFilter }: LogPanelProps) {
  return (
    <>
      <LogToolbar filter={filter} onFilter={onFilter} />
      <LogView
        runId={runId}
        view={view}
        filter={filter}
        onClear={() => onFilter(EVERY_LINE)}
        onItem={(step, item) => onFilter({ ...filter, step, item })}
      />
    </>
  )
}

/** By text and level; and which item's lines they are, where only one's are shown. */
export function LogToolbar({ filter, onFilter }: Pick<LogPanelProps, 'filter' | 'onFilter'>) {
  const { t } = useTexts()
  return (
    <div className="item-toolbar">
      <SearchField label={t.logs.search} value={filter.q} onChange={(q) => onFilter({ ...filter, q })} />
      <FilterSelect
        label={t.logs.level}
        every={t.logs.every}
        value={filter.level}
        options={LEVELS.map((value) => ({ value, name: t.logs.levels[value] }))}
        onChange={(value) => onFilter({ ...filter, level: LEVELS.find((known) => known === value) ?? '' })}
      />
      {filter.item !== '' && (
        <button
          type="button"
          className="chip"
          aria-pressed
          aria-label={t.logs.anyItem(filter.item)}
          onClick={() => onFilter({ ...filter, step: '', item: '' })}
        >
          <span className="truncate">{filter.item}</span>
          <X className="icon" aria-hidden />
        </button>
      )}
    </div>
  )
}

interface LogViewProps extends Omit<LogPanelProps, 'onFilter'> {
  readonly onClear?: () => void
  /** Shows only this item's lines; left out where there are no others. */
  readonly onItem?: (step: string, item: string) => void
}

/** The lines under a filter, or why there are none. */
export function LogView({ runId, view, filter, onClear, onItem }: LogViewProps) {
  const logs = useLogs(runId, view, filter)
  if (logs.known === null && logs.error !== null) return <ErrorPanel error={logs.error} onRetry={logs.restart} />
  if (logs.known === null) {
    return (
      <div className="card loading-rows" aria-busy="true">
        <Skeleton width="60%" />
        <Skeleton width="72%" />
        <Skeleton width="48%" />
      </div>
    )
  }
  if (logs.known.lines.length > 0) return <LogLineList logs={logs} known={logs.known} onItem={onItem} />
  return <NoLines filter={filter} onClear={onClear} />
}

/** Why there are no lines. */
export function NoLines({
  filter,
  onClear,
}: {
  readonly filter: LogFilter
  readonly onClear: (() => void) | undefined
}) {
  const { t } = useTexts()
  // Of one item: a word beside its other facts, not a page's empty state.
  if (onClear === undefined) return <p className="faint">{t.logs.none}</p>
  const isFiltered = filter.level !== '' || filter.item !== '' || filter.q !== ''
  if (!isFiltered) {
    return (
      <div className="card">
        <Empty icon={ScrollText} title={t.logs.none} body={t.logs.noneBody} />
      </div>
    )
  }
  return (
    <div className="card">
      <Empty icon={SearchX} title={t.logs.nothing}>
        <button type="button" className="button" onClick={onClear}>
          {t.runs.clear}
        </button>
      </Empty>
    </div>
  )
}
