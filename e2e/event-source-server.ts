import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a case answers its `number`th request, counted from 1 for each implementation. */
export type Answer = (response: ServerResponse, number: number, request: IncomingMessage) => void

/** What the server saw of one request. */
export interface Asked {
  readonly path: string
  readonly method: string
  readonly accept: string | undefined
  readonly cache: string | undefined
  readonly lastEventId: string | undefined
  readonly cookie: string | undefined
  readonly at: number
}

/**
 * Serves a page, the script under test, and each case under `/{case}/{who}`, so that two implementations never meet.
 * Two of them are two origins.
 */
export class CaseServer {
  readonly asked = new Map<string, Asked[]>()
  /** Requests of cases that are open now, and at most at a time, by path. */
  readonly open = new Map<string, number>()
  readonly peak = new Map<string, number>()
  readonly #server: Server
  readonly #cases = new Map<string, Answer>()
  readonly #script: string

  private constructor(server: Server, script: string) {
    this.#server = server
    this.#script = script
    server.on('request', (request, response) => this.#take(request, response))
  }

  static async start(script: string): Promise<CaseServer> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new CaseServer(server, script)
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  add(name: string, answer: Answer): void {
    this.#cases.set(name, answer)
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => {})
    const path = (request.url ?? '').slice(1)
    const answer = this.#cases.get(path.split('/')[0] ?? '')
    if (path === 'script.js') response.setHeader('content-type', 'text/javascript').end(this.#script)
    else if (answer === undefined) response.setHeader('content-type', 'text/html').end(PAGE)
    else {
      const list = this.asked.get(path) ?? []
      this.asked.set(path, [...list, seen(request)])
      this.#count(path, 1)
      response.once('close', () => this.#count(path, -1))
      answer(response, list.length + 1, request)
    }
  }

  #count(path: string, change: 1 | -1): void {
    const open = (this.open.get(path) ?? 0) + change
    this.open.set(path, open)
    this.peak.set(path, Math.max(this.peak.get(path) ?? 0, open))
  }
}

const PAGE =
  '<!doctype html><link rel="icon" href="data:,"><title>cases</title><script type="module" src="/script.js"></script>'

function seen({ method = '', url = '', headers }: IncomingMessage): Asked {
  const id = headers['last-event-id']
  return {
    path: url,
    method,
    accept: headers.accept,
    cache: headers['cache-control'],
    lastEventId: typeof id === 'string' ? Buffer.from(id, 'latin1').toString('utf8') : undefined,
    cookie: headers.cookie,
    at: Date.now(),
  }
}
