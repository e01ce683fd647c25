import type { ServerResponse } from 'node:http'

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
