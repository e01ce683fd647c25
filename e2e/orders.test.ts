/** The shop of examples/orders: two people in two browsers with many tabs, two at one order, and a crash between commit and send. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@monofil/server'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type App, openApp } from '../examples/orders/src/app.ts'
import type { Order } from '../examples/orders/src/order.ts'
import { type Person, personOf, WEB_SHOP } from '../examples/orders/src/people.ts'
import { sampleOrders } from '../examples/orders/src/sample-orders.ts'
import { expectGoodPage, SOON } from './console-hub.ts'
import { buildShop, noteToasts, openShop, overhear, rowOf, rowsOf, startShop, toastsOf } from './orders/shop.ts'

/** 30 tabs when everything is tested. */
const TABS = process.env['TEST_LONG'] === undefined ? 4 : 15

let folder: string
let pageDir: string
let app: App
let browser: Browser
const contexts: BrowserContext[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monofil-orders-page-'))
  pageDir = join(folder, 'page')
  await buildShop(pageDir)
  browser = await launchChromium()
})
beforeEach(async () => {
  const data = await mkdtemp(join(folder, 'data-'))
  app = await openApp({ data, pageDir, port: 0, pagePort: 0, logger: silentLogger })
  app.book.import(sampleOrders(new Date()))
})
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
  await app.close()
})
afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})

const FIELDS = { customer: 'Ann', article: 'Chair', quantity: 2, unitPrice: 5_000, status: 'new', note: '' } as const
const who = (id: string): Person => personOf(id) ?? WEB_SHOP
const make = (by: string, customer: string): Order => app.book.create({ ...FIELDS, customer }, who(by)).order
const dialog = (page: Page) => page.locator('dialog')
const bell = (page: Page, unseen: number) =>
  page.getByRole('button', { name: unseen === 0 ? 'Notifications' : `Notifications: ${unseen} new`, exact: true })

async function device(options: BrowserContextOptions = {}, of = browser): Promise<BrowserContext> {
  const context = await of.newContext({ locale: 'en', viewport: { width: 1280, height: 800 }, ...options })
  await context.addInitScript(noteToasts)
  contexts.push(context)
  return context
}

async function open(user: string, options: BrowserContextOptions = {}): Promise<Page> {
  return openShop(await (await device(options)).newPage(), app.page.url, user)
}

it(`${2 * TABS} tabs of two people in two browsers: each sees what is theirs, on one stream per browser`, async () => {
  const second = await launchChromium()
  const ear = await overhear(app.page.url)
  try {
    const started = Date.now()
    const tabsOf = async (context: BrowserContext, url: string, user: string) => {
      const pages = [await openShop(await context.newPage(), url, user)]
      while (pages.length < TABS) pages.push(await openShop(await context.newPage(), url))
      return pages
    }
    const [max, cleo] = await Promise.all([
      tabsOf(await device(), app.page.url, 'max'),
      tabsOf(await device({}, second), ear.url, 'cleo'),
    ])
    const opened = Date.now() - started
    const streams = () => app.hub.hub.connections().map(({ user }) => user)
    await expect.poll(() => streams().toSorted(), SOON).toEqual(['cleo', 'max'])

    // Hers, which he changes in one of his tabs; and one that is nobody's business of hers.
    const hers = make('cleo', 'Customer of Cleo')
    for (const page of [...max, ...cleo]) await rowOf(page, hers.id).waitFor(SOON)
    const changer = max.at(-1) as Page
    await rowOf(changer, hers.id).getByRole('link').click()
    await dialog(changer).getByLabel('Customer').fill('Customer of Cleo and Max')
    await dialog(changer).getByRole('button', { name: 'Save' }).click()
    const saved = Date.now()
    for (const page of [...max, ...cleo]) await rowOf(page, hers.id).getByText('of Cleo and Max').waitFor(SOON)
    const shown = Date.now() - saved
    const secret = make('ada', 'CANARY of the staff')
    for (const page of max) await rowOf(page, secret.id).waitFor(SOON)

    // He is told of her order and Ada's, she of his change; each in every tab, as a toast in one of them.
    for (const page of max) await bell(page, 2).waitFor(SOON)
    for (const page of cleo) await bell(page, 1).waitFor(SOON)
    const titles = (n: number) => [
      `New order ${n} of Customer of Cleo`,
      `New order ${secret.id} of CANARY of the staff`,
    ]
    await expect.poll(async () => (await toastsOf(max)).toSorted(), SOON).toEqual(titles(hers.id).toSorted())
    const told = [`Order ${hers.id} of Customer of Cleo and Max was changed`]
    await expect.poll(() => toastsOf(cleo), SOON).toEqual(told)
    const own = app.book.list({ ...ALL, search: '' }, who('cleo')).total
    for (const page of cleo) expect(await rowsOf(page).count()).toBe(own)
    expect(ear.text()).toContain(told[0])
    expect(ear.text()).not.toContain('CANARY')
    expect(ear.text()).not.toContain(`order-${secret.id}`)
    expect(streams().toSorted()).toEqual(['cleo', 'max'])
    process.stdout.write(
      `${2 * TABS} tabs open and live after ${opened} ms; a change seen in all of them within ${shown} ms\n`,
    )
  } finally {
    await ear.close()
    await second.close()
  }
})

