import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readStreamRequest, type StreamRequest } from './head.ts'

const text = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1')
const read = (...lines: string[]) => readStreamRequest(text(...lines))

describe('what is taken', () => {
  test('a GET and a POST for a stream, whole', () => {
    expect(read('GET /v1/stream?topics=a HTTP/1.1', 'Host: h', 'Accept: text/event-stream', '', '')).toMatchObject({
      method: 'GET',
      url: '/v1/stream?topics=a',
      headers: { host: 'h', accept: 'text/event-stream' },
    })
    const post = read('POST /v1/stream HTTP/1.1', 'HOST:h', 'content-length: 2', '', '{}') as StreamRequest
    expect([post.url, post.headers['host'], Buffer.from(post.body).toString()]).toEqual(['/v1/stream', 'h', '{}'])
    expect(read('GET /v1/runs/r-1/events?after=0 HTTP/1.1', 'Host: h', '', '')).toMatchObject({ method: 'GET' })
  })

  test('every beginning of one is waited for', () => {
    const whole = text('POST /v1/stream HTTP/1.1', 'Host: h', 'Content-Length: 2', '', '{}')
    for (let length = 0; length < whole.length; length += 1) {
      expect(readStreamRequest(whole.subarray(0, length))).toBe('more')
    }
    expect(readStreamRequest(whole)).toMatchObject({ method: 'POST' })
  })

  test.each([
    ['another route', ['GET /v1/runs HTTP/1.1', 'Host: h', '', '']],
    ['another method', ['PUT /v1/stream HTTP/1.1', 'Host: h', '', '']],
    ['a longer path', ['POST /v1/streams HTTP/1.1', 'Host: h', 'Content-Length: 2', '', '{}']],
    ['HTTP/1.0', ['GET /v1/stream HTTP/1.0', 'Host: h', '', '']],
    ['no host', ['GET /v1/stream HTTP/1.1', '', '']],
    ['a header twice', ['GET /v1/stream HTTP/1.1', 'Host: h', 'Cookie: a', 'cookie: b', '', '']],
    ['a folded header', ['GET /v1/stream HTTP/1.1', 'Host: h', 'A: b', ' c', '', '']],
    ['a space before the colon', ['GET /v1/stream HTTP/1.1', 'Host : h', '', '']],
    ['a bare LF', ['GET /v1/stream HTTP/1.1', 'Host: h\nEvil: x', '', '']],
    ['a bare CR', ['GET /v1/stream HTTP/1.1', 'Host: h\rEvil: x', '', '']],
    ['a NUL', ['GET /v1/stream HTTP/1.1', 'Host: h\0', '', '']],
    ['chunks', ['POST /v1/stream HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked', '', '']],
    ['two ways to say the length', ['POST /v1/stream HTTP/1.1', 'Host: h', 'Content-Length: +2', '', '{}']],
    ['a body behind GET', ['GET /v1/stream HTTP/1.1', 'Host: h', 'Content-Length: 2', '', '{}']],
    ['a second request behind it', ['GET /v1/stream HTTP/1.1', 'Host: h', '', 'GET / HTTP/1.1', '', '']],
    ['bytes behind the body', ['POST /v1/stream HTTP/1.1', 'Host: h', 'Content-Length: 2', '', '{}x']],
    ['an upgrade', ['GET /v1/stream HTTP/1.1', 'Host: h', 'Upgrade: websocket', '', '']],
    [
      'a body to be asked for',
      ['POST /v1/stream HTTP/1.1', 'Host: h', 'Expect: 100-continue', 'Content-Length: 2', '', ''],
    ],
    ['a big body', ['POST /v1/stream HTTP/1.1', 'Host: h', 'Content-Length: 70000', '', '']],
    ['an absolute url', ['GET http://h/v1/stream HTTP/1.1', 'Host: h', '', '']],
    ['a space in the url', ['GET /v1/stream?a b HTTP/1.1', 'Host: h', '', '']],
  ])('%s is for Node to judge', (_what, lines) => {
    expect(read(...lines)).toBe('other')
  })
})

describe('what is taken, Node reads the same way', () => {
  const server = createServer()
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  /** What Node's parser makes of the bytes: a request, or nothing. */
  async function byNode(bytes: Buffer): Promise<{ message: IncomingMessage; body: string } | undefined> {
    const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
    const seen = new Promise<{ message: IncomingMessage; body: string } | undefined>((resolve) => {
      const onRequest = (message: IncomingMessage) => {
        let body = ''
        message.on('data', (chunk) => {
          body += chunk
        })
        message.on('end', () => resolve({ message, body }))
      }
      server.once('request', onRequest)
      socket.on('close', () => {
        server.off('request', onRequest)
        resolve(undefined)
      })
    })
    socket.on('error', () => undefined)
    socket.resume()
    socket.end(bytes)
    const result = await seen
    socket.destroy()
    return result
  }

  const piece = fc.constantFrom(
    'GET',
    'POST',
    ' ',
    '/v1/stream',
    '?topics=a',
    '?',
    '/v1/runs/a/events',
    'HTTP/1.1',
    'HTTP/1.0',
    '\r\n',
    '\n',
    '\r',
    '\t',
    ':',
    ': ',
    'Host',
    'host',
    'h',
    'Accept',
    'text/event-stream',
    'Content-Length',
    '0',
    '2',
    '{}',
    'Cookie',
    'a=b',
    '\0',
    'é',
    'X',
    '%20',
    'Connection',
    'close',
  )
  const header = fc
    .tuple(
      fc.constantFrom('Accept', 'X-A', 'Cookie', 'Content-Length', 'Last-Event-ID', 'x y', ''),
      fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('2', '0', 'a, b', ' é ')),
    )
    .map(([name, value]) => `${name}: ${value}\r\n`)
  const nearly = fc
    .tuple(
      fc.constantFrom('GET /v1/stream?topics=a', 'POST /v1/stream', 'GET /v1/runs/x/events'),
      fc.array(header, { maxLength: 4 }),
      fc.constantFrom('', '{}', '{}x'),
    )
    .map(([start, headers, body]) => `${start} HTTP/1.1\r\nHost: h\r\n${headers.join('')}\r\n${body}`)

  test('generated requests', async () => {
    let taken = 0
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          nearly,
          fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
        ),
        async (request) => {
          const bytes = Buffer.from(request, 'latin1')
          const ours = readStreamRequest(bytes)
          if (typeof ours === 'string') return
          taken += 1
          const theirs = await byNode(bytes)
          expect(theirs).toBeDefined()
          expect([ours.method, ours.url]).toEqual([theirs?.message.method, theirs?.message.url])
          expect({ ...ours.headers }).toEqual(theirs?.message.headers)
          expect(Buffer.from(ours.body).toString()).toBe(theirs?.body)
        },
      ),
      { numRuns: 1_500 },
    )
    expect(taken).toBeGreaterThan(50)
  })
})
