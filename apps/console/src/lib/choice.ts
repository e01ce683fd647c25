import type { Item } from '@monofil/protocol'
import { useMemo, useState } from 'react'
import { placeOf } from './place.ts'

/** Items that a person has chosen, of those that are shown or were. */
export interface Choice {
  readonly count: number
  has(item: Item): boolean
  /** Chooses an item or lets it go; with `range`, all from the last one that was so treated up to this one. */
  toggle(item: Item, range: boolean): void
  /** Whether all, some or none of what is shown is chosen. */
  readonly shown: 'all' | 'some' | 'none'
  /** Chooses all that is shown, or none of it where all is chosen. */
  toggleShown(): void
  clear(): void
  readonly ids: readonly string[]
}

/** A choice among `shown`. What is chosen stays so while filters change. */
export function useChoice(shown: readonly Item[]): Choice {
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map())
  const [last, setLast] = useState<string | null>(null)
  return useMemo(() => {
    // Nothing is looked at while nothing is chosen: of a long list it would be at each change.
    const hits = chosen.size === 0 ? 0 : shown.filter((item) => chosen.has(placeOf(item))).length
    const indexOf = (place: string) => shown.findIndex((item) => placeOf(item) === place)
    const change = (items: readonly Item[], wanted: boolean) => {
      const next = new Map(chosen)
      for (const item of items) {
        if (wanted) next.set(placeOf(item), item.id)
        else next.delete(placeOf(item))
      }
      setChosen(next)
    }
    return {
      count: chosen.size,
      has: (item) => chosen.has(placeOf(item)),
      toggle(item, range) {
        const at = indexOf(placeOf(item))
        const from = range && last !== null ? indexOf(last) : -1
        const items = from < 0 ? [item] : shown.slice(Math.min(from, at), Math.max(from, at) + 1)
        change(items, !chosen.has(placeOf(item)))
        setLast(placeOf(item))
      },
      shown: hits === 0 ? 'none' : hits === shown.length ? 'all' : 'some',
      toggleShown: () => change(shown, hits < shown.length),
      clear: () => setChosen(new Map()),
      ids: [...chosen.values()],
    }
  }, [shown, chosen, last])
}
