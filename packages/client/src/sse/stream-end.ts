import { MonofilError } from '@monofil/protocol'
import { errorOf } from '../http.ts'
import { isEventStream, shown } from './request.ts'

/** How an attempt ended, and so what becomes of the stream. */
export type StreamEnd =
  /** The network, a server's clean end, silence: tried again. */
  | { readonly kind: 'lost'; readonly error: MonofilError }
  /** 408, 425, 429, 5xx: tried again, not before `Retry-After`. */
  | { readonly kind: 'busy'; readonly error: MonofilError; readonly floorMs: number }
  /** Every other status, another content type, an event without an end: failed, since it would come again. */
  | { readonly kind: 'refused'; readonly error: MonofilError }
  /** 204: ended, there is nothing more. */
  | { readonly kind: 'done' }
  /** `reconnect()`: connects at once. */
  | { readonly kind: 'replaced' }
  /** The page is left: connects when it is shown again. */
  | { readonly kind: 'hidden' }

/** The end that an answer is; null for one that opens a stream. */
export async function endOf(url: string, response: Response): Promise<StreamEnd | null> {
  const { status, statusText, headers } = response
  if (status === 204) return { kind: 'done' }
  if (status === 200 && isEventStream(response) && response.body !== null) return null
  if (response.ok) {
    const message = `${shown(url)}: answered ${status} ${headers.get('content-type') ?? 'without a type'}, no event stream`
    return { kind: 'refused', error: new MonofilError('not_acceptable', message) }
  }
  // The status says enough: somebody's error page may be long, or never end.
  const { code, details } = await errorOf(new Response(null, { status, headers }))
  const error = new MonofilError(code, `${shown(url)}: answered ${status} ${statusText}`.trim(), details)
  const passes = status === 408 || status === 425 || status === 429 || status >= 500
  return passes ? { kind: 'busy', error, floorMs: details.retryAfterMs ?? 0 } : { kind: 'refused', error }
}
