import type { RunState } from '@monofil/protocol'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { ArrowUp } from 'lucide-react'
import { useLayoutEffect, useRef, useState } from 'react'
import { useTexts } from '../lib/context.ts'
import { holdBack } from '../lib/merge-runs.ts'
import { useHeldTop } from '../lib/use-held-top.ts'
import { RunRow } from './RunRow.tsx'
import './RunList.css'

interface RunListProps {
  readonly runs: readonly RunState[]
  /** Ids that are not live, and when they were read. */
  readonly asOf: (id: string) => string | null
}

/** The rows, as many as fit; rows that arrive while one reads further down wait behind a pill. */
export function RunList({ runs, asOf }: RunListProps) {
  const { t, amount } = useTexts()
  const rows = useRef<HTMLTableSectionElement>(null)
  const { top, release } = useHeldTop(runs[0]?.id, rows)
  const { shown, held } = holdBack(runs, top)
  const [scrollMargin, setScrollMargin] = useState(0)
  useLayoutEffect(() => {
    setScrollMargin((rows.current?.getBoundingClientRect().top ?? 0) + window.scrollY)
  }, [])
  const virtualizer = useWindowVirtualizer({
    count: shown.length,
    estimateSize: () => 61,
    overscan: 8,
    scrollMargin,
    getItemKey: (index) => shown[index]?.id ?? index,
  })
  const { columns } = t.runs
  return (
    <>
      {held > 0 && (
        <button type="button" className="fresh-pill" onClick={release}>
          <ArrowUp className="icon" aria-hidden />
          {t.runs.fresh(amount(held))}
        </button>
      )}
      <table className="card run-list" aria-label={t.runs.title} aria-rowcount={shown.length + 1}>
        <thead>
          <tr className="run-row is-head" aria-rowindex={1}>
            {[columns.status, columns.run, columns.progress, columns.started, columns.duration].map((name, index) => (
              <th key={name} scope="col" className={index === 4 ? 'run-cell-took' : ''}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={rows} className="run-rows" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const run = shown[index]
            return (
              run !== undefined && (
                <tr
                  key={key}
                  ref={virtualizer.measureElement}
                  data-index={index}
                  className="run-row"
                  aria-rowindex={index + 2}
                  style={{ transform: `translateY(${start - scrollMargin}px)` }}
                >
                  <RunRow run={run} asOf={asOf(run.id)} />
                </tr>
              )
            )
          })}
        </tbody>
      </table>
      <span className="visually-hidden" aria-live="polite">
        {held > 0 ? t.runs.fresh(amount(held)) : ''}
      </span>
    </>
  )
}
