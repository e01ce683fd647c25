import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { MonofilError } from '@monofil/protocol'
import type { Authenticator, Principal } from '../seams/auth.ts'
import type { Logger } from '../seams/system.ts'
import { MAX_BODY_BYTES, readJson } from './body.ts'
import { noContent, type PlainReply, problem, type Reply, type StreamLife, type StreamReply } from './reply.ts'
import { credentialsOf, type Request } from './request.ts'
import type { Match, Router } from './router.ts'

export interface NodeServerOptions {
  readonly router: Router
  readonly authenticator: Authenticator
  readonly logger: Logger
}

/** How long the rest of a body that is refused is read, so that the refusal arrives before the reset. */
const DRAIN_MS = 1_000
const SECURITY_HEADERS = ['X-Content-Type-Options', 'nosniff']
const NOBODY: Principal = { sub: '', roles: [], topics: [], publish: [], expiresAtMs: null }

/**
 * The hub's routes on node:http. Plain answers go through Node's response; streams are written to the socket itself:
 * an identity body that ends with the connection needs no framing per reader, so one buffer serves all of them.
 */
export function createNodeServer(options: NodeServerOptions): Server {
  const streams = new Streams()
  const server = createServer({ keepAlive: true, keepAliveTimeout: 65_000, noDelay: true })
  const handle = (message: IncomingMessage, response: ServerResponse, proceed: () => void) => {
    // A request behind a stream on the same socket could never be answered.
    if (streams.has(message.socket)) message.socket.destroy()
    else void respond({ ...options, streams }, message, response, proceed)
  }
  server.on('request', (message, response) => handle(message, response, () => undefined))
  server.on('checkContinue', (message, response) => handle(message, response, () => response.writeContinue()))
  server.on('clientError', (error, socket) => {
    if (streams.has(socket as Socket) || !socket.writable) socket.destroy()
    else socket.end(rawText(problem(new MonofilError('invalid_request', 'This is no HTTP request.', { cause: error }))))
  })
  return server
}

/** The sockets that carry a stream, with listeners that are shared by all of them. */
class Streams {
  readonly #lives = new WeakMap<Socket, StreamLife>()
  readonly #onDrain: (this: Socket) => void
  readonly #onClose: (this: Socket) => void

  constructor() {
    const lives = this.#lives
    this.#onDrain = function () {
      lives.get(this)?.drained()
    }
    this.#onClose = function () {
      lives.get(this)?.closed()
    }
  }

  has(socket: Socket): boolean {
    return this.#lives.has(socket)
  }

  start(socket: Socket, reply: StreamReply, isHead: boolean): void {
    const head = headText(reply.status, [...reply.headers, 'Connection', 'close'])
    if (isHead) {
      socket.end(head)
      return
    }
    // Head, hello and the beginning of a replay leave in one write.
    socket.cork()
    socket.write(head)
    const life = reply.start(socket)
    process.nextTick(() => socket.uncork())
    if (life === undefined) return
    this.#lives.set(socket, life)
    socket.on('drain', this.#onDrain)
    socket.on('close', this.#onClose)
    socket.on('end', endsSocket)
  }
}

// A reader that closes its side is gone; Node would wait for ours to be sent.
function endsSocket(this: Socket): void {
  this.destroy()
}

interface Context extends NodeServerOptions {
  readonly streams: Streams
}

async function respond(
  context: Context,
  message: IncomingMessage,
  response: ServerResponse,
  proceed: () => void,
): Promise<void> {
  const reply = await answer(context, message, proceed)
  const { socket } = message
  if (socket.destroyed) return
  const isHead = message.method === 'HEAD'
  if ('start' in reply) context.streams.start(socket, reply, isHead)
  else if (leavesTooMuch(message)) refuseUnread(message, reply)
  else {
    const length = reply.status === 204 ? [] : ['Content-Length', String(Buffer.byteLength(reply.body))]
    response.writeHead(reply.status, [...reply.headers, ...SECURITY_HEADERS, ...length])
    response.end(isHead || reply.body === '' ? undefined : reply.body)
  }
}

async function answer(context: Context, message: IncomingMessage, proceed: () => void): Promise<Reply> {
  const url = message.url ?? '/'
  const method = message.method ?? 'GET'
  try {
    if (method === 'OPTIONS') return options(context.router, url)
    const match = context.router.find(method, url)
    const request = new NodeRequest(message, url, match, proceed)
    if (match.route.isPublic !== true) {
      const principal = context.authenticator.authenticate(
        credentialsOf((name) => request.header(name), request.address),
      )
      request.principal = principal instanceof Promise ? await principal : principal
    }
    return await match.route.handle(request)
  } catch (error) {
    if (!MonofilError.is(error) || error.code === 'internal') {
      context.logger.error('request failed', { method, path: url.split('?')[0], error })
    }
    const allow = MonofilError.is(error) && error.code === 'method_not_allowed' ? context.router.allowed(url) : []
    return problem(error, allow.length > 0 ? ['Allow', allow.join(', ')] : [])
  }
}

function options(router: Router, url: string): Reply {
  const allowed = router.allowed(url)
  if (allowed.length === 0) throw new MonofilError('not_found', 'There is nothing here.')
  return noContent(['Allow', allowed.join(', ')])
}

class NodeRequest implements Request {
  readonly method: string
  readonly path: string
  readonly params: Match['params']
  principal: Principal = NOBODY
  readonly #message: IncomingMessage
  readonly #search: string
  readonly #proceed: () => void
  #query: URLSearchParams | undefined = undefined

  constructor(message: IncomingMessage, url: string, match: Match, proceed: () => void) {
    const mark = url.indexOf('?')
    this.method = message.method ?? 'GET'
    this.path = mark === -1 ? url : url.slice(0, mark)
    this.params = match.params
    this.#search = mark === -1 ? '' : url.slice(mark + 1)
    this.#message = message
    this.#proceed = proceed
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#search)
    return this.#query
  }

  get address(): string {
    return this.#message.socket.remoteAddress ?? ''
  }

  header(name: string): string | undefined {
    const value = this.#message.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  json(): Promise<unknown> {
    return readJson(this.#message, this.#proceed)
  }
}

// Node reads what is left of a body before it takes the next request: right for a small one, an open end for others.
function leavesTooMuch(message: IncomingMessage): boolean {
  if (message.complete) return false
  return (
    message.headers['transfer-encoding'] !== undefined || Number(message.headers['content-length']) > MAX_BODY_BYTES
  )
}

// Closing at once would reset the connection while the client still sends, and the answer would be lost with it.
function refuseUnread(message: IncomingMessage, reply: PlainReply): void {
  const { socket } = message
  socket.write(rawText(reply))
  const timer = setTimeout(() => socket.destroy(), DRAIN_MS)
  message.on('end', () => socket.end())
  message.resume()
  socket.on('close', () => clearTimeout(timer))
}

function rawText(reply: PlainReply): string {
  const body = typeof reply.body === 'string' ? reply.body : ''
  const length = ['Content-Length', String(Buffer.byteLength(body)), 'Connection', 'close']
  return headText(reply.status, [...reply.headers, ...SECURITY_HEADERS, ...length]) + body
}

function headText(status: number, headers: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nDate: ${new Date().toUTCString()}\r\n`
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return `${text}\r\n`
}
