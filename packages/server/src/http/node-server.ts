import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { MonofilError } from '@monofil/protocol'
import type { Answering, Carried } from './answer.ts'
import { MAX_BODY_BYTES, readJson } from './body.ts'
import { sendFile } from './file-reply.ts'
import { Front, type FrontOptions, tooSlow } from './front.ts'
import { answerAround } from './outer.ts'
import { type PlainReply, problem, SECURITY_HEADERS } from './reply.ts'
import { carriesStream, closingReply, startStream } from './stream-sockets.ts'

/** How long the rest of a body that is refused is read, so that the refusal arrives before the reset. */
const DRAIN_MS = 1_000

/** The hub's routes on node:http, with requests for streams taken before it. */
export function createNodeServer(answering: Answering, options: FrontOptions): Server {
  const { headMs, requestMs, idleMs, stallMs } = options.timeouts
  const server = createServer({
    keepAlive: true,
    keepAliveTimeout: idleMs,
    headersTimeout: headMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.ceil(headMs / 5),
    noDelay: true,
  })
  server.timeout = stallMs
  const accepts = server.listeners('connection')
  const front = new Front(
    answering,
    (socket) => {
      for (const accept of accepts) accept.call(server, socket)
    },
    options,
  )
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => front.take(socket))
  const close = server.close.bind(server)
  // Closing waits for every connection, and Node does not know those that have not said yet what they want: browsers
  // open some ahead of need, and would hold a hub that drains for as long as they like.
  server.close = (callback) => {
    front.close()
    return close(callback)
  }
  const handle = (message: IncomingMessage, response: ServerResponse, proceed: () => void) => {
    // A caller that never pauses would keep its connection for ever, and with it a server that is closing.
    if (!server.listening) response.shouldKeepAlive = false
    // A request behind a stream on the same socket could never be answered.
    if (carriesStream(message.socket)) message.socket.destroy()
    else void respond(answering, message, response, proceed)
  }
  server.on('request', (message, response) => handle(message, response, () => undefined))
  server.on('checkContinue', (message, response) => handle(message, response, () => response.writeContinue()))
  // Node's own 417 is no answer of ours, and what is expected beside `100-continue` may be ignored (RFC 9110, 10.1.1).
  server.on('checkExpectation', (message, response) => handle(message, response, () => undefined))
  server.on('clientError', (error, socket) => {
    if (carriesStream(socket as Socket) || !socket.writable) socket.destroy()
    else if ('code' in error && error.code === 'ERR_HTTP_REQUEST_TIMEOUT') socket.end(tooSlow())
    else {
      const refusal = new MonofilError('invalid_request', 'This is no HTTP request.', { cause: error })
      socket.end(closingReply(problem(refusal)))
    }
  })
  return server
}

async function respond(
  answering: Answering,
  message: IncomingMessage,
  response: ServerResponse,
  proceed: () => void,
): Promise<void> {
  const reply = await answerAround(answering, new NodeRequest(message, proceed))
  const { socket } = message
  if (socket.destroyed) return
  const isHead = message.method === 'HEAD'
  if ('start' in reply) startStream(socket, reply, isHead)
  else if ('file' in reply) await sendFile(response, reply, { isHead, path: pathOf(message), logger: answering.logger })
  else if (leavesTooMuch(message)) refuseUnread(message, reply)
  else {
    const length = reply.status === 204 ? [] : ['Content-Length', String(Buffer.byteLength(reply.body))]
    response.writeHead(reply.status, [...reply.headers, ...SECURITY_HEADERS, ...length])
    response.end(isHead || reply.body === '' ? undefined : reply.body)
  }
}

function pathOf(message: IncomingMessage): string {
  return (message.url ?? '/').split('?')[0] ?? '/'
}

class NodeRequest implements Carried {
  readonly #message: IncomingMessage
  readonly #proceed: () => void

  constructor(message: IncomingMessage, proceed: () => void) {
    this.#message = message
    this.#proceed = proceed
  }

  get method(): string {
    return this.#message.method ?? 'GET'
  }

  get url(): string {
    return this.#message.url ?? '/'
  }

  get address(): string {
    return this.#message.socket.remoteAddress ?? ''
  }

  get isOldHttp(): boolean {
    return this.#message.httpVersion === '1.0'
  }

  header(name: string): string | undefined {
    const value = this.#message.headers[name]
    return Array.isArray(value) ? value.join(', ') : value
  }

  json(): Promise<unknown> {
    return readJson(this.#message, (name) => this.header(name), this.#proceed)
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
  socket.write(closingReply(reply))
  const timer = setTimeout(() => socket.destroy(), DRAIN_MS)
  message.on('end', () => socket.end())
  message.resume()
  socket.on('close', () => clearTimeout(timer))
}
