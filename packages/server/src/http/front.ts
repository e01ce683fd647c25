import type { Socket } from 'node:net'
import type { Answering, Carried } from './answer.ts'
import { parseJson } from './body.ts'
import { readStreamRequest, type StreamRequest } from './head.ts'
import { answerAround } from './outer.ts'
import { closingReply, endsSocket, startStream } from './stream-sockets.ts'

const PEEK = Symbol('peek')

/** A socket whose first bytes are being looked at. */
interface PeekedSocket extends Socket {
  [PEEK]?: { readonly front: Front; bytes: Buffer | undefined; sweeps: number }
}

/** How often sockets are looked at that said nothing whole yet: the second time they are Node's. */
const SWEEP_MS = 5_000

/**
 * Looks at the first bytes of every connection. One whole request for a stream is answered on the bare socket: Node's
 * parser, request and response would stay with it as long as the stream, and take three times the memory of the rest
 * (measured: 16.5 kB for each idle connection with them, 3.8 kB without). All else goes on to Node's HTTP as if it
 * had just arrived.
 */
export class Front {
  readonly #answering: Answering
  readonly #accept: (socket: Socket) => void
  readonly #waiting = new Set<PeekedSocket>()
  #timer: NodeJS.Timeout | undefined = undefined

  /** `accept` takes a connection as Node's server would. */
  constructor(answering: Answering, accept: (socket: Socket) => void) {
    this.#answering = answering
    this.#accept = accept
  }

  /** Takes a new connection. */
  take(socket: PeekedSocket): void {
    socket[PEEK] = { front: this, bytes: undefined, sweeps: 0 }
    this.#waiting.add(socket)
    socket.on('error', ignore)
    socket.on('end', endsSocket)
    socket.on('close', onClose)
    socket.on('data', onData)
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref()
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
    peek.bytes = peek.bytes === undefined ? chunk : Buffer.concat([peek.bytes, chunk])
    const request = readStreamRequest(peek.bytes)
    if (request === 'more') return
    if (request === 'other') {
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
    else socket.end(closingReply(reply), () => socket.destroySoon())
  }

  // A connection that is slow with its first request is Node's, whose time-outs then hold.
  #sweep(): void {
    for (const socket of this.#waiting) {
      const peek = socket[PEEK]
      if (peek === undefined) continue
      peek.sweeps += 1
      if (peek.sweeps > 1) this.#handOver(socket, peek.bytes)
    }
  }
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
