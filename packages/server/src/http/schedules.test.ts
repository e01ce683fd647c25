import { MonofilError, type Run, type Schedule } from '@monofil/protocol'
import type { Authenticator, Principal } from '@monofil/server'
import { FakeClock, startHub, type TestHub } from '@monofil/testkit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const USERS: Readonly<Record<string, Partial<Principal>>> = {
  alice: { publish: ['workflow:*'], roles: ['team'] },
  bob: { publish: ['workflow:w'] },
  reader: { topics: ['run:*'] },
  boss: { roles: ['admin'] },
}
/** `Authorization: Bearer NAME`, or `NAME-` for the same user without any right. */
const byName: Authenticator = {
  authenticate({ authorization }) {
    const name = authorization?.slice('Bearer '.length) ?? ''
    const sub = name.replace('-', '')
    const user = USERS[sub]
    if (user === undefined) throw new MonofilError('unauthorized', 'Send a Bearer token.')
    const rights = name === sub ? user : {}
    return { sub, roles: [], topics: [], publish: [], expiresAtMs: null, ...rights }
  },
}

let hub: TestHub
beforeEach(async () => {
  hub = await startHub({ authenticator: byName })
  const schema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] }
  await hub.store.workflows.register([
    { name: 'w', steps: [], inputSchemaJson: null, exclusive: false },
    { name: 'strict', steps: [], inputSchemaJson: JSON.stringify(schema), exclusive: false },
  ])
})
afterEach(() => hub.close())

const as = <T = Schedule>(user: string, method: string, path: string, body?: unknown) =>
  hub.call<T>(method, path, body, { Authorization: `Bearer ${user}` })
const hourly = { id: 's1', workflow: 'w', cron: '0 * * * *' }

describe('POST /v1/schedules', () => {
  test('makes a schedule; the same again answers it, another body or owner is 409', async () => {
    const made = await as('alice', 'POST', '/v1/schedules', {
      ...hourly,
      timezone: 'Europe/Berlin',
      input: { b: 1, a: 2 },
    })
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe('/v1/schedules/s1')
    expect(made.body).toMatchObject({ id: 's1', owner: 'alice', status: 'active', input: { a: 2, b: 1 } })
    expect(made.body.upcoming).toHaveLength(5)
    expect(made.body.nextAt).toBe(made.body.upcoming[0])
    const again = { timezone: 'Europe/Berlin', input: { a: 2, b: 1 }, ...hourly }
    expect(await as('alice', 'POST', '/v1/schedules', again)).toMatchObject({ status: 200, body: made.body })
    // What exists is answered whatever else is wrong.
    expect(await as('alice', 'POST', '/v1/schedules', { ...hourly, cron: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'run_conflict' },
    })
    expect(await as('bob', 'POST', '/v1/schedules', hourly)).toMatchObject({ status: 409, body: { code: 'id_taken' } })
    const named = await as('alice', 'POST', '/v1/schedules', { workflow: 'w', at: '2999-01-01T00:00:00+01:00' })
    expect(named).toMatchObject({ status: 201, body: { at: '2998-12-31T23:00:00.000Z', cron: null, timezone: null } })
  })

  test.each([
    [{ ...hourly, workflow: 'nowhere' }, 404, 'unknown_workflow', 'workflow'],
    [{ ...hourly, roles: ['team', 'other'] }, 403, 'forbidden', 'roles[1]'],
    [{ ...hourly, workflow: 'strict', input: { n: 'one' } }, 422, 'invalid_input', 'input'],
    [{ ...hourly, workflow: 'strict' }, 422, 'invalid_input', 'input'],
    [{ id: 's1', workflow: 'w' }, 400, 'invalid_request', 'cron'],
    [{ ...hourly, at: '2999-01-01T00:00:00Z' }, 400, 'invalid_request', 'at'],
    [{ id: 's1', workflow: 'w', at: '2001-01-01T00:00:00Z' }, 400, 'invalid_request', 'at'],
    [{ id: 's1', workflow: 'w', at: '2999-01-01T00:00:00Z', timezone: 'UTC' }, 400, 'invalid_request', 'timezone'],
    [{ id: 's1', workflow: 'w', at: 'tomorrow' }, 400, 'invalid_request', 'at'],
    [{ ...hourly, cron: '0 0 31 2 *' }, 400, 'invalid_request', 'cron'],
    [{ ...hourly, cron: '0 25 * * *' }, 400, 'invalid_request', 'cron'],
    [{ ...hourly, timezone: 'Berlin' }, 400, 'invalid_request', 'timezone'],
    [{ ...hourly, id: 'x'.repeat(101) }, 400, 'invalid_request', 'id'],
    [{ ...hourly, often: true }, 400, 'invalid_request', 'often'],
  ])('%j is refused', async (body, status, code, field) => {
    const answer = await as('alice', 'POST', '/v1/schedules', body)
    expect(answer).toMatchObject({ status, body: { code, field } })
    expect(await as('alice', 'POST', '/v1/schedules?dryRun=true', body)).toMatchObject({
      status,
      body: { code, field },
    })
    expect((await as('alice', 'GET', '/v1/schedules/s1')).status).toBe(404)
  })

  test('a dry run says what would be made, and makes nothing', async () => {
    const { status, body } = await as('alice', 'POST', '/v1/schedules?dryRun=true', {
      ...hourly,
      timezone: 'Asia/Tokyo',
    })
    expect(status).toBe(200)
    expect((await as('alice', 'GET', '/v1/schedules/s1')).status).toBe(404)
    const made = (await as('alice', 'POST', '/v1/schedules', { ...hourly, timezone: 'Asia/Tokyo' })).body
    expect({ ...body, createdAt: '' }).toEqual({ ...made, createdAt: '' })
  })
})

