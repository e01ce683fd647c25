import type { ServerResponse } from 'node:http'
import type { Logger } from '../seams/system.ts'
import { type FileReply, SECURITY_HEADERS } from './reply.ts'

/**
 * Sends a file piece by piece, at the pace of its reader, and stops making it when the reader is gone. What fails on the
 * way cuts the connection: an end would look like a whole file. Never rejects.
 */
export async function sendFile(
  response: ServerResponse,
  reply: FileReply,
  request: { readonly isHead: boolean; readonly path: string; readonly logger: Logger },
): Promise<void> {
  response.writeHead(reply.status, [...reply.headers, ...SECURITY_HEADERS])
  if (request.isHead) {
    response.end()
    return
  }
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  try {
    for await (const piece of reply.file(gone.signal)) {
      if (gone.signal.aborted) break
      if (!response.write(piece)) await drained(response)
    }
    response.end()
  } catch (error) {
    if (!gone.signal.aborted) request.logger.error('a file was cut', { path: request.path, error })
    response.destroy()
  }
}

/** Resolves when the socket has taken what it was given, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve()
    const done = () => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}
