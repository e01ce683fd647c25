import type { Item } from '@monofil/protocol'

/**
 * The items of a run in order of step and index, looked up by id. A list never changes; each change of the run
 * gives a new one.
 */
export class ItemList implements Iterable<Item> {
  /** All of them, in order. */
  readonly list: readonly Item[]
  readonly #places: ReadonlyMap<string, number>

  /** `places` may be newer than `list`: an answer from it is checked before it is believed. */
  constructor(list: readonly Item[] = [], places: ReadonlyMap<string, number> = new Map()) {
    this.list = list
    this.#places = places
  }

  get size(): number {
    return this.list.length
  }

  /** The item with this id; ids are unique per step, so without `step` it is the first step's that has one. */
  get(id: string, step?: string): Item | undefined {
    const matches = (item: Item | undefined) => item?.id === id && (step === undefined || item.step === step)
    const place = this.#places.get(step === undefined ? id : placeOf(step, id))
    if (place === undefined) return undefined
    const found = this.list[place]
    return matches(found) ? found : this.list.find(matches)
  }

  has(id: string, step?: string): boolean {
    return this.get(id, step) !== undefined
  }

  values(): IterableIterator<Item> {
    return this.list.values()
  }

  [Symbol.iterator](): IterableIterator<Item> {
    return this.list.values()
  }

  forEach(callback: (item: Item, id: string) => void): void {
    for (const item of this.list) callback(item, item.id)
  }
}

/** The key of an item; no id holds a slash. */
export function placeOf(step: string, id: string): string {
  return `${step}/${id}`
}
