import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { Lane } from './fault-lane.ts'

/** `reset` is what a broken path gives (RST), `end` what a process that ends gives (FIN). */
export type CutHow = 'reset' | 'end'

/** Which bytes count towards a cut, and what it cuts. */
export interface CutPlan {
  /** `up`: from the client to the hub; left out: both. */
  readonly direction?: 'up' | 'down' | undefined
  /** Beginning of the request whose bytes count, as `PATCH` or `POST /v1/stream`; left out: any. */
  readonly request?: string | undefined
  /** Default `reset`. */
  readonly how?: CutHow | undefined
  /** True: only the connection that carried the byte is cut. Default: all are. */
  readonly alone?: boolean | undefined
}

/** Where a planned cut fell. */
export interface Cut {
  readonly direction: 'up' | 'down'
  /** Method and path of the connection's last request. */
  readonly request: string
  /** Inside a request, inside an answer's head, inside a frame (or another body), or just behind a blank line. */
  readonly place: 'request' | 'head' | 'body' | 'boundary'
}

export interface FaultProxyOptions {
  /** Called with every new connection, before anything is done with it. */
  readonly onConnection?: (() => void) | undefined
  /** Called with the method and path of every request that begins a chunk of bytes: of all that HTTP clients send. */
  readonly onRequest?: ((request: string) => void) | undefined
}

type Arrivals = { readonly kind: 'forward' | 'stall' | 'drop' } | { readonly kind: 'answer'; readonly raw: string }

interface Countdown {
  left: number
  readonly plan: CutPlan
  readonly done: (cut: Cut) => void
}

interface Pair {
  readonly client: Socket
  readonly hub: Socket | undefined
  readonly up: Lane | undefined
  readonly down: Lane | undefined
  request: string
  stalled: boolean
}

/**
 * A TCP proxy on the loopback that does to connections what bad networks do. It knows as much of HTTP as it needs to say
 * which connections carry a stream and where a cut fell. Connections it forwards are as fast as the loopback.
 */
export class FaultProxy {
  readonly port: number
  readonly url: string
  readonly #target: { readonly host: string; readonly port: number }
  readonly #options: FaultProxyOptions
  readonly #pairs = new Set<Pair>()
  /** The hub's side of stalled connections whose client has gone. */
  readonly #orphans = new Set<Socket>()
  #server: Server
  #arrivals: Arrivals = { kind: 'forward' }
  #countdown: Countdown | undefined = undefined
  #pace = { delayMs: 0, chopBytes: 0 }
  #ever = 0
  #mostStreams = 0

