/**
 * What strangers send, over real sockets: heads, query strings, ids, tickets, bodies. Always an answer or a close, never
 * a 500, nothing logged as an error, nothing left behind. Seconds each; `TEST_LONG` makes them ten minutes, and
 * `TEST_FIGURES` tells how much that was.
 */
import { connect } from 'node:net'
import { MonofilError } from '@monofil/protocol'
import type { Authenticator } from '@monofil/server'
import { startHub, type TestHub } from '@monofil/testkit'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { Tickets } from '../auth/tickets.ts'
import { parseEventId, ticketId } from '../hub/event-id.ts'
import { clientAddresses } from './client-address.ts'
import { readStreamRequest } from './head.ts'

const LONG = process.env['TEST_LONG'] !== undefined
const LIMIT = { interruptAfterTimeLimit: LONG ? 600_000 : 3_000, markInterruptAsFailure: false, numRuns: 10_000_000 }
const PURE = { numRuns: LONG ? 200_000 : 3_000 }
const AT_ONCE = 12
vi.setConfig({ testTimeout: LONG ? 700_000 : 30_000 })

const byName: Authenticator = {
  authenticate({ authorization }) {
    if (authorization === undefined) throw new MonofilError('unauthorized', 'Send a Bearer token.')
    return { sub: 'u', roles: ['admin'], topics: ['*'], publish: ['*', 'workflow:*'], expiresAtMs: null }
  },
}
const NONE = { streamsUser: 0, streamsAddress: 0, publish: 0, requests: 0, failures: 0 }
const SHORT = { silentMs: 800, headMs: 400, requestMs: 600, idleMs: 1_000, stallMs: 2_000 }

let hub: TestHub
let ticket: string
/** How often each status was answered; 0 is a close without a word. */
const answered = new Map<number, number>()
const errors: unknown[] = []
const logger = { debug() {}, info() {}, warn() {}, error: (...words: unknown[]) => void errors.push(words) }
beforeAll(async () => {
  hub = await startHub({ authenticator: byName, limits: NONE, timeouts: SHORT, logger, trustProxy: 1 })
  const headers = { Authorization: 'Bearer x' }
  ticket = (await hub.call<{ ticket: string }>('POST', '/v1/tickets', undefined, headers)).body.ticket
  await hub.call('POST', '/v1/runs', { id: 'r', workflow: 'w', external: true }, headers)
  await hub.publish('a', 1)
})
afterEach(async () => {
  expect(errors).toEqual([])
  await expect.poll(() => hub.server.hub.connections().length).toBe(0)
  expect((await hub.call('GET', '/healthz')).status).toBe(200)
  if (process.env['TEST_FIGURES'] !== undefined) console.log(JSON.stringify([...answered].sort()))
  answered.clear()
})
afterAll(() => hub.close())

/** Sends bytes in pieces, and resolves with the status, or 0 where the hub closed without a word. */
function send(bytes: Buffer, cut = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: hub.server.port, noDelay: true })
    let text = ''
    const done = (status: number) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(status)
    }
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`no answer and no close in 10 s; it said ${JSON.stringify(text)}`))
    }, 10_000)
    socket.on('error', () => undefined)
    socket.on('close', () => done(Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0)))
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (text.includes('\r\n\r\n')) done(Number(text.slice(9, 12)))
    })
    const at = Math.min(cut, bytes.length)
    if (at > 0) socket.write(bytes.subarray(0, at))
    setImmediate(() => socket.write(bytes.subarray(at)))
  })
}

const STATUSES = new Set([0, 200, 201, 204, 308, 400, 401, 403, 404, 405, 406, 408, 409, 413, 415, 422, 429, 431])
async function allAnswered(requests: readonly (Buffer | string)[], cut = 0): Promise<void> {
  const all = requests.map((request) => send(Buffer.isBuffer(request) ? request : Buffer.from(request), cut))
  const statuses = await Promise.all(all)
  for (const status of statuses) {
    if (!STATUSES.has(status)) expect.fail(`status ${status}`)
    answered.set(status, (answered.get(status) ?? 0) + 1)
  }
}
const many = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: AT_ONCE, maxLength: AT_ONCE })
const oneOf = (...words: string[]) => fc.constantFrom(...words)

