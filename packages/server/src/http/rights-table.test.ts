import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Principal, StepPlan } from '@monofil/server'
import { newVapidKeys, webPushSender } from '@monofil/server/push'
import { ApiContract, startHub, type TestHub, usersByName } from '@monofil/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RightsRow, readRightsTable } from '../testing/rights-rows.ts'

const USERS: Readonly<Record<string, Partial<Principal>>> = {
  owner: { publish: ['workflow:*', 'orders', 'user:owner', 'role:team'], topics: ['orders'] },
  role: { roles: ['team'] },
  reader: { topics: ['run:*', 'kpi:*'] },
  reporter: { publish: ['run:*', 'kpi:*'] },
  stranger: {},
  admin: { roles: ['admin'] },
}
const NAMES = Object.keys(USERS)

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
const signal = (kind: 'approval' | 'signal'): StepPlan => ({ ...STEP, signal: { kind, roles: [] } })
const workflow = (name: string, step: StepPlan = STEP, more: object = {}) => ({
  name,
  steps: [step],
  inputSchemaJson: null,
  exclusive: false,
  ...more,
})

let hub: TestHub
let contract: ApiContract
let rows: readonly RightsRow[]
let consoleDir: string
let made = 0
/** The owner's open stream, of which some rows are. */
let connection: string
const cuts: AbortController[] = []

beforeAll(async () => {
  consoleDir = await mkdtemp(join(tmpdir(), 'monofil-table-'))
  await writeFile(join(consoleDir, 'index.html'), '<!doctype html><title>console</title>')
  rows = await readRightsTable(NAMES)
  hub = await startHub({
    authenticator: usersByName(USERS),
    consoleDir,
    pushes: { of: (store) => webPushSender({ store, subject: 'mailto:ops@example.com' }) },
    limits: { streamsUser: 0, streamsAddress: 0, requests: 0, failures: 0 },
  })
  contract = new ApiContract((await hub.call('GET', '/openapi.json')).body)
  await hub.store.workflows.register([
    workflow('plain'),
    workflow('failing'),
    workflow('ours', STEP, { controlledByRoles: true }),
    workflow('approval', signal('approval')),
    workflow('signal', signal('signal')),
  ])
})
afterAll(async () => {
  for (const cut of cuts) cut.abort()
  await hub.close()
  await rm(consoleDir, { recursive: true, force: true })
})

