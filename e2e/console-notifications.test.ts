/** The console's notifications: bell, toasts, inbox, test page and the reader's own settings. */
import { createClient, type MonofilClient } from '@monofil/client'
import { inboxApi } from '@monofil/client/inbox'
import { issueToken, jwtAuthenticator, newSecret } from '@monofil/server'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, openConsole, SOON } from './console-hub.ts'

const secret = newSecret()
const tokenOf = (sub: string, roles: string[] = []) => issueToken({ sub, roles, lifeMs: 600_000 }, { secret })
let hub: ConsoleHub
/** Each test has a user of its own: what one left is not in the next one's inbox. */
let me: string
let mine: MonofilClient
let users = 0

beforeAll(async () => {
  hub = await openConsole({ authenticator: jwtAuthenticator({ secret }), token: await tokenOf('boss', ['admin']) })
})
beforeEach(async () => {
  mine?.close()
  users += 1
  me = `ann-${users}`
  mine = createClient({ url: hub.url, token: await tokenOf(me, ['admin']) })
})
afterAll(async () => {
  mine?.close()
  await hub?.close()
})

/** A page of somebody who is signed in. */
async function open(path: string, options: BrowserContextOptions = {}, token?: string): Promise<Page> {
  const page = await hub.open('/sign-in', options)
  const bearer = token ?? (await tokenOf(me, ['admin']))
  const response = await page.request.post(`${hub.url}/v1/session`, {
    headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', origin: hub.url },
    data: {},
  })
  expect(response.status()).toBe(200)
  await page.goto(`${hub.url}/console${path}`)
  return page
}
const send = (title: string, more: object = {}) => hub.client.api.notify({ title, to: { users: [me] }, ...more })
const bell = (page: Page) => page.locator('.header-bell').getByRole('button', { name: /^Notifications/ })
const rows = (page: Page) => page.getByRole('feed').getByRole('article')
const toasts = (page: Page) => page.locator('.monofil-toast')
/** The bell follows the inbox: what is sent now is shown. */
async function isLive(page: Page): Promise<void> {
  await bell(page).waitFor()
  await expect
    .poll(async () => (await hub.client.api.connections({ limit: 200 })).items, SOON)
    .toEqual(expect.arrayContaining([expect.objectContaining({ user: me, topics: expect.arrayContaining(['inbox']) })]))
}

it('shows what comes in bell, toast and inbox; its link stays in the console; read here is read there', async () => {
  await hub.startRun({ id: `linked-${me}`, total: 4 })
  const page = await open('/connections')
  const other = await open('/notifications')
  await isLive(page)
  await send('Order 7 was sent', { severity: 'error', link: `/console/runs/linked-${me}` })
  await toasts(page).filter({ hasText: 'Order 7 was sent' }).waitFor()
  await rows(other).filter({ hasText: 'Order 7 was sent' }).waitFor()
  await page.evaluate(() => Object.assign(window, { isSame: true }))
  await bell(page).click()
  await rows(page).filter({ hasText: 'Order 7' }).getByRole('link', { name: 'Order 7 was sent' }).click()
  await page.getByTitle(`linked-${me}`).first().waitFor()
  expect(await page.evaluate(() => 'isSame' in window)).toBe(true)
  await expect.poll(() => page.getByRole('dialog').count(), SOON).toBe(0)
  await other.getByRole('button', { name: 'Mark as unread: Order 7 was sent' }).waitFor()
  await expect.poll(() => toasts(page).count(), SOON).toBe(0)
  await page.context().close()
  await other.context().close()
})