const noise = fc.string({ unit: 'binary', maxLength: 40 })
const METHOD = fc.oneof(
  oneOf('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT', 'get', ''),
  noise,
)
const PATH = oneOf(
  ...['/', '/v1/stream', '/v1/runs', '/v1/runs/r', '/v1/runs/r/events', '/v1/runs/r/items', '/v1/runs/r/logs'],
  ...[
    '/v1/topics/a/events',
    '/v1/publish',
    '/v1/tickets',
    '/v1/connections',
    '/v1/status',
    '/v1/schedules',
    '/v1/items',
  ],
  ...[
    '/console/../../etc/passwd',
    '/console/%2e%2e%2f',
    '/v1/runs/%zz',
    '/v1/runs/%00',
    '//',
    '*',
    'http://x/v1/runs',
    '/healthz',
  ],
)
const NAME = fc.oneof(
  oneOf(
    'Accept',
    'Authorization',
    'Content-Length',
    'Content-Type',
    'Transfer-Encoding',
    'Expect',
    'Upgrade',
    'Connection',
  ),
  oneOf(
    'Host',
    'Cookie',
    'Origin',
    'Last-Event-ID',
    'X-Forwarded-For',
    'Forwarded',
    'Content-Encoding',
    'If-None-Match',
  ),
  noise,
)
const VALUE = fc.oneof(
  oneOf(
    '0',
    '5',
    '-1',
    '1e9',
    '99999999999999999999',
    'chunked',
    'gzip',
    '100-continue',
    'websocket',
    'close',
    'upgrade',
  ),
  oneOf('application/json', 'text/event-stream', '*/*;q=0', 'Bearer x', 'for="[::1]:5"', '1.1.1.1, x', 'monofil=x'),
  noise,
)

test('heads', async () => {
  const header = fc
    .tuple(NAME, oneOf(': ', ':', ' : ', ''), VALUE, oneOf('\r\n', '\n', '\r', '\r\n\r\n'))
    .map((p) => p.join(''))
  const head = fc
    .tuple(METHOD, PATH, oneOf('HTTP/1.1', 'HTTP/1.0', 'HTTP/2', ''), fc.array(header, { maxLength: 5 }), noise)
    .map(
      ([method, path, version, headers, body]) =>
        `${method} ${path} ${version}\r\nHost: localhost\r\nAuthorization: Bearer x\r\n${headers.join('')}\r\n${body}`,
    )
  const raw = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
  const request = fc.oneof({ weight: 5, arbitrary: head }, { weight: 1, arbitrary: raw })
  const property = fc.asyncProperty(many(request), fc.nat(120), allAnswered)
  await fc.assert(property, LIMIT)
})

test('query strings, ids and tickets', async () => {
  const word = fc.oneof(
    noise,
    fc.string({ unit: oneOf(...'a0:-,;~.'), maxLength: 60 }),
    oneOf(
      'a',
      'run:r',
      'runs',
      'status',
      'inbox',
      '0',
      '-',
      'abcdefgh:1',
      ';c1;kicked',
      '1e3',
      '9'.repeat(30),
      'true',
      '2026',
    ),
    fc.constant('x'.repeat(5_000)),
  )
  const name = oneOf(
    'topics',
    'topics',
    'lastEventId',
    'ticket',
    'after',
    'limit',
    'cursor',
    'status',
    'q',
    'since',
    'order',
    'level',
  )
  const pair = fc.tuple(name, word, fc.boolean()).map(([key, value, isRaw]) => {
    const text = isRaw ? value.replace(/[\s\0#]/g, '') : encodeURIComponent(value.toWellFormed())
    return `${key}=${text}`
  })
  const mutated = fc.tuple(fc.nat(400), fc.nat(255)).map(([at, byte]) => {
    const place = at % ticket.length
    return ticket.slice(0, place) + String.fromCharCode(33 + (byte % 90)) + ticket.slice(place + 1)
  })
  const url = fc
    .tuple(PATH, fc.array(pair, { maxLength: 6 }), fc.option(mutated), word, fc.boolean())
    .map(([path, pairs, bad, id, isKnown]) => {
      const query = [...pairs, ...(bad === null ? [] : [`ticket=${encodeURIComponent(bad)}`])].join('&')
      const known = isKnown ? 'Authorization: Bearer x\r\n' : ''
      const given = `Last-Event-ID: ${id.replace(/[\r\n\0]/g, '')}\r\n`
      return `GET ${path}?${query} HTTP/1.1\r\nHost: localhost\r\n${known}${given}\r\n`
    })
  await fc.assert(fc.asyncProperty(many(url), fc.nat(80), allAnswered), LIMIT)
})

test('bodies', async () => {
  const key = oneOf(
    'topics',
    'topic',
    'cursor',
    'marker',
    'events',
    'type',
    'data',
    'id',
    'ephemeral',
    'workflow',
    'input',
    '__proto__',
  )
  const more = oneOf(
    'external',
    'steps',
    'total',
    'tags',
    'roles',
    'budget',
    'reports',
    'item',
    'status',
    'usage',
    'filter',
    'action',
  )
  const leaf = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    oneOf('a', 'r', 'run:r', 'completed', 'w', 'pause'),
    fc.constantFrom(0, 1, -1, 1e308, true, null),
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.oneof(key, more), tie('any'), { maxKeys: 4 }),
    ),
  })).any
  const text = fc.oneof(
    { weight: 8, arbitrary: value.map((json) => JSON.stringify(json) ?? '') },
    { weight: 1, arbitrary: noise },
    {
      weight: 1,
      arbitrary: fc.nat(20_000).map((depth) => '['.repeat(depth)),
    },
  )
  const path = oneOf(
    'POST /v1/stream',
    'POST /v1/publish',
    'POST /v1/runs',
    'POST /v1/runs/r/reports',
    'PATCH /v1/stream/c',
    'POST /v1/tickets',
  )
  const rarer = oneOf(
    'POST /v1/runs/control',
    'PATCH /v1/runs/r',
    'POST /v1/runs/r/signals',
    'POST /v1/schedules?dryRun=true',
    'POST /v1/runs/r/rerun',
  )
  const request = fc.tuple(fc.oneof(path, rarer), text, fc.integer({ min: -3, max: 3 })).map(([line, body, wrong]) => {
    const length = Math.max(0, Buffer.byteLength(body) + (Math.abs(wrong) === 3 ? wrong : 0))
    return `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`
  })
  await fc.assert(fc.asyncProperty(many(request), fc.nat(400), allAnswered), LIMIT)
})

