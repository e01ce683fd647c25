import { MonofilError } from '@monofil/protocol'
import type { Authenticator, Logger, Principal, StepPlan } from '@monofil/server'
import { webPushSender } from '@monofil/server/push'
import { type ApiCall, ApiContract, type SseReader, startHub, type TestHub } from '@monofil/testkit'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { columnsWithout, NOT_PRIVATE } from '../testing/canary-columns.ts'

const SECRET = 'token-canary'

/** Every private place has words of its own, so that a leak says where it came from. */
const canaries: string[] = []
function canary(place: string): string {
  const word = `canary-${place}-${canaries.length}`
  canaries.push(word)
  return word
}
/** Of places whose words nobody is shown: those that only the hub reads. */
const unsung: string[] = []
function unsungCanary(place: string): string {
  const word = canary(place)
  unsung.push(word)
  return word
}

const TOPIC = canary('topic')
const ROLE = canary('role')
canaries.push('victim')
const USERS: Readonly<Record<string, Partial<Principal>>> = {
  // Rights that are too long for a URL are kept by the store.
  victim: {
    roles: [ROLE],
    topics: [TOPIC, 'kpi:*', `${'long-'.repeat(150)}*`],
    publish: ['workflow:*', TOPIC, 'kpi:*', 'user:victim', `role:${ROLE}`],
  },
  fading: { topics: [TOPIC] },
  stranger: { publish: ['workflow:other', 'public'], topics: ['public'] },
  other: { roles: ['another'], publish: ['workflow:other'] },
  admin: { roles: ['admin'] },
}
/** `Authorization: Bearer token-canary-NAME`: the token itself must not be told to anybody either. */
const byToken: Authenticator = {
  authenticate({ authorization }) {
    const sub = authorization?.replace(`Bearer ${SECRET}-`, '') ?? ''
    if (sub === 'expired') throw new MonofilError('token_expired', 'Get a new token.')
    const user = USERS[sub]
    if (user === undefined) throw new MonofilError('unauthorized', 'Send a Bearer token.')
    const expiresAtMs = sub === 'fading' ? Date.now() + 1_500 : null
    return { sub, roles: [], topics: [], publish: [], expiresAtMs, ...user }
  },
}

/** All that the hub logs, from debug up, errors with their causes and stacks. */
const logged: string[] = []
const log = (words: string, facts?: object) => {
  logged.push(
    words,
    JSON.stringify(facts ?? {}, (_key, value: unknown) => (value instanceof Error ? inFull(value) : value)),
  )
}
const inFull = (error: Error): object => ({ ...error, message: error.message, stack: error.stack, cause: error.cause })
const logger: Logger = { debug: log, info: log, warn: log, error: log }

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
let calls: readonly ApiCall[]
let runId: string
let scheduleId: string
let kpiName: string
let noticeId: string
let connection: string
const heard: [who: string, what: string, text: string][] = []

const as = (name: string): Record<string, string> => (name === '' ? {} : { authorization: `Bearer ${SECRET}-${name}` })
async function make(method: string, path: string, body: unknown, name = 'victim'): Promise<void> {
  const { status } = await hub.call(method, path, body, as(name))
  expect([path, Math.floor(status / 100)]).toEqual([path, 2])
}

