import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.json': 'application/json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** How a file is answered: its `Cache-Control` and `Content-Security-Policy`. */
export interface FileHeaders {
  readonly caching: string
  readonly policy: string
}

/** Answers with JSON that nobody keeps. */
export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  })
  response.end(JSON.stringify(body))
}

/** Answers with a status alone, where the answer has not begun. */
export function refuse(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status, { 'Content-Type': 'text/plain' })
  response.end()
}

/** Answers with a file, or 404 where it cannot be read. */
export async function sendFile(
  response: ServerResponse,
  file: string,
  { caching, policy }: FileHeaders,
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
