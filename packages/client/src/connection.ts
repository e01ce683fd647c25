import { type ErrorCode, type GoodbyeReason, type Hello, MonofilError, type SseMessage } from '@monofil/protocol'
import type { Alarm } from './alarm.ts'
import {
  type ConnectionInput,
  type ConnectionSettings,
  type ConnectionState,
  connectionDeadline,
  INITIAL,
  liveGeneration,
  nextConnection,
} from './connection-state.ts'
import type { Send } from './http.ts'
import type { Recorder } from './notes.ts'
import type { Logger } from './options.ts'
import { readStream, type StreamEnd } from './stream.ts'

/** What a connection needs from its owner, and tells it. */
export interface ConnectionOwner {
  readonly send: Send
  readonly alarm: Alarm
  readonly random: () => number
  readonly logger: Logger
  readonly marker: () => string
  readonly settings: () => ConnectionSettings
  /** Counted on from here, so that a new connection of the same tab does not begin at 0. */
  readonly tally: { tries: number; connects: number }
  recorder(): Recorder | undefined
  /** Whether a lost stream must come back. */
  wanted(): boolean
  /** The topics to open a stream with, taken at the last moment before the request. */
  topics(): readonly { readonly topic: string; readonly cursor?: string | undefined }[]
  onHello(hello: Hello): void
  /** A frame that is not about the connection itself. */
  onMessage(event: string, frame: { readonly topic: string }): void
  /** The credential ends then, as ISO 8601. */
  onExpiring(expiresAt: string): void
  /** The hub's clock, as of now. */
  onPing(at: string): void
  /** The stream that was open, or asked for, is gone. */
  onDown(): void
  onChange(): void
}

/** The effects of the connection's machine: at most one stream, whatever happens. */
export class Connection {
  readonly #owner: ConnectionOwner
  #state: ConnectionState
  #lastByteAt = 0
  #controller: AbortController | null = null
  /** Ends when the last attempt has let go of its socket: the next begins only then. */
  #last: Promise<void> = Promise.resolve()
  #active = 0