test('owner and admin see and change a schedule; it is not there for others', async () => {
  await as('alice', 'POST', '/v1/schedules', hourly)
  await as('bob', 'POST', '/v1/schedules', { ...hourly, id: 's2' })
  const ids = async (user: string, query = '') =>
    (await as<{ items: Schedule[] }>(user, 'GET', `/v1/schedules${query}`)).body.items.map(({ id }) => id)
  expect(await ids('alice')).toEqual(['s1'])
  expect(await ids('boss')).toEqual(['s2', 's1'])
  expect(await ids('reader')).toEqual([])
  expect(await ids('boss', '?workflow=other')).toEqual([])
  expect(await ids('boss', '?status=paused,ended')).toEqual([])
  expect((await as('boss', 'GET', '/v1/schedules?status=old')).status).toBe(400)
  const deeds: [string, string, unknown][] = [
    ['GET', '/v1/schedules/s1', undefined],
    ['PATCH', '/v1/schedules/s1', { status: 'paused' }],
    ['POST', '/v1/schedules/s1/run', undefined],
    ['DELETE', '/v1/schedules/s1', undefined],
  ]
  for (const [method, path, body] of deeds) {
    for (const user of ['bob', 'reader'])
      expect((await as(user, method, path, body)).status, `${user} ${method}`).toBe(404)
    const boss = await as(method === 'DELETE' ? 'alice' : 'boss', method, path, body)
    expect(boss.status, method).toBe({ GET: 200, PATCH: 200, POST: 201, DELETE: 204 }[method])
  }
  // Who lost the right to start the workflow can stop what they made, and no more.
  expect((await as('bob-', 'PATCH', '/v1/schedules/s2', { status: 'paused' })).status).toBe(200)
  expect((await as('bob-', 'PATCH', '/v1/schedules/s2', { status: 'active' })).status).toBe(403)
  expect((await as('bob-', 'PATCH', '/v1/schedules/s2', { input: 1 })).status).toBe(403)
  expect((await as('bob-', 'POST', '/v1/schedules/s2/run')).status).toBe(403)
  expect((await as('bob-', 'POST', '/v1/schedules', { ...hourly, id: 's3' })).status).toBe(403)
})

