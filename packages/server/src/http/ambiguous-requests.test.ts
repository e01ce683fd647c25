/** Requests that two readers could read in two ways: by path, head, body or what they accept. */
import { connect } from 'node:net'
import type { Principal } from '@monofil/server'
import { startHub, type TestHub, usersByName } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

// Some hundred requests each, also on a machine that is busy with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const USERS: Readonly<Record<string, Partial<Principal>>> = {
  victim: { publish: ['workflow:*'] },
  mallory: { publish: ['workflow:open', 'public'], topics: ['public'] },
  admin: { roles: ['admin'] },
}

let hub: TestHub
beforeAll(async () => {
  hub = await startHub({ authenticator: usersByName(USERS) })
  const plan = { inputSchemaJson: null, exclusive: false, steps: [] }
  await hub.store.workflows.register([
    { ...plan, name: 'open' },
    { ...plan, name: 'secret' },
  ])
  const job = { id: 'job', workflow: 'secret', external: true, tags: ['hush'], input: { word: 'tulip' } }
  expect((await as('victim', 'POST', '/v1/runs', job)).status).toBe(201)
})
afterAll(() => hub.close())

const as = <T = Record<string, unknown>>(user: string, method: string, path: string, body?: unknown) =>
  hub.call<T>(method, path, body, { authorization: `Bearer ${user}` })
interface List {
  readonly items: readonly { readonly id: string }[]
}
const textOf = (value: unknown) => JSON.stringify(value)

