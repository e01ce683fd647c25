import type { Watched } from '@monofil/client'
import {
  pageStreams,
  type SseAttachOptions,
  type SseEvent,
  type SseStatus,
  type SseStreamHandlers,
  type SseStreams,
} from '@monofil/client/sse'
import { MonofilError } from '@monofil/protocol'
import { type RefObject, useMemo, useState } from 'react'
import { useLatest } from './use-latest.ts'
import { useWatched } from './use-watched.ts'

/** Handlers may be inline, and arrays and objects too: only other values touch the stream. */
export interface UseSseOptions {
  /** Without one nothing is followed. */
  readonly url: string | URL | null | undefined
  /** Called with every event of the server's, also one named `error`; without it the component renders with `lastEvent`. */
  readonly onMessage?: ((message: SseEvent) => void) | undefined
  /** The transport failed. */
  readonly onError?: ((error: MonofilError, willRetry: boolean) => void) | undefined
  /** At each opening. */
  readonly onOpen?: (() => void) | undefined
  /** False: nothing is followed. Default true. */
  readonly enabled?: boolean | undefined
  /** Names of events after which there is nothing more to come, such as `complete`. */
  readonly closeOn?: readonly string[] | undefined
  /** False: a stream of this component's own. Default true: one for all components with the same url. */
  readonly single?: boolean | undefined
  /** Further request headers; others are another stream. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Sends cookies to other origins. Default false. */
  readonly withCredentials?: boolean | undefined
  /** False: a lost stream fails at once. Default true. */
  readonly reconnect?: boolean | undefined
  /** Failed attempts in a row after which it fails. Default: never. */
  readonly maxAttempts?: number | undefined
  /** Silence in ms after which the stream counts as dead. Default: never. */
  readonly silenceMs?: number | undefined
  /** A manager of the application's own. Default: the page's. */
  readonly streams?: SseStreams | undefined
}

/** A stream, as it stands. The functions stay the same objects while the stream does. */
export interface Sse {
  /** `idle`: not enabled, or without a url. */
  readonly status: SseStatus | 'idle'
  readonly isConnected: boolean
  /** The last transport error; null once open again. */
  readonly error: MonofilError | null
  /** The newest event, unless there is an `onMessage`. */
  readonly lastEvent: SseEvent | null
  /** Ends it for this component, until `reconnect` or another url. */
  readonly close: () => void
  /** Asks again at once, also after the end. */
  readonly reconnect: () => void
}

type View = Pick<Sse, 'status' | 'error' | 'lastEvent'>

/** How long a stream outlives its last component: StrictMode and a change of route must not cost a request. */
const LINGER_MS = 1000

/**
 * Follows any server's event stream; all components with one url share one. Rendering on a server makes no request.
 * An event that the server names `error` is a message; `onError` is told of the transport only.
 */
export function useSSE(options: UseSseOptions): Sse {
  const { url, enabled = true, single = true, streams, closeOn, headers } = options
  const { withCredentials, reconnect, maxAttempts, silenceMs } = options
  const [owner] = useState(() => Symbol('useSSE'))
  const [round, setRound] = useState(0)
  const latest = useLatest(options)
  const address = enabled && url ? String(url) : null
  const chosen = { closeOn, headers, withCredentials, reconnect, maxAttempts, silenceMs, single }
  const byValue = JSON.stringify(chosen)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `chosen` is compared by value; a round begins anew
  const stream = useMemo(() => {
    const attach = { ...chosen, owner: single ? undefined : owner, lingerMs: LINGER_MS }
    return new Followed(address, attach, latest, streams)
  }, [address, byValue, streams, owner, round])
  const view = useWatched(stream)
  const deeds = useMemo(
    () => ({
      close: () => stream.close(),
      reconnect: () => {
        if (!stream.reconnect()) setRound((before) => before + 1)
      },
    }),
    [stream],
  )
  return useMemo(() => ({ ...view, ...deeds, isConnected: view.status === 'open' }), [view, deeds])
}

/** One component's place at a stream. */
class Followed implements Watched<View> {
  readonly #url: string | null
  readonly #options: SseAttachOptions
  readonly #handlers: RefObject<UseSseOptions>
  readonly #streams: SseStreams | undefined
  readonly #initial: View
  #view: View
  #detach: ((lingerMs?: number) => void) | null = null
  #onChange: () => void = () => {}

  constructor(
    url: string | null,
    options: SseAttachOptions,
    handlers: RefObject<UseSseOptions>,
    streams: SseStreams | undefined,
  ) {
    this.#url = url
    this.#options = options
    this.#handlers = handlers
    this.#streams = streams
    this.#initial = { status: url === null ? 'idle' : 'connecting', error: null, lastEvent: null }
    this.#view = this.#initial
  }

  get(): View {
    return this.#view
  }

  initial(): View {
    return this.#initial
  }

  subscribe(onChange: () => void): () => void {
    this.#onChange = onChange
    if (this.#url !== null && !this.#isOver()) {
      // What it saw before it was hidden may be long ago.
      if (this.#view.status !== 'connecting') this.#set({ status: 'connecting' })
      this.#attach(this.#url)
    }
    return () => {
      this.#onChange = () => {}
      this.#leave()
    }
  }

  close(): void {
    if (this.#url === null || this.#isOver()) return
    this.#leave(0)
    this.#set({ status: 'closed', error: null })
  }

  /** False if it is over, so that another one has to begin. */
  reconnect(): boolean {
    if (this.#url === null) return true
    if (this.#isOver()) return false
    this.#manager().reconnect(this.#url, this.#options)
    return true
  }

  #attach(url: string): void {
    const told = () => this.#handlers.current
    const handlers: SseStreamHandlers = {
      onOpen: () => told().onOpen?.(),
      onError: (error, willRetry) => told().onError?.(error, willRetry),
      onState: ({ status, error }) => this.#set({ status, error }),
      onMessage: (message) => {
        const { onMessage } = told()
        if (onMessage) onMessage(message)
        else this.#set({ lastEvent: message })
      },
    }
    try {
      this.#detach = this.#manager().attach(url, handlers, this.#options)
    } catch (cause) {
      const error = new MonofilError('invalid_request', cause instanceof Error ? cause.message : String(cause), {
        cause,
      })
      this.#set({ status: 'failed', error })
      handlers.onError?.(error, false)
    }
  }

  #leave(lingerMs?: number): void {
    this.#detach?.(lingerMs)
    this.#detach = null
  }

  #set(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change }
    this.#onChange()
  }

  #isOver(): boolean {
    return this.#view.status === 'ended' || this.#view.status === 'failed' || this.#view.status === 'closed'
  }

  #manager(): SseStreams {
    return this.#streams ?? pageStreams()
  }
}
