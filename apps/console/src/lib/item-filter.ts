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

/** Whether an item is shown. Text is looked for in id, error and input. */
export function passes(item: Item, { status, step, q }: ItemFilter): boolean {
  if ((status !== null && item.status !== status) || (step !== '' && item.step !== step)) return false
  const wanted = q.trim().toLowerCase()
  if (wanted === '') return true
  return `${item.id} ${item.error?.message ?? ''} ${previewOf(item.input, 1000)}`.toLowerCase().includes(wanted)
}