test('PATCH checks what it changes', async () => {
  await as('alice', 'POST', '/v1/schedules', { ...hourly, workflow: 'strict', input: { n: 1 } })
  const patch = (body: unknown) => as('alice', 'PATCH', '/v1/schedules/s1', body)
  expect(await patch({ input: { n: 'x' } })).toMatchObject({ status: 422, body: { code: 'invalid_input' } })
  expect(await patch({ roles: ['boss'] })).toMatchObject({ status: 403 })
  expect(await patch({ cron: '* * *' })).toMatchObject({ status: 400, body: { field: 'cron' } })
  expect(await patch({ cron: '* * * * *', at: '2999-01-01T00:00:00Z' })).toMatchObject({ status: 400 })
  expect(await patch({ status: 'ended' })).toMatchObject({ status: 400, body: { field: 'status' } })
  expect(await patch({ input: { n: 2 }, key: 'k', tags: ['t'], budget: { items: 3 }, overlap: 'allow' })).toMatchObject(
    {
      status: 200,
      body: { input: { n: 2 }, key: 'k', tags: ['t'], budget: { items: 3 }, overlap: 'allow', cron: '0 * * * *' },
    },
  )
  expect(await patch({ key: null, budget: null, at: '2999-01-01T00:00:00Z' })).toMatchObject({
    body: { key: null, budget: null, cron: null, timezone: null, upcoming: ['2999-01-01T00:00:00.000Z'] },
  })
})

test('a run started by hand is the owner’s, and the same id answers it again', async () => {
  await as('alice', 'POST', '/v1/schedules', { ...hourly, tags: ['t'] })
  const started = await as<Run>('boss', 'POST', '/v1/schedules/s1/run', { id: 'r1' })
  expect(started).toMatchObject({ status: 201, body: { id: 'r1', owner: 'alice', tags: ['t', 'schedule:s1'] } })
  expect((await as('boss', 'POST', '/v1/schedules/s1/run', { id: 'r1' })).status).toBe(200)
  expect((await as('alice', 'GET', '/v1/schedules/s1')).body).toMatchObject({ lastRunId: 'r1' })
  const again = await as<Run>('alice', 'POST', '/v1/runs/r1/rerun', { id: 'r2' })
  expect(again).toMatchObject({ status: 201, body: { parentId: 'r1', tags: ['t', 'schedule:s1'] } })
})

test('one that is due soon is looked at soon, not when the next sweep is', async () => {
  const clock = new FakeClock()
  let sweeps = 0
  const other = await startHub({
    clock,
    wrap: (store) => ({
      log: store.log,
      runs: store.runs,
      workflows: store.workflows,
      schedules: store.schedules,
      revocations: store.revocations,
      kpis: store.kpis,
      tickets: store.tickets,
      usage: store.usage,
      notifications: store.notifications,
      pushes: store.pushes,
      work: new Proxy(store.work, {
        get(work, name) {
          if (name === 'sweep') sweeps += 1
          return Reflect.get(work, name, work)
        },
      }),
      epoch: store.epoch,
      close: () => store.close(),
    }),
  })
  try {
    await other.store.workflows.register([{ name: 'w', steps: [], inputSchemaJson: null, exclusive: false }])
    clock.advance(0)
    await expect.poll(() => sweeps).toBe(1)
    // Answered, it appoints the next one a second later.
    await other.call('GET', '/readyz')
    const before = sweeps
    await other.call('POST', '/v1/schedules', hourly)
    clock.advance(250)
    await expect.poll(() => sweeps).toBe(before + 1)
    await other.call('GET', '/readyz')
    await other.call('PATCH', '/v1/schedules/s1', { cron: '* * * * *' })
    clock.advance(250)
    await expect.poll(() => sweeps).toBe(before + 2)
  } finally {
    await other.close()
  }
})

test('one that is due in 300 ms has its run then, from a hub that sweeps by itself', async () => {
  const at = Date.now() + 300
  await as('alice', 'POST', '/v1/schedules', { id: 'soon', workflow: 'w', at: new Date(at).toISOString() })
  const status = async () => (await as('alice', 'GET', '/v1/schedules/soon')).body.status
  await expect.poll(status, { interval: 20 }).toBe('ended')
  const run = await hub.store.runs.list({ viewer: { all: true }, tag: 'schedule:soon', limit: 5 })
  expect(run.items).toHaveLength(1)
  expect(Date.parse(run.items[0]?.createdAt ?? '') - at).toBeGreaterThanOrEqual(0)
})
