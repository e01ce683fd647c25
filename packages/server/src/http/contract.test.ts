import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MonofilError } from '@monofil/protocol'
import type { Authenticator, Principal, StepPlan } from '@monofil/server'
import { newVapidKeys, webPushSender } from '@monofil/server/push'
import {
  type ApiCall,
  ApiCaller,
  ApiContract,
  type StartHub,
  startHub,
  type TestHub,
  usersByName,
} from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const USERS: Readonly<Record<string, Partial<Principal>>> = {
  boss: { roles: ['admin'] },
  ann: { publish: ['workflow:*'] },
  none: {},
}
const NAMED = usersByName(USERS)
/** And a page of another site's, and a token that no cookie holds. */
const byName: Authenticator = {
  ...NAMED,
  authenticate(credentials) {
    const name = credentials.authorization?.slice('Bearer '.length) ?? ''
    if (name === 'foreign') throw new MonofilError('csrf', 'Not from that page.')
    return NAMED.authenticate(name.length > 4_000 ? { ...credentials, authorization: 'Bearer none' } : credentials)
  },
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
const STRICT = JSON.stringify({ type: 'object', properties: { n: { type: 'number' } }, required: ['n'] })
const OTHER = STRICT.replace('number', 'string')
const ASKS: StepPlan = { ...STEP, signal: { kind: 'approval', roles: [] } }

const pushes: StartHub['pushes'] = { of: (store) => webPushSender({ store, subject: 'mailto:ops@example.com' }) }
const SUBSCRIPTION = {
  endpoint: 'https://fcm.googleapis.com/a',
  keys: { p256dh: newVapidKeys().publicKey, auth: 'A'.repeat(22) },
}

let hub: TestHub
let contract: ApiContract
let caller: ApiCaller
let consoleDir: string
const ask: ApiCaller['ask'] = (...asked) => caller.ask(...asked)
const expecting: ApiCaller['expecting'] = (...asked) => caller.expecting(...asked)

const workflow = (name: string, plan: object = {}) => ({
  name,
  steps: [STEP],
  inputSchemaJson: null,
  exclusive: false,
  ...plan,
})
const register = (on: TestHub) =>
  on.store.workflows.register([
    workflow('w'),
    workflow('strict', { inputSchemaJson: STRICT }),
    workflow('alone', { exclusive: true }),
    workflow('asks', { steps: [ASKS] }),
  ])
/** Every open item of a workflow ends so. */
async function work(of: string, fails: boolean): Promise<void> {
  const leases = await hub.store.work.claim({ worker: 'w1', workflows: [of], max: 100, leaseMs: 60_000 })
  const error = { code: 'error', message: 'no' }
  await hub.store.work.settle(
    leases.map(({ fence }) =>
      fails ? { fence, kind: 'failed', error, retryable: false } : { fence, kind: 'completed', resultJson: '7' },
    ),
  )
}

beforeAll(async () => {
  consoleDir = await mkdtemp(join(tmpdir(), 'monofil-contract-'))
  await writeFile(join(consoleDir, 'index.html'), '<!doctype html><title>console</title>')
  hub = await startHub({
    authenticator: byName,
    consoleDir,
    exports: { pdfItems: 2 },
    pushes,
    limits: { streamsUser: 0, streamsAddress: 0, requests: 0, failures: 0 },
  })
  contract = new ApiContract((await hub.call('GET', '/openapi.json')).body)
  caller = new ApiCaller(hub, contract)
  await register(hub)
  await expecting(201, 'POST', '/v1/runs', { body: { id: 'open', workflow: 'w', external: true, total: 3 } })
  await expecting(201, 'POST', '/v1/schedules', { body: { id: 'timer', workflow: 'w', cron: '@daily' } })
  await expecting(201, 'POST', '/v1/notifications', { body: { id: 'note', title: 'x', to: { users: ['boss'] } } })
})
afterAll(async () => {
  caller.close()
  await hub.close()
  await rm(consoleDir, { recursive: true, force: true })
})

/** A path of a call that exists, for the operator. */
function pathOf({ path }: ApiCall): string {
  const note = /\/(notifications|inbox)\//.test(path) ? 'note' : 'open'
  const id = path.includes('/schedules/') ? 'timer' : note
  const named = path.replace('{name}', 'open').replace('{item}', 'a')
  return named
    .replace('{id}', id)
    .replace('{topic}', 'run:open')
    .replace('{connection}', 'c1')
    .replace('{path}', 'runs')
}
/** A body that each call takes. */
const BODIES: Readonly<Record<string, unknown>> = {
  openStream: { topics: [{ topic: 'run:other' }] },
  patchStream: { seq: 1, subscribe: [{ topic: 'run:other' }] },
  publish: { topic: 'orders', type: 'made', data: null },
  startRun: { workflow: 'w' },
  patchRun: { tags: [] },
  reportRun: { reports: [{ id: 'r', log: 'x' }] },
  signalRun: { step: 'only', approve: true },
  controlRuns: { action: 'pause', filter: { workflow: 'w' } },
  sendNotification: { title: 'x', to: { users: ['ann'] } },
  patchNotification: { title: 'y' },
  markInbox: { ids: ['none'], state: 'read' },
  receiveInboxItems: { ids: ['none'] },
  createRevocation: { sub: 'mallory' },
  setKpi: { value: 1 },
  subscribePush: SUBSCRIPTION,
  unsubscribePush: { endpoint: SUBSCRIPTION.endpoint },
  createSchedule: { workflow: 'w', cron: '@daily' },
  patchSchedule: { status: 'paused' },
}
const bodyOf = (call: ApiCall) => (call.hasBody ? { body: BODIES[call.id] ?? {} } : {})
const calls = () => contract.calls
const saying = (said: string) => calls().filter(({ says }) => says.includes(said))

describe('what every call has', () => {
  test('a credential is asked for, by all but the public ones', async () => {
    expect(
      calls()
        .filter(({ isPublic }) => isPublic)
        .map(({ path }) => path),
    ).toEqual(['/healthz', '/readyz', '/v1/session', '/', '/console', '/console/{path}', '/openapi.json', '/docs'])
    for (const call of calls().filter(({ isPublic }) => !isPublic)) {
      await expecting('unauthorized', call.method, pathOf(call), { as: '', ...bodyOf(call) })
      await expecting('token_expired', call.method, pathOf(call), { as: 'expired', ...bodyOf(call) })
    }
  })

  test('a page of another site uses no cookie', async () => {
    for (const call of saying('403 csrf').filter(({ isPublic }) => !isPublic)) {
      await expecting('csrf', call.method, pathOf(call), { as: 'foreign', ...bodyOf(call) })
    }
    const headers = { cookie: 'monofil=x', 'sec-fetch-site': 'cross-site' }
    await expecting('csrf', 'DELETE', '/v1/session', { as: '', headers })
  })

  test('who asks too often is told so', async () => {
    const strict = await startHub({ authenticator: byName, limits: { requests: 1 } })
    try {
      for (const call of saying('429 rate_limited')) {
        // A slot may have come back meanwhile, once.
        const asked = { on: strict, ...bodyOf(call) }
        const code = async () => (await ask(call.method, pathOf(call), asked)).body?.code
        await expect.poll(code).toBe('rate_limited')
      }
    } finally {
      await strict.close()
    }
  })

  test('without keys, no page of another origin', async () => {
    const development = await startHub()
    try {
      const headers = { origin: 'https://evil.example' }
      for (const call of saying('403 forbidden')) {
        await expecting('forbidden', call.method, pathOf(call), { on: development, headers, ...bodyOf(call) })
      }
    } finally {
      await development.close()
    }
  })

  test('a body is checked', async () => {
    for (const call of calls().filter(({ hasBody }) => hasBody)) {
      await expecting('invalid_request', call.method, pathOf(call), { body: { nonsense: 1 } })
      const headers = { 'content-type': 'text/plain' }
      await expecting('unsupported_media_type', call.method, pathOf(call), { body: 'text', headers })
      await expecting('too_large', call.method, pathOf(call), { body: ' '.repeat(1_048_577) })
    }
  })

  test('a query is checked', async () => {
    const bad = `?limit=0&buckets=0&hours=0&items=x&after=no&workflow=${'x'.repeat(300)}&step=${'x'.repeat(300)}`
    for (const call of saying('400 invalid_request').filter(({ hasBody }) => !hasBody)) {
      await expecting('invalid_request', call.method, pathOf(call) + bad)
    }
  })

  test('what is not there is 404', async () => {
    // A hub without pushes has no `/v1/push/`: that is below.
    for (const call of saying('404 not_found').filter(({ path }) => !path.startsWith('/v1/push/'))) {
      const path = call.path
        .replace('{id}', 'nothing')
        .replace('{name}', 'nothing')
        .replace('{item}', 'nothing')
        .replace('{topic}', 'run:nothing')
        .replace('{path}', 'assets/nothing.js')
      const query = call.parameters.includes('topics') ? '?topics=run:nothing' : ''
      const as = call.id === 'latestRun' ? 'none' : 'boss'
      await expecting('not_found', call.method, path + query, { as, ...bodyOf(call) })
    }
    for (const call of saying('404 unknown_connection')) {
      await expecting('unknown_connection', call.method, pathOf(call), bodyOf(call))
    }
  })

  test('a stream is asked for as one', async () => {
    for (const call of saying('406 not_acceptable')) {
      const query = call.parameters.includes('topics') ? '?topics=orders' : ''
      const headers = { accept: 'application/json' }
      await expecting('not_acceptable', call.method, pathOf(call) + query, { headers, ...bodyOf(call) })
    }
  })

  test('without its store, or while it stops, the hub says so', async () => {
    const broken = await startHub({ authenticator: byName, pushes })
    try {
      await register(broken)
      const stream = await broken.stream('/v1/stream', {
        method: 'POST',
        headers: { authorization: 'Bearer boss' },
        body: { topics: [] },
      })
      const { connection } = await stream.event<{ connection: string }>('hello')
      await broken.store.close()
      for (const call of saying('503 store_unavailable')) {
        const path = pathOf(call).replace('c1', connection).replace('run:open', 'orders')
        await expecting('store_unavailable', call.method, path, { on: broken, ...bodyOf(call) })
      }
      void broken.server.hub.drain()
      for (const call of saying('503 draining')) {
        await expecting('draining', call.method, pathOf(call), { on: broken, ...bodyOf(call) })
      }
    } finally {
      await broken.close()
    }
  })
})

async function aNotice() {
  const to = { users: ['ann'], roles: [], topics: [], all: false, except: [] }
  const texts = [{ language: '', title: 'x', message: null, details: null }]
  const none = {
    severityAsSent: null,
    module: null,
    action: null,
    link: null,
    dataJson: null,
    sendAt: null,
    ttlMs: null,
  }
  return { ...none, texts, to, severity: 'info', actions: [] } as const
}

describe('what single calls have', () => {
  test('streams', async () => {
    await expecting(200, 'POST', '/v1/stream', { body: { topics: [{ topic: 'orders' }] } })
    await expecting(200, 'GET', '/v1/stream?topics=orders')
    await expecting(204, 'GET', '/v1/stream?topics=orders', { headers: { 'last-event-id': '-;c1;kicked' } })
    const opened = async (path: string, method: 'GET' | 'POST') => {
      const body = method === 'GET' ? {} : { body: { topics: [] } }
      const stream = await hub.stream(path, { method, headers: { authorization: 'Bearer boss' }, ...body })
      return (await stream.event<{ connection: string }>('hello')).connection
    }
    const post = await opened('/v1/stream', 'POST')
    await expecting(200, 'PATCH', `/v1/stream/${post}`, {
      body: { seq: 1, subscribe: [{ topic: 'a' }, { topic: 'é' }] },
    })
    await expecting('out_of_order', 'PATCH', `/v1/stream/${post}`, { body: { seq: 3 } })
    const get = await opened('/v1/stream?topics=orders', 'GET')
    await expecting('invalid_state', 'PATCH', `/v1/stream/${get}`, { body: { seq: 1, unsubscribe: ['orders'] } })
    const few = await startHub({ authenticator: byName, limits: { streamsUser: 1 } })
    const asked = { on: few, body: { topics: [] } }
    await expecting(200, 'POST', '/v1/stream', asked)
    await expecting('too_many_connections', 'POST', '/v1/stream', asked)
    await few.close()
    expect((await ask('GET', '/v1/connections')).body['items']).not.toEqual([])
    await expecting(204, 'DELETE', `/v1/connections/${post}`)
  })

  test('topics', async () => {
    const events = [1, 2].map((data) => ({ topic: 'orders', type: 'made', data, id: 'same' }))
    await expecting(200, 'POST', '/v1/publish', { body: { events: [...events, { ...events[0], ephemeral: true }] } })
    await expecting(200, 'GET', '/v1/topics/orders/events')
    await expecting(200, 'GET', '/v1/topics/orders/events?after=00000000:1')
  })

  test('a run is started, joined or refused', async () => {
    const body = { id: 'r1', workflow: 'w', external: true, input: { a: [1, null] } }
    await expecting(201, 'POST', '/v1/runs', { as: 'ann', body })
    await expecting(200, 'POST', '/v1/runs', { as: 'ann', body })
    await expecting(200, 'POST', '/v1/runs', { as: 'ann', body, headers: { accept: 'text/event-stream' } })
    await expecting('run_conflict', 'POST', '/v1/runs', { as: 'ann', body: { ...body, input: 2 } })
    await expecting('id_taken', 'POST', '/v1/runs', { body })
    await expecting('unknown_workflow', 'POST', '/v1/runs', { body: { workflow: 'nothing' } })
    await expecting('invalid_input', 'POST', '/v1/runs', { body: { workflow: 'strict', input: 1 } })
    await expecting(201, 'POST', '/v1/runs', { body: { workflow: 'alone', key: 'k' } })
    const busy = await expecting('key_busy', 'POST', '/v1/runs', { body: { workflow: 'alone', key: 'k' } })
    expect(busy.body['runId']).toEqual(expect.any(String))
    await expecting(200, 'PATCH', '/v1/runs/r1', { body: { tags: ['a'], budget: { cost: '1.5', tokens: 3 } } })
  })

  test('a run is reported on and read', async () => {
    const reports = [
      { id: '1', item: 'a', status: 'running', log: 'hello' },
      { id: '2', item: 'a', status: 'failed', error: 'no', usage: { tokens: 1, cost: '0.5', currency: 'EUR' } },
      { id: '2', item: 'a' },
      { id: '3', item: 'a', attempt: 1, status: 'running' },
      { id: '7', item: 'b', text: { name: 'text', position: 0, text: 'so' } },
    ]
    await expecting(200, 'POST', '/v1/runs/r1/reports', { body: { reports } })
    const dollars = { id: '4', usage: { cost: '1', currency: 'USD' } }
    await expecting('currency_mismatch', 'POST', '/v1/runs/r1/reports', { body: { reports: [dollars] } })
    for (const path of [
      '',
      '/items',
      '/items/b/texts',
      '/items/b/text',
      '/logs',
      '/failures',
      '/throughput',
      '/events',
    ])
      await expecting(200, 'GET', `/v1/runs/r1${path}`)
    for (const format of ['csv', 'json', 'pdf']) await expecting(200, 'GET', `/v1/runs/r1/export?format=${format}`)
    await expecting(200, 'GET', '/v1/runs/r1/bundle')
    await expecting('too_large', 'GET', '/v1/runs/open/export?format=pdf')
    for (const path of ['/v1/runs', '/v1/items', '/v1/runs/latest', '/v1/overview']) await expecting(200, 'GET', path)
    await expecting(200, 'POST', '/v1/runs/r1/reports', { body: { reports: [{ id: '5', status: 'failed' }] } })
    const late = { id: '6', status: 'completed' }
    await expecting('invalid_state', 'POST', '/v1/runs/r1/reports', { body: { reports: [late] } })
    const { body } = await expecting(200, 'GET', '/v1/runs/r1')
    await expecting(204, 'GET', `/v1/runs/r1/events?after=${body['epoch']}:${body['offset']}`)
  })

  test('a run is controlled', async () => {
    await expecting(201, 'POST', '/v1/runs', { body: { id: 'c1', workflow: 'w' } })
    await expecting('invalid_state', 'DELETE', '/v1/runs/c1')
    await expecting('invalid_state', 'POST', '/v1/runs/c1/retry')
    await expecting('invalid_state', 'POST', '/v1/runs/c1/rerun')
    await expecting(200, 'POST', '/v1/runs/control', { body: { action: 'pause', filter: { q: 'c1' } } })
    for (const action of ['pause', 'resume']) await expecting(200, 'POST', `/v1/runs/c1/${action}`)
    await work('w', true)
    for (const action of ['pause', 'resume', 'cancel'])
      await expecting('invalid_state', 'POST', `/v1/runs/c1/${action}`)
    await expecting(200, 'POST', '/v1/runs/c1/retry', { body: {} })
    await expecting(200, 'POST', '/v1/runs/c1/cancel?force=false')
    await expecting(201, 'POST', '/v1/runs/c1/rerun', { body: { id: 'c2' } })
    await expecting(200, 'POST', '/v1/runs/c1/rerun', { body: { id: 'c2' } })
    await expecting(204, 'DELETE', '/v1/runs/c1')
  })

  test('a run like another one is refused', async () => {
    await expecting(201, 'POST', '/v1/runs', { as: 'ann', body: { id: 'anns', workflow: 'w' } })
    await expecting(201, 'POST', '/v1/runs', { body: { id: 'first', workflow: 'alone', key: 'x' } })
    await work('alone', true)
    await expecting('id_taken', 'POST', '/v1/runs/first/rerun', { body: { id: 'anns' } })
    await expecting('run_conflict', 'POST', '/v1/runs/first/rerun', { body: { id: 'open' } })
    await expecting(201, 'POST', '/v1/runs', { body: { id: 'second', workflow: 'alone', key: 'x' } })
    await expecting('key_busy', 'POST', '/v1/runs/first/rerun')
    await expecting('key_busy', 'POST', '/v1/runs/first/retry')
    await expecting(201, 'POST', '/v1/runs', { body: { id: 'loose', workflow: 'strict', input: { n: 1 } } })
    await work('strict', true)
    await hub.store.workflows.register([workflow('strict', { inputSchemaJson: OTHER })])
    await expecting('invalid_input', 'POST', '/v1/runs/loose/rerun')
  })

  test('a step that waits is answered', async () => {
    await expecting(201, 'POST', '/v1/runs', { body: { id: 'asking', workflow: 'asks' } })
    const body = { step: 'only', approve: true }
    await expecting(200, 'POST', '/v1/runs/asking/signals', { body })
    await expecting('invalid_state', 'POST', '/v1/runs/asking/signals', { body: { ...body, approve: false } })
  })

  test('schedules', async () => {
    await hub.store.workflows.register([workflow('strict', { inputSchemaJson: STRICT })])
    const body = { id: 's1', workflow: 'strict', cron: '0 * * * *', input: { n: 1 }, key: 'k' }
    await expecting(200, 'POST', '/v1/schedules?dryRun=true', { as: 'ann', body })
    await expecting(201, 'POST', '/v1/schedules', { as: 'ann', body })
    await expecting(200, 'POST', '/v1/schedules', { as: 'ann', body })
    await expecting('run_conflict', 'POST', '/v1/schedules', { as: 'ann', body: { ...body, key: 'l' } })
    await expecting('id_taken', 'POST', '/v1/schedules', { body })
    await expecting('unknown_workflow', 'POST', '/v1/schedules', { body: { workflow: 'nothing', cron: '@daily' } })
    await expecting('invalid_input', 'POST', '/v1/schedules', {
      body: { workflow: 'strict', cron: '@daily', input: 1 },
    })
    for (const path of ['/v1/schedules', '/v1/schedules/s1', '/v1/usage?by=model']) await expecting(200, 'GET', path)
    await expecting(200, 'PATCH', '/v1/schedules/s1', { body: { input: { n: 2 } } })
    await expecting('invalid_input', 'PATCH', '/v1/schedules/s1', { body: { input: 1 } })
    await expecting(201, 'POST', '/v1/schedules/s1/run', { body: { id: 'tick' } })
    await expecting(200, 'POST', '/v1/schedules/s1/run', { body: { id: 'tick' } })
    await expecting('id_taken', 'POST', '/v1/schedules/s1/run', { body: { id: 'open' } })
    await expecting('run_conflict', 'POST', '/v1/schedules/s1/run', { body: { id: 'anns' } })
    await hub.store.workflows.register([workflow('strict', { inputSchemaJson: STRICT, exclusive: true })])
    await expecting('key_busy', 'POST', '/v1/schedules/s1/run')
    await hub.store.workflows.register([workflow('strict', { inputSchemaJson: OTHER })])
    await expecting('invalid_input', 'POST', '/v1/schedules/s1/run')
    await expecting(204, 'DELETE', '/v1/schedules/s1')
  })

  test('KPIs', async () => {
    await expecting(200, 'PUT', '/v1/kpis/a', { body: { value: 1, unit: 'EUR', data: [1] } })
    await expecting('invalid_request', 'PUT', '/v1/kpis/latest', { body: { value: 1 } })
    await expecting('too_large', 'PUT', '/v1/kpis/a', { body: { value: 1, data: 'x'.repeat(20_000) } })
    for (const path of ['', '/a']) await expecting(200, 'GET', `/v1/kpis${path}`)
    await expecting(204, 'DELETE', '/v1/kpis/a')
    const small = await startHub({ authenticator: byName, maxKpis: 1 })
    await expecting(200, 'PUT', '/v1/kpis/a', { on: small, body: { value: 1 } })
    await expecting('store_full', 'PUT', '/v1/kpis/b', { on: small, body: { value: 1 } })
    await small.close()
  })

  test('notifications', async () => {
    const send = (status: number | 'id_taken', body: object, as = 'boss') =>
      expecting(status, 'POST', '/v1/notifications', { as, body: { title: 'x', to: { users: ['boss'] }, ...body } })
    await send(201, {
      id: 'n1',
      severity: 'high',
      module: 'm',
      actions: [{ id: 'a', label: 'A', link: '/a' }],
      data: [1],
    })
    await send(200, { id: 'n1' })
    await send(201, { id: 'later', sendAt: '2100-01-01T00:00:00Z', ttlMs: 1_000 })
    await expecting('forbidden', 'POST', '/v1/notifications', { as: 'none', body: { title: 'x', to: { all: true } } })
    await send(201, { id: 'r1', to: { roles: ['admin'] } })
    await hub.store.notifications.send({ ...(await aNotice()), id: 'anns', sender: 'ann' })
    await send('id_taken', { id: 'anns' })
    for (const path of ['', '/status', '/n1/trace', '/later/trace?user=ann']) {
      await expecting(200, 'GET', `/v1/notifications${path}`)
    }
    await expecting(200, 'POST', '/v1/notifications/n1/retry')
    await expecting(200, 'PATCH', '/v1/notifications/n1', { body: { title: 'y', link: null } })
    await expecting('invalid_state', 'PATCH', '/v1/notifications/n1', { body: { sendAt: '2100-01-01T00:00:00Z' } })
    for (const path of ['', '?state=all', '/counts']) await expecting(200, 'GET', `/v1/inbox${path}`)
    for (const word of ['seen', 'read', 'unread', 'archive']) await expecting(200, 'POST', `/v1/inbox/n1/${word}`)
    await expecting(200, 'POST', '/v1/inbox/r1/claim')
    await expecting('invalid_state', 'POST', '/v1/inbox/n1/claim')
    await expecting(200, 'POST', '/v1/inbox/mark', { body: { ids: ['n1'], state: 'seen' } })
    await expecting(200, 'POST', '/v1/inbox/read-all', { body: { state: 'seen' } })
    await expecting(204, 'POST', '/v1/inbox/receipts', { body: { ids: ['n1'] } })
    const quietHours = { from: '22:00', to: '07:00', timezone: 'Europe/Paris', days: [1, 2] }
    const mute = [{ module: 'm', channels: ['push'] }]
    const body = { language: 'fr', mute, quietHours, digest: { after: 5, windowMs: 60_000 } }
    expect((await expecting(200, 'PUT', '/v1/preferences', { body })).body).toEqual(body)
    expect((await expecting(200, 'GET', '/v1/preferences')).body).toEqual(body)
    await expecting(204, 'DELETE', '/v1/notifications/n1')
  })

  test('pushes to browsers', async () => {
    const { endpoint, keys } = SUBSCRIPTION
    const path = '/v1/push/subscriptions'
    await expecting(200, 'GET', '/v1/push/key')
    await expecting(204, 'POST', path, { as: 'ann', body: { endpoint, expirationTime: null, keys } })
    expect(await hub.store.pushes.of('ann')).toMatchObject([{ endpoint, auth: keys.auth }])
    for (const body of [{ endpoint: 'https://10.0.0.1/', keys }, { endpoint, keys: { ...keys, auth: '1' } }, {}]) {
      await expecting('invalid_request', 'POST', path, { body })
    }
    await expecting(204, 'DELETE', path, { as: 'none', body: { endpoint } })
    expect(await hub.store.pushes.of('ann')).toHaveLength(1)
    await expecting(204, 'DELETE', path, { as: 'ann', body: { endpoint } })
    expect(await hub.store.pushes.of('ann')).toEqual([])
    const without = await startHub()
    await expecting('not_found', 'GET', '/v1/push/key', { as: '', on: without })
    await expecting('not_found', 'POST', path, { as: '', on: without, body: { endpoint, keys } })
    await expecting('not_found', 'DELETE', path, { as: '', on: without, body: { endpoint } })
    await without.close()
  })

  test('tickets, sessions and revocations', async () => {
    await expecting(201, 'POST', '/v1/tickets', { as: 'ann' })
    await expecting(200, 'GET', '/v1/session')
    await expecting(200, 'POST', '/v1/session')
    await expecting(204, 'DELETE', '/v1/session')
    await expecting('too_large', 'POST', '/v1/session', { as: 'l'.repeat(4_096) })
    const development = await startHub()
    for (const method of ['POST', 'DELETE']) {
      await expecting('invalid_state', method, '/v1/session', { as: '', on: development })
    }
    await development.close()
    const { body } = await expecting(201, 'POST', '/v1/revocations', { body: { role: 'gone' } })
    await expecting(200, 'GET', '/v1/revocations')
    await expecting(204, 'DELETE', `/v1/revocations/${String(body['id'])}`)
  })

  test('operation', async () => {
    for (const path of [
      '/v1/workflows',
      '/v1/status',
      '/healthz',
      '/readyz',
      '/openapi.json',
      '/docs',
      '/console/runs',
    ]) {
      await expecting(200, 'GET', path)
    }
    for (const path of ['/', '/console']) await expecting(308, 'GET', path)
    const { headers } = await expecting(200, 'GET', '/console/')
    await expecting(304, 'GET', '/console/', { headers: { 'if-none-match': headers.get('etag') ?? '' } })
  })
})

test('every status and every code that the document has was seen', () => {
  expect(contract.unseen()).toEqual([])
})

test('what the document does not say is refused', () => {
  const exchange = { method: 'GET', path: '/v1/runs/open', status: 200, type: 'application/json', body: {} }
  expect(() => contract.check(exchange)).toThrow('required property')
  expect(() => contract.check({ ...exchange, status: 418 })).toThrow('does not say')
  expect(() => contract.check({ ...exchange, path: '/v1/nothing' })).toThrow('has no GET')
})
