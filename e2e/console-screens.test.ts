import { inboxApi } from '@monofil/client/inbox'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, itemsDone, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub
beforeAll(async () => {
  hub = await openConsole()
  await hub.startRun({ id: 'ended', total: 4, tags: ['nightly'] })
  await hub.report('ended', [{ log: 'begins' }, ...itemsDone(0, 3), ...itemsDone(3, 4, 'failed')])
  await hub.report('ended', [{ status: 'completed' }])
  await hub.startRun({ id: 'open', workflow: 'orders', total: 4 })
  await hub.report('open', itemsDone(0, 1))
  const me = (await hub.client.api.session()).user
  await hub.client.api.notify({ id: 'told', title: 'The import has ended', to: { users: [me] }, severity: 'success' })
  await inboxApi(hub.client).setPreferences({
    mute: [{ module: 'noise' }],
    quietHours: { from: '22:00', to: '07:00', timezone: 'Europe/Paris' },
    digest: { after: 5, windowMs: 60_000 },
  })
})
afterAll(() => hub?.close())

/** Every screen, with something on it that says it is there. */
const SCREENS: readonly (readonly [path: string, sign: string])[] = [
  ['/', 'Overview'],
  ['/runs', 'ended'],
  ['/runs?tag=nightly&since=2020-01-01T00:00:00.000Z', 'Created from'],
  ['/runs?q=nothing', 'No run matches'],
  ['/runs/open', '1 of 4'],
  ['/runs/ended?tab=failures', 'the JPEG ends at byte'],
  ['/runs/ended?tab=logs', 'begins'],
  ['/runs/ended?at=2', 'This is the past'],
  ['/runs/nobody', 'There is no such run'],
  ['/schedules', 'Schedules'],
  ['/connections', 'this page'],
  ['/notifications', 'The import has ended'],
  ['/notifications?show=archived', 'Nothing is archived.'],
  ['/notifications/told', 'Named by the sender'],
  ['/queues', 'The import has ended'],
  ['/queues?q=nothing', 'No notification matches'],
  ['/queues/told', 'Named by the sender'],
  ['/queues/nobody', 'There is no such notification'],
  ['/test', 'Nothing has arrived since this page was opened.'],
  ['/settings', 'Time zone'],
  ['/bundle', 'Choose a file'],
  ['/nowhere', 'There is no such page'],
]

it.each(['dark', 'light'] as const)('has nothing serious for axe on any screen, %s', async (colorScheme) => {
  const page = await hub.open('/runs', { colorScheme })
  for (const [path, sign] of SCREENS) {
    await page.goto(`${hub.url}/console${path}`)
    await page.getByText(sign).first().waitFor()
    await expectGoodPage(page)
  }
  await page.context().close()
})

it('fits a telephone on every screen, in French', async () => {
  const page = await hub.open('/runs', { viewport: { width: 390, height: 844 }, locale: 'fr-FR' })
  for (const [path] of SCREENS) {
    await page.goto(`${hub.url}/console${path}`)
    await page.locator('h1, h2').first().waitFor()
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    await expect.poll(over, SOON).toBeLessThanOrEqual(0)
  }
  await page.context().close()
})

it('finds runs by tag, owner, key and time, and keeps that in the URL', async () => {
  const page = await hub.open('/runs')
  await page.getByRole('button', { name: 'More filters' }).click()
  await page.getByLabel('Tag', { exact: true }).fill('nightly')
  await expect.poll(() => page.locator('.run-rows .run-row').count(), SOON).toBe(1)
  expect(new URL(page.url()).searchParams.get('tag')).toBe('nightly')
  await page.getByLabel('Created until').fill('2020-01-01T10:30')
  await page.getByText('No run matches').waitFor()
  await page.reload()
  await page.getByText('No run matches').waitFor()
  expect(await page.getByLabel('Created until').inputValue()).toBe('2020-01-01T10:30')
  await page.getByRole('button', { name: 'Clear filters' }).first().click()
  await expect.poll(() => page.locator('.run-rows .run-row').count(), SOON).toBe(2)
  await page.context().close()
})

it('keeps the place of a reader while items change, and counts what changed', async () => {
  await hub.startRun({ id: 'moving', total: 300 })
  await hub.report('moving', itemsDone(0, 200))
  const page = await hub.open('/runs/moving?sort=-changed')
  const items = page.getByRole('table', { name: 'Items' })
  await expect.poll(() => items.getAttribute('aria-rowcount'), SOON).toBe('201')
  await page.locator('.item-scroller').evaluate((element) => element.scrollTo({ top: 2000 }))
  const first = () => page.locator('.item-row code').first().textContent()
  await expect.poll(first, SOON).not.toBe('item-0')
  const before = await first()
  await hub.report('moving', itemsDone(200, 212))
  await page.getByRole('button', { name: '12 changed' }).waitFor()
  expect(await first()).toBe(before)
  await page.getByRole('button', { name: '12 changed' }).click()
  await expect.poll(() => items.getAttribute('aria-rowcount'), SOON).toBe('213')
  await page.context().close()
})
