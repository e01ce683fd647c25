/** `<RunsTray>` in Chromium over a real hub: what it counts, shows, does, keeps and says. */
import { createClient, type MonofilClient } from '@monofil/client'
import { startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'
import { expectGoodPage, SOON } from './console-hub.ts'

let hub: TestHub
let client: MonofilClient
let browser: Browser
let reports = 0

beforeAll(async () => {
  hub = await startHub({ consoleDir: await buildApp('parts-app') })
  client = createClient({ url: hub.url })
  browser = await launchChromium()
})

afterAll(async () => {
  client?.close()
  await browser?.close()
  await hub?.close()
})

const start = (id: string, workflow: string) => client.api.runs.start({ id, workflow, external: true, total: 4 })
const done = (id: string, ...items: string[]) => {
  const given = items.map((item) => ({ id: `${++reports}`, item, status: 'completed' as const }))
  return client.api.runs.report(id, given)
}
const end = (id: string, status: 'completed' | 'failed') => client.api.runs.report(id, [{ id: `${++reports}`, status }])

async function open(query = '', options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1024, height: 768 }, ...options })
  const page = await context.newPage()
  await page.goto(`${hub.url}/console/?part=tray&${query}`)
  return page
}

/** A run of somebody else's, which the operator of this hub may see. */
async function othersRun(): Promise<void> {
  const json = { inputJson: '{}', bodyJson: '{}', budgetJson: null }
  const plain = { exclusive: false, external: true, totals: {}, heartbeatMs: null, tags: [], key: null, parentId: null }
  await hub.store.runs.create({ ...json, ...plain, id: 'bobs', workflow: 'bobs', steps: [], owner: 'bob', roles: [] })
}

it('counts the reader’s own runs, follows them to their end, and keeps the end until it is dismissed', async () => {
  await othersRun()
  const page = await open()
  const button = page.getByRole('button', { name: /^My runs/ })
  await page.getByRole('button', { name: 'My runs: 0 active' }).waitFor()
  await button.click()
  const tray = page.getByRole('dialog', { name: 'My runs' })
  await tray.getByText('None of your runs is under way.').waitFor()

  await start('a', 'import')
  await done('a', 'x')
  const row = tray.getByRole('listitem').filter({ hasText: 'import' })
  await row.getByText('1 of 4').waitFor()
  await page.getByRole('button', { name: 'My runs: 1 active' }).waitFor()
  expect(await tray.getByText('bobs').count()).toBe(0)
  expect(await row.getByRole('link', { name: 'import' }).getAttribute('href')).toBe('?run=a')
  await done('a', 'y', 'z', 'w')
  await row.getByText('4 of 4').waitFor()

  await end('a', 'completed')
  await page.getByRole('button', { name: 'My runs: 0 active, 1 ended' }).waitFor()
  await expect.poll(() => page.getByRole('status').textContent(), SOON).toBe('import: Completed')
  await row.getByRole('button', { name: 'Dismiss import' }).click()
  await tray.getByText('None of your runs is under way.').waitFor()
  await page.getByRole('button', { name: 'My runs: 0 active', exact: true }).waitFor()
  await page.context().close()
})

it('has the controls of each run, and one stream for all of it', async () => {
  await start('b', 'export')
  await start('c', 'backup')
  const page = await open()
  await page.getByRole('button', { name: 'My runs: 2 active' }).click()
  const row = page.getByRole('listitem').filter({ hasText: 'export' })
  const streams = () => hub.server.hub.connections().filter(({ topics }) => topics.includes('runs'))
  await expect.poll(() => streams().map(({ topics }) => topics), SOON).toEqual([['runs']])
  await row.getByRole('button', { name: 'Pause' }).click()
  await row.getByText('Asked to pause').waitFor()
  expect((await client.api.runs.get('b')).wanted).toBe('pause')
  await row.getByRole('button', { name: 'Cancel…' }).click()
  const sure = page.getByRole('alertdialog')
  await page.keyboard.press('Escape')
  await expect.poll(() => sure.count(), SOON).toBe(0)
  await page.getByRole('dialog', { name: 'My runs' }).waitFor()
  for (const id of ['b', 'c']) await end(id, 'failed')
  await page.getByRole('button', { name: 'Dismiss all that ended' }).click()
  await page.getByText('None of your runs is under way.').waitFor()
  await page.context().close()
})

it('is opened, walked through and closed by keyboard, and closes when one goes elsewhere', async () => {
  await start('d', 'scan')
  const page = await open()
  const button = page.getByRole('button', { name: 'My runs: 1 active' })
  const tray = page.getByRole('dialog', { name: 'My runs' })
  await button.focus()
  await page.keyboard.press('Enter')
  await tray.waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent), SOON).toBe('scan')
  await page.keyboard.press('Escape')
  await expect.poll(() => tray.count(), SOON).toBe(0)
  expect(await button.evaluate((one) => one === document.activeElement)).toBe(true)
  await button.click()
  await tray.waitFor()
  await page.getByRole('heading').click()
  await expect.poll(() => tray.count(), SOON).toBe(0)
  await page.context().close()
})

it.each([
  ['dark', 1024],
  ['light', 390],
] as const)('is accessible and fits: %s at %d', async (colorScheme, width) => {
  const page = await open('locale=fr', { colorScheme, viewport: { width, height: 700 } })
  await page.getByRole('button', { name: /^Mes exécutions : 1 en cours/ }).click()
  await page.getByRole('listitem').filter({ hasText: 'scan' }).waitFor()
  await expectGoodPage(page)
  await page.context().close()
})