test('parsers never throw', () => {
  const idish = fc.oneof(noise, fc.string({ unit: oneOf(...'abcdefgh0123456789:-,;~'), maxLength: 60 }))
  fc.assert(
    fc.property(idish, fc.integer({ min: 1, max: 32 }), (text, count) => {
      expect(parseEventId(text, count).places).toHaveLength(count)
      expect(ticketId(text)).toMatch(/^[!-}]{1,600}$/)
    }),
    PURE,
  )
  const chain = fc.oneof(noise, fc.string({ unit: oneOf(...'0123456789.:,[]"=;forabcdef% '), maxLength: 80 }))
  const addressOf = clientAddresses(3)
  fc.assert(
    fc.property(chain, chain, (one, other) => {
      const headers: Record<string, string> = { 'x-forwarded-for': one, forwarded: other }
      const header = (name: string) => headers[name]
      expect(addressOf({ address: '9.9.9.9', isOldHttp: false, header })).toMatch(/^[0-9a-f.:]+$/i)
    }),
    PURE,
  )
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      oneOf('GET /v1/stream', 'POST /v1/stream HTTP/1.1\r\n', ''),
      (bytes, start) => {
        const answer = readStreamRequest(Buffer.concat([Buffer.from(start), bytes]))
        expect(answer === 'more' || answer === 'other' || answer.headers['host'] !== undefined).toBe(true)
      },
    ),
    PURE,
  )
})

test('no ticket but an issued one is ever taken', async () => {
  const { tickets: store } = hub.store
  const tickets = new Tickets({ store, clock: { now: Date.now, monotonic: () => 0, after: () => () => undefined } })
  const principal = { sub: 'u', roles: [], topics: [], publish: [], expiresAtMs: null }
  const issued = (await tickets.issue(principal)).ticket
  const changes = fc.tuple(fc.nat(issued.length - 1), fc.string({ maxLength: 4 }), fc.nat(3))
  const property = fc.asyncProperty(fc.oneof(fc.string(), changes), async (change) => {
    const text =
      typeof change === 'string' ? change : issued.slice(0, change[0]) + change[1] + issued.slice(change[0] + change[2])
    if (text === issued) return
    const redeemed = tickets.redeem({ text, isForStream: true, lastEventId: undefined })
    await expect(redeemed).rejects.toMatchObject({ code: 'unauthorized' })
  })
  await fc.assert(property, { numRuns: LONG ? 50_000 : 1_000 })
  expect(await tickets.redeem({ text: issued, isForStream: true, lastEventId: undefined })).toMatchObject({ sub: 'u' })
})
