import type { Item } from '@monofil/protocol'
import { useDeferredValue, useMemo } from 'react'
import type { ItemFilter } from './item-filter.ts'
import { type Sieved, sieve, sieveAtOnce } from './item-sieve.ts'
import type { ItemSort } from './item-sort.ts'
import type { Task } from './piecework.ts'
import { usePiecework } from './use-piecework.ts'

/** Up to so many items are filtered while rendering. */
const AT_ONCE = 2000

type Wish = Pick<Sieved, 'list' | 'filter' | 'sort'>

/** Another filter or order is what somebody waits for; another list only follows the run. */
const SIEVING: Task<Wish, Sieved> = {
  begin: ({ list, filter, sort }, last) => sieve(list, filter, sort, last),
  isUrgent: (wish, before) => wish.filter !== before.filter || wish.sort !== before.sort,
}

/** The items of a run under a filter and in an order; null while a long list is gone through for the first time. */
export function useItemRows(given: readonly Item[], filter: ItemFilter, sort: ItemSort): Sieved | null {
  const list = useDeferredValue(given)
  const isLong = list.length > AT_ONCE
  // By their fields: who reads them from a URL makes new ones each time.
  const { status, step, q } = filter
  const { by, isDown } = sort
  const wanted = useMemo(() => ({ status, step, q }), [status, step, q])
  const order = useMemo(() => ({ by, isDown }), [by, isDown])
  const wish = useMemo(() => (isLong ? { list, filter: wanted, sort: order } : null), [isLong, list, wanted, order])
  const done = usePiecework(wish, SIEVING)
  const atOnce = useMemo(() => (isLong ? null : sieveAtOnce(list, wanted, order)), [isLong, list, wanted, order])
  return atOnce ?? done
}