beforeAll(async () => {
  hub = await startHub({
    authenticator: byToken,
    logger,
    pushes: { of: (store) => webPushSender({ store, subject: 'mailto:ops@example.com' }) },
  })
  calls = new ApiContract((await hub.call('GET', '/openapi.json')).body).calls
  const asks = { ...STEP, signal: { kind: 'approval', roles: [] } } as const
  const plan = { inputSchemaJson: null, exclusive: true }
  const workflow = canary('workflow')
  await hub.store.workflows.register([
    { ...plan, name: workflow, steps: [asks] },
    { ...plan, name: 'other', steps: [STEP] },
  ])
  runId = canary('run')
  await make('POST', '/v1/runs', {
    id: runId,
    workflow: canary('external'),
    external: true,
    steps: [{ name: canary('step'), total: 2 }],
    input: { text: canary('input') },
    tags: [canary('tag')],
    roles: [ROLE],
    key: canary('key'),
  })
  await make('POST', `/v1/runs/${runId}/reports`, {
    reports: [
      { id: '1', item: canary('item'), status: 'failed', error: { code: canary('code'), message: canary('error') } },
      { id: '2', item: 'b', status: 'completed', result: canary('result'), log: canary('log') },
      { id: '3', log: { level: 'error', message: canary('line'), data: canary('data') } },
      { id: '4', item: 'd', text: { name: canary('text-name'), position: 0, text: canary('text') } },
      { id: unsungCanary('report'), log: 'x' },
      { id: 'used', usage: { tokens: 1, model: canary('model') } },
    ],
  })
  const asking = canary('asking')
  await make('POST', '/v1/runs', { id: asking, workflow, key: canary('key') })
  await make('POST', `/v1/runs/${asking}/signals`, {
    step: 'only',
    approve: true,
    note: canary('note'),
    data: canary('answer'),
  })
  scheduleId = canary('schedule')
  await make('POST', '/v1/schedules', { id: scheduleId, workflow, cron: '@daily', input: canary('schedule-input') })
  kpiName = canary('kpi')
  await make('PUT', `/v1/kpis/${kpiName}`, {
    value: canary('kpi-value'),
    unit: canary('unit'),
    data: canary('kpi-data'),
  })
  await make('POST', '/v1/publish', {
    topic: TOPIC,
    type: canary('type'),
    data: canary('event'),
    id: unsungCanary('publish-id'),
  })
  noticeId = canary('notice')
  await make('POST', '/v1/notifications', {
    id: noticeId,
    to: { users: ['victim'], roles: [ROLE] },
    title: canary('title'),
    message: canary('message'),
    details: canary('details'),
    module: canary('module'),
    action: canary('action'),
    actions: [{ id: canary('button'), label: canary('label'), link: `/${canary('target')}` }],
    link: `/${canary('link')}`,
    data: canary('notice-data'),
  })
  await make('POST', `/v1/inbox/${noticeId}/read`, {})
  const digest = { after: 1, windowMs: 600_000 }
  await make('PUT', '/v1/preferences', { mute: [{ module: canary('muted') }], digest })
  const forRole = canary('claimed')
  await make('POST', '/v1/notifications', { id: forRole, to: { roles: [ROLE] }, title: 'x' })
  await make('POST', `/v1/inbox/${forRole}/claim`, {})
  const module = canary('gathered')
  for (const title of ['one', 'two'])
    await make('POST', '/v1/notifications', { to: { users: ['victim'] }, title, module })
  await work()
  await more()
  await browsers()
  connection = await openVictim()
}, 60_000)
afterAll(() => hub.close())

/** Runs that are worked on: one failed, one completed, one under a lease, one that waits for its limit. */
async function work(): Promise<void> {
  const { store } = hub
  const name = canary('worked')
  const limits = [{ name: canary('limit'), rate: null, concurrency: 1 }]
  const inputSchemaJson = JSON.stringify({ title: canary('schema') })
  const list = canary('worked-step')
  await store.workflows.register([
    {
      name,
      steps: [
        { ...STEP, name: list, limits },
        { ...STEP, name: canary('over'), each: list },
      ],
      inputSchemaJson,
      exclusive: false,
    },
  ])
  const ids = ['failed', 'completed', 'leased', 'waiting'].map((state) => canary(`run-${state}`))
  for (const id of ids) await make('POST', '/v1/runs', { id, workflow: name, input: canary('worked-input') })
  const claim = () => store.work.claim({ worker: unsungCanary('worker'), workflows: [name], max: 1, leaseMs: 600_000 })
  const [failing] = await claim()
  const fence = failing?.fence ?? 0
  await store.work.logLines([
    { fence, level: 'info', message: canary('worked-line'), dataJson: `"${canary('line-data')}"` },
  ])
  const error = { code: canary('worked-code'), message: canary('worked-error') }
  await store.work.settle([{ fence, kind: 'failed', error, retryable: false }])
  const [completing] = await claim()
  const resultJson = `["${canary('worked-result')}"]`
  await store.work.settle([{ fence: completing?.fence ?? 0, kind: 'completed', resultJson }])
  const [over] = await claim()
  await store.work.settle([{ fence: over?.fence ?? 0, kind: 'completed', resultJson: `"${canary('over-result')}"` }])
  expect(await claim()).toHaveLength(1)
  expect(await claim()).toHaveLength(0)
  await make('POST', `/v1/runs/${ids[0]}/rerun`, { id: canary('again') })
}

