import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, countCalls, expectGoodPage, openConsole, SOON } from './console-hub.ts'

let hub: ConsoleHub
beforeAll(async () => {
  hub = await openConsole()
})
afterAll(() => hub?.close())

/** Lines of a run, numbered `from` up to but not including `to`. */
async function write(id: string, from: number, to: number): Promise<void> {
  const lines = Array.from({ length: to - from }, (_, i) => {
    const n = from + i
    const level = n % 100 === 50 ? ('error' as const) : ('info' as const)
    return { item: `item-${n % 5}`, log: { level, message: `line ${n} of the night` } }
  })
  for (let at = 0; at < lines.length; at += 500) await hub.report(id, lines.slice(at, at + 500))
}

it('begins with the newest lines, loads older ones in place, and counts what is new meanwhile', async () => {
  await hub.startRun({ id: 'long' })
  await write('long', 0, 1000)
  const page = await hub.open('/runs/long?tab=logs')
  const log = page.getByRole('log')
  await log.getByText('line 999 of').waitFor()
  const calls = countCalls(page)
  await log.hover()
  await page.mouse.wheel(0, -2500)
  await page.getByRole('button', { name: 'Follow' }).waitFor()
  // What the reader has before their eyes stays there, while older lines come and new ones are written.
  const middle = async () =>
    log.evaluate((element) => {
      const box = element.getBoundingClientRect()
      return document.elementFromPoint(box.left + 200, box.top + box.height / 2)?.closest('.log-line')?.textContent
    })
  const read = await middle()
  await write('long', 1000, 1012)
  await page.getByRole('button', { name: '12 new' }).waitFor()
  expect(await middle()).toBe(read)
  // What is written comes with the stream.
  expect(calls).toEqual([])
  // To the very beginning, page by page.
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, -20_000)
      return log.getByText('line 0 of').count()
    }, SOON)
    .toBe(1)
  await log.getByText('The log begins here').waitFor()
  await page.getByRole('button', { name: '12 new' }).click()
  await log.getByText('line 1011 of').waitFor()
  await page.context().close()
})

it('keeps the place to the line when a page of older lines comes', async () => {
  const id = `place-${randomUUID()}`
  await hub.startRun({ id })
  await write(id, 0, 600)
  const page = await hub.open(`/runs/${id}?tab=logs`)
  const log = page.getByRole('log')
  await log.getByText('line 599 of').waitFor()
  const held = Promise.withResolvers<void>()
  await page.route('**/logs?**cursor=**', async (route) => {
    await held.promise
    await route.continue()
  })
  // Until its rows are measured the list still follows its end.
  const scrolled = async () => {
    await log.evaluate((element) => {
      element.scrollTop = 300
    })
    return log.getByText('line 415 of').isVisible()
  }
  await expect.poll(scrolled, SOON).toBe(true)
  const topOf = () =>
    log.getByText('line 415 of').evaluate((element) => Math.round(element.getBoundingClientRect().top))
  const top = await topOf()
  held.resolve()
  await expect.poll(() => log.evaluate((element) => element.scrollTop), SOON).toBeGreaterThan(3000)
  expect(Math.abs((await topOf()) - top)).toBeLessThanOrEqual(8)
  await page.context().close()
})

it('is filtered by level, item and text, live too; tells what was cut', async () => {
  await hub.startRun({ id: 'filtered' })
  await write('filtered', 0, 400)
  await hub.store.runs.trim({ maxAgeMs: null, maxCount: null, maxLogLines: 300 })
  const page = await hub.open('/runs/filtered?tab=logs&level=warn')
  const log = page.getByRole('log')
  await expect.poll(() => log.locator('.log-line').allTextContents(), SOON).toHaveLength(4)
  await log.getByText('100 older lines are gone').waitFor()
  await write('filtered', 400, 460)
  await log.getByText('line 450 of').waitFor()
  expect(await log.locator('.log-line').count()).toBe(5)
  await page.getByRole('combobox', { name: 'Level' }).click()
  await page.getByRole('option', { name: 'All levels' }).click()
  await log.getByText('line 459 of').waitFor()
  await log.getByRole('button', { name: 'item-3', exact: true }).last().click()
  await expect.poll(() => log.getByText('line 459 of').count(), SOON).toBe(0)
  await log.getByText('line 458 of').waitFor()
  expect(new URL(page.url()).searchParams.get('logItem')).toBe('item-3')
  await page.getByRole('searchbox', { name: 'Search the log' }).fill('nowhere')
  await page.getByText('No line fits the filter').waitFor()
  await expectGoodPage(page)
  await page.context().close()
})

it('shows an item its own log, live', async () => {
  await hub.startRun({ id: 'own' })
  await hub.report('own', [
    { item: 'a', status: 'running', log: 'opened' },
    { item: 'b', status: 'running', log: 'of another' },
  ])
  const page = await hub.open('/runs/own?item=main/a')
  const drawer = page.getByRole('dialog', { name: 'a' })
  await drawer.getByText('opened').waitFor()
  await hub.report('own', [
    { item: 'b', log: 'of another again' },
    { item: 'a', log: { level: 'warn', message: 'nearly full' } },
  ])
  await drawer.getByText('nearly full').waitFor()
  expect(await drawer.getByText('of another').count()).toBe(0)
  await expectGoodPage(page)
  await page.context().close()
})
