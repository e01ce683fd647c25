import { ITEM_STATUSES, type Item, type ItemStatus } from '@monofil/protocol'
import { placeOf } from './place.ts'

/** The items as they were at one moment. */
export interface Frame {
  /** How many of the reel's versions are in it. */
  readonly length: number
  /** By place: which version counts, -1 where there was none yet. */
  readonly versions: Int32Array
  /** By step, in the order the reel knows them: how many items are in each of `ITEM_STATUSES`. */
  readonly tallies: readonly Int32Array[]
}

/** A frame is kept every so many versions: to seek is to copy one and apply fewer than this. */
const KEPT_EVERY = 4000
const STATE_OF = new Map<ItemStatus, number>(ITEM_STATUSES.map((status, index) => [status, index]))
/** Rank of a step, index and place in one number that a float holds: 7, 26 and 20 bits. */
const PLACES = 2 ** 20
const INDEXES = 2 ** 26

/**
 * All versions of a run's items in the order they came, with whole frames now and then, so that any moment can be had
 * quickly. Versions are only ever added. Up to a million items.
 */
export class ItemReel {
  readonly steps: string[] = []
  readonly #versions: Item[] = []
  readonly #places: number[] = []
  readonly #placeOf = new Map<string, number>()
  readonly #stepOf: number[] = []
  readonly #kept: Frame[] = []
  #last: Frame = { length: 0, versions: new Int32Array(0), tallies: [] }
  #order: Float64Array | null = null

  /** How many versions there are. */
  get length(): number {
    return this.#versions.length
  }

  /** The number of a step; steps are in the order in which they were named first. */
  stepOf(name: string): number {
    const known = this.steps.indexOf(name)
    return known >= 0 ? known : this.steps.push(name) - 1
  }

  add(item: Item): void {
    const key = placeOf(item)
    let place = this.#placeOf.get(key)
    if (place === undefined) {
      place = this.#stepOf.push(this.stepOf(item.step)) - 1
      this.#placeOf.set(key, place)
      this.#order = null
    }
    this.#places.push(place)
    if (this.#versions.push(item) - this.#last.length === KEPT_EVERY) {
      this.#last = this.at(this.length)
      this.#kept.push(this.#last)
    }
  }

  /** The items after so many versions: made from the nearest kept frame, or from `near` where that is nearer. */
  at(length: number, near?: Frame): Frame {
    const kept = this.#kept[Math.floor(length / KEPT_EVERY) - 1]
    const isNearer = near !== undefined && near.length <= length && near.length >= (kept?.length ?? 0)
    const from = isNearer ? near : kept
    const versions = new Int32Array(this.#stepOf.length).fill(-1)
    if (from !== undefined) versions.set(from.versions)
    const tallies = this.steps.map((_, step) => {
      const tally = new Int32Array(ITEM_STATUSES.length)
      const before = from?.tallies[step]
      if (before !== undefined) tally.set(before)
      return tally
    })
    for (let version = from?.length ?? 0; version < length; version += 1) this.#apply(version, versions, tallies)
    return { length, versions, tallies }
  }

  /** An item as a frame has it. */
  itemIn(frame: Frame, step: string, id: string): Item | undefined {
    const place = this.#placeOf.get(placeOf({ step, id }))
    return place === undefined ? undefined : this.#versions[frame.versions[place] ?? -1]
  }

  /** The items of a frame, in order of step and index. */
  itemsIn(frame: Frame): readonly Item[] {
    this.#order ??= this.#sorted()
    const items: Item[] = []
    for (const rank of this.#order) {
      const item = this.#versions[frame.versions[rank % PLACES] ?? -1]
      if (item !== undefined) items.push(item)
    }
    return items
  }

  #apply(version: number, versions: Int32Array, tallies: readonly Int32Array[]): void {
    const place = this.#places[version] ?? 0
    const tally = tallies[this.#stepOf[place] ?? 0]
    const before = this.#versions[versions[place] ?? -1]
    if (tally === undefined) return
    if (before !== undefined) count(tally, before.status, -1)
    const after = this.#versions[version]
    if (after !== undefined) count(tally, after.status, 1)
    versions[place] = version
  }

  #sorted(): Float64Array {
    const ranks = new Float64Array(this.#stepOf.length)
    for (const [version, item] of this.#versions.entries()) {
      const place = this.#places[version] ?? 0
      ranks[place] = ((this.#stepOf[place] ?? 0) * INDEXES + item.index) * PLACES + place
    }
    return ranks.sort()
  }
}

function count(tally: Int32Array, status: ItemStatus, by: 1 | -1): void {
  const state = STATE_OF.get(status) ?? 0
  tally[state] = (tally[state] ?? 0) + by
}
