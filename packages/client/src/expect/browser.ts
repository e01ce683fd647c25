/** A request as Playwright's `Request` tells it. */
export interface BrowserRequest {
  method(): string
  url(): string
  headers(): Readonly<Record<string, string>>
  resourceType(): string
  frame(): { url(): string }
}

type Listener = (request: BrowserRequest) => void

/** As much of a Playwright page or browser context as is needed: nothing of Playwright is imported. */
export interface RequestSource {
  on(event: 'request', listener: Listener): unknown
  on(event: 'requestfinished', listener: Listener): unknown
  on(event: 'requestfailed', listener: Listener): unknown
  off(event: 'request', listener: Listener): unknown
  off(event: 'requestfinished', listener: Listener): unknown
  off(event: 'requestfailed', listener: Listener): unknown
  exposeBinding(name: string, callback: (source: unknown, told: Begun) => void): Promise<unknown>
  addInitScript(script: (name: string) => void, name: string): Promise<unknown>
}

/** A request that a page is about to make, told by the page itself. */
interface Begun {
  readonly method: string
  readonly url: string
  readonly stack: string
}

/** Frames shown of each stack. */
const SHOWN = 4

/**
 * Notes who begins which request, in pages that are loaded from here on; no browser tells that of an `EventSource`.
 * Answers how to ask for the frames of the `number`th request of a method and url, innermost first.
 */
export function watchInitiators(source: RequestSource): (method: string, url: string, number: number) => string[] {
  const known = new Map<string, string[][]>()
  const name = `__monofilWatch${Math.random().toString(36).slice(2)}`
  const told = (_: unknown, { method, url, stack }: Begun) => {
    const key = `${method} ${url}`
    known.set(key, [...(known.get(key) ?? []), framesOf(stack)])
  }
  // A page that is closed already: its streams are counted all the same.
  source.exposeBinding(name, told).catch(() => {})
  source.addInitScript(tellInitiators, name).catch(() => {})
  return (method, url, number) => known.get(`${method} ${url}`)?.[number] ?? []
}

/** Runs in the page, so it may use nothing but what is in it. */
function tellInitiators(name: string): void {
  const page = globalThis as unknown as Record<string, (told: Begun) => void> & {
    EventSource: typeof EventSource
    fetch: typeof fetch
  }
  const { EventSource: Native, fetch: plain } = page
  const tell = (method: string, url: string) => {
    const stack = new Error('who').stack ?? ''
    page[name]?.({ method, url: new URL(url, location.href).href, stack })
  }
  page.EventSource = class EventSource extends Native {
    constructor(url: string | URL, init?: EventSourceInit) {
      tell('GET', String(url))
      super(url, init)
    }
  }
  page.fetch = (input, init) => {
    const request = input instanceof Request ? input : null
    const accept = new Headers(init?.headers ?? request?.headers).get('accept') ?? ''
    const method = init?.method ?? request?.method ?? 'GET'
    if (accept.includes('text/event-stream')) tell(method.toUpperCase(), request?.url ?? String(input))
    return plain(input, init)
  }
}

/** The callers, without the helper's own frames, the page's address and queries. */
function framesOf(stack: string): string[] {
  const lines = stack.split('\n').filter((line) => /^\s+at |@/.test(line))
  const frames = lines.slice(2).map((line) =>
    line
      .trim()
      .replace(/\b\w+:\/\/[^/)]+\//, '')
      .replace(/\?[^:)]*/, ''),
  )
  return frames.slice(0, SHOWN)
}
