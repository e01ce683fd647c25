import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, countCalls, expectGoodPage, itemsDone, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub

beforeAll(async () => {
  hub = await openConsole()
})

afterAll(() => hub?.close())

it('follows a run from its first item to its end, without any request', async () => {
  await hub.startRun({ id: 'live', total: 10 })
  const page = await hub.open('/runs/live')
  await page.getByText('0 of 10').first().waitFor()
  const calls = countCalls(page)

  await hub.report('live', [...itemsDone(0, 4), { item: 'item-4', status: 'running' }])
  await page.getByText('40%', { exact: true }).waitFor()
  await page.getByText('4 of 10').first().waitFor()
  const items = page.getByRole('table', { name: 'Items' })
  await items.getByRole('row').filter({ hasText: 'item-4' }).getByText('Running').waitFor()
  expect(await page.title()).toBe('40% photos · Monofil')

  await hub.report('live', [...itemsDone(4, 8), ...itemsDone(8, 10, 'failed'), { status: 'completed' }])
  await page.getByText('Done, but 2 items failed').waitFor()
  await expect.poll(() => page.getByRole('status').allTextContents(), SOON).toContain('Run of photos: Partial')
  await page.getByRole('button', { name: 'Show what failed' }).click()
  await page.getByText('the JPEG ends at byte <n>').waitFor()
  await page.getByRole('button', { name: 'Show these items' }).click()
  await expect.poll(() => items.getByRole('row').count(), SOON).toBe(3)
  expect(calls).toEqual([])
  await page.context().close()
})

it('shows input, result and error of an item beside the list, by a link too', async () => {
  await hub.startRun({ id: 'details' })
  await hub.report('details', [...itemsDone(0, 2), ...itemsDone(2, 3, 'failed')])
  const page = await hub.open('/runs/details')
  await page.getByRole('button', { name: 'item-1' }).click()
  const drawer = page.getByRole('dialog', { name: 'item-1' })
  await drawer.getByText('"sharpness"').waitFor()
  await page.getByRole('button', { name: 'item-2' }).click()
  await page.getByRole('dialog', { name: 'item-2' }).getByText('broken_image').waitFor()
  await page.reload()
  await page.getByRole('dialog', { name: 'item-2' }).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => page.getByRole('dialog').count(), SOON).toBe(0)
  expect(new URL(page.url()).searchParams.has('item')).toBe(false)
  await page.context().close()
})

it('shows the log from before and follows what is written', async () => {
  await hub.startRun({ id: 'logs' })
  await hub.report('logs', [{ log: 'an early line' }])
  const page = await hub.open('/runs/logs')
  await page.getByText('Live').waitFor()
  await page.getByRole('tab', { name: 'Logs' }).click()
  const log = page.getByRole('log')
  await log.getByText('an early line').waitFor()
  for (let n = 0; n < 80; n += 1) {
    await hub.report('logs', [{ log: { level: n % 2 === 0 ? 'info' : 'error', message: `line ${n}` } }])
  }
  await log.getByText('line 79').waitFor()
  await log.hover()
  await page.mouse.wheel(0, -1000)
  await page.getByRole('button', { name: 'Follow' }).waitFor()
  await hub.report('logs', [{ log: 'the last line' }])
  await page.getByRole('button', { name: '1 new' }).click()
  await log.getByText('the last line').waitFor()
  await page.context().close()
})

it('shows 5,000 items with a screenful of rows, found and filtered at once', async () => {
  await hub.startRun({ id: 'big', total: 5000 })
  for (let from = 0; from < 5000; from += 500) await hub.report('big', itemsDone(from, from + 500))
  const page = await hub.open('/runs/big')
  const items = page.getByRole('table', { name: 'Items' })
  await expect.poll(() => items.getAttribute('aria-rowcount'), SOON).toBe('5001')
  expect(await items.getByRole('row').count()).toBeLessThan(60)
  await page.keyboard.press('/')
  await page.keyboard.type('item-4999')
  await expect.poll(() => items.getAttribute('aria-rowcount'), SOON).toBe('2')
  await items.getByText('item-4999').waitFor()
  await page.context().close()
})

it('says that a run is not there', async () => {
  const page = await hub.open('/runs/nobody')
  await page.getByText('There is no such run').waitFor()
  await page.getByRole('link', { name: 'Go to the runs' }).click()
  await page.getByRole('heading', { name: 'Runs' }).waitFor()
  await page.context().close()
})

it('keeps what it shows when the hub is gone', async () => {
  const page = await hub.open('/runs/details')
  await page.getByRole('button', { name: 'item-1' }).waitFor()
  await hub.stop()
  await page.getByText('Reconnecting').waitFor()
  expect(await page.getByRole('button', { name: 'item-1' }).count()).toBe(1)
  await hub.resume()
  await hub.report('details', itemsDone(3, 4))
  await page.getByRole('button', { name: 'item-3' }).waitFor({ timeout: 40_000 })
  await page.context().close()
})

it.each([
  ['dark', 1440, ''],
  ['light', 1440, '?tab=failures'],
  ['light', 768, '?item=main/item-2'],
  ['dark', 390, '?tab=timeline'],
  ['light', 390, '?tab=logs'],
] as const)('is accessible and fits: %s at %d %s', async (colorScheme, width, query) => {
  const page = await hub.open(`/runs/details${query}`, { colorScheme, viewport: { width, height: 844 } })
  await page.getByRole('heading', { name: 'photos' }).waitFor()
  await expectGoodPage(page)
  await page.context().close()
})
