/**
 * A push from the hub's queue to a notification that is clicked: the service that a vendor would run is one of ours, over
 * TLS, and carries real ciphertext; what it holds for the browser is delivered by the browser's own debugging protocol,
 * since a browser without its vendor cannot subscribe. That alone is put in the place of the browser's own.
 */
import { copyFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { webPushSender } from '@monofil/server/push'
import { startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import { PushService } from '@monofil/testkit/push-service'
import type { Browser, BrowserContext, CDPSession, Page, Worker } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'
import { vendor } from './push-vendor.ts'

let browser: Browser
let consoleDir: string
let service: PushService
let hub: TestHub
let context: BrowserContext
let page: Page

beforeAll(async () => {
  consoleDir = await buildApp('push-app')
  await copyFile(
    fileURLToPath(import.meta.resolve('@monofil/client/service-worker.js')),
    `${consoleDir}/service-worker.js`,
  )
  browser = await launchChromium()
  service = await PushService.open()
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
  if (consoleDir !== undefined) await rm(consoleDir, { recursive: true, force: true })
})
beforeEach(async () => {
  service.received.length = 0
  hub = await startHub({
    consoleDir,
    pushes: {
      liveWaitMs: 0,
      of: (store) => {
        const local = { agent: service.agent, services: [service.host], allowPrivate: true }
        return webPushSender({ store, subject: 'mailto:ops@example.com', ...local })
      },
    },
  })
  context = await browser.newContext()
  await context.grantPermissions(['notifications'], { origin: hub.url })
  await context.exposeFunction('vendorSubscribes', (key: string) => service.subscription('tab', key))
  await context.addInitScript(vendor)
  page = await context.newPage()
  await page.goto(`${hub.url}/console/`)
})
afterEach(async () => {
  await context?.close()
  await hub?.close()
})

const said = () => page.locator('p').textContent()
const kept = () => hub.store.pushes.of('dev')
async function subscribed(): Promise<{ worker: Worker; debug: CDPSession; registrationId: string }> {
  const debug = await context.newCDPSession(page)
  const ids: string[] = []
  debug.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
    for (const { registrationId } of registrations) ids.push(registrationId)
  })
  await debug.send('ServiceWorker.enable')
  await page.getByRole('button').click()
  await expect.poll(said).toBe('subscribed')
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'))
  await expect.poll(() => ids.length).toBeGreaterThan(0)
  return { worker, debug, registrationId: ids[0] ?? '' }
}
const notifications = (worker: Worker) =>
  worker.evaluate(async () => {
    const scope = globalThis as unknown as { registration: ServiceWorkerRegistration }
    const shown = await scope.registration.getNotifications()
    return shown.map(({ title, body, tag }) => ({ title, body, tag }))
  })
/** As a user does; the system's own notifications are out of a test's reach. */
const click = (worker: Worker) =>
  worker.evaluate(async () => {
    const scope = globalThis as unknown as {
      registration: ServiceWorkerRegistration
      dispatchEvent(event: Event): void
      NotificationEvent: new (type: string, init: { notification: Notification | undefined }) => Event
    }
    const [notification] = await scope.registration.getNotifications()
    scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }))
  })

