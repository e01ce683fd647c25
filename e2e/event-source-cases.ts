import type { Answer } from './event-source-server.ts'

/** A case is what the server answers, what is listened for, and how many events are enough. */
export interface Case {
  readonly name: string
  readonly answer: Answer
  readonly events: number
  readonly names?: readonly string[]
  readonly closeAt?: string
  readonly withCredentials?: boolean
  /** Asked at the second origin. */
  readonly isCross?: boolean
}

const STREAM = { 'content-type': 'text/event-stream' }

/** A stream of these bytes that stays open. */
const stays =
  (bytes: string | Uint8Array, headers: Record<string, string> = STREAM): Answer =>
  (response) => {
    response.writeHead(200, headers).write(bytes)
  }

/** Streams that end after these bytes; the last one stays open. */
const ends =
  (...streams: readonly string[]): Answer =>
  (response, number) => {
    const bytes = streams[Math.min(number, streams.length) - 1] ?? ''
    response.writeHead(200, STREAM)
    response.flushHeaders()
    if (number >= streams.length) response.write(bytes)
    else response.end(bytes)
  }

const format = (name: string, bytes: string | Uint8Array, messages: number): Case => ({
  name: `format: ${name}`,
  answer: stays(bytes),
  events: messages + 1,
  names: ['test', 'a', 'b'],
})

const status = (code: number): Case => ({
  name: `status ${code}`,
  answer: (response) => void response.writeHead(code, code === 204 || code === 205 ? {} : STREAM).end(),
  events: 3,
})

const type = (name: string, messages: number): Case => ({
  name: `type ${name}`,
  answer: stays('data: ok…\n\n', { 'content-type': name }),
  events: 1 + messages,
})

const redirect = (code: number): Case => ({
  name: `redirect ${code}`,
  answer: (response, number, { url }) => {
    if (number === 1) response.writeHead(code, { location: `${url}` }).end()
    else stays('data: moved\n\n')(response, number, response.req)
  },
  events: 2,
})

const allowed = (request: { headers: { origin?: string | undefined } }) => ({
  ...STREAM,
  'access-control-allow-origin': request.headers.origin ?? '*',
  'access-control-allow-credentials': 'true',
})

/** Cases in which both must do the same. */
export const SAME: readonly Case[] = [
  format('one byte order mark', '\ufeffdata:1\n\ndata:2\n\n', 2),
  format('two byte order marks', '\ufeff\ufeffdata:1\n\ndata:2\n\ndata:3\n\n', 2),
  format('a late byte order mark', 'data:1\n\n\ufeffdata:2\n\ndata:3\n\n', 2),
  format('comments', `data:1\r:\0\n:\r\ndata:2\n:${'x'.repeat(4096)}\r:data:3\ndata:4\n\ndata:x\n\n`, 2),
  format('data', 'data:msg\ndata: msg\n\n:\nfalse:msg\n\nData:data\n\ndata\n\ndata:end\n\n', 3),
  format('empty data', 'data:\n\ndata\ndata\n\ndata:test\n\n', 3),
  format(
    'parsing',
    'data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n',
    1,
  ),
  format('spaces', 'data:\ttest\rdata: \ndata:test\n\n', 1),
  format('line ends', 'data:test\r\ndata\ndata:test\r\n\r\ndata:b\r\rdata:c\n\n', 3),
  format('NUL', 'data:\0\n\n\n\ndata:x\n\n', 2),
  format('no UTF-8', new Uint8Array([0x64, 0x61, 0x74, 0x61, 0x3a, 0xe2, 0x28, 0xff, 0x0a, 0x0a]), 1),
  format(
    'event names',
    'event:test\ndata:1\n\ndata:2\n\nevent:\ndata:3\n\nevent:a\nevent:b\ndata:4\n\nevent\ndata:5\n\n',
    5,
  ),
  format('events without data', 'event:test\n\nid:3\n\ndata:x\n\n', 1),
  format(
    'ids',
    'id:1\ndata:a\n\ndata:b\n\nid:\ndata:c\n\nid:2\ndata:d\n\nid\ndata:e\n\nid:3\ndata:f\n\nid:4\0\ndata:g\n\n',
    7,
  ),
  format('an event named error', 'event:error\ndata:1\n\ndata:2\n\n', 2),
  format('an event named open', 'event:open\ndata:1\n\ndata:2\n\n', 2),
  ...[200, 201, 204, 205, 210, 299, 400, 401, 404, 410, 500, 503].map(status),
  ...['text/x-bogus', 'text/event-streaming', 'application/json'].map((name) => type(name, 0)),
  ...['text/event-stream;', 'TEXT/Event-Stream', 'text/event-stream ;x=y', 'text/event-stream;x bogus'].map((name) =>
    type(name, 1),
  ),
  ...[301, 302, 303, 307, 308].map(redirect),
  { name: 'reconnects', answer: ends('retry:50\ndata:a\n\n', 'data:b\n\n', 'data:c\n\n'), events: 8 },
  { name: 'sends its id again', answer: ends('retry:50\nid:…😀\ndata:a\n\n', 'data:b\n\n', 'data:c\n\n'), events: 8 },
  { name: 'sends an id without data', answer: ends('retry:50\nid:7\n\n', 'data:b\n\n'), events: 4 },
  { name: 'forgets a reset id', answer: ends('retry:50\nid:7\n\nid:\n\n', 'data:b\n\n'), events: 4 },
  {
    name: 'drops an event cut short',
    answer: ends('retry:50\nid:1\ndata:a\n\nid:2\ndata:cut', 'data:b\n\n'),
    events: 5,
  },
  { name: 'waits as told', answer: ends('retry:0700\nretry:x\nretry:1.5\n\n', 'data:b\n\n'), events: 4 },
  {
    name: 'ends with 204',
    answer: (response, number) =>
      void (number < 3 ? ends('retry:50\n\n', '\n', '')(response, 1, response.req) : response.writeHead(204).end()),
    events: 9,
  },
  {
    name: 'survives a cut socket',
    answer: (response, number) => {
      stays(`retry:50\ndata:${number}\n\n`)(response, number, response.req)
      if (number === 1) setTimeout(() => response.destroy(), 100)
    },
    events: 5,
  },
  { name: 'close in open', answer: stays('data:1\n\ndata:2\n\n'), events: 9, closeAt: 'open' },
  { name: 'close in message', answer: stays('data:1\n\ndata:2\n\n'), events: 9, closeAt: 'message' },
  { name: 'close in error', answer: ends('retry:10\n\n', ''), events: 9, closeAt: 'error' },
  {
    name: 'cross-origin with credentials',
    answer: (response, _, request) => void response.writeHead(200, allowed(request)).write('id:1\ndata:x\n\n'),
    events: 2,
    isCross: true,
    withCredentials: true,
  },
  {
    name: 'cross-origin without credentials',
    answer: (response, _, request) => void response.writeHead(200, allowed(request)).write('data:x\n\n'),
    events: 2,
    isCross: true,
  },
]
