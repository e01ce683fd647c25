// biome-ignore-all lint/style/noRestrictedImports: only tests import this, and it is not built
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Hello } from '@monofil/protocol'

export const EPOCH = 'abcdefgh1234'

interface Wish {
  readonly topic: string
  readonly cursor?: string
}

/** One stream that a client has opened, written byte by byte by the test. */
export class RawStream {
  readonly topics: readonly Wish[]
  readonly marker: string
  readonly headers: IncomingMessage['headers']
  readonly connection: string
  closed = false
  readonly #response: ServerResponse

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    body: { topics: Wish[]; marker: string },
    number: number,
  ) {
    this.topics = body.topics
    this.marker = body.marker
    this.headers = request.headers
    this.connection = `c${number}`
    this.#response = response
    response.once('close', () => {
      this.closed = true
    })
  }

  raw(text: string): void {
    this.#response.write(text)
  }

  head(status = 200, headers: Record<string, string> = { 'content-type': 'text/event-stream' }): void {
    this.#response.writeHead(status, headers)
    this.#response.flushHeaders()
  }

  /** Status, then `hello` with every topic at `offset`. */
  hello(fields: Partial<Hello> = {}, offset = 0): void {
    this.head()
    this.control('hello', {
      connection: this.connection,
      marker: this.marker,
      node: 'n1',
      heartbeatMs: 15_000,
      expiresAt: null,
      topics: this.topics.map(({ topic, cursor }) => answerOf(topic, cursor, offset)),
      denied: [],
      ...fields,
    })
  }

  control(event: string, data: unknown): void {
    this.raw(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  event(topic: string, offset: number | null, data: unknown = offset, type = 'made'): void {
    const epoch = offset === null ? null : EPOCH
    this.raw(`data: ${JSON.stringify({ topic, epoch, offset, type, data, at: '2026-01-01T00:00:00.000Z' })}\n\n`)
  }

  end(): void {
    this.#response.end()
  }

  /** Cuts the socket in the middle of whatever it was saying. */
  cut(): void {
    this.#response.destroy()
  }

  refuse(status: number, headers: Record<string, string> = {}, body = ''): void {
    this.#response.writeHead(status, headers).end(body)
  }
}

export interface RawCall {
  readonly method: string
  readonly path: string
  readonly body: unknown
  readonly headers: IncomingMessage['headers']
  answer(status: number, body?: unknown, headers?: Record<string, string>): void
}

export function answerOf(topic: string, cursor: string | undefined, offset: number) {
  const state = topic === 'runs' || topic === 'status'
  return {
    topic,
    epoch: state ? null : EPOCH,
    offset: state ? null : offset,
    recovered: cursor === undefined ? null : true,
  }
}

/**
 * A server that speaks the protocol's frames as a test says, wrong ones too: what a healthy hub never sends. Streams
 * and calls queue until the test takes them; `onCall` answers calls by itself.
 */
export class RawHub {
  readonly streams: RawStream[] = []
  readonly calls: RawCall[] = []
  /** Streams open at the same time, at most. */
  peak = 0
  onStream: (stream: RawStream, number: number) => void = (stream) => stream.hello()
  onCall: (call: RawCall) => void = (call) => {
    if (call.method !== 'PATCH') return call.answer(404, { code: 'not_found' })
    const { seq, subscribe = [] } = call.body as { seq: number; subscribe?: Wish[] }
    const topics = subscribe.map(({ topic, cursor }) => answerOf(topic, cursor, 0))
    call.answer(200, { seq, topics, denied: [], expiresAt: null })
  }
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<RawHub> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const hub = new RawHub(server)
    server.on('request', (request, response) => void hub.#take(request, response))
    return hub
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  get open(): number {
    return this.streams.filter((stream) => !stream.closed).length
  }

  get last(): RawStream {
    const stream = this.streams.at(-1)
    if (stream === undefined) throw new Error('no stream was opened yet')
    return stream
  }

  get patches(): RawCall[] {
    return this.calls.filter((call) => call.method === 'PATCH')
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {})
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const body: unknown = text === '' ? undefined : JSON.parse(text)
    const path = request.url ?? ''
    if (request.method === 'POST' && path === '/v1/stream') {
      const stream = new RawStream(
        request,
        response,
        body as { topics: Wish[]; marker: string },
        this.streams.length + 1,
      )
      this.streams.push(stream)
      this.peak = Math.max(this.peak, this.open)
      this.onStream(stream, this.streams.length)
      return
    }
    const answer: RawCall['answer'] = (status, json, headers = {}) =>
      void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json))
    const call: RawCall = { method: request.method ?? '', path, body, headers: request.headers, answer }
    this.calls.push(call)
    this.onCall(call)
  }
}
