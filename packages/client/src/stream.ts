import { createSseDecoder, MonofilError, type SseMessage } from '@monofil/protocol'
import { errorOf } from './http.ts'
import type { FailureReason } from './types.ts'

/** How a stream ended. `busy`: come back later. `refused`: coming back as one is will not help. */
export type StreamEnd =
  | { readonly kind: 'aborted' }
  /** `taken`: the hub had begun to answer. */
  | { readonly kind: 'lost'; readonly error: MonofilError; readonly taken: boolean }
  | { readonly kind: 'busy'; readonly error: MonofilError; readonly floorMs: number }
  | { readonly kind: 'refused'; readonly error: MonofilError; readonly reason: FailureReason }

export interface StreamHandlers {
  onBytes(): void
  onMessage(message: SseMessage): void
  onRetry(ms: number): void
}

/** Reads one event stream to its end. Resolves as soon as `signal` aborts; never rejects. */
export async function readStream(
  response: Response,
  signal: AbortSignal,
  handlers: StreamHandlers,
): Promise<StreamEnd> {
  if (!response.ok) return refusal(response)
  const type = response.headers.get('content-type') ?? 'none'
  if (!/^text\/event-stream\s*(;|$)/i.test(type) || response.body === null) {
    response.body?.cancel().catch(() => {})
    const message = `the answer is ${type}, not text/event-stream: is this the hub's address, or does a proxy answer for it?`
    return { kind: 'refused', reason: 'content_type', error: new MonofilError('not_acceptable', message) }
  }
  const reader = response.body.getReader()
  // A body that does not know the signal must not hold the next attempt back.
  const cancel = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  let error = new MonofilError('node_unreachable', 'the stream ended without a goodbye')
  try {
    let broken = false
    const decoder = createSseDecoder({
      ...handlers,
      onOverflow(cause) {
        broken = true
        error = new MonofilError('too_large', 'the stream holds an event without an end', { cause })
      },
    })
    // The decoder strips the byte order mark.
    const text = new TextDecoder('utf-8', { ignoreBOM: true })
    while (!broken) {
      const { done, value } = await reader.read()
      if (signal.aborted) return { kind: 'aborted' }
      if (done) break
      handlers.onBytes()
      decoder.feed(text.decode(value, { stream: true }))
    }
  } catch (cause) {
    error = new MonofilError('node_unreachable', 'the stream broke off', { cause })
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
  return signal.aborted ? { kind: 'aborted' } : { kind: 'lost', error, taken: true }
}

/** Statuses that pass; all other refusals are final. */
async function refusal(response: Response): Promise<StreamEnd> {
  const { status } = response
  const error = await errorOf(response)
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { kind: 'busy', error, floorMs: error.details.retryAfterMs ?? 0 }
  }
  return { kind: 'refused', error, reason: error.code }
}
