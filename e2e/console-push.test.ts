/** Pushes to a browser, switched on and off in the console; the vendor's service is one of ours (see push.test.ts). */
import { issueToken, jwtAuthenticator, newSecret } from '@monofil/server'
import { webPushSender } from '@monofil/server/push'
import { PushService } from '@monofil/testkit/push-service'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, openConsole, SOON } from './console-hub.ts'
import { vendor } from './push-vendor.ts'

const secret = newSecret()
const tokenOf = (sub: string) => issueToken({ sub, roles: ['admin'], lifeMs: 600_000 }, { secret })
let service: PushService
let hub: ConsoleHub

beforeAll(async () => {
  service = await PushService.open()
  const local = { agent: service.agent, services: [service.host], allowPrivate: true }
  hub = await openConsole({
    authenticator: jwtAuthenticator({ secret }),
    token: await tokenOf('boss'),
    push: (store) => webPushSender({ store, subject: 'mailto:ops@example.com', ...local }),
  })
})
afterAll(async () => {
  await hub?.close()
  await service?.close()
})

async function signIn(page: Page, user: string, path: string): Promise<void> {
  await page.request.post(`${hub.url}/v1/session`, {
    headers: { authorization: `Bearer ${await tokenOf(user)}`, origin: hub.url },
    data: {},
  })
  await page.goto(`${hub.url}/console${path}`)
}
async function open(user: string, options: BrowserContextOptions = { permissions: ['notifications'] }): Promise<Page> {
  const page = await hub.open('/sign-in', options)
  await page.context().exposeFunction('vendorSubscribes', (key: string) => service.subscription(user, key))
  await page.context().addInitScript(vendor)
  await signIn(page, user, '/settings')
  return page
}
const kept = async (user: string) => (await hub.store.pushes.of(user)).length
const setting = (page: Page) => page.getByRole('region', { name: 'Notifications in this browser' })
const says = (page: Page, words: string) => setting(page).getByText(words).waitFor()

it('is on when it was asked for, renewed by every page, and off when it was switched off', async () => {
  const page = await open('ann')
  await says(page, 'Off in this browser')
  expect(await kept('ann')).toBe(0)
  await setting(page).getByRole('button', { name: 'Turn on' }).click()
  await says(page, 'On in this browser')
  expect(await kept('ann')).toBe(1)
  await expectGoodPage(page)
  const [browser] = await hub.store.pushes.of('ann')
  await hub.store.pushes.remove('ann', browser?.endpoint ?? '')
  await page.goto(`${hub.url}/console/connections`)
  await expect.poll(() => kept('ann'), SOON).toBe(1)
  await page.goto(`${hub.url}/console/settings`)
  await says(page, 'On in this browser')
  await setting(page).getByRole('button', { name: 'Turn off' }).click()
  await says(page, 'Off in this browser')
  expect(await kept('ann')).toBe(0)
  await page.reload()
  await says(page, 'Off in this browser')
  expect(await kept('ann')).toBe(0)
  await page.context().close()
})

it('ends with the sign-out, and the next user here has not asked for it', async () => {
  const page = await open('bob')
  await setting(page).getByRole('button', { name: 'Turn on' }).click()
  await says(page, 'On in this browser')
  await page.getByRole('button', { name: 'Signed in as bob' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect(await kept('bob')).toBe(0)
  await signIn(page, 'eve', '/settings')
  await says(page, 'Off in this browser')
  expect([await kept('bob'), await kept('eve')]).toEqual([0, 0])
  await page.context().close()
})

it('says what forbids it', async () => {
  const page = await open('tim', {})
  await says(page, 'Off in this browser')
  const debug = await page.context().newCDPSession(page)
  await debug.send('Browser.setPermission', {
    permission: { name: 'notifications' },
    setting: 'denied',
    origin: hub.url,
    browserContextId: (await debug.send('Target.getTargetInfo')).targetInfo.browserContextId ?? '',
  })
  await page.reload()
  await says(page, 'Forbidden in this browser')
  expect(await setting(page).getByRole('button', { name: /Turn/ }).count()).toBe(0)
  await page.context().close()
})

it('shows the operator a push that failed, and tries it again', async () => {
  const zoe = await open('zoe')
  await setting(zoe).getByRole('button', { name: 'Turn on' }).click()
  await says(zoe, 'On in this browser')
  await zoe.context().close()
  service.answer('zoe', 400)
  const id = `refused-${Date.now()}`
  await hub.client.api.notify({ id, title: `Is ${id}`, to: { users: ['zoe'] } })
  const page = await hub.open('/sign-in')
  await signIn(page, 'boss', `/queues?q=${id}`)
  const row = page.getByRole('row').filter({ hasText: id })
  await row.getByText('Failed', { exact: true }).waitFor(SOON)
  await row.getByText(/^1 push failed: .*400/).waitFor()
  await row.getByRole('link').click()
  await page.getByText(/^The push failed after 1 attempt: .*400/).waitFor()
  await page.getByRole('button', { name: 'Retry failed pushes' }).click()
  await page.getByText('The push service took it at the', { exact: false }).waitFor(SOON)
  await page.getByText(`Is ${id}: failed pushes are tried again`).waitFor()
  await page.context().close()
})