it('a notification that no tab showed comes as a push, is shown, and read with a click', async () => {
  const { worker, debug, registrationId } = await subscribed()
  expect(await kept()).toHaveLength(1)
  const link = '/console/?order=7'
  const words = { title: 'Order 7', message: 'was sent', severity: 'success', link } as const
  await hub.server.sendNotification({ id: 'order-7', ...words }, { users: ['dev'] })
  await expect.poll(() => service.received).toMatchObject([{ message: { id: 'order-7', counts: { unread: 1 } } }])
  const [push] = service.received as unknown as { message: object }[]
  const deliver = (data: string) =>
    debug.send('ServiceWorker.deliverPushMessage', { origin: hub.url, registrationId, data })
  await deliver(JSON.stringify(push?.message))
  await deliver(JSON.stringify(push?.message))
  const shown = { title: 'Order 7', body: 'was sent', tag: 'monofil:order-7' }
  await expect.poll(() => notifications(worker)).toEqual([shown])
  await click(worker)
  await expect.poll(said).toBe(`clicked order-7 ${link}`)
  const readAt = async () => (await hub.store.notifications.inbox('dev', { state: 'all', limit: 1 })).items[0]?.readAt
  await expect.poll(readAt).toEqual(expect.any(String))
  expect(await notifications(worker)).toEqual([])
  await deliver('not ours')
  await expect.poll(() => notifications(worker)).toMatchObject([{ title: 'Notification' }])
})

it('what was clicked with no page open is read by the next one', async () => {
  const { worker } = await subscribed()
  await hub.server.sendNotification({ id: 'late', title: 'x' }, { users: ['dev'] })
  await worker.evaluate(async () => {
    const cache = await caches.open('monofil-push')
    for (const id of ['late', 'of somebody else'])
      await cache.put(`/.monofil/clicked/${encodeURIComponent(id)}`, new Response(''))
  })
  await page.reload()
  await page.evaluate(() => window.load())
  const unread = async () => (await hub.store.notifications.counts('dev')).unread
  await expect.poll(unread).toBe(0)
  await expect.poll(() => page.evaluate(async () => (await (await caches.open('monofil-push')).keys()).length)).toBe(0)
})

it('each load says again where to push, subscribes anew for another key, and a sign-out ends it', async () => {
  await subscribed()
  const [first] = await kept()
  await hub.store.pushes.remove('dev', first?.endpoint ?? '')
  await page.reload()
  await page.evaluate(() => window.load())
  expect(await kept()).toEqual([first])
  await page.evaluate(() => {
    const [json, key] = JSON.parse(localStorage.getItem('vendor') ?? '') as [PushSubscriptionJSON, number[]]
    localStorage.setItem('vendor', JSON.stringify([json, key.toReversed()]))
  })
  await page.evaluate(() => window.load())
  const [second] = await kept()
  expect([(await kept()).length, second?.auth === first?.auth]).toEqual([1, false])
  await page.evaluate(() => window.signOut())
  expect(await kept()).toEqual([])
})

it('hears of a click once, also where the load had asked before the user was', async () => {
  await context.clearPermissions()
  await page.evaluate(() => window.load())
  expect(['denied', 'undecided']).toContain(await said())
  await context.grantPermissions(['notifications'], { origin: hub.url })
  const { worker } = await subscribed()
  await worker.evaluate(async () => {
    const scope = globalThis as unknown as { registration: ServiceWorkerRegistration }
    await scope.registration.showNotification('x', { data: { monofil: { id: 'x', link: null } } })
  })
  await click(worker)
  await expect.poll(said).toBe('clicked x null')
  // What came after it was heard after it.
  await worker.evaluate(async () => {
    const scope = globalThis as unknown as { registration: ServiceWorkerRegistration }
    await scope.registration.showNotification('y', { data: { monofil: { id: 'y', link: null } } })
  })
  await click(worker)
  await expect.poll(said).toBe('clicked y null')
  expect(await page.evaluate(() => window.clicks)).toBe(2)
})

it('says why not: refused by the user, not asked, not offered by the hub', async () => {
  const without = await startHub({ consoleDir })
  try {
    await context.grantPermissions(['notifications'], { origin: without.url })
    await page.goto(`${without.url}/console/`)
    await page.evaluate(() => window.load())
    expect(await said()).toBe('off')
  } finally {
    await without.close()
  }
  await context.clearPermissions()
  await page.goto(`${hub.url}/console/`)
  await page.evaluate(() => window.load())
  expect(['denied', 'undecided']).toContain(await said())
  expect(await kept()).toEqual([])
})
