import type { Item } from '@monofil/protocol'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import type { ItemFilter } from './item-filter.ts'
import { type Sieved, sieveAtOnce } from './item-sieve.ts'
import type { ItemSort } from './item-sort.ts'
import { ItemWork } from './item-work.ts'

/** Up to so many items are filtered while rendering. */
const AT_ONCE = 2000

/** The items of a run under a filter and in an order; null while a long list is gone through for the first time. */
export function useItemRows(given: readonly Item[], filter: ItemFilter, sort: ItemSort): Sieved | null {
  const list = useDeferredValue(given)
  const isLong = list.length > AT_ONCE
  // By their fields: who reads them from a URL makes new ones each time.
  const { status, step, q } = filter
  const { by, isDown } = sort
  const wanted = useMemo(() => ({ status, step, q }), [status, step, q])
  const order = useMemo(() => ({ by, isDown }), [by, isDown])
  const [done, show] = useState<Sieved | null>(null)
  const work = useRef<ItemWork | null>(null)
  useEffect(() => {
    if (!isLong) return
    work.current ??= new ItemWork(show)
    work.current.want(list, wanted, order)
  }, [isLong, list, wanted, order])
  useEffect(() => {
    return () => {
      work.current?.close()
      work.current = null
    }
  }, [])
  const atOnce = useMemo(() => (isLong ? null : sieveAtOnce(list, wanted, order)), [isLong, list, wanted, order])
  return atOnce ?? done
}
