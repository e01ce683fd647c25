import { readFile, stat } from 'node:fs/promises'
import { extname, join, resolve, sep } from 'node:path'
import { MonofilError } from '@monofil/protocol'
import { OPERATION } from './about-operation.ts'
import { pageHeaders } from './outer.ts'
import type { PlainReply } from './reply.ts'
import type { Request } from './request.ts'
import type { Route } from './router.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.txt': 'text/plain; charset=utf-8',
}

// Nothing inline, nothing from another host, no frames. Styles that components set by script are not inline ones.
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** The console's files under `/console/`; a path that names no file is a page of the console itself. */
export function consoleRoutes(consoleDir: string | undefined): readonly Route[] {
  const redirect = (): PlainReply => ({ status: 308, headers: ['Location', '/console/'], body: '' })
  return [
    { method: 'GET', path: '/', about: OPERATION.home, isPublic: true, handle: redirect },
    { method: 'GET', path: '/console', about: OPERATION.consoleHome, isPublic: true, handle: redirect },
    {
      method: 'GET',
      path: '/console/*',
      about: OPERATION.console,
      isPublic: true,
      handle: (request) => serveFile(consoleDir, request),
    },
  ]
}

async function serveFile(consoleDir: string | undefined, request: Request): Promise<PlainReply> {
  if (consoleDir === undefined) {
    throw new MonofilError('not_found', 'The console is not built: run `npm run build`, then start the hub again.')
  }
  const root = resolve(consoleDir)
  const wanted = request.params['*'] ?? ''
  const file = resolve(root, `.${sep}${wanted}`)
  const isInside = file.startsWith(root + sep) && !wanted.includes('\0')
  // The build's files lie in its root and in `assets/`; a page's path may hold dots of its own, as `runs/a.b` does.
  const namesFile = wanted.startsWith('assets/') || (!wanted.includes('/') && extname(wanted) !== '')
  if (isInside && namesFile) {
    const reply = await fileReply(file, request, wanted.startsWith('assets/'))
    if (reply !== undefined) return reply
    throw new MonofilError('not_found', `The console has no file ${wanted.slice(0, 200)}.`)
  }
  const page = await fileReply(join(root, 'index.html'), request, false)
  if (page === undefined) throw new MonofilError('not_found', 'The console is not built: run `npm run build`.')
  return page
}

/** The file, or 304 when the reader has it; undefined when there is none. */
async function fileReply(file: string, request: Request, isHashed: boolean): Promise<PlainReply | undefined> {
  const facts = await stat(file).catch(() => undefined)
  if (facts === undefined || !facts.isFile()) return undefined
  const tag = `"${facts.size.toString(36)}-${Math.floor(facts.mtimeMs).toString(36)}"`
  // Assets carry a hash in their name and never change; a page names the assets of the present build.
  const caching = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache'
  const headers = ['ETag', tag, 'Cache-Control', caching]
  if (request.header('if-none-match')?.includes(tag)) return { status: 304, headers, body: '' }
  const extension = extname(file).toLowerCase()
  headers.push('Content-Type', TYPES[extension] ?? 'application/octet-stream')
  if (extension === '.html') headers.push(...pageHeaders(PAGE_POLICY))
  // A shared worker has the policy of its script, not that of the page: without this it could reach no hub.
  else headers.push('Content-Security-Policy', PAGE_POLICY)
  return { status: 200, headers, body: await readFile(file) }
}
