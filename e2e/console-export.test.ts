import { readFile } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import { openBundle } from '@monofil/client/bundle'
import type { Item } from '@monofil/protocol'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ConsoleHub, expectGoodPage, itemsDone, openConsole } from './console-hub.ts'

let hub: ConsoleHub
beforeAll(async () => {
  hub = await openConsole({ exports: { pdfItems: 10 } })
  await hub.startRun({ id: 'r1', total: 30 })
  await hub.report('r1', [...itemsDone(0, 26), ...itemsDone(26, 30, 'failed')])
})
afterAll(() => hub?.close())

/** Saves a file by the menu; answers its name and what is in it. */
async function save(page: Page, entry: string): Promise<{ name: string; bytes: Buffer<ArrayBuffer> }> {
  await page.getByRole('button', { name: 'Export' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: entry }).click(),
  ])
  return { name: download.suggestedFilename(), bytes: Buffer.from(await readFile(await download.path())) }
}

it('saves the items that the table shows, or everything for a report', async () => {
  const page = await hub.open('/runs/r1?status=failed')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByText('Only items with Failed').waitFor()
  await page.keyboard.press('Escape')
  const csv = await save(page, 'CSV')
  expect(csv.name).toBe('photos-r1-failed.csv')
  expect(csv.bytes.toString().trim().split('\r\n')).toHaveLength(5)
  const pdf = await save(page, 'PDF')
  expect([pdf.name, pdf.bytes.subarray(0, 5).toString()]).toEqual(['photos-r1-failed.pdf', '%PDF-'])
  const bundle = await save(page, 'Run bundle')
  expect(bundle.name).toBe('r1.monofil-run.json.gz')
  expect((await openBundle(new Blob([bundle.bytes]))).items).toHaveLength(30)
  await page.getByRole('button', { name: 'All', exact: true }).click()
  const json = await save(page, 'JSON')
  const { items } = JSON.parse(json.bytes.toString()) as { items: Item[] }
  expect([json.name, items.length]).toEqual(['photos-r1.json', 30])
  await page.context().close()
})

it('says why a file is not to be had, and takes it back when the next one is', async () => {
  const page = await hub.open('/runs/r1')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: 'PDF' }).click()
  const problem = page.getByRole('alert').filter({ hasText: 'too many items for a PDF' })
  await problem.waitFor()
  await expectGoodPage(page)
  await save(page, 'JSON')
  await expect.poll(() => problem.count()).toBe(0)
  await page.context().close()
})

it.each([
  ['en-GB', 1440, 'dark'],
  ['fr-FR', 390, 'light'],
  ['fr-FR', 768, 'dark'],
] as const)('is good to look at: %s, %i px wide, %s', async (locale, width, colorScheme) => {
  const page = await hub.open('/runs/r1', { locale, viewport: { width, height: 900 }, colorScheme })
  // By keyboard, as by mouse.
  await page.getByRole('button', { name: locale === 'fr-FR' ? 'Exporter' : 'Export' }).press('Enter')
  const menu = page.getByRole('menu')
  await menu.getByRole('menuitem', { name: 'JSON' }).waitFor()
  if (process.env['LOOKS'] !== undefined) {
    await page.screenshot({ path: `${process.env['LOOKS']}/export-${locale}-${width}.png` })
  }
  // The menu alone: around it lie the focus guards of its library, which hide from readers what takes the focus.
  const { violations } = await new AxeBuilder({ page }).include('[role=menu]').analyze()
  expect(violations.map(({ id }) => id)).toEqual([])
  const box = await menu.boundingBox()
  expect(box?.x).toBeGreaterThanOrEqual(0)
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width)
  await page.context().close()
})
