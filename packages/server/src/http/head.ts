/** A whole request that asks for a stream, as it lay in the first bytes of a connection. */
export interface StreamRequest {
  readonly method: 'GET' | 'POST'
  /** Path and query, as they came. */
  readonly url: string
  /** By lower-case name; each is there once. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What of a request may be waited for here. */
const MAX_HEAD_BYTES = 16 * 1024
const MAX_STREAM_BODY_BYTES = 64 * 1024

const FIRST_LINE = /^(GET|POST) (\/v1\/(?:stream|runs\/[A-Za-z0-9._~%:-]+\/events)(?:\?[!-~]*)?) HTTP\/1\.1$/
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?[ \t]*$/
const PREFIXES = ['GET /v1/stream', 'GET /v1/runs/', 'POST /v1/stream '] as const

/**
 * Reads a request for a stream from the bytes of a new connection: `more` while it may become one, `other` as soon as
 * it is anything else. It takes only what leaves nothing to interpret (HTTP/1.1, every header once and on one line, an
 * exact length, not a byte behind it); the rest, and whatever is malformed, is for Node's own parser to judge.
 */
export function readStreamRequest(bytes: Buffer): StreamRequest | 'more' | 'other' {
  const start = bytes.toString('latin1', 0, 16)
  if (!PREFIXES.some((prefix) => prefix.startsWith(start) || start.startsWith(prefix))) return 'other'
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd === -1) return bytes.length < MAX_HEAD_BYTES ? 'more' : 'other'
  if (headEnd > MAX_HEAD_BYTES) return 'other'
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const request = FIRST_LINE.exec(first)
  const headers = headersOf(lines)
  if (request === null || headers === undefined) return 'other'
  const method = request[1] as 'GET' | 'POST'
  const length = bodyLength(method, headers)
  if (length === undefined) return 'other'
  const total = headEnd + 4 + length
  if (bytes.length < total) return 'more'
  if (bytes.length > total) return 'other'
  return { method, url: request[2] as string, headers, body: bytes.subarray(headEnd + 4) }
}

function headersOf(lines: readonly string[]): Record<string, string> | undefined {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  for (const line of lines) {
    const match = HEADER.exec(line)
    const name = match?.[1]?.toLowerCase()
    if (match === null || name === undefined || name in headers) return undefined
    headers[name] = match[2] ?? ''
  }
  return headers['host'] === undefined ? undefined : headers
}

// A length that is not plain, a body where none belongs, an upgrade: Node knows what to do with them.
function bodyLength(method: 'GET' | 'POST', headers: Readonly<Record<string, string>>): number | undefined {
  if ('transfer-encoding' in headers || 'expect' in headers || 'upgrade' in headers) return undefined
  const text = headers['content-length'] ?? '0'
  if (!/^(0|[1-9]\d{0,4})$/.test(text)) return undefined
  const length = Number(text)
  if (method === 'GET') return length === 0 ? 0 : undefined
  return length > 0 && length <= MAX_STREAM_BODY_BYTES ? length : undefined
}
