import type { Item } from '@monofil/protocol'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { useTexts } from '../lib/context.ts'
import { previewOf } from '../lib/preview.ts'
import { StatusBadge } from './StatusBadge.tsx'
import { Elapsed } from './When.tsx'
import './ItemTable.css'

interface ItemTableProps {
  readonly items: readonly Item[]
  readonly showStep: boolean
  readonly selected: Item | undefined
  readonly onSelect: (item: Item) => void
}

/** Items as rows of one height; only those in sight exist, however many there are. */
export function ItemTable({ items, showStep, selected, onSelect }: ItemTableProps) {
  const { t } = useTexts()
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 41,
    overscan: 12,
    getItemKey: (index) => `${items[index]?.step}/${items[index]?.id}`,
  })
  const at =
    selected === undefined ? -1 : items.findIndex(({ id, step }) => id === selected.id && step === selected.step)
  const opened = useRef(false)
  useEffect(() => {
    // Only for a link that names an item: later choices were made where the reader looks.
    if (at >= 0 && !opened.current) virtualizer.scrollToIndex(at, { align: 'center' })
    opened.current = true
  }, [at, virtualizer])
  const { columns } = t.items
  return (
    <div
      className={`item-table${showStep ? ' has-step' : ''}`}
      role="table"
      aria-label={t.items.label}
      aria-rowcount={items.length + 1}
    >
      <div className="item-row is-head" role="row" aria-rowindex={1}>
        <span role="columnheader">{columns.status}</span>
        <span role="columnheader">{columns.item}</span>
        {showStep && (
          <span role="columnheader" className="item-step">
            {columns.step}
          </span>
        )}
        <span role="columnheader" className="item-attempts">
          {columns.attempts}
        </span>
        <span role="columnheader" className="item-took">
          {columns.duration}
        </span>
      </div>
      <div ref={scroller} className="item-scroller" role="presentation">
        <div role="rowgroup" className="item-rows" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const item = items[index]
            return (
              item !== undefined && (
                <div
                  key={key}
                  className="item-row"
                  role="row"
                  aria-rowindex={index + 2}
                  aria-current={index === at || undefined}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <ItemCells item={item} showStep={showStep} onSelect={onSelect} />
                </div>
              )
            )
          })}
        </div>
      </div>
    </div>
  )
}

interface ItemCellsProps {
  readonly item: Item
  readonly showStep: boolean
  readonly onSelect: (item: Item) => void
}

function ItemCells({ item, showStep, onSelect }: ItemCellsProps) {
  const { f } = useTexts()
  const said = item.status === 'failed' ? (item.error?.message ?? '') : previewOf(item.input)
  return (
    <>
      <span role="cell">
        <StatusBadge status={item.status} plain />
      </span>
      <span role="cell" className="item-name">
        <button type="button" className="item-button" data-row="" onClick={() => onSelect(item)}>
          <code>{item.id}</code>
        </button>
        <span className={`truncate ${item.status === 'failed' ? 'run-failed' : 'muted'}`}>{said}</span>
      </span>
      {showStep && (
        <span role="cell" className="item-step muted truncate">
          {item.step}
        </span>
      )}
      <span role="cell" className="item-attempts muted figure">
        {item.attempts > 0 && f.number(item.attempts)}
      </span>
      <span role="cell" className="item-took muted">
        {item.startedAt !== null && (item.status === 'running' || item.finishedAt !== null) && (
          <Elapsed from={item.startedAt} to={item.finishedAt} />
        )}
      </span>
    </>
  )
}
