import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A keep-alive connection that posts JSON, one request at a time: `fetch` would be what is measured. */
export class HttpLane {
  readonly #socket: Socket
  #answered: PromiseWithResolvers<void> | undefined
  #text = ''

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => this.#read(bytes.toString('latin1')))
    socket.on('close', () => this.#answered?.reject(new Error('the server closed the connection')))
  }

  static async open(port: number): Promise<HttpLane> {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    await once(socket, 'connect')
    return new HttpLane(socket)
  }

  /** Resolves when it is answered with 2xx; rejects on any other answer. */
  post(path: string, body: unknown, user: string): Promise<void> {
    const json = Buffer.from(JSON.stringify(body))
    const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${user}\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n`
    this.#answered = Promise.withResolvers()
    this.#socket.write(Buffer.concat([Buffer.from(head), json]))
    return this.#answered.promise
  }

  close(): void {
    this.#answered = undefined
    this.#socket.destroy()
  }

  #read(text: string): void {
    this.#text += text
    const head = this.#text.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.#text.slice(0, head))?.[1] ?? 0)
    // A body without a length comes in chunks; the last one is empty.
    const isChunked = /transfer-encoding: chunked/i.test(this.#text.slice(0, head))
    const isWhole = isChunked ? this.#text.endsWith('0\r\n\r\n') : this.#text.length >= head + 4 + length
    if (!isWhole) return
    const answer = this.#text
    this.#text = ''
    if (/^HTTP\/1\.1 2/.test(answer)) this.#answered?.resolve()
    else this.#answered?.reject(new Error(answer.slice(0, 300)))
  }
}
