/**
 * The rights as an attacker tries them, over HTTP: by lists of others, by what errors tell, by requests that two readers
 * could read in two ways. The table of who may do what is `rights-table.test.ts`.
 */
import { connect } from 'node:net'
import type { Principal, Store } from '@monofil/server'
import { startHub, type TestHub, usersByName } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

// Some hundred requests each, also on a machine that is busy with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const USERS: Readonly<Record<string, Partial<Principal>>> = {
  victim: { roles: ['team'], publish: ['workflow:*', 'orders'], topics: ['orders'] },
  mallory: { publish: ['workflow:open', 'public'], topics: ['public'] },
  nobody: {},
  teammate: { roles: ['team'] },
  reporter: { publish: ['run:job'] },
  admin: { roles: ['admin'] },
}
const plan = { inputSchemaJson: null, exclusive: false, steps: [] }

let hub: TestHub
/** While it is set, a schedule is gone as soon as it was looked at. */
let vanishes = false
beforeAll(async () => {
  hub = await startHub({ authenticator: usersByName(USERS), wrap: vanishing })
  await hub.store.workflows.register([
    { ...plan, name: 'open' },
    { ...plan, name: 'secret' },
  ])
  for (const id of ['job', 'job-2', 'job-3']) {
    const body = { id, workflow: 'secret', external: true, key: `key-${id}`, tags: ['hush'], input: { word: 'tulip' } }
    expect((await as('victim', 'POST', '/v1/runs', { ...body, total: 2 })).status).toBe(201)
    const reports = [{ id: 'r', item: 'a', status: 'failed', error: 'tulip broke', log: 'tulip' }]
    expect((await as('victim', 'POST', `/v1/runs/${id}/reports`, { reports })).status).toBe(200)
  }
  for (const id of ['nightly', 'weekly']) {
    await as('victim', 'POST', '/v1/schedules', { id, workflow: 'secret', cron: '@daily' })
  }
  await hub.publish('orders', 'tulip')
})
afterAll(() => hub.close())

function vanishing(store: Store): Store {
  const schedules: Store['schedules'] = new Proxy(store.schedules, {
    get(target, name) {
      if (name !== 'get') return Reflect.get(target, name, target)
      return async (id: string) => {
        const found = await target.get(id)
        if (vanishes && found !== undefined) await target.remove(id)
        return found
      }
    },
  })
  return { ...store, epoch: store.epoch, schedules, close: () => store.close() }
}

const as = <T = Record<string, unknown>>(user: string, method: string, path: string, body?: unknown) =>
  hub.call<T>(method, path, body, { authorization: `Bearer ${user}` })
