import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy on the loopback that counts what passes from the first `/v1` call on: heads and bodies, all of it. */
export class Wire {
  /** Bytes from the page to the hub, and back. */
  up = 0
  down = 0
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((page) => this.#join(page))
  readonly #port: number
  #counts = false

  constructor(hubPort: number) {
    this.#port = hubPort
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  #join(page: Socket): void {
    const hub = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    page.setNoDelay(true)
    page.on('data', (bytes) => {
      this.#counts ||= bytes.includes(' /v1/')
      if (this.#counts) this.up += bytes.length
      hub.write(bytes)
    })
    hub.on('data', (bytes) => {
      if (this.#counts) this.down += bytes.length
      page.write(bytes)
    })
    for (const [one, other] of [
      [page, hub],
      [hub, page],
    ] as const) {
      this.#sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        this.#sockets.delete(one)
        other.destroy()
      })
    }
  }
}
