/** The bell, the inbox and the toasts in Chromium over a real hub: two tabs of one browser, and another device. */
import { createClient, type MonofilClient } from '@monofil/client'
import { inboxApi } from '@monofil/client/inbox'
import { startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'
import { expectGoodPage, SOON } from './console-hub.ts'

let hub: TestHub
let client: MonofilClient
let browser: Browser
let me: string
const contexts: BrowserContext[] = []

beforeAll(async () => {
  hub = await startHub({ consoleDir: await buildApp('parts-app'), limits: { publish: 0 } })
  client = createClient({ url: hub.url })
  me = (await client.api.session()).user
  browser = await launchChromium()
})

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
  await inboxApi(client).markAll('archived')
})

afterAll(async () => {
  client?.close()
  await browser?.close()
  await hub?.close()
})

const send = (title: string, more: object = {}) => client.api.notify({ title, to: { users: [me] }, ...more })
const bell = (page: Page) => page.getByRole('button', { name: /^Notifications/ })
const toasts = (page: Page) => page.locator('.monofil-toast')
const rows = (page: Page) => page.getByRole('article')

async function device(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1024, height: 768 }, ...options })
  contexts.push(context)
  return context
}

/** A tab whose inbox is live. */
async function tab(context: BrowserContext, query = ''): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${hub.url}/console/?part=bell&${query}`)
  await bell(page).click()
  await page
    .getByText(/Nothing here yet|Rien pour/)
    .or(rows(page).first())
    .waitFor()
  await page.keyboard.press('Escape')
  return page
}

it('is one toast per browser, one count everywhere, and read on one device is read on all', async () => {
  const [here, there] = [await device(), await device()]
  const [one, two, other] = [await tab(here), await tab(here), await tab(there)]
  const streams = () => hub.server.hub.connections().filter(({ topics }) => topics.includes('inbox')).length
  await expect.poll(streams, SOON).toBe(2)
  // An error stays until it is dismissed or read: a slow machine does not miss it.
  await send('Order 7 was sent', { link: '/console/?part=bell&opened=7', severity: 'error' })
  for (const page of [one, two, other]) await page.getByRole('button', { name: 'Notifications: 1 new' }).waitFor()
  const shown = async () => [(await toasts(one).count()) + (await toasts(two).count()), await toasts(other).count()]
  await expect.poll(shown, SOON).toEqual([1, 1])

  // The tab that holds the stream is loaded anew: nothing comes a second time, and what comes now comes once.
  await one.reload()
  await bell(one).waitFor()
  await send('Order 8 was sent', { severity: 'error' })
  for (const page of [one, two, other]) await page.getByRole('button', { name: 'Notifications: 2 new' }).waitFor()
  const eights = async () => {
    const count = (page: Page) => toasts(page).filter({ hasText: 'Order 8' }).count()
    return [(await count(one)) + (await count(two)), await count(other)]
  }
  await expect.poll(eights, SOON).toEqual([1, 1])
  expect(await toasts(two).filter({ hasText: 'Order 7' }).count()).toBeLessThanOrEqual(1)

  await bell(two).click()
  await rows(two).nth(1).waitFor()
  for (const page of [one, other]) await page.getByRole('button', { name: 'Notifications', exact: true }).waitFor()
  await rows(two).filter({ hasText: 'Order 7' }).getByRole('link').click()
  await two.waitForURL(/opened=7/)
  await expect.poll(() => toasts(other).filter({ hasText: 'Order 7' }).count(), SOON).toBe(0)
  await bell(other).click()
  await other.getByRole('button', { name: 'Unread (1)' }).click()
  await expect.poll(() => rows(other).count(), SOON).toBe(1)
  await other.getByRole('button', { name: 'Mark all as read' }).click()
  await other.getByText('You have read everything.').waitFor()
  expect(await inboxApi(client).counts()).toMatchObject({ unseen: 0, unread: 0 })
})

it('has a few rows of many in the page, brings older ones, and is walked through by keyboard', async () => {
  for (let n = 0; n < 120; n += 1) await send(`Number ${n}`)
  const page = await tab(await device())
  await bell(page).click()
  await rows(page).first().focus()
  expect(await rows(page).count()).toBeLessThan(40)
  await page.keyboard.press('ArrowDown')
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  await expect.poll(focused, SOON).toBe('Number 118')
  await page.keyboard.press('e')
  await expect.poll(() => rows(page).filter({ hasText: 'Number 118' }).count(), SOON).toBe(0)
  await rows(page).first().focus()
  await page.keyboard.press('r')
  await page.getByRole('button', { name: 'Unread (118)' }).waitFor()
  const size = () => rows(page).first().getAttribute('aria-setsize')
  await expect
    .poll(async () => {
      await page.keyboard.press('End')
      return size()
    }, SOON)
    .toBe('119')
  await page.keyboard.press('End')
  await expect.poll(focused, SOON).toBe('Number 0')
  await send('One more')
  await page.getByRole('button', { name: '1 new', exact: true }).click()
  await rows(page).filter({ hasText: 'One more' }).waitFor()
})

it('has what was archived, brings it back, and shows what is archived on another device', async () => {
  for (const title of ['Stays', 'Goes', 'Goes too']) await send(title)
  const page = await tab(await device())
  await bell(page).click()
  await rows(page).filter({ hasText: 'Goes too' }).getByRole('button', { name: 'Archive: Goes too' }).click()
  await page.getByRole('button', { name: 'Archived', exact: true }).click()
  await rows(page).filter({ hasText: 'Goes too' }).waitFor()
  expect(await rows(page).filter({ hasText: 'Stays' }).count()).toBe(0)
  const { items } = await inboxApi(client).list()
  await inboxApi(client).mark([items.find(({ title }) => title === 'Goes')?.id ?? ''], 'archived')
  const goes = rows(page).filter({ has: page.getByText('Goes', { exact: true }) })
  await goes.waitFor()
  await goes.getByRole('button', { name: 'Bring back: Goes', exact: true }).click()
  await expect.poll(() => goes.count(), SOON).toBe(0)
  await page.getByRole('button', { name: 'All', exact: true }).click()
  await goes.waitFor()
  expect(await rows(page).filter({ hasText: 'Goes too' }).count()).toBe(0)
})

it('says what comes to a screen reader, critical ones at once, and shows no more than three', async () => {
  const page = await tab(await device())
  const [polite, urgent] = [page.getByRole('status').first(), page.locator('.monofil-toasts [role=alert]')]
  await urgent.waitFor({ state: 'attached' })
  await send('Plain')
  await expect.poll(() => polite.textContent(), SOON).toBe('Information: Plain')
  await send('Fire', { severity: 'critical' })
  await expect.poll(() => urgent.textContent(), SOON).toBe('Critical: Fire')
  for (const n of [1, 2, 3, 4]) await send(`Burst ${n}`, { severity: 'error' })
  await expect.poll(() => polite.textContent(), SOON).toMatch(/new notifications$|Burst 4/)
  await expect.poll(() => toasts(page).count(), SOON).toBe(3)
  await page.getByRole('button', { name: 'Dismiss: Burst 4' }).click()
  await expect.poll(() => toasts(page).count(), SOON).toBe(2)
})

it('lets one take what came by a role', async () => {
  const { roles } = await client.api.session()
  const page = await tab(await device())
  await send('Who looks into it?', { to: { roles } })
  await bell(page).click()
  const row = rows(page).filter({ hasText: 'Who looks into it?' })
  await row.getByRole('button', { name: 'Take it: Who looks into it?' }).click()
  await row.getByText(`Taken by ${me}`).waitFor()
})

it('is one toast for a run, with its bar', async () => {
  await client.api.runs.start({ id: 'r', workflow: 'import', external: true, total: 2 })
  const page = await tab(await device())
  await send('The import has begun', { data: { runId: 'r' } })
  const bar = toasts(page).getByRole('progressbar')
  await bar.waitFor()
  await client.api.runs.report('r', [{ id: '1', item: 'a', status: 'completed' }])
  await expect.poll(() => bar.getAttribute('aria-valuenow'), SOON).toBe('50')
  await send('The import is half done', { data: { runId: 'r' } })
  await toasts(page).filter({ hasText: 'half done' }).waitFor()
  expect(await toasts(page).count()).toBe(1)
})

it.each([
  ['dark', 1440, 'en'],
  ['light', 390, 'fr'],
] as const)('is accessible and fits: %s at %d, %s', async (colorScheme, width, locale) => {
  for (const severity of ['info', 'success', 'warning', 'error', 'critical'] as const) {
    await send(`A ${severity}`, { severity, message: 'What happened, in a sentence.', module: 'orders' })
  }
  const page = await tab(await device({ colorScheme, viewport: { width, height: 800 } }), `locale=${locale}`)
  await send('The last', { severity: 'critical', actions: [{ id: 'see', label: 'See it', link: '/x' }] })
  await toasts(page).first().waitFor()
  await bell(page).click()
  await rows(page).filter({ hasText: 'The last' }).waitFor()
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}-${colorScheme}-${width}.png` })
  await expectGoodPage(page)
})
