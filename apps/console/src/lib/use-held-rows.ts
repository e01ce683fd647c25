import type { Item } from '@monofil/protocol'
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { placeOf } from './place.ts'

const TOP_PX = 24
/** So many rows below the first one in sight may be gone before the place is lost. */
const LOOKED_FOR = 50

interface Held {
  readonly rows: readonly Item[]
  /** The newest change that these rows know. */
  readonly offset: number
}

/**
 * Keeps what a reader looks at where it is. In the natural order rows are only put between others: what is scrolled to
 * moves along. In an order that changes by itself (`isMoving`) rows stay as they were while one is not at the top, and
 * `fresh` counts the items that changed meanwhile, until `release`.
 */
export function useHeldRows(
  now: readonly Item[],
  isMoving: boolean,
  scroller: RefObject<HTMLElement | null>,
  rowPx: number,
): { readonly rows: readonly Item[]; readonly fresh: number; release(): void } {
  const [held, hold] = useState<Held | null>(null)
  const isAway = useIsAway(scroller, isMoving)
  const isHeld = isMoving && isAway
  // While rendering, so that no frame shows the rows in their new places.
  if (isHeld && held === null) hold({ rows: now, offset: newestOf(now) })
  if (!isHeld && held !== null) hold(null)
  const rows = isHeld && held !== null ? held.rows : now
  useAnchor(rows, isMoving, scroller, rowPx)
  const fresh = held === null || rows === now ? 0 : now.filter(({ offset }) => offset > held.offset).length
  const release = () => scroller.current?.scrollTo({ top: 0, behavior: 'instant' })
  return { rows, fresh, release }
}

function useIsAway(scroller: RefObject<HTMLElement | null>, isWanted: boolean): boolean {
  const [isAway, setAway] = useState(false)
  useEffect(() => {
    const element = scroller.current
    if (element === null || !isWanted) return
    const look = () => setAway(element.scrollTop > TOP_PX)
    look()
    // Before the rows are rendered for this very scroll: to read the place after that is to lay out the page twice.
    element.addEventListener('scroll', look, { passive: true, capture: true })
    return () => element.removeEventListener('scroll', look, { capture: true })
  }, [scroller, isWanted])
  return isAway
}

/** Scrolls along with the first row in sight when rows come or go above it. */
function useAnchor(
  rows: readonly Item[],
  isMoving: boolean,
  scroller: RefObject<HTMLElement | null>,
  rowPx: number,
): void {
  const before = useRef(rows)
  useLayoutEffect(() => {
    const element = scroller.current
    const old = before.current
    before.current = rows
    if (element === null || isMoving || old === rows || element.scrollTop <= TOP_PX) return
    const first = Math.floor(element.scrollTop / rowPx)
    for (const [below, item] of old.slice(first, first + LOOKED_FOR).entries()) {
      const place = placeIn(rows, item, first + below)
      if (place < 0) continue
      if (place !== first + below) element.scrollTop += (place - first - below) * rowPx
      return
    }
  }, [rows, isMoving, scroller, rowPx])
}

/** Where an item is now; nearly always where it was. */
function placeIn(rows: readonly Item[], item: Item, guess: number): number {
  const there = rows[guess]
  if (there !== undefined && placeOf(there) === placeOf(item)) return guess
  return rows.findIndex(({ id, step }) => id === item.id && step === item.step)
}

function newestOf(items: readonly Item[]): number {
  return items.reduce((most, { offset }) => Math.max(most, offset), 0)
}
