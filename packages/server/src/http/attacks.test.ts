/**
 * The rights as an attacker tries them, over HTTP: by lists of others, by what errors tell. Requests that could be read in
 * two ways are in `ambiguous-requests.test.ts`, the table of who may do what in `rights-table.test.ts`.
 */
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
