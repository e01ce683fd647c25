import { MonofilError } from '@monofil/protocol'
import type { HubSettings } from './settings.ts'

/** Who holds a stream. */
export interface Holder {
  readonly sub: string
  /** As `addressKey` has it; empty where nobody knows it, which counts nowhere. */
  readonly address: string
}

/** Counts the open streams of every user and address; those with none are not remembered. */
export class Places {
  readonly #settings: Pick<HubSettings, 'streamsUser' | 'streamsAddress'>
  readonly #users = new Map<string, number>()
  readonly #addresses = new Map<string, number>()

  constructor(settings: Pick<HubSettings, 'streamsUser' | 'streamsAddress'>) {
    this.#settings = settings
  }

  /** Why there is no place; `freed` is the holder of a stream that would end for it. */
  refusal({ sub, address }: Holder, freed: Holder | undefined): 'user' | 'address' | undefined {
    const { streamsUser, streamsAddress } = this.#settings
    if (isOver(this.#users, sub, freed?.sub, streamsUser)) return 'user'
    if (address === '') return undefined
    return isOver(this.#addresses, address, freed?.address, streamsAddress) ? 'address' : undefined
  }

  take({ sub, address }: Holder): void {
    if (this.#settings.streamsUser > 0) add(this.#users, sub, 1)
    if (this.#settings.streamsAddress > 0 && address !== '') add(this.#addresses, address, 1)
  }

  leave({ sub, address }: Holder): void {
    if (this.#settings.streamsUser > 0) add(this.#users, sub, -1)
    if (this.#settings.streamsAddress > 0 && address !== '') add(this.#addresses, address, -1)
  }
}

/** @returns `too_many_connections`, in words. */
export function noPlace(why: 'user' | 'address', limit: number, retryAfterMs: number): MonofilError {
  const whose = why === 'user' ? 'This user' : 'This address'
  const words = `${whose} has ${limit} streams open, and there may not be more: let tabs share one, or close one.`
  return new MonofilError('too_many_connections', words, { retryAfterMs })
}

function isOver(counts: ReadonlyMap<string, number>, key: string, freed: string | undefined, limit: number): boolean {
  return limit > 0 && (counts.get(key) ?? 0) - (freed === key ? 1 : 0) >= limit
}

function add(counts: Map<string, number>, key: string, by: number): void {
  const count = (counts.get(key) ?? 0) + by
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}