const ALL = { status: null, sort: 'id', direction: 'desc', page: 1, size: 100, until: null } as const

it('keeps place, selection and focus while others change the table, and counts what is new above', async () => {
  const page = await open('max')
  const chosen = await rowsOf(page).nth(20).getAttribute('data-id')
  const row = rowOf(page, Number(chosen))
  await row.getByRole('checkbox').check()
  await row.scrollIntoViewIfNeeded()
  await page.evaluate(() => scrollTo(0, 500))
  const top = async () => Math.round((await row.boundingBox())?.y ?? 0)
  const before = await top()
  for (const name of ['One', 'Two', 'Three']) make('cleo', name)
  await page.getByRole('button', { name: '3 new', exact: true }).waitFor(SOON)
  const { version } = app.book.get(Number(chosen), who('ada'))
  app.book.change(Number(chosen), { version, fields: { customer: 'Under your eyes' } }, who('ada'))
  await row.getByText('Under your eyes').waitFor(SOON)
  expect(await row.getAttribute('data-flash')).not.toBeNull()
  expect(await top()).toBe(before)
  expect(await row.getByRole('checkbox').isChecked()).toBe(true)
  expect(await row.getByRole('checkbox').evaluate((box) => box === document.activeElement)).toBe(true)
  await page.getByRole('button', { name: '3 new', exact: true }).click()
  await rowsOf(page).first().getByText('Three').waitFor(SOON)

  await page.getByRole('button', { name: 'Ship: 1 selected' }).click()
  await row.getByText('Shipped').last().waitFor(SOON)
  await page.getByText('1 changed.').waitFor(SOON)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => row.getByText('Shipped').count(), SOON).toBe(0)
  await rowsOf(page)
    .first()
    .getByRole('button', { name: /^Delete/ })
    .click()
  await page.getByText(/^Order \d+ was deleted\.$/).waitFor(SOON)
  await expect.poll(() => rowsOf(page).first().getByText('Three').count(), SOON).toBe(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await rowsOf(page).first().getByText('Three').waitFor(SOON)

  await page.getByLabel('Search').fill('under YOUR')
  await expect.poll(() => rowsOf(page).count(), SOON).toBe(1)
  await page.reload()
  await row.waitFor(SOON)
  expect(await rowsOf(page).count()).toBe(1)
})