  constructor(owner: ConnectionOwner) {
    this.#owner = owner
    this.#state = { ...INITIAL, ...owner.tally }
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Requests for a stream that are under way: 0 or 1. */
  get active(): number {
    return this.#active
  }

  deadline(): number | null {
    return connectionDeadline(this.#state, this.#lastByteAt)
  }

  input(input: ConnectionInput): void {
    const { alarm, tally, recorder, settings } = this.#owner
    const before = this.#state
    const world = { now: alarm.now(), lastByteAt: this.#lastByteAt, wanted: this.#owner.wanted(), settings: settings() }
    let drawn: number | null = null
    const random = () => {
      drawn = this.#owner.random()
      return drawn
    }
    const after = nextConnection(before, input, { ...world, random, silentError })
    if (after === before) return
    this.#state = after
    tally.tries = after.tries
    tally.connects = after.connects
    recorder()?.note('connection', { before, input, after, ...world, drawn })
    const old = liveGeneration(before)
    const now = liveGeneration(after)
    if (old !== null && old !== now) {
      this.#controller?.abort()
      this.#controller = null
      this.#owner.onDown()
    }
    // `onDown` may have led to a further input, and only the newest generation may run.
    if (now !== null && now !== old && liveGeneration(this.#state) === now) this.#start(now, after)
    this.#log(before, after)
    this.#owner.onChange()
  }

  #start(generation: number, state: ConnectionState): void {
    const controller = new AbortController()
    this.#controller = controller
    this.#lastByteAt = this.#owner.alarm.now()
    this.#owner.recorder()?.note('attempt', { generation, signal: controller.signal })
    this.#last = this.#last.then(async () => {
      // A burst of restarts in one turn comes here once per restart; all but the last are aborted by now.
      if (controller.signal.aborted) return
      this.#active += 1
      const end = await this.#attempt(generation, controller.signal, state.renew)
      this.#active -= 1
      // Chromium sends what is asked for within a turn before it ends what was aborted in it: 1 to 18 ms of two streams.
      if (end.kind === 'aborted') await nextTurn()
      this.#ended(generation, end)
    })
  }

  async #attempt(generation: number, signal: AbortSignal, renew: boolean): Promise<StreamEnd> {
    const { send, topics, marker } = this.#owner
    const aborted = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true })
    })
    try {
      const body = { topics: topics(), marker: marker() }
      const request = send('POST', '/v1/stream', { body, signal, accept: 'text/event-stream', renew })
      // A token function or a fetch that does not know the signal must not hold the next attempt back.
      const response = await Promise.race([request, aborted])
      if (response === undefined) {
        request.then((late) => late.body?.cancel()).catch(() => {})
        return { kind: 'aborted' }
      }
      return await readStream(response, signal, {
        onBytes: () => this.#bytes(),
        onMessage: (message) => this.#message(generation, message),
        onRetry: (ms) => this.input({ type: 'retry', generation, ms }),
      })
    } catch (cause) {
      if (signal.aborted) return { kind: 'aborted' }
      const error = MonofilError.is(cause)
        ? cause
        : new MonofilError('internal', 'the token or header function failed: see the cause', { cause })
      return error.retryable ? { kind: 'lost', error, taken: false } : { kind: 'refused', error, reason: error.code }
    }
  }

  #ended(generation: number, end: StreamEnd): void {
    if (end.kind === 'refused') this.input({ type: 'refused', generation, error: end.error, reason: end.reason })
    if (end.kind === 'busy') this.input({ type: 'lost', generation, error: end.error, floorMs: end.floorMs })
    if (end.kind === 'lost') this.input({ type: 'lost', generation, error: end.error, floorMs: 0, taken: end.taken })
  }

  #bytes(): void {
    this.#lastByteAt = this.#owner.alarm.now()
  }

  #message(generation: number, message: SseMessage): void {
    // A handler may have ended this stream while the rest of its chunk is being read.
    if (liveGeneration(this.#state) !== generation) return
    const data: unknown = JSON.parse(message.data)
    this.#owner.recorder()?.note('frame', { event: message.event, data, size: message.data.length })
    switch (message.event) {
      case 'hello':
        this.input({ type: 'hello', generation, hello: data as Hello })
        this.#owner.onHello(data as Hello)
        return
      case 'goodbye': {
        const { reason, reconnectMs } = data as { reason: GoodbyeReason; reconnectMs: number | null }
        const error = new MonofilError(GOODBYE_CODES[reason] ?? 'internal', `the hub ended the stream: ${reason}`)
        this.input({ type: 'goodbye', generation, reason, reconnectMs, error })
        return
      }
      case 'expiring':
        this.#owner.onExpiring((data as { expiresAt: string }).expiresAt)
        return
      case 'ping':
        this.#owner.onPing((data as { at: string }).at)
        return
      default:
        this.#owner.onMessage(message.event, data as { topic: string })
    }
  }

  #log(before: ConnectionState, after: ConnectionState): void {
    if (before.status === after.status && before.generation === after.generation) return
    const { logger, alarm } = this.#owner
    const marker = this.#owner.marker()
    const { error } = after
    if (error !== before.error) logger.debug('monofil error', { marker, error })
    const { status } = after
    if (status === 'connecting') logger.debug('monofil connect', { marker, number: after.tries })
    else if (status === 'open') logger.debug('monofil open', { marker, connection: after.hello.connection })
    else if (status === 'failed') logger.warn('monofil gave up', { marker, reason: after.reason, error })
    else if (status !== 'waiting' && before.status !== 'idle') logger.debug('monofil disconnect', { marker })
    else if (status === 'waiting')
      logger.debug('monofil reconnect scheduled', { marker, inMs: Math.round(after.retryAt - alarm.now()) })
  }
}

/** The error of a stream that still stands and says nothing. */
export function silentError(): MonofilError {
  return new MonofilError('node_unreachable', 'the hub fell silent: the stream is taken for dead')
}

/** Resolves in the loop's next turn, without a timer. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

const GOODBYE_CODES: Readonly<Partial<Record<GoodbyeReason, ErrorCode>>> = {
  drain: 'draining',
  expired: 'token_expired',
  revoked: 'unauthorized',
  kicked: 'forbidden',
  replaced: 'forbidden',
}
