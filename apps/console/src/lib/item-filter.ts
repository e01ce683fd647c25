import { ITEM_STATUSES, type Item, type ItemStatus } from '@monofil/protocol'
import { previewOf } from './preview.ts'

/** Which items of a run are shown, as the URL says. */
export interface ItemFilter {
  readonly status: ItemStatus | null
  readonly step: string
  readonly q: string
}

/** Reads a filter from a URL; an unknown status counts as none. */
export function readItemFilter(params: URLSearchParams): ItemFilter {
  const status = params.get('status')
  return {
    status: ITEM_STATUSES.find((known) => known === status) ?? null,
    step: params.get('step') ?? '',
    q: params.get('q') ?? '',
  }
}

/** The items that pass, in their order; the same array when all do. Text is looked for in id, error and input. */
export function filterItems(items: readonly Item[], filter: ItemFilter): readonly Item[] {
  const { status, step } = filter
  const q = filter.q.trim().toLowerCase()
  if (status === null && step === '' && q === '') return items
  return items.filter(
    (item) =>
      (status === null || item.status === status) &&
      (step === '' || item.step === step) &&
      (q === '' || `${item.id} ${item.error?.message ?? ''} ${previewOf(item.input, 1000)}`.toLowerCase().includes(q)),
  )
}

/** How many items of a step (or all) are in each state: what the filter's buttons say. */
export function countByStatus(items: readonly Item[], step: string): ReadonlyMap<ItemStatus, number> {
  const counts = new Map<ItemStatus, number>()
  for (const item of items) {
    if (step === '' || item.step === step) counts.set(item.status, (counts.get(item.status) ?? 0) + 1)
  }
  return counts
}