/** Where the victim's browser is pushed to, and the key that signs it. */
async function browsers(): Promise<void> {
  const [endpoint, p256dh, auth, vapidKey] = ['endpoint', 'p256dh', 'auth', 'vapid'].map(unsungCanary)
  const address = { endpoint, p256dh, auth, vapidKey } as Parameters<typeof hub.store.pushes.add>[1]
  await hub.store.pushes.add('victim', address, 20)
  canaries.push((await hub.store.pushes.keys()).privateKey)
  unsung.push(canaries.at(-1) ?? '')
}

/** What is removed, refused and planned. */
async function more(): Promise<void> {
  const removed = unsungCanary('removed')
  await make('POST', '/v1/runs', { id: removed, workflow: 'other', external: true })
  await make('POST', `/v1/runs/${removed}/cancel?force=true`, {})
  await make('DELETE', `/v1/runs/${removed}`, undefined)
  await make('POST', '/v1/tickets', {})
  canaries.push(await hub.store.tickets.secret())
  unsung.push(canaries.at(-1) ?? '')
  await hub.store.revocations.add({ kind: 'jti', value: canary('jti'), before: 1, keepMs: 600_000, by: canary('by') })
  const id = canary('schedule-key')
  const texts = { key: canary('schedule-key'), tags: [canary('schedule-tag')], roles: [ROLE] }
  const workflow = canaries.find((word) => word.startsWith('canary-worked-')) ?? ''
  await make('POST', '/v1/schedules', { id, workflow, cron: '* * * * * *', input: canary('planned'), ...texts })
  await make('POST', `/v1/schedules/${id}/run`, { id: canary('by-hand') })
  const problem = async () => (await hub.store.schedules.get(id))?.lastProblem?.message
  // A tick that finds the run by hand open says so, with its id.
  await vi.waitFor(async () => expect(await problem()).toContain('canary-by-hand'), { timeout: 30_000 })
  await make('PATCH', `/v1/schedules/${id}`, { status: 'paused' })
}

async function openVictim(): Promise<string> {
  const body = { topics: [{ topic: TOPIC }], marker: canary('marker') }
  const stream = await hub.stream('/v1/stream', { method: 'POST', headers: as('victim'), body })
  return (await stream.event<{ connection: string }>('hello')).connection
}

const BODIES: Readonly<Record<string, unknown>> = {
  openStream: { topics: ['runs', 'status', 'inbox', 'run:x'].map((topic) => ({ topic })) },
  patchStream: { seq: 1, subscribe: [{ topic: 'runs' }] },
  publish: { topic: 'public', type: 't', data: 1 },
  startRun: { workflow: 'other', input: 1 },
  patchRun: { tags: [] },
  reportRun: { reports: [{ id: 'r', log: 'x' }] },
  signalRun: { step: 'only', approve: true },
  controlRuns: { action: 'cancel', filter: { status: ['queued', 'running', 'completed'] } },
  sendNotification: { to: { users: ['victim'] }, title: 'x' },
  patchNotification: { title: 'y' },
  markInbox: { ids: ['x'], state: 'read' },
  receiveInboxItems: { ids: ['x'] },
  createSchedule: { workflow: 'other', cron: '@daily' },
  patchSchedule: { status: 'paused' },
  setKpi: { value: 1 },
  subscribePush: { endpoint: 'https://fcm.googleapis.com/a', keys: { p256dh: 'x', auth: 'y' } },
  unsubscribePush: { endpoint: 'x' },
}

