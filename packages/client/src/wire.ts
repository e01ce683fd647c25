import type { Hello, MonofilError, PatchAnswer } from '@monofil/protocol'
import { errorOf, path, type Send, unreachable } from './http.ts'
import type { Topics, TopicsDiff } from './topics.ts'

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
}

interface Patch extends TopicsDiff {
  readonly seq: number
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
  #abort = new AbortController()

  constructor(owner: WireOwner) {
    this.#owner = owner
  }

  /** When `sync` must be called again, or null. */
  get retryAt(): number | null {
    return this.#retryAt
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
  }

  /** Sends what has changed, if nothing is under way. */
  sync(): void {
    const { now, topics } = this.#owner
    if (this.#connection === null || this.#sending) return
    if (this.#retryAt !== null && now() < this.#retryAt) return
    this.#retryAt = null
    this.#patch ??= this.#next(topics.diff())
    if (this.#patch !== null) void this.#send(this.#connection, this.#patch, this.#abort.signal)
  }

  #next(diff: TopicsDiff): Patch | null {
    if (diff.subscribe.length + diff.unsubscribe.length === 0) return null
    return { seq: this.#seq + 1, ...diff }
  }

  async #send(connection: string, patch: Patch, signal: AbortSignal): Promise<void> {
    this.#sending = true
    let error: MonofilError | undefined
    try {
      const body = {
        seq: patch.seq,
        ...(patch.subscribe.length > 0 ? { subscribe: patch.subscribe } : {}),
        ...(patch.unsubscribe.length > 0 ? { unsubscribe: patch.unsubscribe } : {}),
      }
      const response = await this.#owner.send('PATCH', path`/v1/stream/${connection}`, { body, signal })
      if (signal.aborted) return
      if (response.ok) {
        const answer = (await response.json()) as PatchAnswer
        if (!signal.aborted) this.#taken(patch, answer)
        return
      }
      error = await errorOf(response)
    } catch (cause) {
      error = unreachable('the hub', cause)
    }
    if (!signal.aborted) this.#refused(patch, error)
  }

  #taken(patch: Patch, answer: PatchAnswer): void {
    const late = this.#failures > 0
    this.#done()
    this.#seq = patch.seq
    this.#owner.topics.answered(answer, patch.unsubscribe, late)
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
