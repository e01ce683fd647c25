import type { ConnectionKind } from './connection.ts'
import type { Opening, OpenRequest } from './opening.ts'
import { noPlace, type Places } from './places.ts'
import { holderOf, type Registry } from './registry.ts'
import type { HubSettings } from './settings.ts'

/** What of a stream decides which older one it replaces. */
export type Asked = Pick<OpenRequest, 'principal' | 'marker'> & {
  readonly kind: ConnectionKind
}

type Newcomer = Asked & Pick<OpenRequest, 'address' | 'comesBack'>

type Figures = Pick<HubSettings, 'streamsUser' | 'streamsAddress' | 'noPlaceMs'>

/** Lets streams in as long as their user and address have places. */
export class Admission {
  readonly #places: Places
  readonly #registry: Registry
  readonly #settings: Figures
  readonly #jitter: (ms: number) => number

  constructor(places: Places, registry: Registry, settings: Figures, jitter: (ms: number) => number) {
    this.#places = places
    this.#registry = registry
    this.#settings = settings
    this.#jitter = jitter
  }

  /**
   * Takes a place for a stream that was judged. It is taken before the answer begins, so that a refusal can be one,
   * and counts also for those who are answered in the same turn of the loop. @throws `too_many_connections`.
   */
  admit(opening: Opening, asked: Newcomer, topics: readonly string[]): Opening {
    const { streamsUser, streamsAddress, noPlaceMs } = this.#settings
    if (streamsUser === 0 && streamsAddress === 0) return opening
    const why = this.#refusal(asked, topics)
    if (why !== undefined) {
      throw noPlace(why, why === 'user' ? streamsUser : streamsAddress, this.#jitter(noPlaceMs))
    }
    const holder = holderOf(asked)
    let isHeld = true
    this.#places.take(holder)
    const leave = () => {
      if (isHeld) this.#places.leave(holder)
      isHeld = false
    }
    // Whoever has not started by the end of this turn never will: the reader went away.
    setImmediate(leave)
    return {
      ...opening,
      start: (sink) => {
        const connection = opening.start(sink)
        leave()
        return connection
      },
    }
  }

  #refusal(asked: Newcomer, topics: readonly string[]): 'user' | 'address' | undefined {
    const holder = holderOf(asked)
    const older = this.#registry.replacedBy(asked)
    const why = this.#places.refusal(holder, older?.hasPlace === true ? holderOf(older.facts) : undefined)
    if (why === undefined || asked.comesBack !== true) return why
    // Its old stream may be one that the hub does not know to be dead: a phone that changed its network closes
    // nothing. The oldest makes room, and if it does live it comes back in the same way.
    const oldest = this.#registry.oldestGet(holder.sub, topics)
    if (oldest === undefined) return why
    const still = this.#places.refusal(holder, holderOf(oldest.facts))
    if (still === undefined) this.#registry.end(oldest, 'lifetime')
    return still
  }
}
