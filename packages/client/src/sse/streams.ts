import { systemClock } from '../alarm.ts'
import { backoffSettings } from '../backoff.ts'
import type { Logger } from '../options.ts'
import { VERSION } from '../version.ts'
import { PlainStream } from './plain-stream.ts'
import { addressOf } from './request.ts'
import type { SseAttachOptions, SseStreamChoice, SseStreamHandlers, SseStreams, SseStreamsOptions } from './types.ts'

export type { SseHeaders } from './request.ts'
export type {
  SseAttachOptions,
  SseEvent,
  SseState,
  SseStatus,
  SseStreamChoice,
  SseStreamHandlers,
  SseStreams,
  SseStreamsOptions,
} from './types.ts'

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** What tells one stream from another. */
interface Entry {
  readonly key: string
  readonly owner: unknown
  readonly stream: PlainStream
}

class Streams implements SseStreams {
  readonly #options: SseStreamsOptions
  readonly #entries = new Set<Entry>()

  constructor(options: SseStreamsOptions) {
    this.#options = options
  }

  get activeCount(): number {
    return this.#entries.size
  }

  attach(url: string | URL, handlers: SseStreamHandlers, options: SseAttachOptions = {}): (lingerMs?: number) => void {
    const { href } = addressOf(url)
    const entry = this.#find(href, options) ?? this.#open(href, options)
    return entry.stream.attach(handlers, options)
  }

  reconnect(url: string | URL, choice: SseStreamChoice = {}): void {
    this.#find(addressOf(url).href, choice)?.stream.reconnect()
  }

  close(url: string | URL): void {
    const { href } = addressOf(url)
    for (const { stream } of [...this.#entries]) if (stream.url === href) stream.close('closed')
  }

  closeAll(): void {
    for (const { stream } of [...this.#entries]) stream.close('closed')
  }

  #find(href: string, choice: SseStreamChoice): Entry | undefined {
    const key = keyOf(href, choice)
    return [...this.#entries].find((entry) => entry.key === key && entry.owner === choice.owner)
  }

  #open(href: string, options: SseAttachOptions): Entry {
    const { headers, clock = systemClock, random = Math.random, backoff, logger = silent } = this.#options
    const stream = new PlainStream(href, options, {
      fetch: (input, init) => (this.#options.fetch ?? fetch)(input, init),
      clock,
      random,
      backoff: backoffSettings(backoff),
      logger,
      headers: async () => ({ ...(typeof headers === 'function' ? await headers() : headers), ...options.headers }),
      report: (error) => {
        logger.error('a handler of an event stream threw', { error })
        // A page's own error tracking hears of its own handlers' errors.
        const page = globalThis as { reportError?: (error: unknown) => void }
        page.reportError?.(error)
      },
      onOver: () => this.#entries.delete(entry),
    })
    const entry: Entry = { key: keyOf(href, options), owner: options.owner, stream }
    this.#entries.add(entry)
    return entry
  }
}

/** Header names are compared without case, in any order; one that cannot be sent throws here, not at each attempt. */
function keyOf(href: string, { headers, withCredentials = false }: SseStreamChoice): string {
  return JSON.stringify([href, withCredentials, [...new Headers(headers)]])
}

/** A manager of plain event streams of any server: one per url however many attach, none left after `closeAll`. */
export function createSseStreams(options: SseStreamsOptions = {}): SseStreams {
  return new Streams(options)
}

/**
 * The page's one manager, which `useSSE` rides. It lives on `globalThis`, because a bundler's reload or a page with
 * two bundles loads this module twice, and each would hold streams of its own.
 */
export function pageStreams(): SseStreams {
  const registry = globalThis as { [key: symbol]: SseStreams | undefined }
  const key = Symbol.for(`monofil.sse ${VERSION}`)
  registry[key] ??= createSseStreams()
  return registry[key]
}
