import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InboxItem } from '@monofil/protocol'
import { PushService } from '@monofil/testkit/push-service'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openSqliteStore, type SqliteStore } from '../sqlite/index.ts'
import { newVapidKeys, type WebPushOptions, type WebPushSender, webPushSender } from './index.ts'

const SUBJECT = 'mailto:ops@example.com'
const ITEM: InboxItem = {
  ...{ id: 'order-7', title: 'Order 7', message: 'was sent', details: null, severity: 'info', severityAsSent: null },
  ...{ module: null, action: null, actions: [], link: '/orders/7', data: null, sender: 's', via: 'user', claim: null },
  ...{
    offset: 1,
    claimable: false,
    quiet: null,
    seenAt: null,
    readAt: null,
    archivedAt: null,
    updatedAt: null,
    expiresAt: null,
  },
  createdAt: '2026-01-01T00:00:00.000Z',
}

let service: PushService
let store: SqliteStore
let dir: string
let sender: WebPushSender
beforeAll(async () => {
  service = await PushService.open()
})
afterAll(() => service.close())
beforeEach(async () => {
  service.received.length = 0
  dir = await mkdtemp(join(tmpdir(), 'monofil-push-'))
  store = await openSqliteStore({ dir, durability: 'normal', onCommit() {} })
  sender = await make()
})
afterEach(async () => {
  await store.close()
  await rm(dir, { recursive: true })
})

const make = (options: Partial<WebPushOptions> = {}) => {
  const local = { agent: service.agent, services: [service.host], allowPrivate: true }
  return webPushSender({ store, subject: SUBJECT, ...local, ...options })
}
const subscribe = (name: string, sub = 'ann') =>
  sender.browsers.subscribe(sub, service.subscription(name, sender.browsers.publicKey))
const send = (attempt = 1, item: Partial<InboxItem> = {}, by = sender) =>
  by.send({ id: 1, sub: 'ann', attempt, item: { ...ITEM, ...item } })
const browsersOf = async (sub: string) => (await store.pushes.of(sub)).map(({ endpoint }) => endpoint.split('/').at(-1))
const tried = () => service.received.map(({ browser }) => browser).sort()

test('every browser of a user has the words, signed for its service, and nobody else has', async () => {
  await subscribe('laptop')
  await subscribe('phone')
  await subscribe('other', 'bob')
  expect(await send()).toEqual({ kind: 'sent' })
  expect(tried()).toEqual(['laptop', 'phone'])
  const [push] = service.received as { message: object; vapid: { exp: number } }[]
  expect(push).toMatchObject({
    ...{ ttl: 7 * 86_400, urgency: 'normal', vapid: { sub: SUBJECT, aud: `https://${service.host}` } },
  })
  expect(push?.message).toEqual({
    ...{ id: 'order-7', title: 'Order 7', body: 'was sent', link: '/orders/7', severity: 'info' },
    ...{ at: '2026-01-01T00:00:00.000Z', counts: { unseen: 0, unread: 0, version: 0 } },
  })
  // RFC 8292 2: not later than a day from now.
  const lives = (push?.vapid.exp ?? 0) - Date.now() / 1_000
  expect([lives > 60, lives < 86_400]).toEqual([true, true])
  await send(1, { severity: 'critical', expiresAt: new Date(Date.now() + 90_500).toISOString() })
  const [first, , last] = service.received
  expect(last).toMatchObject({ urgency: 'high', topic: first?.topic })
  expect(last?.ttl).toBeGreaterThan(30)
  expect(last?.ttl).toBeLessThanOrEqual(90)
  await send(1, { id: 'another' })
  expect(service.received.at(-1)?.topic).not.toBe(first?.topic)
  expect(first?.topic).toMatch(/^[\w-]{32}$/)
})

test('a browser that is gone is forgotten, and without any there is nothing to do', async () => {
  await subscribe('laptop')
  await subscribe('phone')
  service.answer('phone', 410)
  expect(await send()).toEqual({ kind: 'sent' })
  expect(await browsersOf('ann')).toEqual(['laptop'])
  service.answer('laptop', 404)
  expect(await send()).toEqual({ kind: 'skipped' })
  expect(await browsersOf('ann')).toEqual([])
  expect(await send()).toEqual({ kind: 'skipped' })
})

test('who is busy is asked again when they say, and who has it is not', async () => {
  await subscribe('laptop')
  await subscribe('phone')
  service.answer('phone', { status: 429, headers: { 'retry-after': '7' } }, 500, 503)
  expect(await send(1)).toMatchObject({ kind: 'retry', afterMs: 7_000, error: `${service.host} answered 429` })
  expect(await send(2)).toEqual({ kind: 'retry', error: `${service.host} answered 500`, afterMs: undefined })
  // The last time: one of them has it, and that is enough.
  expect(await send(3)).toEqual({ kind: 'sent' })
  expect(tried()).toEqual(['laptop', 'phone', 'phone', 'phone'])
  expect(await browsersOf('ann')).toHaveLength(2)
})