it('filters the inbox by state, module and severity in the URL, and says what would come where nothing is', async () => {
  const page = await open('/notifications')
  await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor()
  await page.getByText(`npx monofil notify 'Hello' --user ${me}`).waitFor()
  await send('A bill', { module: 'billing', severity: 'warning' })
  await send('An order', { module: 'orders' })
  await rows(page).nth(1).waitFor()
  await page.getByRole('combobox', { name: 'Module' }).click()
  await page.getByRole('option', { name: 'billing' }).click()
  await expect.poll(() => rows(page).count(), SOON).toBe(1)
  await page.getByRole('combobox', { name: 'Severity' }).click()
  await page.getByRole('option', { name: 'Success' }).click()
  await page.getByText('None of them fits the filter.').waitFor()
  expect(new URL(page.url()).search).toBe('?module=billing&severity=success')
  await page.goto(`${hub.url}/console/notifications?module=orders`)
  await rows(page).filter({ hasText: 'An order' }).waitFor()
  expect(await rows(page).count()).toBe(1)
  await rows(page).first().focus()
  await page.keyboard.press('e')
  await page.getByRole('button', { name: 'Archived', exact: true }).click()
  await page.getByRole('button', { name: 'Bring back: An order' }).click()
  await page.getByText('None of them fits the filter.').waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Archived', exact: true, pressed: true }).waitFor()
  await page.getByRole('button', { name: 'All', exact: true }).click()
  await page.getByRole('link', { name: 'Why did I get this: An order' }).click()
  await page.getByText('Named by the sender').waitFor()
  await page.context().close()
})

it('sends a test, names what is wrong at its field, and lists what arrives', async () => {
  const page = await open('/test')
  await isLive(page)
  const form = page.getByRole('region', { name: 'Send a notification' })
  await page.getByRole('region', { name: 'Open streams' }).getByText(me, { exact: true }).waitFor()
  await form.getByLabel('Title').fill('Does it arrive?')
  await form.getByLabel('Link').fill('javascript:alert(1)')
  await form.getByRole('button', { name: 'Send' }).click()
  await form.getByText('link: a path, or an http or https address').waitFor()
  await form.getByLabel('Link').fill('/console/runs')
  await form.getByText('Advanced').click()
  await form.getByLabel('Values, as JSON').fill('{')
  await form.getByText('This is not a JSON object').waitFor()
  expect(await form.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true)
  await form.getByLabel('Values, as JSON').fill('')
  await form.getByLabel('Template').fill('unknown-template')
  await form.getByRole('button', { name: 'Send' }).click()
  await form.locator('[aria-invalid=true]').waitFor()
  await form.getByText(/^template: /).waitFor()
  expect(await form.getByLabel('Title').inputValue()).toBe('Does it arrive?')
  await form.getByLabel('Template').fill('')
  await form.getByRole('button', { name: 'Send' }).click()
  await form.getByText(/^Accepted by the hub after/).waitFor()
  const arrivals = page.getByRole('region', { name: 'Arrives in this tab' })
  await arrivals
    .getByRole('listitem')
    .filter({ hasText: /Does it arrive\?.*after \d/ })
    .waitFor()
  await form.getByLabel('Keep it in the inbox').uncheck()
  await form.getByRole('button', { name: 'Send' }).click()
  await arrivals.getByRole('listitem').filter({ hasText: 'not kept' }).waitFor()
  // To somebody else: it arrives elsewhere, and its trace says where.
  await form.getByLabel('Keep it in the inbox').check()
  await form.getByRole('radio', { name: 'Users' }).check()
  await form.getByLabel('Users', { exact: true }).last().fill(`bob-${me}, eve-${me}`)
  await form.getByRole('button', { name: 'Send' }).click()
  await form.getByRole('link', { name: 'What became of it' }).click()
  await page.getByRole('list', { name: 'Recipients' }).getByText(`bob-${me}`).waitFor()
  await page.context().close()
})

