import type { Principal } from '@monofil/server'
import { startHub, type TestHub, usersByName } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const USERS: Readonly<Record<string, Partial<Principal>>> = {
  owner: { publish: ['workflow:*', 'orders*'], topics: ['orders*'] },
  peer: { roles: ['team'], publish: ['workflow:w'] },
  reader: { topics: ['run:*'] },
  reporter: { publish: ['run:*'] },
  stranger: {},
  boss: { roles: ['admin'] },
}

let hub: TestHub
beforeAll(async () => {
  hub = await startHub({ authenticator: usersByName(USERS) })
  const body = { id: 'run', workflow: 'w', external: true, key: 'k', exclusive: true }
  expect((await as('owner', 'POST', '/v1/runs', body)).status).toBe(201)
  const shared = { id: 'shared', workflow: 'w', external: true, roles: ['team'] }
  expect((await as('peer', 'POST', '/v1/runs', shared)).status).toBe(201)
})
afterAll(() => hub.close())

const bearer = (user: string) => ({ Authorization: `Bearer ${user}` })
const as = <T = Record<string, unknown>>(user: string, method: string, path: string, body?: unknown) =>
  hub.call<T>(method, path, body, bearer(user))
const ids = (answer: { body: unknown }) => (answer.body as { items: { id: string }[] }).items.map((run) => run.id)

describe('rights, route by route', () => {
  const report = { reports: [{ id: 'x', log: 'hello' }] }
  const table: [string, string, unknown, Record<string, number>][] = [
    ['GET', '/v1/runs/run', undefined, { owner: 200, boss: 200, reader: 200, peer: 404, reporter: 404, stranger: 404 }],
    ['GET', '/v1/runs/shared', undefined, { peer: 200, boss: 200, reader: 200, owner: 404, stranger: 404 }],
    ['GET', '/v1/runs/run/items', undefined, { owner: 200, reader: 200, stranger: 404 }],
    ['GET', '/v1/runs/run/logs', undefined, { owner: 200, reader: 200, stranger: 404 }],
    ['GET', '/v1/runs/run/failures', undefined, { owner: 200, reader: 200, stranger: 404 }],
    ['PATCH', '/v1/runs/run', { tags: [] }, { owner: 200, boss: 200, reader: 403, stranger: 404 }],
    ['DELETE', '/v1/runs/run', undefined, { owner: 409, boss: 409, reader: 403, stranger: 404 }],
    ['POST', '/v1/runs/run/reports', report, { owner: 200, boss: 200, reporter: 200, reader: 403, stranger: 404 }],
    ['GET', '/v1/topics/run:run/events', undefined, { owner: 200, reader: 200, reporter: 404, stranger: 404 }],
    ['GET', '/v1/topics/orders/events', undefined, { owner: 200, boss: 200, stranger: 403, reader: 403 }],
    ['POST', '/v1/publish', { topic: 'orders-1', type: 't', data: 1 }, { owner: 200, boss: 200, stranger: 403 }],
    ['POST', '/v1/publish', { topic: 'user:x', type: 't', data: 1 }, { boss: 403 }],
    ['POST', '/v1/runs', { workflow: 'no', external: true }, { stranger: 403, reporter: 403, peer: 403 }],
    ['POST', '/v1/runs', { workflow: 'w', external: true, roles: ['team'] }, { owner: 403, peer: 201, boss: 201 }],
    ['GET', '/v1/connections', undefined, { boss: 200, owner: 403, stranger: 403 }],
    ['DELETE', '/v1/connections/none', undefined, { boss: 404, owner: 403 }],
    ['GET', '/v1/runs', undefined, { owner: 200, stranger: 200 }],
    ['GET', '/v1/runs/latest', undefined, { owner: 200, stranger: 404 }],
  ]
  const rows = table.flatMap(([method, path, body, users]) =>
    Object.entries(users).map(([user, status]) => ({ method, path, body, user, status })),
  )
  test.each(rows)('$user: $method $path is $status', async ({ method, path, body, user, status }) => {
    expect((await as(user, method, path, body)).status).toBe(status)
  })

  test('without a credential everything but health is 401', async () => {
    for (const path of ['/v1/runs', '/v1/stream?topics=a', '/v1/status', '/v1/workflows', '/v1/connections']) {
      expect((await hub.call('GET', path)).body).toMatchObject({ code: 'unauthorized', status: 401 })
    }
    expect((await hub.call('GET', '/healthz')).status).toBe(200)
    expect((await hub.call('GET', '/readyz')).status).toBe(200)
  })

  test('lists show what one may see', async () => {
    expect(ids(await as('owner', 'GET', '/v1/runs'))).toContain('run')
    expect(ids(await as('owner', 'GET', '/v1/runs'))).not.toContain('shared')
    expect(ids(await as('stranger', 'GET', '/v1/runs'))).toEqual([])
    expect(ids(await as('reader', 'GET', '/v1/runs'))).toEqual(expect.arrayContaining(['run', 'shared']))
  })

  test('an id of another owner is taken and says no more; a busy key names the run only to who may see it', async () => {
    const taken = await as('peer', 'POST', '/v1/runs', { id: 'run', workflow: 'w', external: true })
    expect([taken.status, taken.body]).toMatchObject([409, { code: 'id_taken' }])
    const body = { workflow: 'w', external: true, key: 'k', exclusive: true }
    expect((await as('owner', 'POST', '/v1/runs', body)).body).toMatchObject({ code: 'key_busy', runId: 'run' })
    const foreign = await as('peer', 'POST', '/v1/runs', body)
    expect(foreign.body).toMatchObject({ code: 'key_busy' })
    expect(JSON.stringify(foreign.body)).not.toContain('"run"')
  })

  test('status tells who may start that something runs, and only who may see it what', async () => {
    type Status = { running: { workflow: string; key: string | null; runId: string | null }[] }
    const row = async (user: string) => {
      const { body } = await as<Status>(user, 'GET', '/v1/status?workflow=w&key=k')
      return body.running.map(({ runId }) => runId)
    }
    expect(await row('owner')).toEqual(['run'])
    expect(await row('peer')).toEqual([null])
    expect(await row('stranger')).toEqual([])
  })
})

