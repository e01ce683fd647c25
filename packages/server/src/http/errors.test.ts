import { request } from 'node:http'
import { connect } from 'node:net'
import { type ErrorCode, type Problem, STATUS, TITLES } from '@monofil/protocol'
import type { Store } from '@monofil/server'
import { startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let hub: TestHub
let broken = false
beforeAll(async () => {
  hub = await startHub({ wrap: (store) => withFailures(store, () => broken) })
  await hub.store.workflows.register([
    {
      name: 'checked',
      steps: [],
      exclusive: false,
      inputSchemaJson: JSON.stringify({
        type: 'object',
        properties: { folder: { type: 'string' }, sizes: { type: 'array', items: { type: 'integer' } } },
        required: ['folder'],
      }),
    },
  ])
})
afterAll(() => hub.close())

/** The same store; while it is broken every read of runs fails as a bug would. */
function withFailures(store: Store, isBroken: () => boolean): Store {
  const failing = new Set<PropertyKey>(['active', 'get'])
  const fail = () => Promise.reject(new Error('secret detail'))
  return {
    log: store.log,
    work: store.work,
    workflows: store.workflows,
    schedules: store.schedules,
    revocations: store.revocations,
    kpis: store.kpis,
    tickets: store.tickets,
    usage: store.usage,
    notifications: store.notifications,
    pushes: store.pushes,
    epoch: store.epoch,
    close: () => store.close(),
    runs: new Proxy(store.runs, {
      get: (runs, name) => (isBroken() && failing.has(name) ? fail : Reflect.get(runs, name, runs)),
    }),
  }
}

/** Sends bytes as they are and answers everything that comes back. */
function raw(text: string | Buffer, more?: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: hub.server.port })
    let said = ''
    socket.on('data', (chunk) => {
      said += chunk.toString()
    })
    socket.on('close', () => resolve(said))
    socket.on('error', reject)
    socket.write(text)
    if (more !== undefined) socket.write(more)
  })
}

function problemIn(response: string): Problem & { contentType: string } {
  const [head = '', body = ''] = response.split('\r\n\r\n')
  const contentType = /content-type: (.*)/i.exec(head)?.[1] ?? ''
  return { ...(JSON.parse(body) as Problem), contentType }
}

interface Case {
  readonly what: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly code: ErrorCode
  readonly field?: string
}

const event = { topic: 'a', type: 't', data: 1 }
const cases: readonly Case[] = [
  { what: 'no such route', method: 'GET', path: '/v1/nothing', code: 'not_found' },
  { what: 'a route that is none', method: 'POST', path: '/v1/nothing/here', body: {}, code: 'not_found' },
  { what: 'another method', method: 'PUT', path: '/v1/publish', code: 'method_not_allowed' },
  { what: 'no such run', method: 'GET', path: '/v1/runs/none', code: 'not_found' },
  { what: 'an id that is none', method: 'GET', path: '/v1/runs/-x', code: 'not_found' },
  { what: 'a path that cannot be decoded', method: 'GET', path: '/v1/runs/%zz', code: 'not_found' },
  { what: 'a route word as id', method: 'GET', path: '/v1/runs/counts', code: 'not_found' },
  {
    what: 'an unknown field',
    method: 'POST',
    path: '/v1/publish',
    body: { ...event, extra: 1 },
    code: 'invalid_request',
    field: 'extra',
  },
  {
    what: 'a missing field',
    method: 'POST',
    path: '/v1/publish',
    body: { topic: 'a', data: 1 },
    code: 'invalid_request',
    field: 'type',
  },
  {
    what: 'a field deep inside',
    method: 'POST',
    path: '/v1/publish',
    body: { events: [event, event, { ...event, type: 7 }] },
    code: 'invalid_request',
    field: 'events[2].type',
  },
  {
    what: 'an empty batch',
    method: 'POST',
    path: '/v1/publish',
    body: { events: [] },
    code: 'invalid_request',
    field: 'events',
  },
  {
    what: 'too many events',
    method: 'POST',
    path: '/v1/publish',
    body: { events: Array(1_001).fill(event) },
    code: 'invalid_request',
    field: 'events',
  },
  {
    what: 'an event over 256 KiB',
    method: 'POST',
    path: '/v1/publish',
    body: { ...event, data: 'x'.repeat(262_143) },
    code: 'too_large',
    field: 'data',
  },
  {
    what: 'a body over 1 MiB',
    method: 'POST',
    path: '/v1/publish',
    body: { ...event, data: 'x'.repeat(1_048_577) },
    code: 'too_large',
  },
  {
    what: 'a topic with a meaning',
    method: 'POST',
    path: '/v1/publish',
    body: { ...event, topic: 'run:x' },
    code: 'forbidden',
    field: 'topic',
  },
  {
    what: 'an unknown workflow',
    method: 'POST',
    path: '/v1/runs',
    body: { workflow: 'none' },
    code: 'unknown_workflow',
    field: 'workflow',
  },
  {
    what: 'input the workflow refuses',
    method: 'POST',
    path: '/v1/runs',
    body: { workflow: 'checked', input: { sizes: [1, 'x'] } },
    code: 'invalid_input',
    field: 'input',
  },
  {
    what: 'steps of a run that is not external',
    method: 'POST',
    path: '/v1/runs',
    body: { workflow: 'checked', steps: [] },
    code: 'invalid_request',
    field: 'steps',
  },
  { what: 'limit 0', method: 'GET', path: '/v1/runs?limit=0', code: 'invalid_request', field: 'limit' },
  { what: 'limit 201', method: 'GET', path: '/v1/runs?limit=201', code: 'invalid_request', field: 'limit' },
  {
    what: 'a status that is none',
    method: 'GET',
    path: '/v1/runs?status=done',
    code: 'invalid_request',
    field: 'status',
  },
  {
    what: 'a time that is none',
    method: 'GET',
    path: '/v1/runs?since=yesterday',
    code: 'invalid_request',
    field: 'since',
  },
  { what: 'a list cursor that is none', method: 'GET', path: '/v1/runs?cursor=%00x', code: 'invalid_request' },
  {
    what: 'a log cursor that is none',
    method: 'GET',
    path: '/v1/topics/a/events?after=x',
    code: 'invalid_request',
    field: 'after',
  },
  { what: 'the log of a state topic', method: 'GET', path: '/v1/topics/runs/events', code: 'not_found' },
  { what: 'no latest run', method: 'GET', path: '/v1/runs/latest?workflow=none', code: 'not_found' },
  { what: 'the console without a build', method: 'GET', path: '/console/', code: 'not_found' },
]

