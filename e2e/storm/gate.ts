import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** Ways in which an attempt to open a stream can fail; taken in turn. */
const FAILURES = ['reset', 'bad gateway', 'half a frame', 'after the greeting'] as const
type Failure = (typeof FAILURES)[number]

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/**
 * The one door between the browser and the hub: passes every `/v1` call on, sees each stream begin and end, and cuts.
 * All else (pages, modules) goes to `pages`.
 */
export class Gate {
  readonly server: Server
  /** The pages behind the same address, once they are there. */
  pages: Handler = (_, response) => response.writeHead(404).end()
  /** Streams asked for, the most that were alive at once, and those made to fail. */
  asked = 0
  peak = 0
  failed = 0
  /** `Authorization` of streams and of changes to them, in order. */
  readonly credentials: (string | undefined)[] = []
  readonly #hub: URL
  readonly #agent = new Agent({ keepAlive: true })
  readonly #streams = new Set<ServerResponse>()
  #toFail = 0
  #next = 0

  constructor(hubUrl: string) {
    this.#hub = new URL(hubUrl)
    this.server = createServer((message, response) => {
      if (message.url?.startsWith('/v1/')) this.#pass(message, response)
      else this.pages(message, response)
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  get live(): number {
    return this.#streams.size
  }

  /** How many of the failures ordered are still to come. */
  get failuresLeft(): number {
    return this.#toFail
  }

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
  }

  /** Cuts what is open, and fails the next `attempts`. */
  fail(attempts: number): void {
    this.#toFail += attempts
    this.cut()
  }

  /** Cuts the open stream in the middle of whatever it is sending; answers how many were cut. */
  cut(): number {
    const cut = this.#streams.size
    for (const { socket } of this.#streams) socket?.destroy()
    return cut
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    this.server.closeAllConnections()
    this.#agent.destroy()
    await closed
  }

  #pass(message: IncomingMessage, response: ServerResponse): void {
    const isStream = message.url?.startsWith('/v1/stream') === true && message.method !== 'PATCH'
    if (message.url?.startsWith('/v1/stream')) this.credentials.push(message.headers.authorization)
    const failure = isStream ? this.#begin(message.socket, response) : undefined
    if (failure === 'reset') return void message.socket.destroy()
    if (failure === 'bad gateway') return void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>502')
    if (failure === 'half a frame') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('event: hello\ndata: {"connec', () => message.socket.destroy())
      return
    }
    this.#forward(message, response, isStream, failure !== undefined)
  }

  #forward(message: IncomingMessage, response: ServerResponse, isStream: boolean, cutsGreeting: boolean): void {
    const { hostname, port } = this.#hub
    const { origin: _, ...headers } = message.headers
    const options = { hostname, port, path: message.url, method: message.method, headers }
    const upstream = request({ ...options, agent: isStream ? false : this.#agent }, (answer) => {
      // A page of another port may read it: the control's streams have an address of their own.
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'access-control-allow-origin': '*' })
      answer.on('error', () => message.socket.destroy())
      answer.on('aborted', () => message.socket.destroy())
      answer.pipe(response)
      if (cutsGreeting) answer.once('data', () => setImmediate(() => message.socket.destroy()))
    })
    upstream.on('error', () => message.socket.destroy())
    response.on('close', () => upstream.destroy())
    message.pipe(upstream)
  }

  /**
   * Counts a stream. What a browser closed before it asked for this one is closed in the kernel by now, but this loop
   * may come to it only after: so it is judged one whole turn of the loop later.
   */
  #begin(socket: Socket, response: ServerResponse): Failure | undefined {
    this.asked += 1
    this.#streams.add(response)
    const over = () => this.#streams.delete(response)
    socket.once('end', over)
    response.once('close', over)
    setImmediate(() =>
      setImmediate(() => {
        this.peak = Math.max(this.peak, this.#streams.size)
      }),
    )
    if (this.#toFail === 0) return undefined
    this.#toFail -= 1
    this.failed += 1
    this.#next += 1
    return FAILURES[this.#next % FAILURES.length]
  }
}