/** Sends bytes as they are; answers the status and all that comes back. */
function raw(bytes: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: hub.server.port, noDelay: true })
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve({ status: Number(text.slice(9, 12)), text }))
    socket.write(bytes)
  })
}
const head = (line: string, ...more: string[]) =>
  [`${line} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...more, '', ''].join('\r\n')

const PATHS = [
  ...['//v1/runs/job', '/v1//runs/job', '/v1/runs//job', '/v1/runs/job/', '/V1/runs/job', '/v1/runs/job;a=b'],
  ...['/v1/runs/%6aob', '/v1/runs/job%00', '/v1/runs/job%2fitems', '/v1/runs/../runs/job', '/v1/runs/%2e%2e/runs/job'],
  ...[
    '/healthz/../v1/runs/job',
    '/healthz%2f..%2fv1/runs/job',
    '/console/../v1/runs/job',
    '/console/..%2fv1%2fruns%2fjob',
  ],
  ...['http://localhost/v1/runs/job', '/v1/runs/job#x', '/v1/runs/job?x=/healthz', '/v1/runs\\job', '/v1/%72uns/job'],
]
test('a path has one meaning, and asks for a credential wherever that is private', async () => {
  for (const path of PATHS) {
    const { status, text } = await raw(head(`GET ${path}`))
    expect([path, [400, 401, 404].includes(status)]).toEqual([path, true])
    expect(text).not.toContain('tulip')
    const asMallory = await raw(head(`GET ${path}`, 'Authorization: Bearer mallory'))
    expect([path, [400, 404].includes(asMallory.status)]).toEqual([path, true])
  }
  for (const path of ['/healthz/', '//healthz', '/healthz%20', '/readyz/x', '/docs/..', '/openapi.json/']) {
    expect([path, (await raw(head(`GET ${path}`))).status]).toEqual([path, 404])
  }
})

test('heads that are too large, folded, doubled or smuggled are refused, and nothing behind them is read', async () => {
  const second = head('GET /v1/connections', 'Authorization: Bearer admin')
  const long = 'x'.repeat(20_000)
  for (const bytes of [
    head('GET /v1/runs', `X-Long: ${long}`),
    head(`GET /v1/runs?q=${long}`),
    head('GET /v1/stream?topics=a', `Cookie: ${long}`),
    head('POST /v1/publish', 'Content-Length: 5', 'Content-Length: 6'),
    head('POST /v1/publish', 'Content-Length: 5', 'Transfer-Encoding: chunked'),
    head('POST /v1/publish', 'Transfer-Encoding: chunked, identity'),
    head('POST /v1/publish', 'Transfer-Encoding : chunked'),
    head('POST /v1/publish', 'Content-Length: +5'),
    'GET /v1/runs HTTP/1.1\nHost: localhost\n\n',
    head('GET /v1/runs', 'X: a\r\n folded: Authorization: Bearer admin'),
  ]) {
    const { status, text } = await raw(bytes + second)
    expect([bytes.slice(0, 90), [400, 401, 413, 415, 431].includes(status)]).toEqual([bytes.slice(0, 90), true])
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
  }
})

test('what is expected beside 100-continue changes nothing', async () => {
  for (const expected of ['', '200-ok', '100-continue, x']) {
    const { status, text } = await raw(head('GET /v1/runs/job', `Expect: ${expected}`, 'Authorization: Bearer mallory'))
    expect([expected, status]).toEqual([expected, 404])
    expect(text).toContain('"code":"not_found"')
  }
})

test('what is no plain number, text or depth is 400, and nothing of it is kept', async () => {
  const run = { workflow: 'open', external: true }
  const bodies: [string, string, string][] = [
    ['POST', '/v1/runs', textOf({ ...run, key: '\ud800' })],
    ['POST', '/v1/runs', textOf({ ...run, tags: ['a\ud800b'] })],
    ['POST', '/v1/runs', textOf({ ...run, key: 'a\u0000b' })],
    ['POST', '/v1/runs', '{"workflow":"open","external":true,"total":9007199254740993}'],
    ['POST', '/v1/runs', '{"workflow":"open","external":true,"total":1e999}'],
    ['POST', '/v1/runs', '{"workflow":"open","external":true,"total":-0.5}'],
    ['POST', '/v1/runs', '{"workflow":"open","external":true,"budget":{"tokens":1e400}}'],
    ['POST', '/v1/runs', `{"workflow":"open","external":true,"input":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['POST', '/v1/publish', `{"topic":"public","type":"t","data":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
    ['POST', '/v1/publish', textOf({ topic: 'public', type: '\udc00', data: 1 })],
    ['POST', '/v1/stream', textOf({ topics: [], marker: '\ud800' })],
    ['POST', '/v1/runs/control', textOf({ action: 'cancel', filter: { owner: '' } })],
    ['POST', '/v1/runs/control', textOf({ action: 'cancel', filter: {} })],
  ]
  for (const [method, path, body] of bodies) {
    const headers = { authorization: 'Bearer mallory', 'content-type': 'application/json' }
    const { status } = await fetch(hub.url + path, { method, headers, body })
    expect([path, body.slice(0, 80), status]).toEqual([path, body.slice(0, 80), 400])
  }
  const page = await as<List>('mallory', 'GET', '/v1/runs?limit=200')
  expect(page.body.items.map(({ id }) => id)).not.toContain('null')
})

test('text of any kind in what is kept as text comes back as it was, or as what UTF-8 makes of it', async () => {
  await as('mallory', 'POST', '/v1/runs', { id: 'texts', workflow: 'open', external: true, total: 9 })
  const odd = ['a\u0000b', '\ud800', '\u2028', '\ufeff', '%_\\', "'; DROP TABLE runs; --", '\r\n\r\nevent: x\ndata: y']
  const reports = odd.flatMap((text, n) => [
    { id: `e${n}`, item: `i${n}`, status: 'failed', error: { code: 'odd', message: text } },
    { id: `l${n}`, log: { level: 'info', message: text, data: { text } } },
  ])
  expect((await as('mallory', 'POST', '/v1/runs/texts/reports', { reports })).status).toBe(200)
  const logs = await as<{ items: { message: string }[] }>('mallory', 'GET', '/v1/runs/texts/logs?limit=200')
  const said = logs.body.items.map(({ message }) => message)
  for (const text of odd) expect(said).toContain(text.toWellFormed())
  for (const text of odd) {
    const q = encodeURIComponent(text.toWellFormed())
    expect([200, 400]).toContain((await as('mallory', 'GET', `/v1/runs/texts/logs?q=${q}`)).status)
    expect([200, 400]).toContain((await as('mallory', 'GET', `/v1/items?q=${q}`)).status)
  }
  expect((await as('mallory', 'GET', '/v1/runs/texts/failures')).status).toBe(200)
  expect((await as('mallory', 'GET', '/v1/runs/texts/items')).status).toBe(200)
})

test('what is accepted decides the form of an answer, never the right to it', async () => {
  for (const accept of ['*/*', 'text/event-stream', 'text/html', 'application/json;q=0', ',', '*', 'a'.repeat(9_000)]) {
    const headers = { authorization: 'Bearer mallory', accept }
    expect([accept, (await hub.call('GET', '/v1/runs/job', undefined, headers)).status]).toEqual([accept, 404])
    const stream = await hub.stream('/v1/runs/job/events', {
      headers: { authorization: 'Bearer mallory', Accept: accept },
    })
    expect([404, 406]).toContain(stream.status)
  }
  const body = { id: 'job', workflow: 'open', external: true }
  const headers = { authorization: 'Bearer mallory', Accept: 'text/event-stream' }
  expect((await hub.stream('/v1/runs', { method: 'POST', headers, body })).status).toBe(409)
})

test('a credential that is there twice is the first, on every way in', async () => {
  const pair = (one: string, other: string) => [`Authorization: Bearer ${one}`, `Authorization: Bearer ${other}`]
  for (const [line, ok] of [
    ['GET /v1/connections', 200],
    ['GET /v1/runs/job', 200],
  ] as const) {
    expect((await raw(head(line, ...pair('admin', 'mallory')))).status).toBe(ok)
    expect((await raw(head(line, ...pair('mallory', 'admin')))).status).toBe(line.includes('connections') ? 403 : 404)
  }
  expect((await raw(head('GET /v1/runs/job/events', ...pair('mallory', 'admin')))).status).toBe(404)
  expect(
    (
      await raw(
        head('GET /v1/runs/job', 'Authorization: Bearer mallory', 'X-User: admin', 'X-HTTP-Method-Override: DELETE'),
      )
    ).status,
  ).toBe(404)
})
