import { once } from 'node:events'
import { request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { refuse, sendFile } from './answers.ts'

/** An example's page, at an address of its own. */
export interface PageServer {
  /** `http://127.0.0.1:4001`. */
  readonly url: string
  /** Cuts its connections. */
  close(): Promise<void>
}

/** A route of the example's own; false: not its path. It sees requests that came from this machine's own pages only. */
export type Route = (message: IncomingMessage, response: ServerResponse, path: string) => boolean | Promise<boolean>

export interface PageOptions {
  /** The hub's address: the page's calls under `/v1/` are passed on to it. */
  readonly hub: string
  /** The page's build: `index.html` and `assets/`. */
  readonly dir: string
  /** 0 takes a free one, and so does one that is taken. */
  readonly port: number
  /** Asked before the page's own files; none when left out. */
  readonly route?: Route
}

const HOST = '127.0.0.1'
const LOCAL_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i
const ASSET = /^\/assets\/[\w.-]+$/
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** Serves the page on this machine only. */
export async function servePage(options: PageOptions): Promise<PageServer> {
  const server = createServer((message, response) => {
    answer(options, message, response).catch(() => refuse(response, 500))
  })
  await listen(server, options.port).catch((error: unknown) => {
    if (options.port === 0) throw error
    return listen(server, 0)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port
  return {
    url: `http://${HOST}:${port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen({ host: HOST, port })
  await once(server, 'listening')
}

async function answer(options: PageOptions, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const { host = '', origin } = message.headers
  // Behind this server the hub sees a caller of this machine: a page of another host must not get so far.
  if (!LOCAL_NAME.test(host)) return refuse(response, 403)
  const path = (message.url ?? '/').split('?')[0] ?? '/'
  if (path.startsWith('/v1/')) return passOn(options.hub, message, response)
  // The hub asks the same of what is passed on to it.
  if (origin !== undefined && origin !== `http://${host}`) return refuse(response, 403)
  if ((await options.route?.(message, response, path)) === true) return
  if (message.method !== 'GET' && message.method !== 'HEAD') return refuse(response, 405)
  const isAsset = ASSET.test(path)
  if (!isAsset && path !== '/' && !/^\/runs\/[^/]+$/.test(path)) return refuse(response, 404)
  // Assets carry a hash in their name and never change.
  const caching = isAsset ? 'public, max-age=31536000, immutable' : 'no-cache'
  return sendFile(response, join(options.dir, isAsset ? path : 'index.html'), { caching, policy: POLICY })
}

/** The hub's answer as it comes, streams too: the browser has one origin and the hub needs no CORS. */
function passOn(hub: string, message: IncomingMessage, response: ServerResponse): void {
  // The `Host` stays the page's: a hub with sessions holds a cookie's request against it.
  const { connection: _connection, 'keep-alive': _keepAlive, ...headers } = message.headers
  const upstream = ask(new URL(message.url ?? '/', hub), { method: message.method, headers })
  upstream.on('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers)
    reply.pipe(response)
    reply.on('error', () => response.destroy())
  })
  upstream.on('error', () => (response.headersSent ? response.destroy() : refuse(response, 502)))
  response.on('close', () => upstream.destroy())
  message.pipe(upstream)
}
