import { MonofilError, type SseMessage } from '@monofil/protocol'
import { systemClock } from '../alarm.ts'
import { backoffDelay, backoffSettings } from '../backoff.ts'
import type { Clock } from '../options.ts'
import { readBody } from './body.ts'
import { onPage } from './page.ts'
import { addressOf, discard, isEventStream, requestOf, type SseHeaders } from './request.ts'

export type { SseHeaders } from './request.ts'

/** The standard's one option, and ours; each has a default. */
export interface EventSourceOptions extends EventSourceInit {
  /** Further request headers, or what gives them at each attempt. Cross-origin they cost a preflight. */
  readonly headers?: SseHeaders | undefined
  /** Default: the platform's `fetch`. It must honour `signal` and give a readable body. */
  readonly fetch?: typeof globalThis.fetch | undefined
  readonly clock?: Clock | undefined
  /** A number in [0, 1). */
  readonly random?: (() => number) | undefined
}

type Native = globalThis.EventSource
type HandlerName = 'open' | 'message' | 'error'

/** A timer's longest wait. */
const LONGEST_MS = 2 ** 31 - 1
const SCHEMES = ['http:', 'https:', 'data:', 'blob:']

/**
 * The standard's EventSource (WHATWG HTML 9.2) on `fetch`, so that it also runs in Node and takes headers. What script
 * cannot do: `isTrusted` is false, and a refusal by CORS looks like a lost network, so it is tried again.
 *
 * @throws DOMException SyntaxError for a url that is none, TypeError for headers that cannot be sent.
 */
export class EventSource extends EventTarget implements Native {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSED = 2

  declare addEventListener: Native['addEventListener']
  declare removeEventListener: Native['removeEventListener']

  readonly #url: URL
  readonly #withCredentials: boolean
  readonly #options: EventSourceOptions
  readonly #handlers = new Map<HandlerName, HandlerSlot>()
  readonly #leavePage: () => void
  #readyState: 0 | 1 | 2 = 0
  #attempt = new AbortController()
  #stopTimer: (() => void) | null = null
  #retryMs = 3000
  #lastEventId = ''
  /** Attempts in a row that did not open. */
  #failures = 0

  constructor(url: string | URL, options: EventSourceOptions | null = {}) {
    super()
    this.#options = options ?? {}
    this.#url = addressOf(url)
    this.#withCredentials = Boolean(this.#options.withCredentials)
    if (typeof this.#options.headers === 'object') new Headers(this.#options.headers)
    this.#leavePage = onPage({
      hide: () => {
        this.#halt()
        this.#readyState = 0
      },
      show: () => this.#connect(),
    })
    this.#connect()
  }

  get url(): string {
    return this.#url.href
  }

  get withCredentials(): boolean {
    return this.#withCredentials
  }

  get readyState(): 0 | 1 | 2 {
    return this.#readyState
  }

  get CONNECTING(): 0 {
    return 0
  }

  get OPEN(): 1 {
    return 1
  }

  get CLOSED(): 2 {
    return 2
  }

  get [Symbol.toStringTag](): string {
    return 'EventSource'
  }

  get onopen(): Native['onopen'] {
    return this.#handler('open')
  }

  set onopen(handler: Native['onopen']) {
    this.#setHandler('open', handler)
  }

  get onmessage(): Native['onmessage'] {
    return this.#handler('message')
  }

  set onmessage(handler: Native['onmessage']) {
    this.#setHandler('message', handler as HandlerSlot['handler'])
  }

  get onerror(): Native['onerror'] {
    return this.#handler('error')
  }

  set onerror(handler: Native['onerror']) {
    this.#setHandler('error', handler)
  }

  /** Ends it for good: no request, no timer, no event after this. */
  close(): void {
    this.#readyState = 2
    this.#halt()
    this.#leavePage()
  }

  #halt(): void {
    this.#attempt.abort()
    this.#stopTimer?.()
    this.#stopTimer = null
  }

  #connect(): void {
    this.#stopTimer = null
    this.#attempt = new AbortController()
    void this.#run(this.#attempt.signal)
  }

  async #run(signal: AbortSignal): Promise<void> {
    if (!SCHEMES.includes(this.#url.protocol) || this.#url.username !== '' || this.#url.password !== '') {
      // Handlers come after the constructor.
      await null
      return signal.aborted ? undefined : this.#fail()
    }
    try {
      const { headers } = this.#options
      const init = await requestOf({
        headers,
        withCredentials: this.#withCredentials,
        lastEventId: this.#lastEventId,
        signal,
      })
      // Closed in the turn in which it was made: no request.
      if (signal.aborted) return
      const response = await (this.#options.fetch ?? fetch)(this.#url.href, init)
      if (signal.aborted) return discard(response)
      if (response.status !== 200 || !isEventStream(response) || response.body === null) {
        discard(response)
        return this.#fail()
      }
      this.#failures = 0
      this.#readyState = 1
      this.dispatchEvent(new Event('open'))
      await this.#read(response, response.body, signal)
    } catch (error) {
      // It would come again at every attempt.
      if (!signal.aborted && MonofilError.is(error)) return this.#fail()
    }
    if (!signal.aborted) this.#reestablish()
  }

  #read(response: Response, body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    const { origin } = new URL(response.url || this.#url)
    return readBody(body, signal, {
      onId: (id) => {
        if (!signal.aborted) this.#lastEventId = id
      },
      onRetry: (ms) => (this.#retryMs = ms),
      onMessage: ({ event, data }: SseMessage) => {
        if (signal.aborted) return
        this.dispatchEvent(new MessageEvent(event, { data, origin, lastEventId: this.#lastEventId }))
      },
    })
  }

  #reestablish(): void {
    const opened = this.#readyState === 1
    if (!opened) this.#failures += 1
    this.#readyState = 0
    this.dispatchEvent(new Event('error'))
    // The handler may have closed it; a hidden page connects when it is shown again.
    if (this.#attempt.signal.aborted) return
    const clock = this.#options.clock ?? systemClock
    this.#stopTimer = clock.after(this.#delay(), () => this.#connect())
  }

  /** The server's `retry`; after attempts that did not even open somewhat more, as the standard allows. */
  #delay(): number {
    if (this.#failures === 0) return Math.min(this.#retryMs, LONGEST_MS)
    return backoffDelay(this.#failures, this.#retryMs, this.#options.random ?? Math.random, backoffSettings())
  }

  #fail(): void {
    this.close()
    this.dispatchEvent(new Event('error'))
  }

  #handler(name: HandlerName): HandlerSlot['handler'] | null {
    return this.#handlers.get(name)?.handler ?? null
  }

  /** An event handler attribute: its place among the listeners is where it was first set, until it is set to null. */
  #setHandler(name: HandlerName, handler: HandlerSlot['handler'] | null): void {
    const known = this.#handlers.get(name)
    if (typeof handler !== 'function') {
      if (known) this.removeEventListener(name, known.listener)
      this.#handlers.delete(name)
    } else if (known) {
      known.handler = handler
    } else {
      const slot: HandlerSlot = { handler, listener: (event) => slot.handler.call(this, event) }
      this.#handlers.set(name, slot)
      this.addEventListener(name, slot.listener)
    }
  }
}

interface HandlerSlot {
  handler: (this: Native, event: Event) => unknown
  readonly listener: (event: Event) => void
}
