import { type Hello, MonofilError, type PatchAnswer } from '@monofil/protocol'
import { errorOf, path, type Send, unreachable } from './http.ts'
import type { Topics, TopicsDiff } from './topics.ts'

/** How long a pushed credential waits for others of the same burst: ten changes are one renewal. */
const BURST_MS = 100

/** What the wire needs from its owner. */
export interface WireOwner {
  readonly send: Send
  readonly topics: Topics
  now(): number
  /** How long to wait after so many failures in a row. */
  delay(failures: number, floorMs: number): number
  /** The hub does not know the connection, or has lost count: a new stream is needed. */
  onReopen(reason: string): void
  /** The PATCH was taken, or must be looked at again at `retryAt`. */
  onChange(): void
  onRefused(error: MonofilError): void
  /** The hub has taken the credential; when that ends, as ISO 8601, or null. */
  onRenewed(expiresAt: string | null): void
}

interface Patch extends TopicsDiff {
  readonly seq: number
}

/** A renewal that is due. `another`: the last credential is about to end, so the same one again is none. */
interface Renewal {
  readonly at: number
  readonly another: boolean
  readonly endsAt: number
}

/**
 * Keeps the hub's list of topics equal to the client's, by PATCH: one in flight, whatever changed meanwhile goes with
 * the next. A PATCH without answer is sent again as it was: under its `seq` it counts once.
 */
export class Wire {
  readonly #owner: WireOwner
  #connection: string | null = null
  #seq = 0
  #patch: Patch | null = null
  #sending = false
  #failures = 0
  #retryAt: number | null = null
  #renewal: Renewal | null = null
  #abort = new AbortController()

  constructor(owner: WireOwner) {
    this.#owner = owner
  }

  /** When `sync` must be called again, or null. */
  get retryAt(): number | null {
    if (this.#connection === null || this.#sending) return null
    return this.#retryAt ?? this.#renewal?.at ?? null
  }

  /** Another credential is there: the open stream is renewed with it in place. */
  renew(): void {
    if (this.#connection === null) return
    this.#renewal = { at: this.#owner.now() + BURST_MS, another: false, endsAt: Number.POSITIVE_INFINITY }
  }

  /** The credential ends at `endsAt`: another one is asked for now, and again until there is one. */
  expiring(endsAt: number): void {
    this.#renewal = { at: this.#owner.now(), another: true, endsAt }
  }

  open(hello: Hello): void {
    this.close()
    this.#connection = hello.connection
  }

  close(): void {
    this.#abort.abort()
    this.#abort = new AbortController()
    this.#connection = null
    this.#seq = 0
    this.#patch = null
    this.#sending = false
    this.#failures = 0
    this.#retryAt = null
    this.#renewal = null
  }

  /** Sends what has changed, if nothing is under way. */
  sync(): void {
    const { now, topics } = this.#owner
    if (this.#connection === null || this.#sending) return
    if (this.#retryAt !== null && now() < this.#retryAt) return
    this.#retryAt = null
    const renewal = this.#renewal !== null && this.#renewal.at <= now() ? this.#renewal : null
    this.#patch ??= this.#next(topics.diff(), renewal !== null)
    if (this.#patch !== null) void this.#send(this.#connection, this.#patch, renewal)
  }

  #next(diff: TopicsDiff, renewing: boolean): Patch | null {
    if (diff.subscribe.length + diff.unsubscribe.length === 0 && !renewing) return null
    return { seq: this.#seq + 1, ...diff }
  }

  async #send(connection: string, patch: Patch, renewal: Renewal | null): Promise<void> {
    const { signal } = this.#abort
    this.#sending = true
    let error: MonofilError | undefined
    try {
      const body = {
        seq: patch.seq,
        ...(patch.subscribe.length > 0 ? { subscribe: patch.subscribe } : {}),
        ...(patch.unsubscribe.length > 0 ? { unsubscribe: patch.unsubscribe } : {}),
      }
      const call = { body, signal, renew: renewal?.another ?? false }
      const response = await this.#owner.send('PATCH', path`/v1/stream/${connection}`, call)
      if (signal.aborted) return
      // Whatever came of it, this credential was tried; a newer one has set a renewal of its own.
      if (this.#renewal === renewal) this.#renewal = null
      if (response.ok) {
        const answer = (await response.json()) as PatchAnswer
        if (!signal.aborted) this.#taken(patch, answer)
        return
      }
      error = await errorOf(response)
    } catch (cause) {
      error = MonofilError.is(cause) ? cause : unreachable('the hub', cause)
      // No other credential to be had yet: the stream goes on with the one it has, until that ends.
      if (renewal?.another && !signal.aborted && !error.retryable) return this.#postpone(patch, renewal)
    }
    if (!signal.aborted) this.#refused(patch, error)
  }

  #postpone(patch: Patch, { endsAt }: Renewal): void {
    const { now, onChange } = this.#owner
    this.#sending = false
    const left = endsAt - now()
    this.#renewal = left > 1000 ? { at: now() + left / 2, another: true, endsAt } : null
    // A renewal alone was never sent: it uses no `seq`, and what else was in it goes at once, as it was.
    if (patch.subscribe.length + patch.unsubscribe.length === 0) this.#patch = null
    else this.#retryAt = now()
    onChange()
  }

  #taken(patch: Patch, answer: PatchAnswer): void {
    const late = this.#failures > 0
    this.#done()
    this.#seq = patch.seq
    this.#owner.topics.answered(answer, patch.unsubscribe, late)
    this.#owner.onRenewed(answer.expiresAt)
    this.#owner.onChange()
  }

  #refused(patch: Patch, error: MonofilError): void {
    const { onReopen, onRefused, onChange, delay, now, topics } = this.#owner
    const credential = error.status === 401
    if (error.code === 'unknown_connection' || error.code === 'out_of_order' || error.status === 404) {
      onReopen(error.code)
    } else if (error.retryable || (credential && this.#failures < 3)) {
      this.#sending = false
      this.#failures += 1
      this.#retryAt = now() + delay(this.#failures, error.details.retryAfterMs ?? 0)
      onChange()
    } else if (credential) {
      onReopen(error.code)
    } else {
      // A final refusal of the whole PATCH uses no `seq`; asking again would change nothing.
      this.#done()
      onRefused(error)
      const denied = patch.subscribe.map(({ topic }) => ({ topic, code: error.code }))
      topics.answered({ topics: [], denied }, patch.unsubscribe)
      onChange()
    }
  }

  #done(): void {
    this.#sending = false
    this.#patch = null
    this.#failures = 0
  }
}
