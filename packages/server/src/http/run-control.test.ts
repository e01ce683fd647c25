import type { Run } from '@monofil/protocol'
import type { Principal, StepPlan } from '@monofil/server'
import { type SseReader, startHub, type TestHub, usersByName } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const USERS: Readonly<Record<string, Partial<Principal>>> = {
  owner: { publish: ['workflow:*'] },
  poor: { publish: [] },
  reader: { topics: ['run:*'] },
  stranger: {},
  boss: { roles: ['admin'] },
}

const STEP: StepPlan = {
  name: 'only',
  each: null,
  after: [],
  weight: 1,
  concurrency: 4,
  attempts: 1,
  backoff: { minMs: 0, maxMs: 0, factor: 1 },
  timeoutMs: 30_000,
}

let hub: TestHub
beforeAll(async () => {
  hub = await startHub({ authenticator: usersByName(USERS) })
  await hub.store.workflows.register([{ name: 'w', steps: [STEP], inputSchemaJson: null, exclusive: false }])
})
afterAll(() => hub.close())

const as = <T = Run>(user: string, path: string, body?: unknown) =>
  hub.call<T>('POST', path, body, { Authorization: `Bearer ${user}` })
const get = (user: string, id: string) =>
  hub.call<Run>('GET', `/v1/runs/${id}`, undefined, { Authorization: `Bearer ${user}` })

async function start(id: string, body: Record<string, unknown> = {}): Promise<void> {
  expect((await as('owner', '/v1/runs', { id, workflow: 'w', ...body })).status).toBe(201)
}

/** Works on everything that is queued; true: it fails. */
async function work(fails: boolean): Promise<void> {
  const leases = await hub.store.work.claim({ worker: 'w1', workflows: ['w'], max: 100, leaseMs: 60_000 })
  const error = { code: 'error', message: 'no' }
  await hub.store.work.settle(
    leases.map(({ fence }) =>
      fails ? { fence, kind: 'failed', error, retryable: false } : { fence, kind: 'completed', resultJson: '7' },
    ),
  )
}

/** The data of the first event of this type with this text, once it has come. */
async function seen(stream: SseReader, type: string, text = ''): Promise<unknown> {
  const find = () => stream.blocks.find(({ event, data }) => event === type && data?.includes(text))
  await stream.until(() => find() !== undefined, `${type} ${text}`)
  return JSON.parse(find()?.data ?? '')
}

