import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type PushAnswer, PushService } from '@monofil/testkit/push-service'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type HubServer, serve } from '../http/index.ts'
import { createLocalBus } from '../hub/index.ts'
import { silentLogger, systemClock } from '../seams/system.ts'
import { openSqliteStore, type SqliteStore } from '../sqlite/index.ts'
import { webPushSender } from './index.ts'

const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
/** A hub with a worker, which ends a run of one item and says so; what is due as a push is due at once. */
const HUB = `
import { Agent } from 'node:https'
import { createLocalBus } from ${source('../hub/index.ts')}
import { serve } from ${source('../http/index.ts')}
import { openSqliteStore } from ${source('../sqlite/index.ts')}
import { createWorker, defineWorkflow } from ${source('../worker/index.ts')}
import { webPushSender } from ${source('./index.ts')}
const [, dir, host, pushes] = process.argv
const bus = createLocalBus()
const store = await openSqliteStore({ dir, onCommit: (commit) => bus.publish({ kind: 'commit', commit }), notices: { push: true, liveWaitMs: 0 } })
const agent = new Agent({ ca: process.env.CA })
const push = await webPushSender({ store, subject: 'mailto:ops@example.com', agent, services: [host], allowPrivate: true })
if (pushes === 'yes') await serve({ store, bus, push, host: '127.0.0.1', port: 0 })
const one = defineWorkflow({ name: 'one', notify: 'owner', steps: (step) => [step('only', () => 1)] })
const worker = createWorker({ store, bus, workflows: [one], id: 'w1' })
await worker.start()
const { steps, exclusive } = await store.workflows.get('one')
await store.runs.create({ id: 'r1', workflow: 'one', external: false, exclusive, steps, totals: {}, heartbeatMs: null,
  inputJson: 'null', bodyJson: '{}', tags: [], owner: 'ann', roles: [], key: null, budgetJson: null, parentId: null })
while ((await store.runs.get('r1')).finishedAt === null) await new Promise((resolve) => setTimeout(resolve, 5))
process.stdout.write('ended\\n')
`

let dir: string
let service: PushService
let child: ChildProcess | undefined
let store: SqliteStore | undefined
let server: HubServer | undefined

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-killed-push-'))
  service = await PushService.open()
  const before = await openSqliteStore({ dir, onCommit() {}, durability: 'normal' })
  const sender = await webPushSender({
    ...{ store: before, subject: 'mailto:ops@example.com', services: [service.host], allowPrivate: true },
  })
  await sender.browsers.subscribe('ann', service.subscription('laptop', sender.browsers.publicKey))
  await before.close()
})
afterEach(async () => {
  child?.kill('SIGKILL')
  await server?.close()
  await store?.close()
  server = store = undefined
  await service.close()
  await rm(dir, { recursive: true })
})

/** Runs the hub until `when` resolves, and kills it. */
async function killed(pushes: 'yes' | 'no', when: (said: Promise<unknown>) => Promise<unknown>): Promise<void> {
  const flags = ['--conditions=@monofil/source', '--input-type=module', '-e', HUB]
  const env = { ...process.env, CA: String(service.agent.options.ca) }
  child = spawn(process.execPath, [...flags, dir, service.host, pushes], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  if (child.stdout === null) throw new Error('the child has no output')
  await when(once(createInterface({ input: child.stdout }), 'line'))
  child.kill('SIGKILL')
  await exited
}

/** The hub that comes after, so much later. */
async function next(laterMs: number): Promise<SqliteStore> {
  const bus = createLocalBus()
  const clock = { ...systemClock, now: () => systemClock.now() + laterMs }
  const notices = { push: true, liveWaitMs: 0 }
  const onCommit: Parameters<typeof openSqliteStore>[0]['onCommit'] = (commit) =>
    bus.publish({ kind: 'commit', commit })
  const opened = await openSqliteStore({ dir, clock, onCommit, lockWaitMs: 5_000, notices })
  store = opened
  const local = { agent: service.agent, services: [service.host], allowPrivate: true }
  const push = await webPushSender({ store: opened, subject: 'mailto:ops@example.com', ...local })
  server = await serve({ store: opened, bus, push, clock, logger: silentLogger, host: '127.0.0.1', port: 0 })
  return opened
}

const settled = async (opened: SqliteStore) => {
  const { items } = await opened.notifications.list({ limit: 5 })
  return items.map(({ title, recipients, deliveries }) => [title, recipients, deliveries.push.sent])
}
const answered = (): PushAnswer[] => service.received.map((push) => push.answered)

it('a hub that dies after a run has ended: the next one pushes it, once', { timeout: 60_000 }, async () => {
  await killed('no', (said) => said)
  expect(service.received).toEqual([])
  for (const laterMs of [0, 120_000]) {
    const opened = await next(laterMs)
    await expect.poll(() => settled(opened), { timeout: 15_000 }).toEqual([['one: completed', 1, 1]])
    await server?.close()
    await opened.close()
    store = undefined
  }
  expect(answered()).toEqual([201])
})

it('a hub that dies while it pushes: the next one takes the place of the first', { timeout: 60_000 }, async () => {
  service.answer('laptop', 'hang')
  await killed('yes', () => expect.poll(answered, { timeout: 30_000 }).toEqual(['hang']))
  // The dead one's time is over then.
  const opened = await next(61_000)
  await expect.poll(() => settled(opened), { timeout: 15_000 }).toEqual([['one: completed', 1, 1]])
  expect(answered()).toEqual(['hang', 201])
  const [first, second] = service.received
  expect(second?.topic).toBe(first?.topic)
  expect((await opened.notifications.inbox('ann', { state: 'all', limit: 5 })).items).toHaveLength(1)
})
