import { type Item, type ItemStatus, isTerminal, type Run } from '@monofil/protocol'
import type { UseRunControls } from '@monofil/react'
import { ListFilter, SearchX } from 'lucide-react'
import type { ReactNode } from 'react'
import { useChoice } from '../lib/choice.ts'
import { useTexts } from '../lib/context.ts'
import type { ItemFilter } from '../lib/item-filter.ts'
import { type ItemSort, readItemSort, writeItemSort } from '../lib/item-sort.ts'
import type { ItemLookup } from '../lib/past-run.ts'
import { placeOf } from '../lib/place.ts'
import { BAR_ORDER } from '../lib/shares.ts'
import { useItemRows } from '../lib/use-item-rows.ts'
import { useRefusal } from '../lib/use-refusal.ts'
import { ChoiceBar } from './ChoiceBar.tsx'
import { Empty } from './Empty.tsx'
import { FilterSelect } from './FilterSelect.tsx'
import { ItemDetails } from './ItemDetails.tsx'
import { ItemTable } from './ItemTable.tsx'
import { SearchField } from './SearchField.tsx'
import { Skeleton } from './Skeleton.tsx'
import { StatusIcon } from './StatusBadge.tsx'

/** Orders to choose from; a column's head has the other ways too. */
const OFFERED: readonly string[] = ['-changed', '-duration', '-attempts', '-item']
const NO_ITEMS: readonly Item[] = []

interface ItemPanelProps {
  readonly run: Run
  /** Left out where nothing can be done: of a moment that is past, or from a file. */
  readonly controls: UseRunControls | undefined
  readonly items: ItemLookup
  /** An item's log, beside its other facts. */
  readonly logOf: (item: Item) => ReactNode
  readonly filter: ItemFilter
  readonly sort: ItemSort
  /** The item whose details are open, as `step/id`; empty for none. */
  readonly open: string
  readonly onFilter: (filter: ItemFilter) => void
  readonly onSort: (sort: ItemSort) => void
  readonly onOpen: (place: string) => void
}

/** The items of a run with their filters, and the details of the chosen one beside them. */
export function ItemPanel(props: ItemPanelProps) {
  const { run, controls, items, logOf, filter, sort, open, onFilter, onSort, onOpen } = props
  const { t, f } = useTexts()
  const sieved = useItemRows(items.list, filter, sort)
  const shown = sieved?.rows ?? NO_ITEMS
  // Where the reason can pass (an answer that is awaited), the choice stays.
  const canChoose = controls !== undefined && isTerminal(run.status) && !run.external
  const choice = useChoice(canChoose ? shown : NO_ITEMS)
  const refusal = useRefusal()
  const countOf = (status: ItemStatus) => sieved?.counts.get(status) ?? 0
  const slash = open.indexOf('/')
  const chosen = slash < 0 ? undefined : items.get(open.slice(slash + 1), open.slice(0, slash))
  return (
    <>
      <div className="item-toolbar">
        <SearchField label={t.items.search} value={filter.q} onChange={(q) => onFilter({ ...filter, q })} />
        <fieldset className="chips">
          <legend className="visually-hidden">{t.items.filter}</legend>
          <button
            type="button"
            className="chip"
            aria-pressed={filter.status === null}
            onClick={() => onFilter({ ...filter, status: null })}
          >
            {t.items.all}
          </button>
          {BAR_ORDER.filter((status) => countOf(status) > 0 || filter.status === status).map((status) => (
            <button
              key={status}
              type="button"
              className="chip"
              aria-pressed={filter.status === status}
              onClick={() => onFilter({ ...filter, status: filter.status === status ? null : status })}
            >
              <StatusIcon status={status} />
              {t.status[status]} <span className="figure">{f.number(countOf(status))}</span>
            </button>
          ))}
        </fieldset>
        <SortSelect sort={sort} onSort={onSort} />
      </div>
      {canChoose && (
        <ChoiceBar
          choice={choice}
          why={refusal(controls.why('retryItems'))}
          onRetry={(chosen) => controls.retry({ items: chosen })}
        />
      )}
      {shown.length > 0 ? (
        <ItemTable
          rows={shown}
          items={items}
          sort={sort}
          onSort={onSort}
          showStep={run.steps.length > 1 && filter.step === ''}
          selected={chosen}
          onSelect={(item) => onOpen(placeOf(item))}
          choice={canChoose ? choice : undefined}
        />
      ) : (
        <div className="card" aria-busy={sieved === null || undefined}>
          {sieved === null ? (
            <ItemSkeleton />
          ) : items.size === 0 ? (
            <Empty icon={ListFilter} title={t.items.none} body={t.items.noneBody} />
          ) : (
            <Empty icon={SearchX} title={t.items.nothing}>
              <button type="button" className="button" onClick={() => onFilter({ status: null, step: '', q: '' })}>
                {t.runs.clear}
              </button>
            </Empty>
          )}
        </div>
      )}
      <ItemDetails item={chosen} run={run} logOf={logOf} controls={controls} onClose={() => onOpen('')} />
    </>
  )
}

/** The same as the columns' heads, for screens without these columns and for what is no column. */
function SortSelect({ sort, onSort }: Pick<ItemPanelProps, 'sort' | 'onSort'>) {
  const { sort: label, orders } = useTexts().t.items
  const value = writeItemSort(sort)
  return (
    <FilterSelect
      label={label}
      every={orders.item}
      value={value}
      options={OFFERED.concat(OFFERED.includes(value) || value === '' ? [] : [value]).map((known) => ({
        value: known,
        name: orders[known as keyof typeof orders],
      }))}
      onChange={(next) => onSort(readItemSort(new URLSearchParams({ sort: next })))}
    />
  )
}

function ItemSkeleton() {
  return (
    <div className="loading-rows">
      <Skeleton width="60%" />
      <Skeleton width="72%" />
      <Skeleton width="48%" />
    </div>
  )
}