describe('controls of a run', () => {
  test('pause, resume, cancel, retry, each twice, without a body too', async () => {
    await start('r1', { input: { a: 1 } })
    const table = [
      ['pause', { status: 'paused', controls: ['resume', 'cancel'], waiting: { reason: 'paused' } }],
      ['resume', { status: 'queued', controls: ['pause', 'cancel'], waiting: { reason: 'worker' } }],
      ['cancel', { status: 'cancelled', controls: ['retry', 'rerun'] }],
      ['retry', { status: 'queued', round: 2 }],
    ] as const
    for (const [action, expected] of table) {
      for (const body of [undefined, {}]) {
        const { status, body: run } = await as('owner', `/v1/runs/r1/${action}`, body)
        expect([action, status]).toEqual([action, 200])
        expect(run).toMatchObject({ id: 'r1', input: { a: 1 }, ...expected })
        expect((await get('owner', 'r1')).body).toEqual(run)
      }
    }
    await work(false)
    const refused = await as<Record<string, unknown>>('owner', '/v1/runs/r1/pause')
    expect(refused).toMatchObject({ status: 409, body: { code: 'invalid_state', state: 'completed', runId: 'r1' } })
    expect((await as('owner', '/v1/runs/r1/retry', { items: ['only'] })).body).toMatchObject({ round: 3 })
    await as('owner', '/v1/runs/r1/cancel')
  })

  test('refuses what it does not know', async () => {
    await start('r2')
    for (const [action, body, field] of [
      ['pause', { soft: true }, 'soft'],
      ['pause', { hard: 'yes' }, 'hard'],
      ['resume', { hard: true }, 'hard'],
      ['cancel', { force: true }, 'force'],
      ['retry', { items: [] }, 'items'],
      ['rerun', { name: 'x' }, 'name'],
      ['cancel?force=maybe', {}, 'force'],
    ] as const) {
      const answer = await as<Record<string, unknown>>('owner', `/v1/runs/r2/${action}`, body)
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', field } })
    }
    expect((await as('owner', '/v1/runs/r2/explode')).status).toBe(404)
    await as('owner', '/v1/runs/r2/cancel')
    const unknown = await as<Record<string, unknown>>('owner', '/v1/runs/r2/retry', { items: ['only', 'other'] })
    expect(unknown).toMatchObject({ status: 400, body: { field: 'items[1]' } })
  })

  test('asks for the right to control; readers see what may be done as nothing', async () => {
    await start('r3')
    for (const [user, status] of [
      ['stranger', 404],
      ['reader', 403],
      ['boss', 200],
    ] as const) {
      for (const action of ['pause', 'resume', 'cancel', 'retry', 'cancel']) {
        expect([user, action, (await as(user, `/v1/runs/r3/${action}`)).status]).toEqual([user, action, status])
      }
      expect([user, (await as(user, '/v1/runs/r3/rerun')).status]).toEqual([user, status === 200 ? 201 : status])
    }
    expect((await get('reader', 'r3')).body.controls).toEqual([])
    expect((await get('owner', 'r3')).body.controls).toEqual(['retry', 'rerun'])
    const list = await hub.call<{ items: Run[] }>('GET', '/v1/runs', undefined, { Authorization: 'Bearer reader' })
    expect(new Set(list.body.items.flatMap(({ controls }) => controls))).toEqual(new Set())
  })

  test('starts another run like it, owned by who asks, linked to the first', async () => {
    const made = { input: { n: 1 }, tags: ['a'], key: 'k', budget: { tokens: 5 } }
    await start('r4', made)
    const early = await as<Record<string, unknown>>('owner', '/v1/runs/r4/rerun')
    expect(early).toMatchObject({ status: 409, body: { code: 'invalid_state', state: 'queued' } })
    await hub.call('PATCH', '/v1/runs/r4', { tags: ['b'], budget: null }, { Authorization: 'Bearer owner' })
    await as('owner', '/v1/runs/r4/cancel')
    const again = await as('boss', '/v1/runs/r4/rerun')
    expect(again).toMatchObject({
      status: 201,
      body: { parentId: 'r4', owner: 'boss', status: 'queued', input: { n: 1 }, key: 'k', tags: ['b'], budget: null },
    })
    expect(again.headers.get('location')).toBe(`/v1/runs/${again.body.id}`)
    expect(again.body.id).not.toBe('r4')
    expect((await as('owner', '/v1/runs/r4/rerun', { id: 'r4b' })).status).toBe(201)
    expect(await as('owner', '/v1/runs/r4/rerun', { id: 'r4b' })).toMatchObject({ status: 200, body: { id: 'r4b' } })
  })

  test('does not start what one may not start', async () => {
    await hub.store.runs.create({
      ...{ id: 'r5', workflow: 'w', external: false, exclusive: false, steps: [STEP], totals: {}, heartbeatMs: null },
      ...{ inputJson: 'null', bodyJson: '{"workflow":"w"}', tags: [], owner: 'poor', roles: [], key: null },
      ...{ budgetJson: null, parentId: null },
    })
    expect((await as('poor', '/v1/runs/r5/cancel')).body.controls).toEqual(['retry'])
    expect((await as('poor', '/v1/runs/r5/rerun')).status).toBe(403)
  })

  test('a retry beside another run of its key is refused, and names that run to who may see it', async () => {
    await start('x1', { exclusive: true, key: 'only' })
    await as('owner', '/v1/runs/x1/cancel')
    await start('x2', { exclusive: true, key: 'only' })
    const busy = await as<Record<string, unknown>>('owner', '/v1/runs/x1/retry')
    expect(busy).toMatchObject({ status: 409, body: { code: 'key_busy', runId: 'x2' } })
    await as('owner', '/v1/runs/x2/cancel')
  })

  test('an external run: the wish changes, the reporter hears it, force ends it, a retry is refused', async () => {
    await start('e1', { external: true, total: 2 })
    const report = (status: string) => ({ reports: [{ id: `e1-${status}`, item: 'a', status }] })
    await as('owner', '/v1/runs/e1/reports', report('running'))
    expect((await as('owner', '/v1/runs/e1/pause')).body).toMatchObject({ status: 'running', wanted: 'pause' })
    expect((await as('owner', '/v1/runs/e1/cancel')).body).toMatchObject({ status: 'running', wanted: 'cancel' })
    const heard = await as<{ run: unknown }>('owner', '/v1/runs/e1/reports', report('completed'))
    expect(heard.body.run).toEqual({ status: 'running', wanted: 'cancel' })
    const ended = await as('owner', '/v1/runs/e1/cancel?force=true')
    expect(ended.body).toMatchObject({
      status: 'cancelled',
      controls: ['rerun'],
      counts: { completed: 1, cancelled: 1 },
    })
    expect((await as('owner', '/v1/runs/e1/retry')).status).toBe(409)
    expect((await as('owner', '/v1/runs/e1/reports', report('failed'))).status).toBe(409)
    const again = await as('owner', '/v1/runs/e1/rerun')
    expect(again).toMatchObject({ status: 201, body: { external: true, parentId: 'e1', counts: { queued: 2 } } })
  })

  test('a stream shows a pause, and a retried run goes on with its next round', async () => {
    await start('s1')
    await work(true)
    const stream = await hub.stream('/v1/runs/s1/events', { headers: { Authorization: 'Bearer owner' } })
    const ended = await seen(stream, 'failed')
    expect(ended).toMatchObject({ round: 1, status: 'failed', controls: ['retry', 'rerun'] })
    await as('owner', '/v1/runs/s1/retry')
    const next = await hub.stream('/v1/runs/s1/events', { headers: { Authorization: 'Bearer reader' } })
    await as('owner', '/v1/runs/s1/pause')
    const paused = await seen(next, 'progress', '"status":"paused"')
    expect(paused).toMatchObject({ round: 2, waiting: { reason: 'paused' } })
    await as('owner', '/v1/runs/s1/resume')
    await work(false)
    const complete = await seen(next, 'complete')
    expect(complete).toMatchObject({ round: 2, status: 'completed', result: 7 })
  })
})