it('two at one order: nothing that was typed is lost, and what both typed is asked about', async () => {
  const order = make('cleo', 'Ann')
  const [ada, max] = [await open('ada'), await open('max')]
  for (const page of [ada, max]) {
    await rowOf(page, order.id).getByRole('link').click()
    await dialog(page).getByLabel('Quantity').waitFor(SOON)
  }
  await dialog(ada).getByLabel('Quantity').fill('9')
  await dialog(ada).getByLabel('Status').selectOption('packed')
  await ada.getByRole('button', { name: 'Save' }).click()
  await dialog(ada).waitFor({ state: 'detached' })
  await dialog(max).getByLabel('Quantity').fill('7')
  await dialog(max).getByLabel('Note').fill('Ring twice')
  await max.getByRole('button', { name: 'Save' }).click()
  await max.getByText('Ada Moreau changed this order while you were typing.').waitFor(SOON)
  await max.getByText('Status: New → Packed, taken over').waitFor()
  await max.getByText('Ada Moreau made it: 9').waitFor()
  expect(await dialog(max).getByLabel('Note').inputValue()).toBe('Ring twice')
  expect(await dialog(max).getByLabel('Quantity').inputValue()).toBe('7')
  expect(app.book.get(order.id, who('max'))).toMatchObject({ version: 2, quantity: 9 })
  await max.getByRole('button', { name: 'Take this quantity' }).click()
  await max.getByRole('button', { name: 'Save' }).click()
  await dialog(max).waitFor({ state: 'detached' })
  expect(app.book.get(order.id, who('max'))).toMatchObject({
    ...{ version: 3, quantity: 9, status: 'packed', note: 'Ring twice' },
  })

  // A link of a notification opens the order in the page; what was deleted meanwhile can be restored with what was typed.
  const marker = await ada.evaluate(() => Object.assign(window, { same: true }).same)
  await bell(ada, 2).click()
  await ada
    .getByRole('article')
    .getByRole('link', { name: /was changed$/ })
    .click()
  await dialog(ada).getByLabel('Note').fill('Ring thrice')
  app.book.delete(order.id, 3, who('max'))
  await ada.getByRole('button', { name: 'Save' }).click()
  await ada.getByText('Max Keller deleted this order.').waitFor(SOON)
  await ada.getByRole('button', { name: 'Restore it' }).click()
  await ada.getByRole('button', { name: 'Save' }).click()
  await dialog(ada).waitFor({ state: 'detached' })
  expect(app.book.get(order.id, who('max'))).toMatchObject({ version: 6, note: 'Ring thrice', deletedAt: null })
  expect(await ada.evaluate(() => 'same' in window)).toBe(marker)
})

it('a tab follows who signs in or out in another one, and an order is made once however often it is pressed', async () => {
  const page = await open('max')
  const other = await openShop(await page.context().newPage(), app.page.url)
  await other.getByRole('button', { name: 'New order' }).click()
  await dialog(other).getByLabel('Customer').fill('Once')
  await dialog(other).getByLabel('Article').fill('Chair')
  await dialog(other).getByLabel('Unit price').fill('12.50')
  await other.getByRole('button', { name: 'Create order' }).dblclick()
  await dialog(other).waitFor({ state: 'detached' })
  expect(app.book.list({ ...ALL, search: 'once' }, who('max')).total).toBe(1)
  await other.getByRole('button', { name: 'Sign out' }).click()
  for (const tab of [page, other]) await tab.getByRole('heading', { name: 'Who are you?' }).waitFor(SOON)
  await expectGoodPage(page)
  await expect.poll(() => app.hub.hub.connections().length, SOON).toBe(0)
  await page.getByRole('button', { name: /Cleo/ }).click()
  for (const tab of [page, other]) await tab.getByText('Cleo Lindqvist').first().waitFor(SOON)
  await expect.poll(() => app.hub.hub.connections().map(({ user }) => user), SOON).toEqual(['cleo'])
  const own = app.book.list({ ...ALL, search: '' }, who('cleo')).total
  for (const tab of [page, other]) await expect.poll(() => rowsOf(tab).count(), SOON).toBe(own)

  // A session that is over is noticed where nobody touches anything.
  await page.context().clearCookies()
  app.hub.hub.endRevoked(() => true)
  for (const tab of [page, other]) await tab.getByRole('heading', { name: 'Who are you?' }).waitFor(SOON)
})

