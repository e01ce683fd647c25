import type { Item } from '@monofil/protocol'

/** What items are sorted by: their place in the run, attempts, time taken, or when they changed. */
const ITEM_SORTS = ['item', 'attempts', 'duration', 'changed'] as const

/** An order of items, as the URL says it: `-duration` is the longest first. */
export interface ItemSort {
  readonly by: (typeof ITEM_SORTS)[number]
  readonly isDown: boolean
}

/** As they lie in the run. */
export const NATURAL: ItemSort = { by: 'item', isDown: false }

const SLICE = 5000
/** Ranks are shifted by so much to make room for the place; a million items and ranks up to 2^33 fit a float. */
const PLACES = 2 ** 20

/** Reads an order from a URL; an unknown one is none. */
export function readItemSort(params: URLSearchParams): ItemSort {
  const text = params.get('sort') ?? ''
  const isDown = text.startsWith('-')
  const by = ITEM_SORTS.find((known) => known === (isDown ? text.slice(1) : text))
  return by === undefined ? NATURAL : { by, isDown }
}

/** The order for a URL; empty for the natural one. */
export function writeItemSort({ by, isDown }: ItemSort): string {
  return by === 'item' && !isDown ? '' : `${isDown ? '-' : ''}${by}`
}

/** The order after a click on a column's head: what is big first, then the other way, then as it was. */
export function nextSort(sort: ItemSort, by: ItemSort['by']): ItemSort {
  const first = by !== 'item'
  if (sort.by !== by) return { by, isDown: first }
  return sort.isDown === first ? { by, isDown: !first } : NATURAL
}

/**
 * Items in an order, equals as they lie in the run; the same array where that is the order already. Numbers are sorted
 * instead of items: a comparing function takes 150 ms for 100,000.
 */
export function* sortItems(items: readonly Item[], { by, isDown }: ItemSort): Generator<void, readonly Item[]> {
  if (by === 'item') return isDown ? items.toReversed() : items
  const now = Date.now()
  const ranks = new Float64Array(items.length)
  for (const [place, item] of items.entries()) {
    const rank = rankOf(item, by, now)
    ranks[place] = (isDown ? -rank : rank) * PLACES + place
    if (place % SLICE === SLICE - 1) yield
  }
  ranks.sort()
  return Array.from(ranks, (rank) => items[((rank % PLACES) + PLACES) % PLACES]).filter((item) => item !== undefined)
}

function rankOf(item: Item, by: ItemSort['by'], now: number): number {
  if (by === 'attempts') return item.attempts
  if (by === 'changed') return item.offset
  if (item.startedAt === null || (item.finishedAt === null && item.status !== 'running')) return -1
  return (item.finishedAt === null ? now : Date.parse(item.finishedAt)) - Date.parse(item.startedAt)
}
