import { createSseDecoder, MonofilError, type SseHandlers } from '@monofil/protocol'

/** What a reader of a body is told: the decoder's calls, and each piece that arrives. */
export interface BodyHandlers extends Omit<SseHandlers, 'onOverflow'> {
  onBytes?(): void
}

/**
 * Reads one body as an event stream until it ends or `signal` aborts; then the body is let go. Calls may still come
 * for the rest of a piece in which the signal was aborted: whoever aborts looks at it.
 *
 * @throws MonofilError `too_large` for an event without an end, and whatever the platform throws when a stream breaks.
 */
export async function readBody(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  handlers: BodyHandlers,
): Promise<void> {
  const reader = body.getReader()
  // A body that does not know the signal must not hold the next attempt back.
  const cancel = () => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  try {
    let overflow: Error | undefined
    const decoder = createSseDecoder({ ...handlers, onOverflow: (error) => (overflow = error) })
    // The decoder strips the byte order mark, and only one.
    const text = new TextDecoder('utf-8', { ignoreBOM: true })
    while (!signal.aborted) {
      const { done, value } = await reader.read()
      if (done) return
      handlers.onBytes?.()
      decoder.feed(text.decode(value, { stream: true }))
      if (overflow) throw new MonofilError('too_large', 'the stream holds an event without an end', { cause: overflow })
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}
