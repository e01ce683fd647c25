import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type PlainReply, SECURITY_HEADERS, type StreamLife, type StreamReply } from './reply.ts'

const LIFE = Symbol('stream')

/** A socket that carries a stream. The listeners are shared by all of them: ten thousand idle ones hold no closures. */
interface StreamSocket extends Socket {
  [LIFE]?: StreamLife
}

export function carriesStream(socket: Socket): boolean {
  return (socket as StreamSocket)[LIFE] !== undefined
}

/**
 * Starts a stream on a socket. Its body is identity and ends with the connection, so nothing has to be framed per
 * reader and one buffer serves all; HTTP/1.0 proxies take it too.
 */
export function startStream(socket: Socket, reply: StreamReply, isHead: boolean): void {
  const head = headText(reply.status, [...reply.headers, 'Connection', 'close'])
  if (isHead) {
    socket.end(head)
    return
  }
  // A stream that takes nothing is the hub's to judge, and one that says nothing is well.
  if (socket.timeout) socket.setTimeout(0)
  // Head, hello and the beginning of a replay leave in one write.
  socket.cork()
  socket.write(head)
  const life = reply.start(socket)
  process.nextTick(uncork, socket)
  if (life === undefined) return
  const carrier = socket as StreamSocket
  carrier[LIFE] = life
  socket.on('drain', onDrain)
  socket.on('close', onClose)
  socket.on('end', endsSocket)
}

/** A reader that closes its side is gone; Node would wait for ours to be sent. */
export function endsSocket(this: Socket): void {
  this.destroy()
}

function uncork(socket: Socket): void {
  socket.uncork()
}

function onDrain(this: StreamSocket): void {
  this[LIFE]?.drained()
}

function onClose(this: StreamSocket): void {
  this[LIFE]?.closed()
}

/** A whole answer as bytes, after which the connection closes. */
export function closingReply(reply: PlainReply, isHead = false): Buffer {
  const body = Buffer.from(reply.body)
  const length = reply.status === 204 ? [] : ['Content-Length', String(body.length)]
  const head = headText(reply.status, [...reply.headers, ...SECURITY_HEADERS, ...length, 'Connection', 'close'])
  return isHead ? Buffer.from(head) : Buffer.concat([Buffer.from(head), body])
}

function headText(status: number, headers: readonly string[]): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nDate: ${new Date().toUTCString()}\r\n`
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`
  return `${text}\r\n`
}