test('what the service refuses for good fails and stays, what hangs or is not there is tried again', async () => {
  await subscribe('laptop')
  const late = (after: string) => ({ status: 503, headers: { 'retry-after': after } })
  const elsewhere = { status: 307, headers: { location: `https://${service.host}/other` } }
  const inAMinute = new Date(Date.now() + 60_000).toUTCString()
  service.answer('laptop', 400, elsewhere, late('99999999'), late(inAMinute), late('soon'))
  service.subscription('other')
  expect(await send()).toEqual({ kind: 'failed', error: `${service.host} answered 400` })
  expect(await send()).toEqual({ kind: 'failed', error: `${service.host} answered 307` })
  expect(tried()).toEqual(['laptop', 'laptop'])
  expect(await send()).toMatchObject({ kind: 'retry', afterMs: 3_600_000 })
  const dated = await send()
  const { afterMs = 0 } = dated.kind === 'retry' ? dated : {}
  expect([afterMs > 0, afterMs <= 60_000]).toEqual([true, true])
  expect(await send()).toMatchObject({ kind: 'retry', afterMs: undefined })
  service.answer('laptop', 'hang')
  const hasty = await make({ timeoutMs: 200 })
  const hung = await send(1, {}, hasty)
  expect(hung).toMatchObject({ kind: 'retry', error: `${service.host}: no answer within 200 ms` })
  expect(await browsersOf('ann')).toEqual(['laptop'])
})

test('a service that is not there is tried again', async () => {
  const gone = await PushService.open()
  const moved = await make({ agent: gone.agent, services: [gone.host] })
  await moved.browsers.subscribe('ann', gone.subscription('laptop', moved.browsers.publicKey))
  await gone.close()
  expect(await send(1, {}, moved)).toMatchObject({ kind: 'retry', error: expect.stringContaining('ECONNREFUSED') })
})

test('a long notification is shortened to 3 kB, whole characters and a whole link', async () => {
  await subscribe('laptop')
  const link = `/${'l'.repeat(1_500)}`
  await send(1, { title: '🧵'.repeat(250), message: '"é\n'.repeat(1_300), link })
  await send(1, { title: null, message: 'only this', link: `/${'l'.repeat(1_100)}` })
  const [long, short] = service.received as unknown as { bytes: number; message: Record<string, string | null> }[]
  expect(long?.bytes).toBeLessThanOrEqual(3_072)
  expect(long?.bytes).toBeGreaterThan(3_000)
  expect(long?.message).toMatchObject({ link: null, title: expect.stringMatching(/^(🧵){100,}…$/u) })
  expect(long?.message['body']).toMatch(/^("é\n)+"?é?…$/)
  expect(short?.message).toMatchObject({ title: 'only this', body: '', link: expect.stringMatching(/^\/l{1100}$/) })
})

test('other keys: browsers of the old ones are forgotten; the store keeps its pair', async () => {
  await subscribe('laptop')
  expect((await make()).browsers.publicKey).toBe(sender.browsers.publicKey)
  const moved = await make({ keys: newVapidKeys() })
  expect(moved.browsers.publicKey).not.toBe(sender.browsers.publicKey)
  expect(await send(1, {}, moved)).toEqual({ kind: 'skipped' })
  expect([await browsersOf('ann'), service.received]).toEqual([[], []])
})

test('the last seen browsers of a user are kept, and each can be let go', async () => {
  sender = await make({ maxBrowsers: 2 })
  for (const name of ['a', 'b', 'c']) await subscribe(name)
  expect((await browsersOf('ann')).sort()).toEqual(expect.arrayContaining(['c']))
  expect(await browsersOf('ann')).toHaveLength(2)
  await sender.browsers.unsubscribe('ann', `https://${service.host}/c`)
  expect(await browsersOf('ann')).toHaveLength(1)
})

test('bad keys and subjects are refused at the start', async () => {
  const { publicKey, privateKey } = newVapidKeys()
  const other = newVapidKeys()
  for (const [options, field] of [
    [{ keys: { publicKey: other.publicKey, privateKey } }, 'publicKey'],
    [{ keys: { publicKey, privateKey: 'short' } }, 'privateKey'],
    [{ keys: { publicKey, privateKey: 'A'.repeat(43) } }, 'privateKey'],
    [{ subject: 'ops@example.com' }, 'subject'],
    [{ subject: 'mailto:ops' }, 'subject'],
    [{ subject: 'https://localhost' }, 'subject'],
  ] as const) {
    await expect(make(options)).rejects.toMatchObject({ code: 'invalid_request', details: { field } })
  }
})