/** What of an answer is not what the caller had said themselves. */
async function hear(who: string, { method, path, id, hasBody }: ApiCall, query = ''): Promise<void> {
  const wanted = path
    .replace('{id}', /notifications|inbox/.test(path) ? noticeId : '{id}')
    .replace('{id}', path.includes('schedules') ? scheduleId : path.includes('connections') ? connection : runId)
    .replace('{name}', kpiName)
    .replace('{item}', 'd')
    .replace('{topic}', path.includes('topics') ? `run:${runId}` : '')
    .replace('{connection}', connection)
    .replace('{path}', 'runs')
  const cut = new AbortController()
  const response = await fetch(hub.url + wanted + query, {
    method,
    redirect: 'manual',
    signal: cut.signal,
    headers: { ...as(who), ...(hasBody ? { 'content-type': 'application/json' } : {}) },
    ...(hasBody ? { body: JSON.stringify(BODIES[id] ?? {}) } : {}),
  })
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const text = isStream ? '' : await response.text()
  cut.abort()
  const said = decodeURIComponent(`${wanted}${query}`).split(/[/?=&:]/)
  const own = [...said, ...[scheduleId, noticeId].filter((id) => wanted.includes(id))].filter((word) =>
    canaries.includes(word),
  )
  const heads = JSON.stringify([...response.headers])
  heard.push([who, `${method} ${wanted}${query} ${response.status}`, without(text + heads, own)])
}
const without = (text: string, own: readonly string[]) => own.reduce((left, word) => left.replaceAll(word, ''), text)

const OUTSIDERS = ['stranger', 'other', 'expired', '']

test('no call tells an outsider anything', async () => {
  const streams: SseReader[] = []
  const topics = [
    'runs',
    'status',
    'inbox',
    TOPIC,
    `run:${runId}`,
    `kpi:${kpiName}`,
    'user:victim',
    '*',
    'run:*',
    'kpi:*',
  ]
  for (const who of OUTSIDERS) {
    const body = { topics: topics.map((topic) => ({ topic, cursor: '0' })) }
    const stream = await hub.stream('/v1/stream', { method: 'POST', headers: as(who), body })
    if (stream.status === 200) streams.push(stream)
    else {
      await stream.closed()
      heard.push([who, 'a refused stream', stream.body + JSON.stringify(stream.headers)])
    }
    for (const call of calls) {
      await hear(who, call)
      if (call.id === 'openEventSource')
        for (const topic of topics) await hear(who, call, `?topics=${encodeURIComponent(topic)}`)
      if (call.parameters.includes('q')) await hear(who, call, '?q=canary&limit=200')
      if (call.parameters.includes('owner')) await hear(who, call, '?owner=victim')
    }
  }
  // The victim goes on working, and what comes live is as private as what was there.
  await make('POST', '/v1/publish', { topic: TOPIC, type: 't', data: canary('live-event') })
  await make('POST', `/v1/runs/${runId}/reports`, {
    reports: [{ id: '9', item: 'c', status: 'completed', result: canary('live'), log: canary('live-log') }],
  })
  await make('POST', '/v1/publish', { topic: 'public', type: 'last', data: 'the end' }, 'stranger')
  const listener = await hub.stream('/v1/stream', {
    method: 'POST',
    headers: as('stranger'),
    body: { topics: [{ topic: 'public', cursor: '0' }] },
  })
  await listener.until(() => listener.body.includes('the end'))
  for (const stream of streams) {
    // What each had asked for is named in `hello`, and nothing else.
    heard.push(['', 'stream', without(stream.body, [TOPIC, runId, kpiName, 'victim'])])
  }
  expect(streams).toHaveLength(2)
  expect(heard.length).toBeGreaterThan(OUTSIDERS.length * 40)
  for (const [who, what, text] of heard) {
    for (const word of [...canaries, SECRET])
      if (text.includes(word)) expect.fail(`${who} heard ${word} from ${what}: ${text.slice(0, 400)}`)
  }
})

