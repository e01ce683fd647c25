import { ITEM_STATUSES, type Item, type ItemStatus } from '@monofil/protocol'
import { type ItemFilter, passes } from './item-filter.ts'
import { type ItemSort, sortItems } from './item-sort.ts'

/** What one asked of a run's items, and what came of it. */
export interface Sieved {
  readonly list: readonly Item[]
  readonly filter: ItemFilter
  readonly sort: ItemSort
  /** Those that pass, in the order asked for; `list` itself where nothing is filtered or sorted. */
  readonly rows: readonly Item[]
  /** How many items of the chosen step (or all) are in each state: what the filter's buttons say. */
  readonly counts: ReadonlyMap<ItemStatus, number>
  /** By place in `list`: whether it passes. */
  readonly passed: Uint8Array
}

/** After so many items looked at, others may have a turn. */
const SLICE = 500

/**
 * Filters, counts and sorts. Items that are the very ones of `before` are not looked at again, so that 1,000 changes
 * among 100,000 items cost 1,000 looks. It yields now and then, so that a long one can be done in pieces.
 */
export function* sieve(
  list: readonly Item[],
  filter: ItemFilter,
  sort: ItemSort,
  before: Sieved | null,
): Generator<void, Sieved> {
  const same = before !== null && isSame(before.filter, filter) ? before : null
  const passed = new Uint8Array(list.length)
  const isBare = filter.status === null && filter.step === '' && filter.q.trim() === ''
  const tally = new Map<ItemStatus, number>(ITEM_STATUSES.map((status) => [status, 0]))
  const kept: Item[] = []
  let looks = 0
  for (const [place, item] of list.entries()) {
    if (filter.step === '' || item.step === filter.step) tally.set(item.status, (tally.get(item.status) ?? 0) + 1)
    if (isBare) continue
    const isKnown = same?.list[place] === item
    const pass = isKnown ? same.passed[place] === 1 : passes(item, filter)
    if (pass) {
      passed[place] = 1
      kept.push(item)
    }
    if (!isKnown) looks += 1
    if (looks === SLICE) {
      looks = 0
      yield
    }
  }
  const rows = yield* sortItems(isBare ? list : kept, sort)
  return { list, filter, sort, rows, counts: tally, passed }
}

/** Does it all at once: for lists of which that is quick. */
export function sieveAtOnce(list: readonly Item[], filter: ItemFilter, sort: ItemSort): Sieved {
  const work = sieve(list, filter, sort, null)
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

function isSame(a: ItemFilter, b: ItemFilter): boolean {
  return a.status === b.status && a.step === b.step && a.q === b.q
}
