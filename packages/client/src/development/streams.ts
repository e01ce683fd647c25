import type { Core } from '../core.ts'
import { stackOfCaller } from './stack.ts'

/** What the watch must know of the page. */
export interface StreamWatchOwner {
  /** Everything that has, or could have, the one stream to a hub. */
  cores(): readonly Core[]
  /** Whether a request with this signal is one of those streams. */
  own(signal: AbortSignal): boolean
  ignore(url: URL): boolean
}

/** Places in the code that are warned of once each; those that come after are not. */
const PLACES = 200

type Page = { EventSource?: typeof EventSource; fetch?: typeof fetch }

/**
 * Warns, with the stack, when something on the page opens a stream to the origin of a hub that a client is connected
 * to. Takes the place of `EventSource` and of `fetch` until it is closed; both do what they always did.
 */
export class StreamWatch {
  readonly #owner: StreamWatchOwner
  readonly #told = new Set<string>()
  readonly #restore: (() => void)[] = []

  constructor(owner: StreamWatchOwner) {
    this.#owner = owner
    const page: Page = globalThis
    const { EventSource: Native, fetch: plain } = page
    if (Native !== undefined) this.#put('EventSource', Native, this.#eventSource(Native))
    if (plain !== undefined) this.#put('fetch', plain, this.#fetch(plain))
  }

  close(): void {
    for (const restore of this.#restore.splice(0)) restore()
  }

  #put<K extends keyof Page>(name: K, old: Page[K], watched: Page[K]): void {
    const page: Page = globalThis
    page[name] = watched
    this.#restore.push(() => {
      // Somebody may have wrapped it once more: then it stays, and does nothing but what is under it.
      if (page[name] === watched) page[name] = old
      this.#told.clear()
    })
  }

  #eventSource(Native: typeof EventSource): typeof EventSource {
    const seeEventSource = (url: string | URL) => this.#see('new EventSource', String(url))
    class WatchedEventSource extends Native {
      constructor(url: string | URL, init?: EventSourceInit) {
        seeEventSource(url)
        super(url, init)
      }
    }
    Object.defineProperty(WatchedEventSource, 'name', { value: 'EventSource' })
    return WatchedEventSource
  }

  #fetch(plain: typeof fetch): typeof fetch {
    const watchedFetch: typeof fetch = (input, init) => {
      const request = typeof input === 'object' && 'headers' in input ? input : null
      const signal = init?.signal ?? request?.signal
      const accept = new Headers(init?.headers ?? request?.headers).get('accept') ?? ''
      const ours = signal ? this.#owner.own(signal) : false
      if (!ours && accept.includes('text/event-stream')) this.#see('fetch', request?.url ?? String(input))
      return plain(input, init)
    }
    return watchedFetch
  }

  #see(what: string, address: string): void {
    if (this.#restore.length === 0) return
    const base = globalThis.location?.href
    const url = URL.parse(address, base)
    if (url === null || this.#owner.ignore(url)) return
    const core = this.#owner.cores().find((one) => URL.parse(one.url, base)?.origin === url.origin)
    if (core === undefined) return
    const stack = stackOfCaller()
    const place = stack.split('\n')[0] ?? ''
    if (this.#told.has(place) || this.#told.size >= PLACES) return
    this.#told.add(place)
    const { marker } = core.route.info()
    core.logger.warn('monofil second stream', { marker, what, url: url.origin + url.pathname, stack })
  }
}