async function ask(as: string, method: string, path: string, body?: unknown) {
  const cut = new AbortController()
  cuts.push(cut)
  const response = await fetch(hub.url + path, {
    method,
    redirect: 'manual',
    signal: cut.signal,
    headers: {
      ...(as === '' ? {} : { authorization: `Bearer ${as}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const type = response.headers.get('content-type')
  // Of a stream its first block, which names what it grants and denies.
  const text = type?.startsWith('text/event-stream') === true ? await firstBlock(response) : await response.text()
  return { status: response.status, text }
}

async function firstBlock(response: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array)
    if (text.includes('\n\n')) break
  }
  return text
}

/** What a row is about: a run or schedule of the owner, of its own for every answer, in the state that the call needs. */
async function subject(row: RightsRow): Promise<string> {
  made += 1
  const id = `x${made}x`
  const base = { inputSchemaJson: null, bodyJson: '{}', inputJson: '{}', tags: [], key: null, budgetJson: null }
  if (row.path.startsWith('/v1/schedules')) {
    const when = { cron: '@daily', timezone: 'UTC', at: null, overlap: 'skip', missed: 'one' } as const
    await hub.store.schedules.create({ ...base, ...when, id, workflow: 'plain', owner: 'owner', roles: [] })
    return id
  }
  if (/notifications|inbox/.test(`${row.path} ${row.about}`)) {
    const to = {
      users: ['owner'],
      roles: row.path.endsWith('/claim') ? ['nobody'] : [],
      topics: [],
      all: false,
      except: [],
    }
    const texts = [{ language: '', title: id, message: null, details: null }]
    const severity = { severity: 'info', severityAsSent: null } as const
    const content = { texts, ...severity, module: null, action: null, actions: [], link: null }
    const notice = { ...content, dataJson: null, sendAt: null, ttlMs: null }
    await hub.store.notifications.send({ ...notice, id, sender: 'owner', to })
    if (row.path.endsWith('/unread')) await hub.store.notifications.mark('owner', { state: 'read', ids: [id] })
    return id
  }
  if (row.path === '/v1/revocations/{id}') {
    const before = Date.now() - 1000
    const revocation = { kind: 'jti', value: id, before, keepMs: 60_000, by: 'admin' } as const
    return (await hub.store.revocations.add(revocation)).id
  }
  if (row.path.includes('kpi')) {
    await hub.store.kpis.set({ name: id, value: 1 })
    return id
  }
  if (row.path === '/v1/connections' || row.path.includes('connection')) {
    const stream = await hub.stream('/v1/stream', {
      method: 'POST',
      headers: { authorization: 'Bearer owner' },
      body: { topics: [], marker: id },
    })
    connection = (await stream.event<{ connection: string }>('hello')).connection
    return id
  }
  if (row.path.startsWith('/v1/usage')) {
    const run = {
      id,
      workflow: 'elsewhere',
      external: true,
      exclusive: false,
      steps: [],
      totals: {},
      heartbeatMs: null,
    }
    await hub.store.runs.create({ ...base, ...run, parentId: null, owner: 'owner', roles: ['team'] })
    await hub.store.runs.report(id, [{ id: 'r', usage: { tokens: 1, model: id } }])
    return id
  }
  if (row.about.includes('kpi:')) await hub.store.kpis.set({ name: id, value: 1 })
  const name = workflowOf(row)
  const external = row.path.endsWith('/reports')
  const step = name === 'approval' || name === 'signal' ? signal(name) : STEP
  const run = {
    id,
    workflow: name,
    external,
    exclusive: false,
    steps: [step],
    totals: {},
    heartbeatMs: null,
    parentId: null,
  }
  const bodyJson = JSON.stringify({ roles: ['team'], workflow: name })
  await hub.store.runs.create({ ...base, ...run, bodyJson, owner: 'owner', roles: ['team'] })
  if (row.path.endsWith('/text')) await sayText()
  if (row.method === 'DELETE') await hub.store.runs.control(id, { action: 'cancel' })
  if (/retry|rerun/.test(row.path)) await hub.store.runs.control(id, { action: 'cancel' })
  return id
}
/** Every open item says something. */
async function sayText(): Promise<void> {
  for (;;) {
    const leases = await hub.store.work.claim({ worker: 'w', workflows: ['plain'], max: 100, leaseMs: 60_000 })
    if (leases.length === 0) return
    const pieces = leases.map(({ fence }) => ({ fence, name: 'text', position: 0, text: 'said' }))
    await hub.store.work.texts(pieces, 100)
  }
}
function workflowOf({ about, path }: RightsRow): string {
  if (path.endsWith('/signals')) return about.endsWith('approval') ? 'approval' : 'signal'
  return about === 'by its roles' ? 'ours' : 'plain'
}

const SUBSCRIPTION = {
  endpoint: 'https://fcm.googleapis.com/a',
  keys: { p256dh: newVapidKeys().publicKey, auth: 'A'.repeat(22) },
}

function targetOf(about: string): object {
  if (about.endsWith('all')) return { all: true }
  if (about.endsWith('role')) return { roles: ['team'] }
  return about.endsWith('topic') ? { topics: ['orders'] } : { users: ['owner'] }
}

/** The body of a row's call, about this subject. */
function bodyOf(row: RightsRow, id: string): unknown {
  const { method, path, about } = row
  const topic = about.split(' ').at(-1)?.replace('{id}', id)
  const bodies: Readonly<Record<string, unknown>> = {
    'POST /v1/stream': { topics: [{ topic }] },
    'PATCH /v1/stream/{connection}': { seq: 1 },
    'POST /v1/publish': { topic, type: 't', data: 1 },
    'POST /v1/runs': { workflow: 'plain', ...(about === '' ? {} : { roles: ['team'] }) },
    'PATCH /v1/runs/{id}': { tags: ['a'] },
    'POST /v1/runs/{id}/signals': { step: 'only', ...(about.endsWith('approval') ? { approve: true } : {}) },
    'POST /v1/runs/control': { action: 'pause', filter: { q: id }, dryRun: true },
    'POST /v1/runs/{id}/reports': { reports: [{ id: 'r', log: 'x' }] },
    'PUT /v1/kpis/{name}': { value: 2 },
    'POST /v1/revocations': { jti: id },
    'POST /v1/notifications': { title: 'x', to: targetOf(about) },
    'PATCH /v1/notifications/{id}': { title: 'y' },
    'POST /v1/inbox/mark': { ids: [id], state: 'read' },
    'POST /v1/inbox/receipts': { ids: [id] },
    'PUT /v1/preferences': {},
    'POST /v1/push/subscriptions': SUBSCRIPTION,
    'DELETE /v1/push/subscriptions': { endpoint: SUBSCRIPTION.endpoint },
    'POST /v1/schedules': { workflow: 'plain', cron: '@daily' },
    'PATCH /v1/schedules/{id}': { overlap: 'allow' },
  }
  return bodies[`${method} ${path}`]
}
const pathOf = ({ path }: RightsRow, id: string) =>
  path
    .replace('/v1/connections/{id}', `/v1/connections/${connection}`)
    .replace('{id}', id)
    .replace('{name}', id)
    .replace('{item}', 'only')
    .replace('{connection}', connection)
    .replace('{path}', 'runs')

/** Whether an answer has what the row is about. */
function shows(row: RightsRow, id: string, text: string): boolean {
  if (row.path === '/v1/workflows') return text.includes('"name":"plain"')
  if (row.path === '/v1/runs/control') return text.includes('"matched":1')
  if (row.path === '/v1/inbox/mark') return text.includes('"changed":1')
  if (row.path === '/v1/stream') return text.includes('"denied":[]')
  return text.includes(id)
}

describe('the table in PROTOCOL.md', () => {
  test('has a row for every call of the OpenAPI document, and none for others', () => {
    const ids = rows.map(({ method, path }) => callOf(method, path))
    expect([...new Set(ids)].sort()).toEqual(contract.calls.map(({ id }) => id).sort())
  })

  test('is what every call answers to every user', async () => {
    for (const row of rows) {
      const got: Record<string, string> = {}
      for (const name of NAMES) {
        const id = await subject(row)
        const { status, text } = await ask(name, row.method, pathOf(row, id), bodyOf(row, id))
        const isAboutSight = row.cells[name]?.includes(' ') === true
        const sight = isAboutSight ? (shows(row, id, text) ? ' shown' : ' hidden') : ''
        got[name] = `${status}${sight}`
        if (status === 404) await sameAsNothing(row, { name, id, text })
      }
      expect({ ...row, cells: got }).toEqual(row)
    }
  }, 60_000)

  test('an expired credential, and none, is 401 wherever the right is not public', async () => {
    for (const row of rows) {
      const id = await subject(row)
      for (const [as, code] of [
        ['expired', 'token_expired'],
        ['', 'unauthorized'],
      ] as const) {
        const { status, text } = await ask(as, row.method, pathOf(row, id), bodyOf(row, id))
        // Who says nothing of themselves may be a page of another site, which ends nobody's session.
        const isForeign = row.method === 'DELETE' && row.path === '/v1/session' && as === ''
        const expected = isForeign ? 403 : row.right === 'public' ? Number(row.cells['stranger']) : 401
        expect([row.method, row.path, as, status]).toEqual([row.method, row.path, as, expected])
        if (expected === 401) expect(JSON.parse(text)).toMatchObject({ code })
      }
    }
  })
})

/** What may not be seen must look, byte for byte, like what is not there. */
async function sameAsNothing(row: RightsRow, seen: { name: string; id: string; text: string }): Promise<void> {
  const nothing = 'nothing'
  const swap = (path: string) => path.replace(seen.id, nothing).replace(connection, nothing)
  const { status, text } = await ask(seen.name, row.method, swap(pathOf(row, seen.id)), bodyOf(row, nothing))
  expect([row.path, seen.name, status, text]).toEqual([row.path, seen.name, 404, swap(seen.text)])
}

function callOf(method: string, path: string): string {
  const bare = path.split('?')[0] ?? ''
  const call = contract.calls.find((one) => one.method === method && one.path === bare)
  const topic = contract.calls.find((one) => one.method === method && one.path === '/v1/topics/{topic}/events')
  const found = call ?? (/^\/v1\/topics\/[^/]+\/events$/.test(bare) ? topic : undefined)
  return found?.id ?? `no call ${method} ${path}`
}

describe('rights that change while a stream is open', () => {
  test('runs and status go on with what may be seen now', async () => {
    const headers = { authorization: 'Bearer role' }
    const topics = [{ topic: 'runs' }, { topic: 'status' }]
    const stream = await hub.stream('/v1/stream', { method: 'POST', headers, body: { topics } })
    const hello = await stream.event<{ connection: string }>('hello')
    await stream.until(() => stream.all('snapshot').length === 2)
    const run = rows.find(({ path }) => path === '/v1/runs/{id}') as RightsRow
    const seen = await subject(run)
    await stream.event<{ key: string }>('state', ({ key }) => key === seen)
    const before = USERS['role'] as { roles: string[] }
    const kept = before.roles
    try {
      before.roles = []
      expect((await ask('role', 'PATCH', `/v1/stream/${hello.connection}`, { seq: 1 })).status).toBe(200)
      await stream.until(() => stream.all('snapshot').length === 4)
      expect(stream.all<{ data: unknown[] }>('snapshot').slice(2)).toMatchObject([{ data: [] }, { data: [] }])
      const secret = await subject(run)
      // A run of their own comes after it, and is the proof that the other one would have come.
      await hub.store.runs.create({ ...(await ownRun()) })
      await stream.event<{ key: string }>('state', ({ key }) => key === 'own')
      expect(stream.body).not.toContain(secret)
    } finally {
      before.roles = kept
    }
  })
})

async function ownRun() {
  const json = { inputJson: '{}', bodyJson: '{}', budgetJson: null }
  const plain = {
    exclusive: false,
    external: false,
    totals: {},
    heartbeatMs: null,
    tags: [],
    key: null,
    parentId: null,
  }
  return { ...json, ...plain, id: 'own', workflow: 'plain', steps: [STEP], owner: 'role', roles: [] }
}

test('what its workflow allows the roles shows in controls, in lists, and in controls of many', async () => {
  const row = rows.find(({ about }) => about === 'by its roles') as RightsRow
  const id = await subject(row)
  const read = async (path: string) => JSON.parse((await ask('role', 'GET', path)).text) as Record<string, unknown>
  expect((await read(`/v1/runs/${id}`))['controls']).toEqual(['pause', 'cancel'])
  const { items } = (await read('/v1/runs?workflow=ours&limit=1')) as { items: { controls: string[] }[] }
  expect(items[0]?.controls).toEqual(['pause', 'cancel'])
  const many = await ask('role', 'POST', '/v1/runs/control', { action: 'pause', filter: { q: id } })
  expect(JSON.parse(many.text)).toMatchObject({ matched: 1, done: 1 })
  // An external run that has the name of a workflow is none of its runs.
  await hub.store.runs.create({
    ...(await ownRun()),
    id: 'else',
    workflow: 'ours',
    external: true,
    owner: 'owner',
    roles: ['team'],
  })
  expect((await ask('role', 'POST', '/v1/runs/else/pause')).status).toBe(403)
})
