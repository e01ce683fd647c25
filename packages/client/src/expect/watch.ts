import { type BrowserRequest, type RequestSource, watchInitiators } from './browser.ts'

/** How streams to a hub are watched. */
export interface WatchOptions {
  /** The hub's address; streams to other addresses are not counted. */
  readonly hub: string
  /**
   * How long two streams may be there together without being counted, in ms. Default 0. Give some 100 to a browser
   * context whose tabs are closed: its pages do not tell in one order when a request of each ended.
   */
  readonly toleranceMs?: number | undefined
}

/** How long to wait for the one stream. */
export interface SingleOptions {
  /** For it to come, in ms: 5,000. */
  readonly timeoutMs?: number | undefined
  /** How long it must have been there alone, in ms: 100. */
  readonly forMs?: number | undefined
}

/** One stream that a browser asked for. */
export interface SeenStream {
  /** `POST /v1/stream`; without its query, which may hold a ticket. */
  readonly request: string
  readonly kind: 'EventSource' | 'fetch'
  /** The page it came from. */
  readonly page: string
  /** Milliseconds since 1970. */
  readonly from: number
  /** Null while it is there. */
  readonly until: number | null
  /** Who asked for it, innermost first; none for a page that was loaded before it was watched. */
  readonly initiator: readonly string[]
}

/** Counts the streams to a hub in a page or a browser context, from its making on. */
export interface ConnectionWatch {
  /** Streams that are there now. */
  readonly live: readonly SeenStream[]
  /** Streams there at the same moment, at most. */
  readonly peak: number
  /** All of them, oldest first; of those that have ended the last 1,000. */
  readonly streams: readonly SeenStream[]
  /**
   * Resolves once exactly one stream is there and stays. Rejects, with a list of them, if there ever were two at once,
   * or if none is there in time.
   */
  expectSingle(options?: SingleOptions): Promise<void>
  /** Resolves once no stream is there. Rejects if one still is after `timeoutMs` (5,000). */
  expectNone(options?: { readonly timeoutMs?: number | undefined }): Promise<void>
  stop(): void
}

/**
 * Watches a Playwright page, or a browser context with all its tabs; begin before the page is opened. Requests of
 * shared workers are not told by browsers: ask the hub for those (`expectSingleConnection({ url, token })`).
 */
export function watchConnections(source: RequestSource, options: WatchOptions): ConnectionWatch {
  return new Watch(source, options)
}

interface Stream {
  readonly request: BrowserRequest
  readonly number: number
  readonly at: number
  /** By a clock that knows less than a millisecond. */
  readonly from: number
  until: number | null
}

/** Ended streams kept. */
const KEPT = 1000

class Watch implements ConnectionWatch {
  readonly #source: RequestSource
  readonly #hub: URL
  readonly #toleranceMs: number
  readonly #initiators: ReturnType<typeof watchInitiators>
  readonly #seen: Stream[] = []
  readonly #numbers = new Map<string, number>()
  readonly #waiters = new Set<() => void>()
  #worst: readonly Stream[] = []