describe('rights on the one stream', () => {
  const topics = ['orders-1', 'run:run', 'run:shared', 'runs', 'status'].map((topic) => ({ topic }))
  const open = (user: string, marker = user) =>
    hub.stream('/v1/stream', { method: 'POST', headers: bearer(user), body: { topics, marker } })

  test('denied topics are named, the others go on', async () => {
    const denied = async (user: string) => {
      const { denied } = await (await open(user)).event<{ denied: { topic: string; code: string }[] }>('hello')
      return Object.fromEntries(denied.map(({ topic, code }) => [topic, code]))
    }
    expect(await denied('owner')).toEqual({ 'run:shared': 'not_found' })
    expect(await denied('stranger')).toEqual({
      'orders-1': 'forbidden',
      'run:run': 'not_found',
      'run:shared': 'not_found',
    })
    expect(await denied('boss')).toEqual({})
  })

  test('runs and status show only what one may see', async () => {
    const stranger = await open('stranger')
    const peer = await open('peer')
    const owner = await open('owner')
    for (const reader of [stranger, peer, owner]) await reader.until(() => reader.all('snapshot').length >= 2)
    const created = await as('owner', 'POST', '/v1/runs', { id: 'secret', workflow: 'w', external: true, key: 'key2' })
    expect(created.status).toBe(201)
    type Keyed = { topic: string; key: string; data: { runId?: string | null } | null }
    await owner.event<Keyed>('state', (state) => state.topic === 'runs' && state.key === 'secret')
    const seen = await peer.event<Keyed>('state', (state) => state.key === 'w/key2')
    expect(seen.data?.runId).toBeNull()
    expect(peer.body).not.toContain('secret')
    expect(stranger.all('state')).toEqual([])
  })

  test('a stream of another user cannot be patched, and its marker is one of their own', async () => {
    const owner = await open('owner', 'same')
    await open('peer', 'same')
    const { connection } = await owner.event<{ connection: string }>('hello')
    const patched = await as('peer', 'PATCH', `/v1/stream/${connection}`, { seq: 1 })
    expect(patched.body).toMatchObject({ code: 'unknown_connection' })
    expect(owner.isClosed).toBe(false)
  })

  test('a PATCH with fewer rights ends the subscriptions they do not cover', async () => {
    const first = await open('owner', 'shrinks')
    const { connection } = await first.event<{ connection: string }>('hello')
    const before = USERS['owner'] as { topics: string[] }
    const kept = before.topics
    try {
      before.topics = []
      await as('owner', 'PATCH', `/v1/stream/${connection}`, { seq: 1 })
      expect(await first.event('dropped')).toEqual({ topic: 'orders-1', code: 'revoked' })
    } finally {
      before.topics = kept
    }
  })

  test('all topics denied on a GET stream is a status', async () => {
    const get = (path: string) => hub.stream(path, { headers: bearer('stranger') })
    expect((await get('/v1/stream?topics=orders-1')).status).toBe(403)
    expect((await get('/v1/stream?topics=run:run')).status).toBe(404)
    expect((await get('/v1/runs/run/events')).status).toBe(404)
  })
})
