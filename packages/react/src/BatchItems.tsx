import type { ItemList } from '@monofil/client'
import type { Item, ItemStatus } from '@monofil/protocol'
import { memo, type ReactNode, useMemo } from 'react'
import type { Format } from './format.ts'
import type { Labels } from './labels.ts'
import { StateIcon } from './StateIcon.tsx'

/** Rows drawn at most: a list of thousands is for a table that virtualises, as the console's. */
const ROWS = 200
/** What is drawn first where not all are. */
const URGENCY: Readonly<Record<ItemStatus, number>> = {
  running: 0,
  failed: 1,
  retrying: 2,
  queued: 3,
  completed: 4,
  cancelled: 5,
}

interface BatchItemsProps {
  readonly items: ItemList
  readonly labels: Labels
  readonly format: Format
}

/** The items of a run with the state of each; of more than 200 those that run, failed or wait come first. */
export function BatchItems({ items, labels, format }: BatchItemsProps): ReactNode {
  const shown = useMemo(() => urgentFirst(items.list), [items])
  const hidden = items.size - shown.length
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard (axe) */}
      <ul className="monofil-items" aria-label={labels.items} tabIndex={0}>
        {shown.map((item) => (
          <Row key={`${item.step}/${item.id}`} item={item} labels={labels} format={format} />
        ))}
      </ul>
      {hidden > 0 && <p className="monofil-more">{labels.more(format.count(hidden))}</p>}
    </>
  )
}

/** In their order while all fit, else the most urgent in theirs. */
export function urgentFirst(items: readonly Item[]): readonly Item[] {
  if (items.length <= ROWS) return items
  return items.toSorted((a, b) => URGENCY[a.status] - URGENCY[b.status]).slice(0, ROWS)
}

interface RowProps {
  readonly item: Item
  readonly labels: Labels
  readonly format: Format
}

const Row = memo(function Row({ item, labels, format }: RowProps): ReactNode {
  const { status, attempts, error } = item
  const name = nameOf(item)
  return (
    <li className="monofil-item" data-status={status}>
      <StateIcon status={status} />
      <span className="monofil-item-name" title={item.id}>
        {name}
      </span>
      <span className="monofil-item-state">
        {labels.statuses[status]}
        {attempts > 1 && ` · ${labels.attempt(format.count(attempts))}`}
      </span>
      {error !== null && <span className="monofil-item-error">{error.message}</span>}
    </li>
  )
})

/** What a person would call the item: its input where that is a word, or names itself. */
function nameOf({ id, input }: Item): string {
  if (typeof input === 'string' && input !== '') return lastPart(input)
  if (typeof input === 'object' && input !== null) {
    const { name, title, file, path } = input as Record<string, unknown>
    for (const word of [name, title, file, path]) if (typeof word === 'string' && word !== '') return lastPart(word)
  }
  return id
}

function lastPart(text: string): string {
  return text.includes('/') && !text.includes(' ') ? (text.split('/').findLast((part) => part !== '') ?? text) : text
}
