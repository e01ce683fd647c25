import { MonofilError } from '@monofil/protocol'

/** Request headers, or what gives them at each attempt. */
export type SseHeaders =
  | Readonly<Record<string, string>>
  | (() => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>)

/** What one attempt sends. */
export interface SseRequest {
  readonly headers: SseHeaders | undefined
  readonly withCredentials: boolean
  /** Empty: none is sent. */
  readonly lastEventId: string
  readonly signal: AbortSignal
}

/** The absolute address, relative to the page where there is one. @throws DOMException SyntaxError if it is none. */
export function addressOf(url: string | URL): URL {
  const page = globalThis as { readonly document?: Document; readonly location?: Location }
  try {
    return new URL(String(url), page.document?.baseURI ?? page.location?.href)
  } catch {
    throw new DOMException(`${url} is not an address of an event stream`, 'SyntaxError')
  }
}

/** The options of `fetch` for an event stream. @throws TypeError for headers that cannot be sent. */
export async function requestOf(request: SseRequest): Promise<RequestInit> {
  const given = typeof request.headers === 'function' ? await request.headers() : request.headers
  const headers = new Headers(given)
  headers.set('accept', 'text/event-stream')
  if (request.lastEventId !== '') headers.set('last-event-id', headerBytes(request.lastEventId))
  return {
    headers,
    cache: 'no-store',
    credentials: request.withCredentials ? 'include' : 'same-origin',
    signal: request.signal,
  }
}

/** A header is bytes, one per character; an id travels as UTF-8 (WHATWG HTML 9.2.4). */
function headerBytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
}

/** Whether the answer says that it is an event stream; parameters, even senseless ones, do not matter. */
export function isEventStream(response: Response): boolean {
  return /^text\/event-stream[\t ]*(;|$)/i.test(response.headers.get('content-type') ?? '')
}

/** Lets go of an answer's body that nobody will read. */
export function discard(response: Response): void {
  response.body?.cancel().catch(() => {})
}

/** An address without what may be secret in it, for errors and logs. */
export function shown(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

/** The error of a stream that broke off or never began. */
export function lost(url: string, what: string, cause?: unknown): MonofilError {
  return new MonofilError('node_unreachable', `${shown(url)}: ${what}`, { cause })
}
