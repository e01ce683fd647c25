/** The operator's queue of notifications, and why a recipient got one or did not. */
import { createClient, type MonofilClient } from '@monofil/client'
import { inboxApi } from '@monofil/client/inbox'
import { issueToken, jwtAuthenticator, newSecret } from '@monofil/server'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, openConsole, SOON } from './console-hub.ts'

const secret = newSecret()
const tokenOf = (sub: string, roles: string[] = []) => issueToken({ sub, roles, lifeMs: 600_000 }, { secret })
let hub: ConsoleHub
const clients: MonofilClient[] = []

beforeAll(async () => {
  hub = await openConsole({ authenticator: jwtAuthenticator({ secret }), token: await tokenOf('boss', ['admin']) })
})
afterAll(async () => {
  for (const client of clients) client.close()
  await hub?.close()
})

/** Somebody the hub has seen, with these roles. */
async function somebody(sub: string, roles: string[] = []): Promise<MonofilClient> {
  const client = createClient({ url: hub.url, token: await tokenOf(sub, roles) })
  clients.push(client)
  await client.api.session()
  return client
}
async function open(path: string): Promise<Page> {
  const page = await hub.open('/sign-in')
  await page.request.post(`${hub.url}/v1/session`, {
    headers: { authorization: `Bearer ${await tokenOf('boss', ['admin'])}`, origin: hub.url },
    data: {},
  })
  await page.goto(`${hub.url}/console${path}`)
  return page
}
const row = (page: Page, title: string) => page.getByRole('row').filter({ hasText: title })
const linesOf = (page: Page, user: string) => page.locator('.trace-line').filter({ hasText: user })
let tries = 0

it('lists what is sent to others while one looks, by state and words, and finds an exact id', async () => {
  tries += 1
  const [bob, id] = [`bob-${tries}`, `bill-${tries}`]
  await somebody(bob)
  await hub.client.api.call('DELETE', `/v1/notifications/late-${tries - 1}`).catch(() => {})
  const page = await open('/queues')
  await page.getByRole('heading', { name: 'Queues' }).waitFor()
  // Nothing is under way: the page has read once, and has nothing to read for.
  await page.getByText(/^As of [5-9]/).waitFor(SOON)
  await hub.client.api.notify({ id, title: `A bill for ${bob}`, to: { users: [bob] } })
  await hub.client.api.notify({
    id: `late-${tries}`,
    title: 'For later',
    to: { all: true },
    sendAt: '2998-01-01T00:00:00Z',
  })
  await row(page, `A bill for ${bob}`)
    .getByText(/^(On its way|Sent)$/)
    .waitFor(SOON)
  const channels = page.getByRole('region', { name: 'Deliveries by channel' })
  await expect.poll(() => channels.getByRole('row', { name: /^Open tabs/ }).textContent(), SOON).toMatch(/[1-9]/)
  await page.getByRole('button', { name: /^Pending/ }).click()
  await row(page, 'For later').first().waitFor()
  await expect.poll(() => row(page, 'A bill').count(), SOON).toBe(0)
  expect(new URL(page.url()).search).toBe('?status=pending')
  await page.reload()
  await page.getByRole('button', { name: /^Pending/, pressed: true }).click()
  await page.getByRole('searchbox').fill('nothing has this')
  await page.getByText('No notification matches').waitFor()
  await page.getByRole('searchbox').fill(id)
  await expect.poll(() => page.locator('.notice-name').count(), SOON).toBe(1)
  await page.locator('.notice-name a').click()
  await page.getByRole('heading', { name: `A bill for ${bob}` }).waitFor()
  await page.context().close()
})

it('says for each recipient why they got it, quietly or not at all, and of another user why they are none', async () => {
  tries += 1
  const n = tries
  const [ann, mute] = [await somebody(`ann-${n}`, [`ops-${n}`]), await somebody(`mute-${n}`, [`ops-${n}`])]
  await inboxApi(mute).setPreferences({ mute: [{ module: 'noise' }] })
  await inboxApi(ann).setPreferences({ digest: null, mute: [{ module: 'noise', channels: ['live'] }] })
  const sent = { id: `why-${n}`, title: 'Disk', module: 'noise', to: { roles: [`ops-${n}`], except: [`eve-${n}`] } }
  await hub.client.api.notify(sent)
  await hub.client.api.notify(sent)
  const page = await open(`/queues/why-${n}`)
  const line = linesOf(page, `ann-${n}`)
  await line.getByText(`Sent to the role ops-${n}, which they hold`).waitFor()
  await line.getByText('No toast: a mute of theirs fits it').waitFor()
  await line.getByText('Not seen yet').waitFor()
  await linesOf(page, `mute-${n}`).getByText('Kept out of the inbox: a mute of theirs fits it').waitFor()
  await page.getByText('once, which did nothing').waitFor()
  // From outside, while one looks.
  await inboxApi(ann).receipts([`why-${n}`])
  await inboxApi(ann).mark([`why-${n}`], 'read')
  await line.getByText(/^Shown in a tab/).waitFor(SOON)
  await line.getByText(/^Read /).waitFor()
  await page.getByRole('searchbox').fill(`eve-${n}`)
  await page.getByText('The sender left them out (except).').waitFor()
  await page.getByRole('searchbox').fill(`tim-${n}`)
  await page.getByText(`They were not named, and are not known to hold ops-${n}.`, { exact: false }).waitFor()
  await page.getByRole('searchbox').fill(`mute-${n}`)
  await expect.poll(() => page.locator('.trace-line').count(), SOON).toBe(1)
  await expectGoodPage(page)
  await page.context().close()
})

it('takes one back after asking once, out of the inbox too', async () => {
  tries += 1
  const bob = await somebody(`back-${tries}`)
  const title = `Wrong ${tries}`
  await hub.client.api.notify({ id: `wrong-${tries}`, title, to: { users: [`back-${tries}`] } })
  const page = await open('/queues')
  await row(page, title)
    .getByRole('button', { name: `Take back… ${title}` })
    .click()
  const question = page.getByRole('alertdialog')
  await question.getByText('the inbox of 1 recipient', { exact: false }).waitFor()
  await question.getByRole('button', { name: 'Leave it' }).click()
  await expect.poll(() => question.count(), SOON).toBe(0)
  expect((await inboxApi(bob).list()).items).toHaveLength(1)
  await row(page, title)
    .getByRole('button', { name: `Take back… ${title}` })
    .click()
  await question.getByRole('button', { name: 'Take it back' }).click()
  await row(page, title).getByText('Taken back').waitFor()
  await page.getByRole('status').getByText(`${title}: taken back, out of every inbox`).waitFor()
  expect((await inboxApi(bob).list()).items).toHaveLength(0)
  const retry = row(page, title).getByRole('button', { name: 'Retry failed pushes' })
  expect([await retry.isDisabled(), await retry.getAttribute('title')]).toEqual([true, 'No push of it has failed'])
  await page.context().close()
})

it('keeps what was known while the hub refuses, and says so', async () => {
  const page = await open('/queues')
  await page.locator('.notice-name').first().waitFor()
  const body = JSON.stringify({ status: 503, code: 'store_unavailable', detail: 'The store cannot be reached.' })
  await page.route('**/v1/notifications**', (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body }),
  )
  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.getByRole('alert').filter({ hasText: 'The store cannot be reached.' }).waitFor()
  await page.locator('.notice-name').first().waitFor()
  await page.unroute('**/v1/notifications**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => page.locator('.error-panel').count(), SOON).toBe(0)
  await page.context().close()
})
