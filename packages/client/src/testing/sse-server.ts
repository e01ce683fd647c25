// biome-ignore-all lint/style/noRestrictedImports: only tests import this, and it is not built
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request that somebody's client has made, answered byte by byte by the test. */
export class SseExchange {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly at = Date.now()
  closed = false
  readonly #response: ServerResponse

  constructor(method: string, path: string, headers: IncomingHttpHeaders, response: ServerResponse) {
    this.method = method
    this.path = path
    this.headers = headers
    this.#response = response
    response.on('error', () => {})
    response.once('close', () => {
      this.closed = true
    })
  }

  /** What the client sent as `Last-Event-ID`, its bytes read as UTF-8. */
  get lastEventId(): string | undefined {
    const value = this.headers['last-event-id']
    return typeof value === 'string' ? Buffer.from(value, 'latin1').toString('utf8') : undefined
  }

  head(headers: Record<string, string> = {}, status = 200): this {
    this.#response.writeHead(status, { 'content-type': 'text/event-stream', ...headers })
    this.#response.flushHeaders()
    return this
  }

  raw(bytes: string | Uint8Array): this {
    if (!this.#response.headersSent) this.head()
    this.#response.write(bytes)
    return this
  }

  end(bytes = ''): void {
    if (!this.#response.headersSent) this.head()
    this.#response.end(bytes)
  }

  /** Cuts the socket in the middle of whatever it was saying. */
  cut(): void {
    this.#response.destroy()
  }

  refuse(status: number, headers: Record<string, string> = {}, body = ''): void {
    this.#response.writeHead(status, headers).end(body)
  }
}

/** Somebody's server of event streams. Without `onRequest` each stream opens and stays open. */
export class SseServer {
  readonly exchanges: SseExchange[] = []
  /** Requests open at the same time, at most. */
  peak = 0
  onRequest: (exchange: SseExchange, number: number) => void = (exchange) => exchange.head()
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => {
      const exchange = new SseExchange(request.method ?? '', request.url ?? '', request.headers, response)
      this.exchanges.push(exchange)
      this.peak = Math.max(this.peak, this.open)
      this.onRequest(exchange, this.exchanges.length)
    })
  }

  static async start(): Promise<SseServer> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new SseServer(server)
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get url(): string {
    return `${this.origin}/events`
  }

  get open(): number {
    return this.exchanges.filter((exchange) => !exchange.closed).length
  }

  get last(): SseExchange {
    const exchange = this.exchanges.at(-1)
    if (exchange === undefined) throw new Error('nothing was asked for yet')
    return exchange
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }
}
