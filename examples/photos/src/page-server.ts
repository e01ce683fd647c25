import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The page that shows a run of photos, at an address of its own. */
export interface PageServer {
  /** `http://127.0.0.1:4001`. */
  readonly url: string
  /** Cuts its connections. */
  close(): Promise<void>
}

export interface PageOptions {
  /** The hub's address: the page's calls under `/v1/` are passed on to it. */
  readonly hub: string
  /** The page's build. */
  readonly dir: string
  /** 0 takes a free one. */
  readonly port: number
  /** The results' folder of a run of photos; undefined where there is no such run. */
  readonly resultsOf: (runId: string) => Promise<string | undefined>
}

const HOST = '127.0.0.1'
const LOCAL_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i
const RESULT = /^\/results\/([\w.:-]{1,128})\/(index\.html|inventory\.(?:csv|json)|thumbnails\/[0-9a-f]{16}\.webp)$/
const ASSET = /^\/assets\/[\w.-]+$/
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}
// Nothing from another host. The contact sheet is one file with its code inside, and shows originals where it may.
const PAGE_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
const SHEET_POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' file: data:; base-uri 'none'; frame-ancestors 'none'"

/** The folder of the page's build, or undefined where it was not built. */
export function findPage(): string | undefined {
  const folder = fileURLToPath(new URL('../dist/page', import.meta.url))
  return existsSync(join(folder, 'index.html')) ? folder : undefined
}

/** Serves the page on this machine only. @throws the `EADDRINUSE` of `listen`. */
export async function servePage(options: PageOptions): Promise<PageServer> {
  const server = createServer((message, response) => {
    answer(options, message, response).catch(() => refuse(response, 500))
  })
  server.listen({ host: HOST, port: options.port })
  await once(server, 'listening')
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

async function answer(options: PageOptions, message: IncomingMessage, response: ServerResponse): Promise<void> {
  // Behind this server the hub sees a caller of this machine: a page of another host must not get so far.
  if (!LOCAL_NAME.test(message.headers.host ?? '')) return refuse(response, 403)
  const path = (message.url ?? '/').split('?')[0] ?? '/'
  if (path.startsWith('/v1/')) return passOn(options.hub, message, response)
  if (message.method !== 'GET' && message.method !== 'HEAD') return refuse(response, 405)
  const [, runId, name] = RESULT.exec(path) ?? []
  if (runId !== undefined && name !== undefined) {
    const folder = await options.resultsOf(runId)
    if (folder === undefined) return refuse(response, 404)
    // The next round replaces them; a thumbnail has another address then.
    const caching = name.startsWith('thumbnails/') ? 'private, max-age=3600' : 'no-cache'
    return send(response, join(folder, name), { caching, policy: SHEET_POLICY })
  }
  const isAsset = ASSET.test(path)
  if (!isAsset && path !== '/' && !/^\/runs\/[^/]+$/.test(path)) return refuse(response, 404)
  // Assets carry a hash in their name and never change.
  const caching = isAsset ? 'public, max-age=31536000, immutable' : 'no-cache'
  return send(response, join(options.dir, isAsset ? path : 'index.html'), { caching, policy: PAGE_POLICY })
}

async function send(
  response: ServerResponse,
  file: string,
  { caching, policy }: { readonly caching: string; readonly policy: string },
): Promise<void> {
  const content = await readFile(file).catch(() => undefined)
  if (content === undefined) return refuse(response, 404)
  response.writeHead(200, {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Cache-Control': caching,
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
  })
  response.end(content)
}

/** The hub's answer as it comes, streams too: the browser has one origin and the hub needs no CORS. */
function passOn(hub: string, message: IncomingMessage, response: ServerResponse): void {
  const { connection: _connection, 'keep-alive': _keepAlive, ...headers } = message.headers
  const { host } = new URL(hub)
  const upstream = ask(new URL(message.url ?? '/', hub), { method: message.method, headers: { ...headers, host } })
  upstream.on('response', (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers)
    reply.pipe(response)
    reply.on('error', () => response.destroy())
  })
  upstream.on('error', () => (response.headersSent ? response.destroy() : refuse(response, 502)))
  response.on('close', () => upstream.destroy())
  message.pipe(upstream)
}

function refuse(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status, { 'Content-Type': 'text/plain' })
  response.end()
}
