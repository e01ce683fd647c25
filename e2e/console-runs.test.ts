import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, countCalls, expectGoodPage, itemsDone, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub

beforeAll(async () => {
  hub = await openConsole()
})

afterAll(() => hub?.close())

it('says what belongs on an empty page and what fills it', async () => {
  const page = await hub.open('/runs')
  await page.getByText('No runs yet').waitFor()
  await page.getByText(`npx monofil smoke ${hub.url}`).waitFor()
  await expectGoodPage(page)
  await page.context().close()
})

it('shows a run that is started elsewhere, and how it moves to its end, without any request', async () => {
  const page = await hub.open('/runs')
  await page.getByText('Live').waitFor()
  await page.getByText('No runs yet').waitFor()
  const calls = countCalls(page)
  await hub.startRun({ id: 'first', total: 8 })
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'photos' }) })
  await row.getByText('Queued').waitFor()
  await hub.report('first', itemsDone(0, 2))
  await row.getByText('Running').waitFor()
  await row.getByText('2 of 8').waitFor()
  await row.getByText('25%').waitFor()
  await hub.report('first', [...itemsDone(2, 7), ...itemsDone(7, 8, 'failed'), { status: 'completed' }])
  await row.getByText('Partial').waitFor()
  await row.getByText('1 failed').waitFor()
  expect(await row.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('100%, 8 of 8')
  expect(calls).toEqual([])
  await page.context().close()
})

it('keeps its filters in the URL and applies them to runs that come', async () => {
  await hub.startRun({ id: 'cv-1', workflow: 'cv-matching', tags: ['berlin'] })
  const page = await hub.open('/runs')
  await page.getByRole('link', { name: 'cv-matching' }).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('BERL')
  await expect.poll(() => page.getByRole('link', { name: 'photos' }).count(), SOON).toBe(0)
  expect(new URL(page.url()).searchParams.get('q')).toBe('BERL')
  await page.getByRole('combobox', { name: 'Status' }).click()
  await page.getByRole('option', { name: 'Queued' }).click()
  expect(new URL(page.url()).searchParams.get('status')).toBe('queued')
  await page.reload()
  await page.getByRole('link', { name: 'cv-matching' }).waitFor()
  await hub.report('cv-1', itemsDone(0, 1))
  await page.getByText('No run matches').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).last().click()
  await page.getByRole('link', { name: 'photos' }).waitFor()
  await page.context().close()
})

it('holds new rows behind a pill while one reads further down, and loads older ones on demand', async () => {
  for (let n = 0; n < 70; n += 1) await hub.startRun({ id: `bulk-${n}`, workflow: `bulk-${n}` })
  const page = await hub.open('/runs')
  const table = page.getByRole('table', { name: 'Runs' })
  await expect.poll(() => table.getAttribute('aria-rowcount'), SOON).toBe('51')
  await page.getByRole('link', { name: 'bulk-69' }).waitFor()

  await page.mouse.move(700, 600)
  await page.mouse.wheel(0, 900)
  const anchor = page.getByRole('link', { name: 'bulk-50' })
  await anchor.waitFor()
  await expect.poll(async () => (await page.evaluate(() => window.scrollY)) > 800, SOON).toBe(true)
  const before = await anchor.boundingBox()
  await hub.startRun({ id: 'fresh-1', workflow: 'fresh' })
  await hub.startRun({ id: 'fresh-2', workflow: 'fresh' })
  const pill = page.getByRole('button', { name: '2 new' })
  await pill.waitFor()
  expect((await anchor.boundingBox())?.y).toBe(before?.y)

  // By the keyboard: the row heights that scrolling measures may move the button under a pointer.
  await page.getByRole('button', { name: 'Show older runs' }).press('Enter')
  // All but the two behind the pill: 70 in bulk, two of the tests above, and the head.
  await expect.poll(() => table.getAttribute('aria-rowcount'), SOON).toBe('73')
  await pill.click()
  await page.getByRole('link', { name: 'fresh' }).first().waitFor()
  // 70 in bulk, two fresh ones, two of the tests above, and the head.
  await expect.poll(() => table.getAttribute('aria-rowcount'), SOON).toBe('75')
  await hub.startRun({ id: 'fresh-3', workflow: 'fresh' })
  await expect.poll(() => table.getAttribute('aria-rowcount'), SOON).toBe('76')
  await page.context().close()
})

it('finds a run that is no longer among the newest', async () => {
  const page = await hub.open('/runs?q=cv-1')
  await page.getByRole('link', { name: 'cv-matching' }).waitFor()
  await page.context().close()
})

it('keeps its rows when the hub is gone, is quiet for three seconds, and catches up by itself', async () => {
  const page = await hub.open('/runs')
  const badge = page.getByTitle('Connection to the hub')
  await badge.getByText('Live').waitFor()
  const rows = await page.getByRole('row').count()
  const lost = Date.now()
  await hub.stop()
  await badge.getByText('Reconnecting').waitFor()
  expect(Date.now() - lost).toBeGreaterThan(2500)
  expect(await page.getByRole('row').count()).toBe(rows)
  await hub.resume()
  await hub.startRun({ id: 'after', workflow: 'after-the-loss' })
  await page.getByRole('link', { name: 'after-the-loss' }).waitFor({ timeout: 40_000 })
  await badge.getByText('Live').waitFor()
  await page.context().close()
})

it.each([
  ['dark', 1440],
  ['light', 1440],
  ['dark', 768],
  ['light', 390],
] as const)('is accessible and fits: %s at %d', async (colorScheme, width) => {
  const page = await hub.open('/runs', { colorScheme, viewport: { width, height: 844 } })
  await page.getByRole('link', { name: 'bulk-69' }).waitFor()
  await expectGoodPage(page)
  await page.context().close()
})
