import type { ItemList, RunView } from '@monofil/client'
import { isTerminal, type Run } from '@monofil/protocol'
import type { UseRunControls } from '@monofil/react'
import { ListFilter, SearchX } from 'lucide-react'
import { useDeferredValue, useMemo } from 'react'
import { useChoice } from '../lib/choice.ts'
import { useTexts } from '../lib/context.ts'
import { countByStatus, filterItems, type ItemFilter } from '../lib/item-filter.ts'
import { placeOf } from '../lib/place.ts'
import { BAR_ORDER } from '../lib/shares.ts'
import { useRefusal } from '../lib/use-refusal.ts'
import { ChoiceBar } from './ChoiceBar.tsx'
import { Empty } from './Empty.tsx'
import { ItemDetails } from './ItemDetails.tsx'
import { ItemTable } from './ItemTable.tsx'
import { SearchField } from './SearchField.tsx'
import { StatusIcon } from './StatusBadge.tsx'

interface ItemPanelProps {
  readonly run: Run
  readonly controls: UseRunControls
  readonly items: ItemList
  readonly view: Pick<RunView, 'logs' | 'gap'>
  readonly filter: ItemFilter
  /** The item whose details are open, as `step/id`; empty for none. */
  readonly open: string
  readonly onFilter: (filter: ItemFilter) => void
  readonly onOpen: (place: string) => void
}

/** The items of a run with their filters, and the details of the chosen one beside them. */
export function ItemPanel({ run, controls, items, view, filter, open, onFilter, onOpen }: ItemPanelProps) {
  const { t, f } = useTexts()
  const list = useDeferredValue(items.list)
  const shown = useMemo(() => filterItems(list, filter), [list, filter])
  const counts = useMemo(() => countByStatus(list, filter.step), [list, filter.step])
  const choice = useChoice(shown)
  const refusal = useRefusal()
  // Where the reason can pass (an answer that is awaited), the choice stays.
  const canChoose = isTerminal(run.status) && !run.external
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
          {BAR_ORDER.filter((status) => (counts.get(status) ?? 0) > 0 || filter.status === status).map((status) => (
            <button
              key={status}
              type="button"
              className="chip"
              aria-pressed={filter.status === status}
              onClick={() => onFilter({ ...filter, status: filter.status === status ? null : status })}
            >
              <StatusIcon status={status} />
              {t.status[status]} <span className="figure">{f.number(counts.get(status) ?? 0)}</span>
            </button>
          ))}
        </fieldset>
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
          items={shown}
          showStep={run.steps.length > 1 && filter.step === ''}
          selected={chosen}
          onSelect={(item) => onOpen(placeOf(item))}
          choice={canChoose ? choice : undefined}
        />
      ) : (
        <div className="card">
          {list.length === 0 ? (
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
      <ItemDetails item={chosen} run={run} view={view} controls={controls} onClose={() => onOpen('')} />
    </>
  )
}
