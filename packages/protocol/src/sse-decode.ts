import { createParser, type EventSourceMessage } from 'eventsource-parser'

/** One dispatched event. `event` is `message` where the stream gave no name. */
export interface SseMessage {
  readonly event: string
  readonly data: string
  readonly id: string | undefined
}

/** What a decoder tells its owner. */
export interface SseHandlers {
  onMessage(message: SseMessage): void
  /** The `id:` of a complete block, before its message and also without one: where a reader resumes after it. */
  onId?(id: string): void
  /** The server's `retry:` in milliseconds. */
  onRetry?(ms: number): void
  /** A comment line: a sign of life and nothing else. */
  onComment?(text: string): void
  /** A line over `maxLineBytes`, after which nothing more is read: the stream must be closed. */
  onOverflow?(error: Error): void
}

/** A decoder of one event stream: feed it text in pieces of any size. */
export interface SseDecoder {
  feed(text: string): void
  reset(): void
}

/**
 * A push decoder by the WHATWG grammar, on `eventsource-parser`.
 * `maxBytes` (16 MiB) bounds what one unfinished block may hold, so that a stream without an end cannot fill memory.
 */
export function createSseDecoder(handlers: SseHandlers, maxBytes = 16 * 1024 * 1024): SseDecoder {
  const parser = createParser({
    maxBufferSize: maxBytes,
    onEvent(message: EventSourceMessage) {
      handlers.onMessage({ event: message.event ?? 'message', data: message.data, id: message.id })
    },
    onId: (id) => handlers.onId?.(id),
    onRetry: (ms) => handlers.onRetry?.(ms),
    onComment: (text) => handlers.onComment?.(text),
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') handlers.onOverflow?.(error)
    },
  })
  return { feed: (text) => parser.feed(text), reset: () => parser.reset() }
}
