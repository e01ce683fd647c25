import type { Socket } from 'node:net'
import type { Clock } from '../seams/system.ts'
import type { Answering, Carried } from './answer.ts'
import { parseJson } from './body.ts'
import { readStreamRequest, type StreamRequest } from './head.ts'
import { answerAround } from './outer.ts'
import { closingReply, endsSocket, startStream } from './stream-sockets.ts'
import type { Timeouts } from './timeouts.ts'

const PEEK = Symbol('peek')

/** A socket whose first bytes are being looked at. */
interface PeekedSocket extends Socket {
  [PEEK]?: {
    readonly front: Front
    bytes: Buffer | undefined
    chunks: number
    /** Monotonic ms of the connection, then of its first byte. */
    since: number
  }
}

/** A request that comes in more pieces than this is Node's: it reads on, where here all is read again for each. */
const MAX_CHUNKS = 64
const WARN_EVERY_MS = 60_000

/** What bounds the connections of a hub. */
export interface FrontOptions {
  readonly timeouts: Timeouts
  /** Connections at once; 0 is no limit. */
  readonly maxConnections: number
  readonly clock: Clock
}

/**
 * Looks at the first bytes of every connection. One whole request for a stream is answered on the bare socket: Node's
 * parser, request and response would stay with it as long as the stream, and take three times the memory of the rest
 * (measured: 16.5 kB for each idle connection with them, 3.8 kB without). All else goes on to Node's HTTP as if it
 * had just arrived. What says nothing stays here, where it costs least, until its time is over or its place is needed.
 */
export class Front {
  readonly #answering: Answering
  readonly #accept: (socket: Socket) => void
  readonly #options: FrontOptions
  readonly #waiting = new Set<PeekedSocket>()
  readonly #left = () => {
    this.#open -= 1
  }
  #open = 0
  #warnedAt = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined = undefined

  /** `accept` takes a connection as Node's server would. */
  constructor(answering: Answering, accept: (socket: Socket) => void, options: FrontOptions) {
    this.#answering = answering
    this.#accept = accept
    this.#options = options
  }

  /** Takes a new connection, or destroys it where there are too many that are in use. */
  take(socket: PeekedSocket): void {
    const { maxConnections, clock, timeouts } = this.#options
    if (maxConnections > 0 && this.#open >= maxConnections && !this.#makeRoom()) {
      socket.on('error', ignore)
      socket.destroy()
      return
    }
    this.#open += 1
    socket.on('close', this.#left)
    socket[PEEK] = { front: this, bytes: undefined, chunks: 0, since: clock.monotonic() }
    this.#waiting.add(socket)
    socket.on('error', ignore)
    socket.on('end', endsSocket)
    socket.on('close', onClose)
    socket.on('data', onData)
    this.#timer ??= setInterval(() => this.#sweep(), Math.ceil(timeouts.headMs / 5)).unref()
  }

  /** Destroys the connections that have not said yet what they want. */
  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const socket of this.#waiting) socket.destroy()
  }

  /** More bytes of a connection. */
  read(socket: PeekedSocket, chunk: Buffer): void {
    const peek = socket[PEEK]
    if (peek === undefined) return
    if (peek.bytes === undefined) peek.since = this.#options.clock.monotonic()
    peek.bytes = peek.bytes === undefined ? chunk : Buffer.concat([peek.bytes, chunk])
    peek.chunks += 1
    const request = readStreamRequest(peek.bytes)
    if (request === 'more' && peek.chunks < MAX_CHUNKS) return
    if (request === 'more' || request === 'other') {
      this.#handOver(socket, peek.bytes)
      return
    }
    this.forget(socket)
    // Nothing more is wanted of it, but its end must be seen.
    socket.resume()
    void this.#answer(socket, request)
  }

  forget(socket: PeekedSocket): void {
    delete socket[PEEK]
    this.#waiting.delete(socket)
    socket.off('data', onData)
    socket.off('close', onClose)
    if (this.#waiting.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #handOver(socket: PeekedSocket, bytes: Buffer | undefined): void {
    this.forget(socket)
    socket.off('end', endsSocket)
    // Paused, so that what is put back and what arrives next stay in order.
    socket.pause()
    if (bytes !== undefined) socket.unshift(bytes)
    this.#accept(socket)
    socket.resume()
  }

  async #answer(socket: Socket, request: StreamRequest): Promise<void> {
    const reply = await answerAround(this.#answering, new FrontRequest(socket, request))
    socket.off('end', endsSocket)
    if (socket.destroyed) return
    if ('start' in reply) startStream(socket, reply, false)
    // No path that is taken here answers with a file.
    else if ('file' in reply) socket.destroy()
    else socket.end(closingReply(reply), () => socket.destroySoon())
  }

  // The oldest that has not said what it wants yet makes room: nobody misses what was never asked for.
  #makeRoom(): boolean {
    const { clock, maxConnections } = this.#options
    if (clock.monotonic() - this.#warnedAt > WARN_EVERY_MS) {
      this.#warnedAt = clock.monotonic()
      const waiting = this.#waiting.size
      this.#answering.logger.warn('connections are at their limit', { limit: maxConnections, waiting })
    }
    const [oldest] = this.#waiting
    if (oldest === undefined) return false
    this.forget(oldest)
    oldest.destroy()
    return true
  }

  #sweep(): void {
    const { clock, timeouts } = this.#options
    const now = clock.monotonic()
    for (const socket of this.#waiting) {
      const peek = socket[PEEK]
      if (peek === undefined || now - peek.since < (peek.bytes === undefined ? timeouts.silentMs : timeouts.headMs))
        continue
      this.forget(socket)
      if (peek.bytes === undefined) socket.destroy()
      else socket.end(tooSlow(), () => socket.destroy())
    }
  }
}

/** The answer to a request that did not come in time. */
export function tooSlow(): Buffer {
  return closingReply({ status: 408, headers: [], body: '' })
}

function onData(this: PeekedSocket, chunk: Buffer): void {
  this[PEEK]?.front.read(this, chunk)
}

function onClose(this: PeekedSocket): void {
  this[PEEK]?.front.forget(this)
}

function ignore(): void {}

class FrontRequest implements Carried {
  readonly method: string
  readonly url: string
  readonly address: string
  readonly isOldHttp = false
  readonly #request: StreamRequest

  constructor(socket: Socket, request: StreamRequest) {
    this.method = request.method
    this.url = request.url
    this.address = socket.remoteAddress ?? ''
    this.#request = request
  }

  header(name: string): string | undefined {
    return this.#request.headers[name]
  }

  async json(): Promise<unknown> {
    return parseJson((name) => this.header(name), this.#request.body)
  }
}
