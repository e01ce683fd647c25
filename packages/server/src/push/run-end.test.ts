import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InboxCounts } from '@monofil/protocol'
import { FakeClock, SseReader } from '@monofil/testkit'
import { PushService } from '@monofil/testkit/push-service'
import { startRun } from '@monofil/testkit/socket-owner'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type HubServer, serve } from '../http/index.ts'
import { createLocalBus } from '../hub/index.ts'
import { openSqliteStore, type SqliteStore } from '../sqlite/index.ts'
import { createWorker, defineWorkflow, type Worker } from '../worker/index.ts'
import { webPushSender } from './index.ts'

interface Message {
  readonly id: string
  readonly title: string
  readonly body: string
  readonly link: string
  readonly severity: string
  readonly counts: InboxCounts
}

const OWNER = 'dev'
const photos = defineWorkflow({
  name: 'photos',
  notify: 'owner',
  steps: (step) => [
    step('list', () => [1, 2, 3]),
    step('analyse', { each: 'list' }, (_, n: number) => {
      if (n === 2) throw new Error('no photo')
    }),
  ],
})

const clock = new FakeClock()
let dir: string
let service: PushService
let store: SqliteStore
let server: HubServer
let worker: Worker
let reader: SseReader | undefined

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monofil-run-push-'))
  service = await PushService.open()
  const bus = createLocalBus()
  const onCommit = (commit: Parameters<Parameters<typeof openSqliteStore>[0]['onCommit']>[0]) =>
    bus.publish({ kind: 'commit', commit })
  store = await openSqliteStore({ dir, clock, onCommit, durability: 'normal', notices: { push: true } })
  const local = { agent: service.agent, services: [service.host], allowPrivate: true }
  const push = await webPushSender({ store, clock, subject: 'mailto:ops@example.com', ...local })
  server = await serve({ store, bus, clock, push, host: '127.0.0.1', port: 0 })
  worker = createWorker({ store, bus, workflows: [photos], id: 'w1' })
  await worker.start()
  await push.browsers.subscribe(OWNER, service.subscription('laptop', push.browsers.publicKey))
})
afterEach(async () => {
  reader?.destroy()
  reader = undefined
  await worker.stop({ graceMs: 0 })
  await server.close()
  await store.close()
  await service.close()
  await rm(dir, { recursive: true })
})

const pushed = () => service.received.map(({ message }) => message as Message)
/** The hub's own clock goes on only here. */
const pass = async <T>(what: () => T | Promise<T>): Promise<T> => {
  clock.advance(500)
  return what()
}
const ended = async (id: string) => (await store.runs.get(id))?.finishedAt ?? null
const post = (path: string, body: unknown) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

test("a run's end is pushed to its owner who has no tab open: title, counts and link", async () => {
  await startRun(store, 'r/1', 'photos')
  await expect.poll(() => pass(() => ended('r/1')), { timeout: 15_000 }).not.toBeNull()
  await expect.poll(() => pass(pushed), { timeout: 15_000 }).toHaveLength(1)
  expect(pushed()[0]).toMatchObject({
    title: 'photos: completed in part',
    body: '3 items done, 1 failed',
    link: '/console/runs/r%2F1',
    severity: 'warning',
    counts: { unseen: 1, unread: 1 },
  })
  const { items } = await store.notifications.inbox(OWNER, { state: 'inbox', limit: 5 })
  expect(items.map(({ id }) => id)).toEqual([pushed()[0]?.id])
})

test('where a tab says that it shows it, nothing is pushed', async () => {
  reader = await SseReader.open(`${server.url}/v1/stream?topics=inbox`)
  await startRun(store, 'r2', 'photos')
  const { data } = await reader.event<{ data: { id: string } }>('message')
  expect((await post('/v1/inbox/receipts', { ids: [data.id] })).status).toBe(204)
  // Pushes of one user come in order: one for the run would be before this one.
  await server.sendNotification({ id: 'next', title: 'next' }, { users: [OWNER] })
  await expect.poll(() => pass(pushed), { timeout: 15_000 }).toMatchObject([{ id: 'next' }])
  const [line] = (await store.notifications.trace(data.id, { limit: 1 })).items
  expect(line).toMatchObject({ live: { state: 'sent' }, push: null })
})