interface List {
  readonly items: readonly { readonly id: string }[]
  readonly nextCursor: string | null
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

describe('what is there is not told to those who may not see it', () => {
  test('by the id of a run or a schedule, where one may not make any', async () => {
    for (const [path, taken, body] of [
      ['/v1/runs', 'job', { workflow: 'secret', external: true }],
      ['/v1/schedules', 'nightly', { workflow: 'secret', cron: '@daily' }],
    ] as const) {
      for (const user of ['nobody', 'mallory', 'reporter', 'teammate']) {
        const [there, free] = [
          await as(user, 'POST', path, { ...body, id: taken }),
          await as(user, 'POST', path, { ...body, id: 'x-free' }),
        ]
        expect([user, there.status, textOf(there.body)]).toEqual([user, 403, textOf(free.body)])
      }
      expect(await as('mallory', 'POST', path, { ...body, workflow: 'open', id: taken })).toMatchObject({
        status: 409,
        body: { code: 'id_taken' },
      })
    }
  })

  test('by cursors of lists that others were given', async () => {
    const lists = ['/v1/runs', '/v1/items', '/v1/schedules', '/v1/runs/job/items', '/v1/runs/job/logs']
    const cursors = ['r1', 'r999', 'i9.0.0', 'l1', 's9', 'v1', 'r0', '~', 'r1.2', `r${'9'.repeat(15)}`]
    for (const path of lists) {
      const page = await as<List>('admin', 'GET', `${path}?limit=1`)
      if (page.body.nextCursor !== null) cursors.push(page.body.nextCursor)
    }
    expect(cursors.length).toBeGreaterThan(12)
    for (const user of ['mallory', 'nobody', 'reporter']) {
      for (const cursor of cursors) {
        for (const path of lists) {
          const { status, body } = await as<List>(user, 'GET', `${path}?limit=200&cursor=${encodeURIComponent(cursor)}`)
          expect([200, 400, 404]).toContain(status)
          if (status === 200) expect([user, path, cursor, body]).toEqual([user, path, cursor, EMPTY])
        }
      }
    }
  })
  const EMPTY = { items: [], nextCursor: null }

  test('by searching, filtering, counting', async () => {
    const filters = ['q=tulip', 'q=job', 'q=%25', 'q=_', 'owner=victim', 'key=key-job', 'tag=hush', 'workflow=secret']
    for (const user of ['mallory', 'nobody', 'reporter']) {
      for (const filter of filters) {
        for (const path of ['/v1/runs', '/v1/items', '/v1/schedules']) {
          expect([path, filter, (await as(user, 'GET', `${path}?${filter}`)).body]).toEqual([path, filter, EMPTY])
        }
        expect((await as(user, 'GET', `/v1/runs/latest?${filter}`)).status).toBe(404)
        expect((await as(user, 'GET', `/v1/status?${filter}`)).body).toMatchObject({ isRunning: false, running: [] })
        const [name = '', value = ''] = decodeURIComponent(filter).split('=')
        for (const action of ['pause', 'cancel', 'retry', 'delete', 'resume']) {
          const body = { action, filter: { [name]: value } }
          const nothing = { matched: 0, done: 0, failed: [], nextCursor: null }
          expect((await as(user, 'POST', '/v1/runs/control', body)).body).toEqual(nothing)
        }
      }
    }
    // Who sees it and may not change it counts nothing either.
    const seen = await as('teammate', 'POST', '/v1/runs/control', { action: 'cancel', filter: { owner: 'victim' } })
    expect(seen.body).toMatchObject({ matched: 0 })
    expect((await as('victim', 'GET', '/v1/runs/job')).body).toMatchObject({ status: 'running' })
  })

  test("by places of others: ids of their streams, PATCH of one's own stream", async () => {
    const theirs = await hub.stream('/v1/stream?topics=run:job', { headers: { authorization: 'Bearer victim' } })
    await theirs.event('hello')
    const id = theirs.lastEventId ?? `${hub.store.epoch}:0`
    for (const path of ['/v1/stream?topics=run:job', '/v1/runs/job/events', '/v1/runs/nothing/events']) {
      for (const more of ['', `&lastEventId=${id}`, '&after=0']) {
        const headers = { authorization: 'Bearer mallory', 'Last-Event-ID': id }
        expect(
          (await hub.stream(`${path}${path.includes('?') ? more : more.replace('&', '?')}`, { headers })).status,
        ).toBe(404)
      }
    }
    const topics = ['run:job', 'run:nothing', 'orders', 'user:victim', 'inbox', 'run:*', '*', 'schedule:nightly']
    const mine = await hub.stream('/v1/stream', {
      method: 'POST',
      headers: { authorization: 'Bearer mallory' },
      body: { topics: [] },
    })
    const { connection } = await mine.event<{ connection: string }>('hello')
    const subscribe = topics.map((topic) => ({ topic, cursor: id }))
    const patched = await as('mallory', 'PATCH', `/v1/stream/${connection}`, { seq: 1, subscribe })
    // Their own inbox, whatever it is asked with.
    expect((patched.body['topics'] as { topic: string }[]).map(({ topic }) => topic)).toEqual(['inbox'])
    expect((patched.body['denied'] as object[]).length).toBe(topics.length - 1)
    const codes = (patched.body['denied'] as { code: string }[]).map(({ code }) => code)
    expect(codes.slice(0, 3)).toEqual(['not_found', 'not_found', 'forbidden'])
    for (const seq of [1, 2, 999, Number.MAX_SAFE_INTEGER]) {
      const foreign = await as('teammate', 'PATCH', `/v1/stream/${connection}`, { seq })
      expect([foreign.status, foreign.body['code']]).toEqual([404, 'unknown_connection'])
    }
    expect(mine.body).not.toContain('victim')
  })

  test('by HEAD and OPTIONS', async () => {
    for (const path of ['/v1/runs/job', '/v1/runs/job/items', '/v1/schedules/nightly', '/v1/topics/run:job/events']) {
      const [there, missing] = [
        await as('mallory', 'HEAD', path),
        await as('mallory', 'HEAD', path.replace(/job|nightly/, 'nothing')),
      ]
      expect([path, there.status, there.headers.get('content-length')?.length]).toEqual([path, 404, 3])
      expect(missing.status).toBe(404)
      const [options, other] = [
        await hub.call('OPTIONS', path),
        await hub.call('OPTIONS', path.replace(/job|nightly/, 'nothing')),
      ]
      expect([options.status, options.headers.get('allow')]).toEqual([204, other.headers.get('allow')])
    }
  })
})

describe('rights that were asked are those that count', () => {
  test('a schedule that goes while it is asked for again is not made anew without the right', async () => {
    const body = { id: 'mine', workflow: 'open', cron: '@daily' }
    expect((await as('mallory', 'POST', '/v1/schedules', body)).status).toBe(201)
    vanishes = true
    try {
      const changed = { ...body, workflow: 'secret', roles: ['team'] }
      expect(await as('mallory', 'POST', '/v1/schedules', changed)).toMatchObject({ status: 404 })
    } finally {
      vanishes = false
    }
    expect(await hub.store.schedules.get('mine')).toBeUndefined()
  })

  test('of a key that is there twice the last one counts, for the right too', async () => {
    const post = (body: string) =>
      fetch(`${hub.url}/v1/runs`, {
        method: 'POST',
        body,
        headers: { authorization: 'Bearer mallory', 'content-type': 'application/json' },
      })
    expect((await post('{"workflow":"open","external":true,"workflow":"secret"}')).status).toBe(403)
    const made = await post('{"workflow":"secret","external":true,"workflow":"open"}')
    expect(await made.json()).toMatchObject({ workflow: 'open', owner: 'mallory' })
  })

  test('names of built-in properties are names, and change nothing for others', async () => {
    const body = `{"workflow":"open","external":true,"id":"proto","__proto__":{"roles":["team"],"isOperator":true},
      "input":{"__proto__":{"isOperator":true},"constructor":{"prototype":{"x":1}}}}`
    const headers = { authorization: 'Bearer mallory', 'content-type': 'application/json' }
    const answer = await fetch(`${hub.url}/v1/runs`, { method: 'POST', body, headers })
    expect([201, 400]).toContain(answer.status)
    expect(({} as Record<string, unknown>)['isOperator']).toBeUndefined()
    if (answer.status === 201) {
      const run = (await answer.json()) as { roles: string[]; input: object }
      expect(run.roles).toEqual([])
      expect(JSON.stringify(run.input)).toBe('{"__proto__":{"isOperator":true},"constructor":{"prototype":{"x":1}}}')
    }
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty']
    const steps = names.map((name) => ({ name }))
    const made = await as('mallory', 'POST', '/v1/runs', { id: 'names', workflow: 'open', external: true, steps })
    expect(made).toMatchObject({ status: 201, body: { steps: names.map((name) => ({ name })) } })
    const reports = names.map((name, n) => ({ id: `${n}`, step: name, item: name, status: 'completed', total: 1 }))
    expect((await as('mallory', 'POST', '/v1/runs/names/reports', { reports })).status).toBe(200)
    for (const name of names) {
      expect((await as('mallory', 'GET', `/v1/runs?status=${name}`)).status).toBe(400)
      expect((await as('mallory', 'GET', `/v1/runs/${name}`)).status).toBe(404)
      const start = await as('victim', 'POST', '/v1/runs', { workflow: name })
      expect([start.status, start.body['code']]).toEqual([404, 'unknown_workflow'])
    }
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
})

describe('requests that could be read in two ways', () => {
  const PATHS = [
    ...['//v1/runs/job', '/v1//runs/job', '/v1/runs//job', '/v1/runs/job/', '/V1/runs/job', '/v1/runs/job;a=b'],
    ...[
      '/v1/runs/%6aob',
      '/v1/runs/job%00',
      '/v1/runs/job%2fitems',
      '/v1/runs/../runs/job',
      '/v1/runs/%2e%2e/runs/job',
    ],
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
      const { status, text } = await raw(
        head('GET /v1/runs/job', `Expect: ${expected}`, 'Authorization: Bearer mallory'),
      )
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
    const odd = [
      'a\u0000b',
      '\ud800',
      '\u2028',
      '\ufeff',
      '%_\\',
      "'; DROP TABLE runs; --",
      '\r\n\r\nevent: x\ndata: y',
    ]
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
    for (const accept of [
      '*/*',
      'text/event-stream',
      'text/html',
      'application/json;q=0',
      ',',
      '*',
      'a'.repeat(9_000),
    ]) {
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
})

test('a reporter of a run reports, and does nothing else with it', async () => {
  const id = 'job'
  const calls: [string, string, unknown][] = [
    ['GET', `/v1/runs/${id}`, undefined],
    ['GET', `/v1/runs/${id}/failures`, undefined],
    ['GET', `/v1/topics/run:${id}/events`, undefined],
    ['PATCH', `/v1/runs/${id}`, { tags: ['x'] }],
    ['DELETE', `/v1/runs/${id}`, undefined],
    ['POST', `/v1/runs/${id}/cancel?force=true`, {}],
    ['POST', `/v1/runs/${id}/rerun`, {}],
    ['POST', '/v1/publish', { topic: `run:${id}`, type: 't', data: 1 }],
    ['POST', '/v1/runs/job-2/reports', { reports: [{ id: 'x', log: 'x' }] }],
  ]
  for (const [method, path, body] of calls) {
    const { status } = await as('reporter', method, path, body)
    expect([method, path, status]).toEqual([method, path, path === '/v1/publish' ? 403 : 404])
  }
  const said = await as('reporter', 'POST', `/v1/runs/${id}/reports`, {
    reports: [
      { id: 'r', log: 'again' },
      { id: 'new', log: 'x' },
    ],
  })
  expect(said.status).toBe(200)
  expect(textOf(said.body)).not.toContain('tulip')
})