it('keeps preferences over a reload, mutes by them, and loses nothing that was refused', async () => {
  const page = await open('/settings')
  const save = page.getByRole('button', { name: 'Save' })
  await page.getByRole('button', { name: 'Add a mute' }).click()
  await page.getByText('Not saved yet').waitFor()
  await save.click()
  await page.getByText('mute[0]: names a module, a severity, or both').first().waitFor()
  await page.getByLabel('Module').fill('noise')
  await page.getByLabel('Keep quiet hours').check()
  await page.getByLabel('Time zone').fill('Mars/Base')
  await page.getByLabel('From', { exact: true }).fill('23:30')
  await save.click()
  await page.getByText('quietHours.timezone: a time zone such as Europe/Paris').first().waitFor()
  expect(await page.getByLabel('From', { exact: true }).inputValue()).toBe('23:30')
  await page.getByLabel('Time zone').fill('Europe/Paris')
  await page.getByLabel('Sat').uncheck()
  await page.getByLabel('Gather many into one').check()
  await save.click()
  await page.getByText('Saved', { exact: true }).waitFor()
  await page.reload()
  await expect.poll(() => page.getByLabel('Module').inputValue(), SOON).toBe('noise')
  expect(await page.getByLabel('Time zone').inputValue()).toBe('Europe/Paris')
  expect(await page.getByLabel('Sat').isChecked()).toBe(false)
  expect(await inboxApi(mine).preferences()).toEqual({
    language: null,
    mute: [{ module: 'noise' }],
    quietHours: { from: '23:30', to: '07:00', timezone: 'Europe/Paris', days: [0, 1, 2, 3, 4, 5] },
    digest: { after: 5, windowMs: 60_000 },
  })
  await send('Muted', { module: 'noise' })
  await send('Heard', { severity: 'critical' })
  await toasts(page).filter({ hasText: 'Heard' }).waitFor()
  await bell(page).click()
  await rows(page).filter({ hasText: 'Heard' }).waitFor()
  expect(await rows(page).filter({ hasText: 'Muted' }).count()).toBe(0)
  await page.context().close()
})

it('says why there are no pushes in this browser', async () => {
  const page = await open('/settings')
  const push = page.getByRole('region', { name: 'Notifications in this browser' })
  await push.getByText(/This hub sends no pushes|This browser cannot/).waitFor()
  const worker = await page.request.get(`${hub.url}/console/service-worker.js`)
  expect([worker.status(), worker.headers()['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
  expect(await worker.text()).toContain('notificationclick')
  await page.context().close()
})

it('has no queue and no test for who is no operator, and says what is missing', async () => {
  const page = await open('/notifications', {}, await tokenOf(me, ['team']))
  await page.getByRole('heading', { name: 'Nothing here yet' }).waitFor()
  expect(await page.getByRole('link', { name: 'Queues' }).count()).toBe(0)
  expect(await page.getByRole('link', { name: 'Send a test' }).count()).toBe(0)
  await page.goto(`${hub.url}/console/queues`)
  await page.getByText('The queue is for admins.').first().waitFor()
  await page.goto(`${hub.url}/console/test`)
  await page.getByText('it needs the role admin').waitFor()
  expect(await page.getByRole('button', { name: 'Send' }).count()).toBe(0)
  await send('For ann', { id: `for-${me}` })
  await page.goto(`${hub.url}/console/notifications/for-${me}`)
  await page.getByRole('heading', { name: 'Why did I get this?' }).waitFor()
  await page.getByText('Named by the sender').waitFor()
  await page.context().close()
})

it('shows nothing where nobody is known', async () => {
  const page = await open('/runs')
  await isLive(page)
  await page.route('**/v1/session', (route) => route.fulfill({ status: 503, body: '{}' }))
  await page.reload()
  await page.getByText('Live', { exact: true }).waitFor()
  expect(await page.locator('.header-bell, .bell-place').count()).toBe(0)
  await page.context().close()
})

it.each([
  ['dark', 768, 'en-GB'],
  ['light', 390, 'fr-FR'],
] as const)(
  'fits with words that have no end, the bell is accessible: %s at %d, %s',
  async (colorScheme, width, locale) => {
    const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'
    await send(long.repeat(2), { message: long, module: long, severity: 'critical', id: `long-${me}` })
    await inboxApi(mine).setPreferences({ mute: [{ module: long }], digest: { after: 5, windowMs: 60_000 } })
    const page = await open('/runs', { colorScheme, locale, viewport: { width, height: 844 } })
    await bell(page).click()
    await page.getByRole('dialog').getByRole('article').first().waitFor()
    await expectGoodPage(page)
    for (const [path, sign] of [
      ['/notifications', 'main [role=feed] article'],
      ['/test', '.test-users'],
      ['/settings', '.mute-line'],
      ['/queues', '.notice-table td'],
      [`/queues/long-${me}`, '.trace-line'],
    ] as const) {
      await page.goto(`${hub.url}/console${path}`)
      await page.locator(sign).first().waitFor()
      const over = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      await expect.poll(over, SOON).toBeLessThanOrEqual(0)
    }
    await page.context().close()
  },
)
