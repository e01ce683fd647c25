import { type TopicRefetchResult, useTopicRefetch } from '@monofil/react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { OrdersPage, OrdersQuery } from '../src/order.ts'
import { listOrders } from './api.ts'

/** The orders of a view, as true as the stream is. */
export interface Orders extends TopicRefetchResult {
  /** Null until the first answer. */
  readonly page: OrdersPage | null
  /** Versions of the orders that have changed under the reader's eyes. */
  readonly flashes: ReadonlyMap<number, number>
  /** Shows what came while the reader was further down. */
  readonly showNewer: () => void
}

interface Shown {
  readonly key: string
  readonly page: OrdersPage
  readonly flashes: ReadonlyMap<number, number>
}

/** So far from the top new orders are counted and not shown: what is being read would move. */
const NEAR_TOP_PX = 120
const NOTHING: ReadonlyMap<number, number> = new Map()

/** A page of orders that is fetched anew with each event of the topic: no polling, and at most four fetches a second. */
export function useOrders(topic: string, query: Omit<OrdersQuery, 'until'>): Orders {
  const key = JSON.stringify({ ...query, page: 1 })
  const latest = useRef({ key, query })
  latest.current = { key, query }
  const [shown, show] = useState<Shown | null>(null)
  const held = useRef<{ readonly key: string; readonly newest: number } | null>(null)
  const fetchAll = useCallback(async () => {
    for (;;) {
      const asked = latest.current
      const isReading = asked.query.page > 1 || scrollY > NEAR_TOP_PX
      const until = isReading && held.current?.key === asked.key ? held.current.newest : null
      const page = await listOrders({ ...asked.query, until })
      // Another page or filter was chosen meanwhile: this answer is not what is looked for.
      if (asked.query !== latest.current.query && JSON.stringify(asked) !== JSON.stringify(latest.current)) continue
      if (until === null) held.current = { key: asked.key, newest: page.newest }
      show((before) => ({ key: keyOf(asked.query), page, flashes: flashesOf(before, page, keyOf(asked.query)) }))
      return
    }
  }, [])
  const health = useTopicRefetch(topic, fetchAll, { events: true })
  const { refetch } = health
  const isFirst = useRef(true)
  const whole = keyOf(query)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the query is what another fetch is for
  useEffect(() => {
    // The first fetch is the hook's own, once the topic is followed.
    if (isFirst.current) isFirst.current = false
    else void refetch()
  }, [whole, refetch])
  const newer = shown?.page.newer ?? 0
  const showNewer = useCallback(() => {
    held.current = null
    scrollTo({ top: 0 })
    void refetch()
  }, [refetch])
  useEffect(() => {
    if (newer === 0) return
    const look = () => {
      if (scrollY === 0 && latest.current.query.page === 1) showNewer()
    }
    addEventListener('scroll', look, { passive: true })
    return () => removeEventListener('scroll', look)
  }, [newer, showNewer])
  // Until another view's orders are there those of the last one stay, unless they would say something that is not so.
  const isOther = shown !== null && shown.key !== whole
  const isWrong = isOther && (health.refetchError !== null || shown.page.orders.length === 0)
  const page = isWrong ? null : (shown?.page ?? null)
  return { ...health, page, flashes: shown?.flashes ?? NOTHING, showNewer }
}

const keyOf = (query: object) => JSON.stringify(query)

/** What changed between two fetches of the same view. */
function flashesOf(before: Shown | null, page: OrdersPage, key: string): ReadonlyMap<number, number> {
  if (before === null || before.key !== key) return NOTHING
  const versions = new Map(before.page.orders.map(({ id, version }) => [id, version]))
  const changed = page.orders.filter(({ id, version }) => versions.get(id) !== version)
  return changed.length === 0
    ? before.flashes
    : new Map([...before.flashes, ...changed.map(({ id, version }) => [id, version] as const)])
}