test('the canaries sing where they may be heard', async () => {
  const texts = `/items/d/text?name=${canaries.find((word) => word.startsWith('canary-text-name'))}`
  const paths = ['', texts, '/items/d/texts', '/items', '/logs', '/failures'].map((part) => `/v1/runs/${runId}${part}`)
  const read = [
    ...paths,
    `/v1/topics/run:${runId}/events`,
    `/v1/topics/${TOPIC}/events`,
    '/v1/runs',
    '/v1/items',
    '/v1/schedules',
    '/v1/kpis',
    '/v1/usage?by=model',
    '/v1/workflows',
    `/v1/runs/${canaries.find((word) => word.includes('run-failed'))}/logs`,
    '/v1/inbox',
    '/v1/topics/inbox/events',
    '/v1/preferences',
    `/v1/notifications/${noticeId}/trace`,
  ]
  let text = ''
  for (const path of read) text += JSON.stringify((await hub.call('GET', path, undefined, as('victim'))).body)
  text += JSON.stringify((await hub.call('GET', '/v1/notifications', undefined, as('admin'))).body)
  text += JSON.stringify((await hub.call('GET', '/v1/connections', undefined, as('admin'))).body)
  text += JSON.stringify((await hub.call('GET', '/v1/revocations', undefined, as('admin'))).body)
  const unheard = canaries.filter((word) => !text.includes(word) && !unsung.includes(word))
  expect(unheard).toEqual([])
})

test('what fails inside tells nobody, and the log neither what it was about nor who asked', async () => {
  const broken = await startHub({
    authenticator: byToken,
    logger,
    wrap: (store) => ({
      ...store,
      epoch: store.epoch,
      runs: { ...store.runs, get: () => Promise.reject(new Error('the driver says no')) },
    }),
  })
  try {
    for (const who of ['victim', 'stranger']) {
      const path = `/v1/runs/${runId}?ticket=${SECRET}-x&token=${SECRET}-y`
      const { status, body } = await broken.call<object>('GET', path, undefined, as(who))
      expect(status).toBe(500)
      expect(JSON.stringify(body)).not.toMatch(/canary|driver/)
    }
    expect(logged.join('\n')).toContain('the driver says no')
  } finally {
    await broken.close()
  }
})

test('no log line has a private word or a token', () => {
  const all = logged.join('\n')
  // The path of a request that failed inside is in the log, with the id that it names, and without its query.
  const said = without(all, [runId])
  for (const word of [...canaries, SECRET]) expect([word, said.includes(word)]).toEqual([word, false])
})

test('a stream whose credential ends hears nothing after that', async () => {
  const stream = await hub.stream('/v1/stream', {
    method: 'POST',
    headers: as('fading'),
    body: { topics: [{ topic: TOPIC, cursor: '0' }] },
  })
  expect(stream.status).toBe(200)
  await stream.closed()
  const late = canary('late')
  await make('POST', '/v1/publish', { topic: TOPIC, type: 't', data: late })
  expect(stream.body).toContain('canary-event')
  expect(stream.body).not.toContain(late)
})

test('every place of the store that can hold a private word holds a canary, or is known to hold none', () => {
  const { all, without } = columnsWithout(canaries, hub.dir)
  expect(all).toBeGreaterThan(50)
  expect(without).toEqual(Object.keys(NOT_PRIVATE).sort())
})