describe('every error is a problem document with its code', () => {
  test.each(cases)('$what: $code', async ({ method, path, body, code, field }) => {
    const answer = await hub.call<Problem>(method, path, body)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ code, status: STATUS[code], title: TITLES[code] })
    expect(answer.status).toBe(STATUS[code])
    expect(answer.body.type).toContain(`#${code}`)
    expect(answer.body.detail.length).toBeGreaterThan(10)
    if (field !== undefined) expect(answer.body.field).toBe(field)
  })

  test('405 says what is allowed, OPTIONS too', async () => {
    expect((await hub.call('DELETE', '/v1/runs')).headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
    const options = await hub.call('OPTIONS', '/v1/stream')
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, POST, HEAD, OPTIONS'])
    expect((await hub.call('OPTIONS', '/v1/none')).status).toBe(404)
  })

  test('the findings of an input name each place', async () => {
    const body = { workflow: 'checked', input: { sizes: [1, 'x'] } }
    const { findings } = (await hub.call<Problem>('POST', '/v1/runs', body)).body
    expect(findings?.map((finding) => finding.field).sort()).toEqual(['folder', 'sizes[1]'])
  })

  test('a body that is not JSON, not UTF-8, empty, compressed or of another type', async () => {
    const post = (headers: string, body: Buffer) =>
      raw(
        `POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n${headers}\r\n`,
        body,
      )
    const json = 'Content-Type: application/json\r\n'
    expect(problemIn(await post(json, Buffer.from('{')))).toMatchObject({ code: 'invalid_request' })
    expect(problemIn(await post(json, Buffer.from('')))).toMatchObject({ code: 'invalid_request' })
    expect(problemIn(await post(json, Buffer.from([0x22, 0xff, 0x22])))).toMatchObject({ code: 'invalid_request' })
    expect(problemIn(await post('Content-Type: text/plain\r\n', Buffer.from('{}')))).toMatchObject({
      code: 'unsupported_media_type',
    })
    expect(problemIn(await post('', Buffer.from('{}')))).toMatchObject({ code: 'unsupported_media_type' })
    const gzip = await post(`${json}Content-Encoding: gzip\r\n`, Buffer.from('{}'))
    expect(problemIn(gzip)).toMatchObject({ code: 'unsupported_media_type', contentType: 'application/problem+json' })
    const charset = await post('Content-Type: application/json; charset=latin1\r\n', Buffer.from('{}'))
    expect(problemIn(charset)).toMatchObject({ code: 'unsupported_media_type' })
    const utf8 = await post('Content-Type: application/json;charset="UTF-8"\r\n', Buffer.from(JSON.stringify(event)))
    expect(utf8).toContain('200 OK')
  })

  test('nesting deeper than the stack is a bad request, everywhere', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const bodies: Record<string, string> = {
      '/v1/publish': `{"topic":"a","type":"t","data":${deep}}`,
      '/v1/runs': `{"workflow":"w","external":true,"input":${deep}}`,
      '/v1/stream': `{"topics":[],"marker":${deep}}`,
    }
    for (const [path, body] of Object.entries(bodies)) {
      const response = await fetch(hub.url + path, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      })
      expect([path, response.status, ((await response.json()) as Problem).code]).toEqual([path, 400, 'invalid_request'])
    }
  })

  test('413 is answered before the body is read, and arrives although the client goes on sending', async () => {
    const head = 'POST /v1/publish HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
    const announced = await raw(`${head}Content-Length: 99999999\r\n\r\n`, Buffer.alloc(300_000, 0x20))
    expect(announced).toMatch(/^HTTP\/1\.1 413 /)
    expect(problemIn(announced)).toMatchObject({ code: 'too_large' })
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, 0x20), Buffer.from('\r\n')])
    const chunked = await raw(`${head}Transfer-Encoding: chunked\r\n\r\n`, Buffer.concat([chunk, chunk]))
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /)
  })

  test('Expect: 100-continue is answered by 413 instead of 100 when the body is too big', async () => {
    const sent: string[] = []
    const status = await new Promise<number>((resolve, reject) => {
      const outgoing = request(`${hub.url}/v1/publish`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Content-Length': 5_000_000, Expect: '100-continue' },
      })
      outgoing.on('continue', () => sent.push('continue'))
      outgoing.on('response', (response) => resolve(response.statusCode ?? 0))
      outgoing.on('error', reject)
      outgoing.flushHeaders()
    })
    expect([status, sent]).toEqual([413, []])
  })

  test('what is no HTTP is refused in words', async () => {
    expect(problemIn(await raw('HELLO\r\n\r\n'))).toMatchObject({ code: 'invalid_request' })
    expect(problemIn(await raw('GET /v1/stream?topics=a HTTP/1.1\r\nHost : x\r\n\r\n'))).toMatchObject({
      code: 'invalid_request',
    })
  })

  test('a failure inside says internal, and nothing of its own', async () => {
    broken = true
    const answer = await hub.call<Problem>('GET', '/v1/status')
    broken = false
    expect(answer.body).toMatchObject({ code: 'internal', status: 500 })
    expect(JSON.stringify(answer.body)).not.toContain('secret')
  })

  test('a native EventSource, which gives up on any status but 200, is told to come back', async () => {
    broken = true
    const streams = [await hub.stream('/v1/stream?topics=run:x'), await hub.stream('/v1/runs/x/events')]
    const post = await hub.open(['run:x'])
    broken = false
    for (const stream of streams) {
      await stream.closed()
      expect([stream.status, stream.blocks.map((block) => block.event)]).toEqual([200, ['hello', 'goodbye']])
      expect(stream.all('goodbye')[0]).toMatchObject({ reason: 'internal', reconnectMs: expect.any(Number) })
    }
    expect([post.status, JSON.parse(post.body)]).toMatchObject([500, { code: 'internal' }])
  })

  test('development mode answers this machine only', async () => {
    const refused = async (headers: Record<string, string>) => {
      const lines = Object.entries({ Host: `127.0.0.1:${hub.server.port}`, ...headers }).map(
        ([k, v]) => `${k}: ${v}\r\n`,
      )
      const said = await raw(`GET /v1/runs HTTP/1.1\r\nConnection: close\r\n${lines.join('')}\r\n`)
      return Number(said.slice(9, 12))
    }
    expect(await refused({})).toBe(200)
    expect(await refused({ Host: 'localhost:4000', Origin: 'http://localhost:5173' })).toBe(200)
    expect(await refused({ Host: '[::1]:4000' })).toBe(200)
    expect(await refused({ Host: 'evil.example' })).toBe(403)
    expect(await refused({ Host: '127.0.0.1.evil.example' })).toBe(403)
    expect(await refused({ Origin: 'https://evil.example' })).toBe(403)
    expect(await refused({ Origin: 'null' })).toBe(403)
    for (const name of ['Forwarded', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Real-IP', 'Via']) {
      expect(await refused({ [name]: 'x' })).toBe(403)
    }
  })
})