interface Bulk {
  readonly matched: number
  readonly done: number
  readonly failed: readonly unknown[]
  readonly nextCursor: string | null
}

describe('controls of many runs', () => {
  const bulk = (user: string, body: unknown) => as<Bulk>(user, '/v1/runs/control', body)

  test('counts first, then does it, to those one may control and where it means something', async () => {
    for (let i = 0; i < 205; i++) await start(`b${i}`, { tags: ['bulk'] })
    await as('boss', '/v1/runs', { id: 'b-boss', workflow: 'w', tags: ['bulk'] })
    const filter = { tag: 'bulk' }
    const none = { done: 0, failed: [], nextCursor: null }
    expect(await bulk('owner', { action: 'pause', filter, dryRun: true })).toMatchObject({
      status: 200,
      body: { matched: 205, ...none },
    })
    expect((await get('owner', 'b0')).body.status).toBe('queued')
    expect((await bulk('stranger', { action: 'pause', filter })).body).toEqual({ matched: 0, ...none })
    expect((await bulk('reader', { action: 'pause', filter })).body).toEqual({ matched: 0, ...none })
    expect((await bulk('owner', { action: 'pause', filter })).body).toEqual({
      ...{ matched: 205, done: 205, failed: [], nextCursor: null },
    })
    expect((await get('owner', 'b204')).body.status).toBe('paused')
    expect((await get('boss', 'b-boss')).body.status).toBe('queued')
    expect((await bulk('owner', { action: 'pause', filter })).body).toEqual({ matched: 0, ...none })
    expect((await bulk('boss', { action: 'resume', filter, dryRun: true })).body.matched).toBe(205)
    expect((await bulk('boss', { action: 'cancel', filter })).body).toMatchObject({ matched: 206, done: 206 })
    const two = { ...filter, status: ['cancelled'], q: 'b20' }
    expect((await bulk('owner', { action: 'retry', filter: two, dryRun: true })).body.matched).toBe(6)
  }, 60_000)

  test.each([
    [{ action: 'cancel' }, 'filter'],
    [{ action: 'cancel', filter: {} }, 'filter'],
    [{ action: 'rerun', filter: { workflow: 'w' } }, 'action'],
    [{ action: 'cancel', filter: { name: 'w' } }, 'filter.name'],
    [{ action: 'cancel', filter: { workflow: 'w' }, all: true }, 'all'],
  ])('refuses %j', async (body, field) => {
    expect(await as('boss', '/v1/runs/control', body)).toMatchObject({ status: 400, body: { field } })
  })
})