  constructor(source: RequestSource, { hub, toleranceMs = 0 }: WatchOptions) {
    this.#source = source
    this.#hub = new URL(hub)
    this.#toleranceMs = toleranceMs
    this.#initiators = watchInitiators(source)
    source.on('request', this.#begun)
    source.on('requestfinished', this.#ended)
    source.on('requestfailed', this.#ended)
  }

  get live(): readonly SeenStream[] {
    return this.#live.map((stream) => this.#tell(stream))
  }

  get peak(): number {
    return this.#together().length
  }

  get streams(): readonly SeenStream[] {
    return this.#seen.map((stream) => this.#tell(stream))
  }

  async expectSingle({ timeoutMs = 5000, forMs = 100 }: SingleOptions = {}): Promise<void> {
    const end = performance.now() + timeoutMs
    const more = () => this.peak > 1
    for (;;) {
      await this.#until(() => more() || this.#live.length === 1, end - performance.now())
      const [stream] = this.#live
      if (more() || stream === undefined) break
      await this.#until(() => more() || stream.until !== null, forMs)
      if (!more() && stream.until === null && this.#live.length === 1) return
    }
    const together = this.#together()
    if (together.length > 1) throw this.#failure(`one stream at a time, and there were ${together.length}`, together)
    const before = this.#seen.slice(-5)
    const what = `one stream, and there is none after ${timeoutMs} ms`
    throw this.#failure(before.length > 0 ? `${what}. Before` : what, before)
  }

  async expectNone({ timeoutMs = 5000 }: { readonly timeoutMs?: number | undefined } = {}): Promise<void> {
    await this.#until(() => this.#live.length === 0, timeoutMs)
    const live = this.#live
    if (live.length > 0) throw this.#failure(`no stream, and after ${timeoutMs} ms there is`, live)
  }

  stop(): void {
    this.#source.off('request', this.#begun)
    this.#source.off('requestfinished', this.#ended)
    this.#source.off('requestfailed', this.#ended)
  }

  get #live(): readonly Stream[] {
    return this.#seen.filter((stream) => stream.until === null && !isGone(stream.request))
  }

  readonly #begun = (request: BrowserRequest): void => {
    if (!isStream(request, this.#hub)) return
    const key = `${request.method()} ${request.url()}`
    const number = this.#numbers.get(key) ?? 0
    this.#numbers.set(key, number + 1)
    this.#seen.push({ request, number, at: Date.now(), from: performance.now(), until: null })
    this.#shorten()
    this.#changed()
  }

  readonly #ended = (request: BrowserRequest): void => {
    const stream = this.#seen.find((one) => one.request === request)
    if (stream === undefined) return
    stream.until = performance.now()
    this.#changed()
  }

  #changed(): void {
    for (const waiter of [...this.#waiters]) waiter()
  }

  #shorten(): void {
    if (this.#seen.length <= KEPT) return
    this.#worst = this.#together()
    const ended = this.#seen.findIndex(({ until }) => until !== null)
    if (ended >= 0) this.#seen.splice(ended, 1)
  }

  /** The largest group of streams that were there at one moment. */
  #together(): readonly Stream[] {
    const now = performance.now()
    let worst = this.#worst
    for (const { from } of this.#seen) {
      const moment = from + this.#toleranceMs
      if (moment > now) continue
      const group = this.#seen.filter((one) => one.from <= moment && isThere(one, moment))
      if (group.length > worst.length) worst = group
    }
    return worst
  }

  #until(condition: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!condition()) return
        done()
      }
      const done = () => {
        this.#waiters.delete(look)
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      this.#waiters.add(look)
      look()
    })
  }

  #tell({ request, number, at, from, until }: Stream): SeenStream {
    const { pathname, search } = new URL(request.url())
    return {
      request: `${request.method()} ${pathname}${search === '' ? '' : '?…'}`,
      kind: request.resourceType() === 'eventsource' ? 'EventSource' : 'fetch',
      page: pageOf(request),
      from: at,
      until: until === null ? null : at + Math.round(until - from),
      initiator: this.#initiators(request.method(), request.url(), number),
    }
  }

  #failure(what: string, streams: readonly Stream[]): Error {
    const lines = streams.map((stream, index) => describeStream(this.#tell(stream), index + 1))
    return new Error(`expected ${what}${lines.length > 0 ? ':' : ''}\n${lines.join('\n')}\nhub: ${this.#hub.origin}`)
  }
}

function describeStream({ request, kind, page, from, until, initiator }: SeenStream, number: number): string {
  const time = (ms: number) => new Date(ms).toISOString().slice(11, 23)
  const lives = until === null ? 'still there' : `ended ${time(until)}`
  const by = initiator.length > 0 ? initiator.map((frame) => `\n       ${frame}`).join('') : ''
  return `  ${number}. ${request} by ${kind}, ${time(from)}, ${lives}, page ${page}${by}`
}

function isThere({ request, until }: Stream, moment: number): boolean {
  return until === null ? !isGone(request) : until > moment
}

/** Whether a request opens a stream to the hub. */
function isStream(request: BrowserRequest, hub: URL): boolean {
  const url = URL.parse(request.url())
  if (url === null || url.origin !== hub.origin || !url.pathname.startsWith(hub.pathname)) return false
  if (request.method() === 'POST' && url.pathname.endsWith('/v1/stream')) return true
  const accept = request.headers()['accept'] ?? ''
  return request.resourceType() === 'eventsource' || accept.includes('text/event-stream')
}

/** Whether the page of a request was closed: nobody tells then that its requests have ended. */
function isGone(request: BrowserRequest): boolean {
  try {
    const frame = request.frame() as { page?(): { isClosed?(): boolean } }
    return frame.page?.().isClosed?.() === true
  } catch {
    return false
  }
}

function pageOf(request: BrowserRequest): string {
  try {
    return request
      .frame()
      .url()
      .replace(/[?#].*$/, '')
  } catch {
    return 'unknown'
  }
}