it.each(['unsent', 'sent'])(
  'killed between commit and the end of the send (%s): told once after the restart',
  async (dies) => {
    const data = await mkdtemp(join(folder, 'killed-'))
    let shop = await startShop([data, pageDir, '0', '0', dies])
    try {
      const page = await openShop(await (await device()).newPage(), shop.page, 'max')
      const cleo = await device()
      await cleo.request.post(`${shop.page}/api/session`, { data: { user: 'cleo' } })
      // The connection breaks with the process: whether it was taken is not known to who sent it.
      await cleo.request.post(`${shop.page}/api/orders`, { data: { ...FIELDS, customer: 'Killed' } }).catch(() => {})
      await shop.gone
      expect(shop.child.signalCode).toBe('SIGKILL')
      const portOf = (url: string) => new URL(url).port
      shop = await startShop([data, pageDir, portOf(shop.hub), portOf(shop.page), 'never'])
      await rowsOf(page).getByText('Killed').first().waitFor(SOON)
      await bell(page, 1).waitFor(SOON)
      // Told once more, it would be there by the time that what came after it is.
      await cleo.request.post(`${shop.page}/api/orders`, { data: { ...FIELDS, customer: 'After' } })
      await bell(page, 2).waitFor(SOON)
      await bell(page, 2).click()
      await expect.poll(() => page.getByRole('article').count(), SOON).toBe(2)
      await expect.poll(async () => (await toastsOf([page])).length, SOON).toBe(2)
    } finally {
      shop.child.kill('SIGKILL')
      await shop.gone
    }
  },
)

it('says that the shop does not answer, keeps what is true, and goes on by itself', async () => {
  const page = await open('max')
  await page.route('**/api/orders?**', (route) => route.abort())
  make('cleo', 'While nothing came')
  await page.getByText('The orders could not be fetched: the shop does not answer').waitFor(SOON)
  expect(await rowsOf(page).count()).toBe(25)
  // Those of another view would be a lie.
  await page.getByLabel('Search').fill('While nothing')
  await expect.poll(() => rowsOf(page).count(), SOON).toBe(0)
  await page.getByText('The orders could not be fetched').waitFor(SOON)
  await page.unroute('**/api/orders?**')
  make('cleo', 'While nothing came, again')
  await expect.poll(() => rowsOf(page).count(), SOON).toBe(2)
  expect(await page.getByText('could not be fetched').count()).toBe(0)
})

it.each([
  ['light', 1440, 'en'],
  ['dark', 390, 'fr'],
] as const)('is accessible and fits: %s at %d, %s', async (colorScheme, width, locale) => {
  const page = await open('max', { colorScheme, locale, viewport: { width, height: 844 } })
  const order = make('cleo', 'Élodie')
  await page.locator('.monofil-toast').waitFor(SOON)
  await rowOf(page, order.id).getByRole('checkbox').check()
  await shoot(page, `table-${colorScheme}-${width}`)
  await page
    .locator('tr[data-flash]')
    .first()
    .evaluate((row) => Promise.all(row.getAnimations().map((one) => one.finished)))
  await expectGoodPage(page)
  await rowOf(page, order.id).getByRole('link').click()
  await dialog(page)
    .getByLabel(locale === 'fr' ? 'Prix unitaire' : 'Unit price')
    .fill('x')
  await page.getByRole('button', { name: locale === 'fr' ? 'Enregistrer' : 'Save' }).click()
  await page.locator('.wrong').waitFor()
  await shoot(page, `dialog-${colorScheme}-${width}`)
  await expectGoodPage(page)
})

/** For the looks, when a folder is named. */
async function shoot(page: Page, name: string): Promise<void> {
  const shots = process.env['SHOTS']
  if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`) })
}
