import type { Item } from '@monofil/protocol'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { Choice } from '../lib/choice.ts'
import { useTexts } from '../lib/context.ts'
import { placeOf } from '../lib/place.ts'
import { labelOf } from '../lib/preview.ts'
import { ChoiceBox } from './ChoiceBox.tsx'
import { ItemBadge } from './StatusBadge.tsx'
import { TimeLeft, WaitingWords } from './WaitingWords.tsx'
import { Elapsed } from './When.tsx'
import './ItemTable.css'

/** As in ItemTable.css. */
const ROW_PX = 41
const HEAD_PX = 37

interface ItemTableProps {
  readonly items: readonly Item[]
  readonly showStep: boolean
  readonly selected: Item | undefined
  readonly onSelect: (item: Item) => void
  /** Set where items can be chosen. */
  readonly choice: Choice | undefined
}

/** Items as rows of one height; only those in sight exist, however many there are. */
export function ItemTable({ items, showStep, selected, onSelect, choice }: ItemTableProps) {
  const { t } = useTexts()
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    overscan: 12,
    getItemKey: (index) => placeOf(items[index] ?? { step: '', id: '' }),
  })
  const at =
    selected === undefined ? -1 : items.findIndex(({ id, step }) => id === selected.id && step === selected.step)
  const opened = useRef(false)
  useEffect(() => {
    // Only for a link that names an item: later choices were made where the reader looks.
    if (at >= 0 && !opened.current) virtualizer.scrollToIndex(at, { align: 'center' })
    opened.current = true
  }, [at, virtualizer])
  return (
    <div ref={scroller} className="item-scroller">
      <table
        className={`item-table${showStep ? ' has-step' : ''}${choice === undefined ? '' : ' has-choice'}`}
        aria-label={t.items.label}
        aria-rowcount={items.length + 1}
        style={{ height: virtualizer.getTotalSize() + HEAD_PX }}
      >
        <ItemHead showStep={showStep} choice={choice} />
        <tbody>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const item = items[index]
            return (
              item !== undefined && (
                <tr
                  key={key}
                  className="item-row"
                  aria-rowindex={index + 2}
                  aria-current={index === at || undefined}
                  style={{ transform: `translateY(${start - HEAD_PX}px)` }}
                >
                  <ItemCells item={item} showStep={showStep} onSelect={onSelect} choice={choice} />
                </tr>
              )
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

function ItemHead({ showStep, choice }: Pick<ItemTableProps, 'showStep' | 'choice'>) {
  const { columns, chooseAll } = useTexts().t.items
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
        <th scope="col">{columns.item}</th>
        {showStep && (
          <th scope="col" className="item-step">
            {columns.step}
          </th>
        )}
        <th scope="col" className="item-attempts">
          {columns.attempts}
        </th>
        <th scope="col" className="item-took">
          {columns.duration}
        </th>
      </tr>
    </thead>
  )
}

interface ItemCellsProps extends Pick<ItemTableProps, 'showStep' | 'onSelect' | 'choice'> {
  readonly item: Item
}

function ItemCells({ item, showStep, onSelect, choice }: ItemCellsProps) {
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
