import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { MonofilError } from '@monofil/protocol'

/** What a request's body may measure. */
export const MAX_BODY_BYTES = 1024 * 1024

type HeaderOf = (name: string) => string | undefined

/**
 * Reads a body as JSON. `proceed` is called when the body is wanted (for `Expect: 100-continue`).
 * @throws `unsupported_media_type`, `too_large` (before anything was read, where the length is announced),
 * `invalid_request`.
 */
export async function readJson(message: IncomingMessage, header: HeaderOf, proceed: () => void): Promise<unknown> {
  checkHeaders(header)
  proceed()
  return parseBytes(await readAll(message))
}

/** Parses a body that is all there. @throws as `readJson`. */
export function parseJson(header: HeaderOf, body: Uint8Array): unknown {
  checkHeaders(header)
  return parseBytes(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
}

function parseBytes(bytes: Buffer): unknown {
  if (bytes.length === 0) throw new MonofilError('invalid_request', 'A JSON body is needed, and there is none.')
  if (!isUtf8(bytes)) throw new MonofilError('invalid_request', 'The body is not UTF-8.')
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown
  } catch (cause) {
    throw new MonofilError('invalid_request', 'The body is not JSON.', { cause })
  }
}

function checkHeaders(header: HeaderOf): void {
  const type = header('content-type')
  if (type !== 'application/json') {
    const [name = '', ...params] = (type ?? '').split(';').map((part) => part.trim().toLowerCase())
    const charset = params
      .find((param) => param.startsWith('charset='))
      ?.slice(8)
      .replaceAll('"', '')
    if (name !== 'application/json' || (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')) {
      throw new MonofilError('unsupported_media_type', 'The body must be application/json in UTF-8.')
    }
  }
  const encoding = header('content-encoding')
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new MonofilError('unsupported_media_type', 'The body must not be compressed.')
  }
  if (Number(header('content-length') ?? 0) > MAX_BODY_BYTES) throw tooLarge()
}

function readAll(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    message.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > MAX_BODY_BYTES) {
        message.removeAllListeners('data')
        reject(tooLarge())
      } else chunks.push(chunk)
    })
    message.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    // Whoever goes away in the middle of a body is no failure of the hub's, and nothing for its log.
    message.on('error', (cause) => reject(cutOff(cause)))
    message.on('close', () => {
      // It always closes; an error is made only where one is due (5 % of a publish, measured).
      if (!message.complete) reject(cutOff(undefined))
    })
  })
}

function cutOff(cause: unknown): MonofilError {
  return new MonofilError('invalid_request', 'The request ended before its body.', { cause })
}

function tooLarge(): MonofilError {
  return new MonofilError('too_large', `A body is at most ${MAX_BODY_BYTES} bytes.`)
}
