import { createClient } from '@monofil/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, countCalls, expectGoodPage, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub

beforeAll(async () => {
  hub = await openConsole()
})

afterAll(() => hub?.close())

it('lists streams opened elsewhere with their topics, and ends one after asking once', async () => {
  const other = createClient({ url: hub.url, marker: 'somebody-else', share: 'none' })
  const page = await hub.open('/connections')
  await page.getByText('this page').waitFor()
  other.subscribe('orders/eu', {})
  await expect.poll(() => other.connection.get().status, SOON).toBe('open')
  await page.getByRole('button', { name: 'Refresh' }).click()
  const row = page.getByRole('row').filter({ hasText: 'somebody-else' })
  await row.getByText('orders/eu').waitFor()
  await row.getByRole('button', { name: 'Kick' }).click()
  const question = page.getByRole('alertdialog')
  await question.getByRole('button', { name: 'Cancel' }).click()
  await expect.poll(() => question.count(), SOON).toBe(0)
  expect(other.connection.get().status).toBe('open')
  await row.getByRole('button', { name: 'Kick' }).click()
  await question.getByRole('button', { name: 'Kick 1 connection' }).click()
  await expect.poll(() => other.connection.get().reason, SOON).toBe('kicked')
  await expect.poll(() => row.count(), SOON).toBe(0)
  other.close()
  await page.context().close()
})

it('asks nothing while one only looks', async () => {
  const page = await hub.open('/connections')
  await page.getByText('this page').waitFor()
  // The bell comes a moment later, with a subscription of its own.
  const topics = async () => (await hub.client.api.connections()).items.flatMap((one) => one.topics)
  await expect.poll(topics, SOON).toContain('inbox')
  const calls = countCalls(page)
  await page.getByText(/As of [3-9]/).waitFor({ timeout: 15_000 })
  expect(calls).toEqual([])
  await page.context().close()
})

it('says what failed, and tries again when asked', async () => {
  const page = await hub.open('/connections')
  await page.getByText('this page').waitFor()
  await page.route('**/v1/connections*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ status: 503, code: 'store_unavailable', detail: 'The store cannot be reached.' }),
    }),
  )
  await page.getByRole('button', { name: 'Refresh' }).click()
  await page.getByRole('alert').getByText('The store cannot be reached.', { exact: true }).waitFor()
  await page.getByText('this page').waitFor()
  await page.unroute('**/v1/connections*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => page.getByRole('main').getByRole('alert').count(), SOON).toBe(0)
  await page.context().close()
})

it('speaks French and keeps the chosen theme', async () => {
  const page = await hub.open('/connections')
  await page.getByRole('button', { name: 'Language' }).click()
  await page.getByRole('menuitemradio', { name: 'Français' }).click()
  await page.getByRole('heading', { name: 'Connexions' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('fr')
  await page.getByRole('button', { name: 'Thème' }).click()
  await page.getByRole('menuitemradio', { name: 'Clair' }).click()
  await page.reload()
  await page.getByRole('heading', { name: 'Connexions' }).waitFor()
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('light')
  await page.context().close()
})

it('is reached and explained by the keyboard alone, and shows its diagnostics', async () => {
  const page = await hub.open('/runs')
  await page.getByText('Live').waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await page.getByRole('heading', { name: 'Connections' }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await expectGoodPage(page)
  await page.keyboard.press('Escape')
  await page.getByTitle('Connection to the hub').click()
  const popover = page.getByRole('dialog', { name: 'Connection to the hub' })
  await popover.getByText('Marker').waitFor()
  await popover.getByRole('button', { name: 'Reconnect now' }).click()
  await popover.getByText('2', { exact: true }).waitFor()
  await page.context().close()
})

it.each([
  ['dark', 1440],
  ['light', 768],
  ['light', 390],
] as const)('is accessible and fits: %s at %d', async (colorScheme, width) => {
  const page = await hub.open('/connections', { colorScheme, viewport: { width, height: 844 } })
  await page.getByText('this page').waitFor()
  await expectGoodPage(page)
  await page.context().close()
})
