import type { Item } from '@monofil/protocol'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowUp } from 'lucide-react'
import { memo, useEffect, useRef } from 'react'
import type { Choice } from '../lib/choice.ts'
import { useTexts } from '../lib/context.ts'
import { type ItemSort, nextSort } from '../lib/item-sort.ts'
import type { ItemLookup } from '../lib/past-run.ts'
import { placeOf } from '../lib/place.ts'
import { labelOf } from '../lib/preview.ts'
import { useHeldRows } from '../lib/use-held-rows.ts'
import { useStable } from '../lib/use-stable.ts'
import { ChoiceBox } from './ChoiceBox.tsx'
import { SortHead } from './SortHead.tsx'
import { ItemBadge } from './StatusBadge.tsx'
import { TimeLeft, WaitingWords } from './WaitingWords.tsx'
import { Elapsed } from './When.tsx'
import './ItemTable.css'

/** As in ItemTable.css. */
const ROW_PX = 41
const HEAD_PX = 37

interface ItemTableProps {
  /** In which order which items are shown; what they show is looked up in `items`, which may be newer. */
  readonly rows: readonly Item[]
  readonly items: Pick<ItemLookup, 'get'>
  readonly sort: ItemSort
  readonly onSort: (sort: ItemSort) => void
  readonly showStep: boolean
  readonly selected: Item | undefined
  readonly onSelect: (item: Item) => void
  /** Set where items can be chosen. */
  readonly choice: Choice | undefined
}

/** Items as rows of one height; only those in sight exist, however many there are. */
export function ItemTable({ rows: wanted, items, sort, onSort, showStep, selected, onSelect, choice }: ItemTableProps) {
  const { t, amount } = useTexts()
  const scroller = useRef<HTMLDivElement>(null)
  const isMoving = sort.by !== 'item'
  const { rows, fresh, release } = useHeldRows(wanted, isMoving, scroller, ROW_PX)
  // Without keys of its own: they would be asked for 100,000 rows at each change.
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    overscan: 12,
  })
  const select = useStable(onSelect)
  const opened = useRef(false)
  useEffect(() => {
    // Only for a link that names an item: later choices were made where the reader looks.
    if (opened.current) return
    opened.current = true
    const at = selected === undefined ? -1 : rows.findIndex((item) => placeOf(item) === placeOf(selected))
    if (at >= 0) virtualizer.scrollToIndex(at, { align: 'center' })
  }, [rows, selected, virtualizer])
  return (
    <div className="item-frame">
      {fresh > 0 && (
        <button type="button" className="fresh-pill" onClick={release}>
          <ArrowUp className="icon" aria-hidden />
          {t.items.fresh(amount(fresh))}
        </button>
      )}
      <div ref={scroller} className="item-scroller">
        <table
          className={`item-table${showStep ? ' has-step' : ''}${choice === undefined ? '' : ' has-choice'}`}
          aria-label={t.items.label}
          aria-rowcount={rows.length + 1}
          style={{ height: virtualizer.getTotalSize() + HEAD_PX }}
        >
          <ItemHead showStep={showStep} choice={choice} sort={sort} onSort={onSort} />
          <tbody>
            {virtualizer.getVirtualItems().map(({ index, start }) => {
              const row = rows[index]
              return (
                row !== undefined && (
                  <ItemRow
                    key={placeOf(row)}
                    item={items.get(row.id, row.step) ?? row}
                    index={index}
                    top={start - HEAD_PX}
                    isCurrent={selected?.id === row.id && selected.step === row.step}
                    showStep={showStep}
                    onSelect={select}
                    choice={choice}
                  />
                )
              )
            })}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function ItemHead({ showStep, choice, sort, onSort }: Pick<ItemTableProps, 'showStep' | 'choice' | 'sort' | 'onSort'>) {
  const { columns, chooseAll } = useTexts().t.items
  const head = (by: ItemSort['by'], name: string, className?: string) => (
    <SortHead
      name={name}
      direction={sort.by !== by ? null : sort.isDown ? 'descending' : 'ascending'}
      onClick={() => onSort(nextSort(sort, by))}
      className={className}
    />
  )
  return (
    <thead>
      <tr className="item-row is-head" aria-rowindex={1}>
        {choice !== undefined && (
          <td>
            <ChoiceBox
              label={chooseAll}
              checked={choice.shown === 'all'}
              mixed={choice.shown === 'some'}
              onToggle={choice.toggleShown}
            />
          </td>
        )}
        <th scope="col">{columns.status}</th>
        {head('item', columns.item)}
        {showStep && (
          <th scope="col" className="item-step">
            {columns.step}
          </th>
        )}
        {head('attempts', columns.attempts, 'item-attempts')}
        {head('duration', columns.duration, 'item-took')}
      </tr>
    </thead>
  )
}

interface ItemRowProps extends Pick<ItemTableProps, 'showStep' | 'onSelect' | 'choice'> {
  readonly item: Item
  readonly index: number
  readonly top: number
  readonly isCurrent: boolean
}

/** Rendered again only when something of it changed: at 1,000 changes a second most are elsewhere. */
const ItemRow = memo(function ItemRow({ index, top, isCurrent, ...cells }: ItemRowProps) {
  return (
    <tr
      className="item-row"
      aria-rowindex={index + 2}
      aria-current={isCurrent || undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      <ItemCells {...cells} />
    </tr>
  )
})

function ItemCells({ item, showStep, onSelect, choice }: Omit<ItemRowProps, 'index' | 'top' | 'isCurrent'>) {
  const { t, f } = useTexts()
  const said = item.status === 'failed' ? (item.error?.message ?? '') : labelOf(item.input)
  return (
    <>
      {choice !== undefined && (
        <td className="item-choice">
          <ChoiceBox
            label={t.items.choose(item.id)}
            checked={choice.has(item)}
            onToggle={(range) => choice.toggle(item, range)}
          />
        </td>
      )}
      <td>
        <ItemBadge item={item} plain />
      </td>
      <td className="item-name">
        <button type="button" className="item-button" data-row="" onClick={() => onSelect(item)}>
          <code>{item.id}</code>
        </button>
        {item.waiting !== null && (
          <span className="item-wait muted truncate">
            <WaitingWords waiting={{ ...item.waiting, until: null }} />
          </span>
        )}
        <span className={`truncate ${item.status === 'failed' ? 'run-failed' : 'muted'}`}>{said}</span>
      </td>
      {showStep && <td className="item-step muted truncate">{item.step}</td>}
      <td className="item-attempts muted figure">{item.attempts > 0 && f.number(item.attempts)}</td>
      <td className="item-took muted">
        {item.startedAt !== null && (item.status === 'running' || item.finishedAt !== null) && (
          <Elapsed from={item.startedAt} to={item.finishedAt} />
        )}
        {item.waiting !== null && item.waiting.until !== null && <TimeLeft until={item.waiting.until} />}
      </td>
    </>
  )
}
