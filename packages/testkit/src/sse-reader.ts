import { connect, type Socket } from 'node:net'

/** One block of an event stream, with every field as it was on the wire. */
export interface SseBlock {
  /** `message` where none was given. */
  readonly event: string
  /** Undefined: the block had no data, so nothing is dispatched. */
  readonly data: string | undefined
  readonly id: string | undefined
  readonly retry: number | undefined
}

export interface SseRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Local address to come from. */
  readonly localAddress?: string
}

/**
 * Reads an event stream byte by byte, on a bare socket, and is strict where browsers are lenient: bytes that are not
 * UTF-8, a CR, a NUL or a line that is no field are violations. Messages are kept in order; waiting looks at those
 * that came already.
 */
export class SseReader {
  readonly blocks: SseBlock[] = []
  readonly violations: string[] = []
  status = 0
  headers: Readonly<Record<string, string>> = {}
  /** Everything after the head. */
  body = ''
  isClosed = false
  readonly #socket: Socket
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #bytes = Buffer.alloc(0)
  #rest = ''
  #waiters = new Set<() => void>()

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('error', () => this.#close())
    socket.on('close', () => this.#close())
  }

  /** Sends the request and resolves with the answer's head. */
  static async open(url: string, request: SseRequest = {}): Promise<SseReader> {
    const { hostname, port, host, pathname, search } = new URL(url)
    const { localAddress } = request
    const address = { host: hostname.replaceAll(/[[\]]/g, ''), port: Number(port) }
    const socket = connect({ ...address, ...(localAddress === undefined ? {} : { localAddress }), noDelay: true })
    const body = request.body === undefined ? '' : JSON.stringify(request.body)
    const headers = {
      Host: host,
      Accept: 'text/event-stream',
      ...(body === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)) }),
      ...request.headers,
    }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const reader = new SseReader(socket)
    socket.write(`${request.method ?? 'GET'} ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n${body}`)
    await reader.until(() => reader.status > 0, 'the head')
    return reader
  }

  /** Resolves when the condition holds; looks again at whatever arrives. */
  until(holds: () => boolean, what = 'a condition', ms = 10_000): Promise<void> {
    if (holds()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const done = (error?: Error) => {
        clearTimeout(timer)
        this.#waiters.delete(check)
        if (error === undefined) resolve()
        else reject(error)
      }
      const check = () => {
        if (holds()) done()
        else if (this.isClosed)
          done(new Error(`the stream closed before ${what}; it said:\n${this.body.slice(-2_000)}`))
      }
      const timer = setTimeout(
        () => done(new Error(`no ${what} in ${ms} ms; the stream said:\n${this.body.slice(-2_000)}`)),
        ms,
      )
      this.#waiters.add(check)
      check()
    })
  }

  /** The first block that fits, whether it came already or not. */
  async block(fits: (block: SseBlock) => boolean, what = 'a block'): Promise<SseBlock> {
    await this.until(() => this.blocks.some(fits), what)
    return this.blocks.find(fits) as SseBlock
  }

  /** The first event of this name and its data. */
  async event<T = unknown>(name: string, fits: (data: T) => boolean = () => true): Promise<T> {
    const named = (block: SseBlock) => block.event === name && block.data !== undefined && fits(parsed<T>(block))
    const found = await this.block(named, `event ${name}`)
    return parsed<T>(found)
  }

  /** The data of every event of this name so far. */
  all<T = unknown>(name: string): T[] {
    return this.blocks
      .filter((block) => block.event === name && block.data !== undefined)
      .map((block) => parsed<T>(block))
  }

  /** Offsets of the log events of a topic, in the order they came. */
  offsets(topic: string): number[] {
    return this.all<{ topic: string; offset: number | null }>('message')
      .filter((envelope) => envelope.topic === topic && envelope.offset !== null)
      .map((envelope) => envelope.offset as number)
  }

  /** The last id a browser would hold. */
  get lastEventId(): string | undefined {
    return this.blocks.findLast((block) => block.id !== undefined)?.id
  }

  /** Resolves when the server closed the stream. */
  closed(ms?: number): Promise<void> {
    return this.until(() => this.isClosed, 'end of the stream', ms)
  }

  /** Stops reading: what the server sends piles up in the kernel and then at the server. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    if (this.status === 0) {
      this.#bytes = Buffer.concat([this.#bytes, chunk])
      const end = this.#bytes.indexOf('\r\n\r\n')
      if (end === -1) return
      this.#head(this.#bytes.toString('latin1', 0, end))
      this.#text(this.#bytes.subarray(end + 4))
      this.#bytes = Buffer.alloc(0)
    } else this.#text(chunk)
    for (const check of [...this.#waiters]) check()
  }

  #head(text: string): void {
    const [first = '', ...lines] = text.split('\r\n')
    this.status = Number(first.split(' ')[1])
    this.headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
  }

  #text(chunk: Buffer): void {
    let text: string
    try {
      text = this.#decoder.decode(chunk, { stream: true })
    } catch {
      this.violations.push('bytes that are not UTF-8')
      return
    }
    this.body += text
    if (this.headers['content-type'] !== 'text/event-stream') return
    if (/[\r\0]/.test(text)) this.violations.push('a CR or NUL')
    const blocks = (this.#rest + text).split('\n\n')
    this.#rest = blocks.pop() ?? ''
    for (const block of blocks) this.#block(block)
  }

  #block(text: string): void {
    let event = 'message'
    let id: string | undefined
    let retry: number | undefined
    const data: string[] = []
    for (const line of text.split('\n')) {
      const colon = line.indexOf(': ')
      const value = line.slice(colon + 2)
      const name = line.slice(0, Math.max(0, colon))
      if (name === 'event') event = value
      else if (name === 'id') id = value
      else if (name === 'retry' && /^\d+$/.test(value)) retry = Number(value)
      else if (name === 'data') data.push(value)
      else this.violations.push(`a line that is no field: ${line.slice(0, 100)}`)
    }
    this.blocks.push({ event, id, retry, data: data.length === 0 ? undefined : data.join('\n') })
  }

  #close(): void {
    this.isClosed = true
    for (const check of [...this.#waiters]) check()
  }
}

function parsed<T>(block: SseBlock): T {
  return JSON.parse(block.data ?? 'null') as T
}
