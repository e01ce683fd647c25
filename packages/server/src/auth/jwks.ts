import { MonofilError } from '@monofil/protocol'
import type { Clock, Logger } from '../seams/system.ts'
import { usableKeys, type VerifyKey } from './keys.ts'

/** Where keys come from. */
export interface KeySource {
  /** Grows whenever the keys change: what was found right with the old ones must be looked at again. */
  readonly generation: number
  /** The keys to try for a token with this `kid`. @throws `store_unavailable` while there are none to be had. */
  find(kid: string | undefined): Promise<readonly VerifyKey[]> | readonly VerifyKey[]
}

/** Keys that were given at the start. */
export function fixedKeys(keys: readonly VerifyKey[]): KeySource {
  return { generation: 0, find: (kid) => fitting(keys, kid) }
}

function fitting(keys: readonly VerifyKey[], kid: string | undefined): readonly VerifyKey[] {
  return kid === undefined ? keys : keys.filter((key) => key.kid === undefined || key.kid === kid)
}

/** How a set is kept; all in ms. */
export interface JwksTimes {
  /** Keys older than this are asked for again, while the old ones go on. 600,000. */
  readonly maxAgeMs: number
  /** Between two requests, at least: an unknown `kid` asks for the keys again, and anybody can make one up. 30,000. */
  readonly cooldownMs: number
  /** After a failure, while there are no keys at all. 1,000. */
  readonly retryMs: number
  /** How long an answer may take. 5,000. */
  readonly timeoutMs: number
}

export const JWKS_TIMES: JwksTimes = { maxAgeMs: 600_000, cooldownMs: 30_000, retryMs: 1_000, timeoutMs: 5_000 }

const MAX_SET_BYTES = 512 * 1024

export interface JwksOptions {
  readonly url: URL
  readonly clock: Clock
  readonly logger: Logger
  readonly times: JwksTimes
}

/**
 * The keys at an address. While that is down, the keys known last go on for as long as it takes: a revoked key is the
 * issuer's to withdraw, and it cannot be heard.
 */
export class RemoteKeys implements KeySource {
  generation = 0
  readonly #options: JwksOptions
  #keys: readonly VerifyKey[] | undefined
  #print = ''
  #askedAt = Number.NEGATIVE_INFINITY
  #loadedAt = 0
  #isAway = false
  #asking: Promise<void> | undefined

  constructor(options: JwksOptions) {
    this.#options = options
  }

  find(kid: string | undefined): Promise<readonly VerifyKey[]> | readonly VerifyKey[] {
    const keys = this.#keys
    if (keys === undefined) return this.#wait(kid)
    const found = fitting(keys, kid)
    if (found.length === 0) return this.#age() >= this.#options.times.cooldownMs ? this.#wait(kid) : this.#known(found)
    const { clock, times } = this.#options
    if (clock.monotonic() - this.#loadedAt >= times.maxAgeMs && this.#age() >= times.cooldownMs) void this.#ask()
    return found
  }

  #age(): number {
    return this.#options.clock.monotonic() - this.#askedAt
  }

  async #wait(kid: string | undefined): Promise<readonly VerifyKey[]> {
    const { retryMs } = this.#options.times
    if (this.#asking !== undefined || this.#keys !== undefined || this.#age() >= retryMs) await this.#ask()
    if (this.#keys !== undefined) return this.#known(fitting(this.#keys, kid))
    throw this.#away(retryMs)
  }

  // A key that is not among those known last may be one that the issuer has added while it could not be heard: what its
  // token is worth is not known, rather than nothing.
  #known(found: readonly VerifyKey[]): readonly VerifyKey[] {
    if (found.length > 0 || !this.#isAway) return found
    throw this.#away(Math.max(this.#options.times.cooldownMs - this.#age(), 0))
  }

  #away(retryAfterMs: number): MonofilError {
    return new MonofilError('store_unavailable', 'The keys that tokens are checked with cannot be reached now.', {
      retryAfterMs,
    })
  }

  /** One request at a time, which all wait for. Never rejects. */
  #ask(): Promise<void> {
    this.#asking ??= this.#load().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #load(): Promise<void> {
    const { url, clock, logger, times } = this.#options
    this.#askedAt = clock.monotonic()
    const stop = new AbortController()
    // By a timer of our own: a fake clock moves it, and it covers the body too.
    const stopTimer = clock.after(times.timeoutMs, () => stop.abort(new Error('no answer in time')))
    try {
      const text = await download(url, stop.signal)
      const keys = usableKeys(JSON.parse(text))
      if (keys.length === 0) throw new Error('the set has no key that can be used')
      if (text !== this.#print) this.generation += 1
      this.#print = text
      this.#keys = keys
      this.#loadedAt = clock.monotonic()
      this.#isAway = false
    } catch (error) {
      this.#isAway = true
      const why = error instanceof Error ? error.message : String(error)
      logger.warn('the keys of tokens could not be fetched', {
        origin: url.origin,
        why,
        known: this.#keys?.length ?? 0,
      })
    } finally {
      stopTimer()
    }
  }
}

async function download(url: URL, signal: AbortSignal): Promise<string> {
  // A redirect could lead anywhere: whoever moves their keys says so in the settings.
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } })
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel()
    throw new Error(`the answer was ${response.status}`)
  }
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body) {
    size += part.length
    if (size > MAX_SET_BYTES) throw new Error('the answer is too large')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
