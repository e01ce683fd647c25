import { hash } from 'node:crypto'
import { MonofilError } from '@monofil/protocol'
import { bearerToken, tokenInCookie } from '../auth/index.ts'
import { addressKey } from '../hub/index.ts'
import type { Credentials, Principal } from '../seams/auth.ts'
import type { Clock } from '../seams/system.ts'
import { Buckets, type Fill } from './buckets.ts'

/** What one user, address or bearer may take of a hub. 0 is no limit. Each node counts for itself. */
export interface Limits {
  /** Open streams of one user. */
  readonly streamsUser: number
  /** Open streams from one address (IPv6: one /64). */
  readonly streamsAddress: number
  /** Publish requests a second of one bearer: of one token, cookie or, where there is neither, one user. */
  readonly publish: number
  /** Requests of all kinds a second from one address; twice as many at once. */
  readonly requests: number
  /** Credentials a minute from one address that turned out to be no good. */
  readonly failures: number
  /** Connections of the whole hub, whatever they carry. */
  readonly connections: number
}

/** The limits of a hub with keys. */
export const LIMITS: Limits = {
  streamsUser: 20,
  streamsAddress: 100,
  publish: 100,
  requests: 1_000,
  failures: 100,
  connections: 50_000,
}

/** The limits of development mode: nobody but the developer is there. */
export const DEVELOPMENT_LIMITS: Limits = {
  streamsUser: 0,
  streamsAddress: 0,
  publish: 0,
  requests: 0,
  failures: 0,
  connections: 50_000,
}

/** The rates of requests. All of its refusals are `rate_limited` with the time after which one more is let through. */
export class RateLimits {
  readonly #requests: Buckets | undefined
  readonly #failures: Buckets | undefined
  readonly #publish: Buckets | undefined
  readonly #cookieName: string | undefined

  /** `cookieName`: of the session's cookie, which is a credential too; left out: there is none. */
  constructor(limits: Limits, clock: Clock, cookieName?: string | undefined) {
    const buckets = (rate: number, fill: Fill) => (rate === 0 ? undefined : new Buckets(clock, fill))
    const { requests, failures, publish } = limits
    this.#cookieName = cookieName
    this.#requests = buckets(requests, { perSecond: requests, burst: 2 * requests })
    this.#failures = buckets(failures, { perSecond: failures / 60, burst: failures })
    this.#publish = buckets(publish, { perSecond: publish, burst: publish })
  }

  /** Counts a request; here and below one without an address is not counted. @throws `rate_limited`. */
  request(address: string): void {
    const wait = address === '' ? 0 : (this.#requests?.take(addressKey(address)) ?? 0)
    if (wait > 0) throw limited('Too many requests come from this address.', wait)
  }

  /**
   * Whoever tries credentials out is not told about one more, not even a good one. A request without any is no try.
   * @throws `rate_limited`.
   */
  attempt(address: string, credentials: Credentials): void {
    if (this.#failures === undefined || address === '' || !this.#hasCredential(credentials)) return
    const wait = this.#failures.wait(addressKey(address))
    if (wait > 0) throw limited('Too many credentials from this address were no good.', wait)
  }

  /** Counts a credential that was refused. One that has merely expired was good once and is not counted. */
  refused(address: string, credentials: Credentials, error: unknown): void {
    if (this.#failures === undefined || !MonofilError.is(error) || error.code !== 'unauthorized') return
    if (address !== '' && this.#hasCredential(credentials)) this.#failures.take(addressKey(address))
  }

  /** Counts a publish request. @throws `rate_limited`. */
  publish(credentials: Credentials, principal: Principal): void {
    if (this.#publish === undefined) return
    const { authorization } = credentials
    // The token as it is checked: a header can say the same one in as many ways as it has letters and blanks.
    const bearer =
      authorization === undefined
        ? (this.#tokenInCookie(credentials) ?? `sub ${principal.sub}`)
        : (bearerToken(authorization) ?? authorization)
    // Tokens are secrets, and long.
    const wait = this.#publish.take(hash('sha256', bearer, 'base64'))
    if (wait > 0) throw limited('This bearer publishes too often: put more events into one request.', wait)
  }

  #hasCredential(credentials: Credentials): boolean {
    const { authorization, ticket } = credentials
    return authorization !== undefined || ticket !== undefined || this.#tokenInCookie(credentials) !== undefined
  }

  #tokenInCookie({ cookie, isSecure }: Credentials): string | undefined {
    return this.#cookieName === undefined ? undefined : tokenInCookie(cookie, this.#cookieName, isSecure)
  }
}

function limited(message: string, waitMs: number): MonofilError {
  return new MonofilError('rate_limited', message, { retryAfterMs: Math.ceil(waitMs) })
}