  private constructor(target: URL, server: Server, options: FaultProxyOptions) {
    this.#target = { host: target.hostname, port: Number(target.port) }
    this.#options = options
    this.#server = server
    this.port = (server.address() as AddressInfo).port
    this.url = `http://127.0.0.1:${this.port}`
    server.on('connection', (socket: Socket) => this.#take(socket))
  }

  /** Listens on a free port in front of `target`, an `http://host:port`. */
  static async open(target: string, options: FaultProxyOptions = {}): Promise<FaultProxy> {
    return new FaultProxy(new URL(target), await listen(0), options)
  }

  /** Connections of clients that are open now. */
  get live(): number {
    return this.#pairs.size
  }

  /** Connections ever made. */
  get ever(): number {
    return this.#ever
  }

  /** Open connections whose last request was for a stream: as the client's side of the network sees them. */
  get streams(): number {
    return [...this.#pairs].filter(({ request }) => STREAM.test(request)).length
  }

  /** The most streams that were ever open at once. */
  get mostStreams(): number {
    return this.#mostStreams
  }

  /** Cuts every connection there is; what comes later is not concerned. */
  cut(how: CutHow = 'reset'): void {
    for (const pair of [...this.#pairs]) this.#drop(pair, how)
  }

  /** Cuts when `bytes` more have passed; these still arrive. Resolves when it happened; a newer plan replaces it. */
  cutAfter(bytes: number, plan: CutPlan = {}): Promise<Cut> {
    return new Promise((done) => {
      this.#countdown = { left: bytes, plan, done }
    })
  }

  /** Half-open from now on: sockets stay, bytes of both sides are swallowed, and so is the news of an end. */
  stall(): void {
    for (const pair of this.#pairs) pair.stalled = true
  }

  /** New connections are refused, as when nothing listens. Open ones go on. */
  async refuse(): Promise<void> {
    if (!this.#server.listening) return
    const server = this.#server
    // `close` calls back only when every connection has ended; listening ends at once.
    server.close()
    await new Promise(setImmediate)
  }

  /** New connections get these bytes for their first request, then an end. */
  answerWith(raw: string): void {
    this.#arrivals = { kind: 'answer', raw }
  }

  /** New connections are reset as soon as they have asked for something. */
  dropNew(): void {
    this.#arrivals = { kind: 'drop' }
  }

  /** New connections are taken, and nothing ever comes of them. */
  stallNew(): void {
    this.#arrivals = { kind: 'stall' }
  }

  /** New connections reach the hub again: ends `refuse`, `answerWith`, `dropNew` and `stallNew`. */
  async forward(): Promise<void> {
    this.#arrivals = { kind: 'forward' }
    if (this.#server.listening) return
    this.#server = await listen(this.port)
    this.#server.on('connection', (socket: Socket) => this.#take(socket))
  }

  /** From now on bytes take `delayMs` longer, and arrive `chopBytes` at a time; 0 is as they come. */
  pace(delayMs: number, chopBytes = 0): void {
    this.#pace = { delayMs, chopBytes }
  }

  /** Ends everything: no socket, no timer and no listener is left. */
  async close(): Promise<void> {
    this.#countdown = undefined
    this.cut()
    for (const hub of this.#orphans) hub.destroy()
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }

  #take(client: Socket): void {
    this.#ever += 1
    this.#options.onConnection?.()
    client.setNoDelay(true)
    const { kind } = this.#arrivals
    if (kind === 'forward') this.#forward(client)
    else this.#keep({ client, hub: undefined, up: undefined, down: undefined, request: '', stalled: kind === 'stall' })
  }

  #forward(client: Socket): void {
    const hub = connect({ ...this.#target, noDelay: true })
    const pace = () => this.#pace
    const up = new Lane(client, hub, pace)
    const down = new Lane(hub, client, pace)
    const pair: Pair = { client, hub, up, down, request: '', stalled: false }
    hub.on('data', (chunk: Buffer) => this.#pass(pair, 'down', chunk))
    hub.on('error', () => this.#lost(pair, 'reset'))
    hub.on('end', () => this.#lost(pair, 'end'))
    hub.on('close', () => this.#lost(pair, 'end'))
    this.#keep(pair)
  }

  #keep(pair: Pair): void {
    const { client } = pair
    this.#pairs.add(pair)
    client.on('data', (chunk: Buffer) => this.#fromClient(pair, chunk))
    client.on('error', () => this.#lostClient(pair))
    client.on('end', () => this.#lostClient(pair))
    client.on('close', () => this.#lostClient(pair))
  }

  #fromClient(pair: Pair, chunk: Buffer): void {
    const request = REQUEST.exec(chunk.toString('latin1', 0, 300))?.[1]
    if (request !== undefined) {
      pair.request = request
      pair.down?.begin()
      this.#mostStreams = Math.max(this.#mostStreams, this.streams)
      this.#options.onRequest?.(request)
    }
    if (pair.stalled) return
    if (pair.hub !== undefined) this.#pass(pair, 'up', chunk)
    else if (this.#arrivals.kind === 'answer') pair.client.end(this.#arrivals.raw)
    else this.#drop(pair, 'reset')
  }

  #pass(pair: Pair, direction: 'up' | 'down', chunk: Buffer): void {
    if (pair.stalled) return
    const lane = pair[direction]
    const countdown = this.#countdown
    if (countdown === undefined || !counts(countdown.plan, direction, pair.request)) {
      lane?.pass(chunk)
      return
    }
    if (countdown.left > chunk.length) {
      countdown.left -= chunk.length
      lane?.pass(chunk)
      return
    }
    lane?.pass(chunk.subarray(0, countdown.left))
    this.#countdown = undefined
    const { how = 'reset', alone = false } = countdown.plan
    const place = direction === 'up' ? 'request' : (lane?.place ?? 'body')
    for (const one of alone ? [pair] : [...this.#pairs]) this.#drop(one, how)
    countdown.done({ direction, request: pair.request, place })
  }

  // The hub's side is gone: the client hears of it, unless the network between them is dead.
  #lost(pair: Pair, how: CutHow): void {
    if (!pair.stalled && this.#pairs.has(pair)) this.#drop(pair, how)
  }

  // The client's side is gone. A stalled hub is not told: it holds its socket until it notices by itself.
  #lostClient(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return
    pair.client.destroy()
    pair.up?.close()
    pair.down?.close()
    if (!pair.stalled) pair.hub?.destroy()
    else if (pair.hub !== undefined) this.#orphan(pair.hub)
  }

  #orphan(hub: Socket): void {
    this.#orphans.add(hub)
    hub.once('close', () => this.#orphans.delete(hub))
  }

  #drop(pair: Pair, how: CutHow): void {
    this.#pairs.delete(pair)
    pair.up?.close()
    pair.down?.close()
    for (const socket of [pair.client, pair.hub]) {
      if (how === 'end') socket?.destroySoon()
      else socket?.resetAndDestroy()
    }
  }
}

const REQUEST = /^((?:GET|POST|PATCH|PUT|DELETE|OPTIONS) \S+) HTTP\/1\.[01]\r\n/
const STREAM = /^(?:GET|POST) \/v1\/stream(?:\?|$)/

function counts(plan: CutPlan, direction: 'up' | 'down', request: string): boolean {
  return (plan.direction ?? direction) === direction && request.startsWith(plan.request ?? '')
}

async function listen(port: number): Promise<Server> {
  // A client's half-close is passed on by hand. The backlog takes a whole herd at once.
  const server = createServer({ allowHalfOpen: true })
  server.listen({ port, host: '127.0.0.1', backlog: 1024 })
  await once(server, 'listening')
  return server
}

/** A proxy's own page for an upstream that is not there, as bytes. */
export function proxyPage(status: number, reason: string, headers: readonly string[] = []): string {
  const page = `<html>\r\n<head><title>${status} ${reason}</title></head>\r\n<body><h1>${status} ${reason}</h1></body>\r\n</html>\r\n`
  const head = ['Content-Type: text/html', `Content-Length: ${page.length}`, 'Connection: close', ...headers]
  return `HTTP/1.1 ${status} ${reason}\r\n${head.join('\r\n')}\r\n\r\n${page}`
}
