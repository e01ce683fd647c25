import type { Store } from '../seams/store.ts'
import type { Clock, Random } from '../seams/system.ts'
import { Backoff } from './backoff.ts'
import { notJson } from './json.ts'
import { isOutage, MAX_RESULT_BYTES, NonRetryable } from './outcome.ts'
import { abortable } from './pause.ts'

/** What one commit takes: the items of one `item` event. */
const PAGE = 500
const PAGE_CHARS = 256 * 1024

export interface FeederOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  /** Aborts when the attempt is over. */
  readonly signal: AbortSignal
  readonly fence: number
  readonly step: string
}

/** What an (async) generator answers, a stream, or an iterator: something that comes element by element. */
export function isSequence(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null) return false
  if (Symbol.asyncIterator in value) return true
  return Symbol.iterator in value && 'next' in value && typeof value.next === 'function'
}

/**
 * Hands a list over to the store while it is made: what came while one page was under way makes the next, and a list
 * that is faster than the store waits for it, so that two pages at most are in memory.
 */
export class Feeder {
  readonly #options: FeederOptions
  #page: string[] = []
  #chars = 0
  /** Elements that the store has. */
  #fed = 0
  #sending: Promise<void> | undefined
  #failure: { readonly error: unknown } | undefined

  constructor(options: FeederOptions) {
    this.#options = options
  }

  /**
   * Resolves with how many there were, once the store has all of them.
   * @throws what the list throws, `NonRetryable` for an element that cannot be kept, the signal's reason.
   */
  async feed(elements: AsyncIterable<unknown> | Iterable<unknown>): Promise<number> {
    const { signal } = this.#options
    let count = 0
    for await (const element of elements) {
      signal.throwIfAborted()
      if (this.#failure !== undefined) break
      count += 1
      this.#add(this.#json(element, count))
      if (this.#page.length >= PAGE || this.#chars >= PAGE_CHARS) await this.#sending
    }
    await this.#sending
    if (this.#failure !== undefined) throw this.#failure.error
    return count
  }

  #json(element: unknown, index: number): string {
    const { step } = this.#options
    const problem = notJson(element)
    if (problem !== undefined) {
      throw new NonRetryable(`Element ${index} of the list of step "${step}" is not JSON: ${problem}.`, INVALID)
    }
    const json = JSON.stringify(element)
    const bytes = Buffer.byteLength(json)
    if (bytes <= MAX_RESULT_BYTES) return json
    const message = `Element ${index} of the list of step "${step}" has ${bytes} bytes, over ${MAX_RESULT_BYTES}: keep it in a file and name that.`
    throw new NonRetryable(message, { code: 'too_large' })
  }

  #add(json: string): void {
    this.#page.push(json)
    this.#chars += json.length
    this.#sending ??= this.#sendAll()
      .catch((error: unknown) => {
        this.#failure = { error }
      })
      .finally(() => {
        this.#sending = undefined
      })
  }

  async #sendAll(): Promise<void> {
    // What comes within this turn of the loop goes together.
    await new Promise((resume) => setImmediate(resume))
    while (this.#page.length > 0) {
      const page = this.#page
      this.#page = []
      this.#chars = 0
      await this.#send(page)
      this.#fed += page.length
    }
  }

  async #send(elementsJson: readonly string[]): Promise<void> {
    const { store, clock, random, signal, fence } = this.#options
    const backoff = new Backoff(random)
    for (;;) {
      signal.throwIfAborted()
      try {
        const accepted = await store.work.feed({ fence, from: this.#fed + 1, elementsJson })
        if (!accepted) throw new Error('The lease is lost: the item was given to another worker.')
        return
      } catch (error) {
        // Sent again it makes nothing twice: an index is one item.
        if (!isOutage(error)) throw error
      }
      await abortable(clock, backoff.next(), signal)
    }
  }
}

const INVALID = { code: 'invalid_result' } as const
