import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { createClient, type MonofilClient } from '@monofil/client'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runPhotos } from '../examples/photos/src/command.ts'
import { makePhotos } from '../examples/photos/src/samples.ts'
import { expectGoodPage, SOON } from './console-hub.ts'

const PHOTOS = 40
const BROKEN = ['photo-00020.jpg', 'photo-00040.jpg']

let folder: string
let browser: Browser
let client: MonofilClient
let home: string
let id: string
let said = ''
let code: Promise<number>
const stop = new AbortController()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monofil-photos-page-'))
  await makePhotos(join(folder, 'photos'), PHOTOS, { brokenEvery: 20, width: 900 })
  await makePhotos(join(folder, 'good'), 2, { seed: 7 })
  await makePhotos(join(folder, 'few'), 3, { seed: 9 })
  const pageDir = join(folder, 'page')
  await buildPage(pageDir)
  browser = await launchChromium()
  const out = new PassThrough().setEncoding('utf8')
  const begun = Promise.withResolvers<void>()
  out.on('data', (text: string) => {
    said += text
    if (/In the console: {6}http\S+\n/.test(said)) begun.resolve()
  })
  const argv = [join(folder, 'photos'), '--port', '0', '--serve']
  code = runPhotos([...argv, '--data', join(folder, 'data'), '--out', join(folder, 'out')], out, stop.signal, pageDir)
  await Promise.race([begun.promise, code])
  home = /Live in the browser: (http:\/\/127\.0\.0\.1:\d+)\/runs\//.exec(said)?.[1] ?? ''
  const [, hub = '', run = ''] = /In the console: {6}(http:\S+?)\/console\/runs\/(\S+)/.exec(said) ?? []
  id = run
  client = createClient({ url: hub })
  // So that the page is there before the photos are done.
  await client.api.runs.pause(id)
})
afterAll(async () => {
  client?.close()
  await browser?.close()
  stop.abort()
  await code?.catch(() => undefined)
  await rm(folder, { recursive: true, force: true })
})

/** As it ships: the test runner's NODE_ENV would choose React's development build. */
async function buildPage(outDir: string): Promise<void> {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  const root = join(import.meta.dirname, '../examples/photos/page')
  try {
    await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn', build: { outDir } })
  } finally {
    process.env['NODE_ENV'] = before
  }
}

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  await page.goto(home + path)
  return page
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()

const photosOf = async (run: string) =>
  (await client.api.runs.items(run, { step: 'analyse', limit: 200 })).items.map(({ id: item, status, offset }) => ({
    item,
    status,
    offset,
  }))

it('starts, pauses, goes on, shows what failed, does it again, and ends with the inventory', async () => {
  const page = await open(`/runs/${id}`)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.getByText('No new photo is begun.').waitFor()
  await press(page, 'Resume')
  await page.locator('.tile[data-status="completed"] img').first().waitFor()
  await press(page, 'Pause')
  await page.getByText('No new photo is begun.').waitFor()
  await expect.poll(async () => (await client.api.runs.get(id)).counts.running, SOON).toBe(0)
  const held = await photosOf(id)
  expect(held.filter(({ status }) => status === 'queued').length).toBeGreaterThan(0)
  await shoot(page, 'paused')
  // The worker is awake and works on another run; of this one it begins nothing.
  const input = { folder: join(folder, 'few'), out: join(folder, 'few-out') }
  const other = await client.api.runs.start({ workflow: 'photos', input })
  await expect.poll(async () => (await client.api.runs.get(other.id)).status, SOON).toBe('completed')
  expect(await photosOf(id)).toEqual(held)

  await press(page, 'Resume')
  await page.getByText(/^38 photos measured in .*; 2 could not be read\.$/).waitFor()
  await press(page, /^Failed/)
  const failed = page.locator('.tile[data-status="failed"]')
  await expect.poll(() => failed.count(), SOON).toBe(2)
  expect(await failed.locator('.why').allTextContents()).toEqual([
    expect.stringContaining(BROKEN[0] ?? ''),
    expect.stringContaining(BROKEN[1] ?? ''),
  ])
  expect(await page.getByRole('region', { name: 'Inventory' }).textContent()).toMatch(/Not read2: .*photo-00020\.jpg/)
  await shoot(page, 'partial')

  const before = await photosOf(id)
  for (const [place, name] of BROKEN.entries()) {
    await copyFile(join(folder, 'good', `photo-0000${place + 1}.jpg`), join(folder, 'photos', name))
  }
  await press(page, 'Retry what failed (2)')
  await page.getByText('40 photos measured.').waitFor()
  expect(await client.api.runs.get(id)).toMatchObject({ status: 'completed', round: 2 })
  const after = await photosOf(id)
  const again = after.filter(({ offset }, at) => offset !== before[at]?.offset).map(({ item }) => item)
  expect(again).toEqual(before.filter(({ status }) => status === 'failed').map(({ item }) => item))
  await press(page, /^All/)
  await expect.poll(() => page.locator('.tile img').count(), SOON).toBe(PHOTOS)
  const widths = () =>
    page.locator('.tile img').evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth))
  await expect.poll(async () => (await widths()).filter((width) => width > 0).length, SOON).toBeGreaterThan(5)
  await expectSummary(page)
  await shoot(page, 'completed')
  expect(errors).toEqual([])
  expect(said).toContain('38 photos')
  await expect.poll(() => said, SOON).toContain('40 photos')
  await page.context().close()
})

async function expectSummary(page: Page): Promise<void> {
  const summary = page.getByRole('region', { name: 'Inventory' })
  const text = await summary.textContent()
  expect(text).toContain('Measured40 photos')
  expect(text).toMatch(/Cameras\S.* \(\d+\)/)
  expect(text).toMatch(/TakenJan 1, 2024 to Jan \d, 2024/)
  expect(text).toContain('Room, objects, volumenot known: needs a vision model')
  expect(text).not.toContain('Not read')
  const given = async (name: RegExp) => {
    const href = await summary.getByRole('link', { name }).getAttribute('href')
    const answer = await page.request.get(home + href)
    expect(answer.status()).toBe(200)
    return answer.text()
  }
  expect(JSON.parse(await given(/JSON/))).toMatchObject({ inventory: { total: 40, measured: 40, failed: 0 } })
  expect((await given(/CSV/)).trim().split('\r\n')).toHaveLength(41)
  const [sheet] = await Promise.all([
    page.context().waitForEvent('page'),
    summary.getByRole('link', { name: /HTML/ }).click(),
  ])
  await sheet
    .getByText('photo-00040.jpg')
    .or(sheet.getByAltText('photo-00040.jpg'))
    .first()
    .waitFor({ state: 'attached' })
  const seen = () =>
    sheet.locator('img').evaluateAll((all) => all.filter((one) => (one as HTMLImageElement).naturalWidth > 0))
  await expect.poll(async () => (await seen()).length, SOON).toBeGreaterThan(5)
  await sheet.close()
}

it.each([
  ['CSV', /^\uFEFF"runId","step",/],
  ['JSON', /^\{\s*"run":/],
  ['PDF', /^%PDF-/],
])('lets the run be saved as %s', async (format, beginning) => {
  const page = await open(`/runs/${id}`)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('navigation', { name: 'Export' }).getByRole('link', { name: format }).click(),
  ])
  expect(file.suggestedFilename()).toMatch(new RegExp(`^photos.*\\.${format.toLowerCase()}$`))
  expect((await readFile(await file.path(), 'utf8')).slice(0, 20)).toMatch(beginning)
  await page.context().close()
})

it('says of one photo what is known, and of the rest why it is not', async () => {
  const page = await open(`/runs/${id}`)
  await press(page, /^photo-00001\.jpg/)
  const dialog = page.getByRole('dialog', { name: 'photo-00001.jpg' })
  const text = await dialog.textContent()
  expect(text).toMatch(/Size900 × 600, .* jpeg/)
  for (const name of ['Room', 'Objects', 'Volume']) expect(text).toContain(`${name}not known: needs a vision model`)
  await shoot(page, 'details')
  await page.keyboard.press('Escape')
  await expect.poll(() => dialog.count(), SOON).toBe(0)
  await page.context().close()
})

it('cancels after it was asked, and the newest run is at the front door', async () => {
  const input = { folder: join(folder, 'photos'), out: join(folder, 'third-out') }
  const run = await client.api.runs.start({ workflow: 'photos', input })
  await client.api.runs.pause(run.id, { hard: true })
  const page = await open('/')
  await page.getByText('No new photo is begun.').waitFor()
  await press(page, 'Cancel')
  await page
    .getByRole('dialog')
    .or(page.getByRole('alertdialog'))
    .getByRole('button', { name: /^Cancel \d/ })
    .click()
  await page.getByText(/^Cancelled: \d+ photos? were measured before\.$/).waitFor()
  expect((await client.api.runs.get(run.id)).status).toBe('cancelled')
  await page.context().close()
})

it.each([
  ['light', 1440],
  ['dark', 390],
] as const)('is accessible and fits: %s at %d', async (colorScheme, width) => {
  const page = await open(`/runs/${id}`, { colorScheme, viewport: { width, height: 844 } })
  await page.getByRole('region', { name: 'Inventory' }).waitFor()
  await expectGoodPage(page)
  await page.context().close()
})

it('ends well when it is stopped at the end', async () => {
  stop.abort()
  // The last run it followed was cancelled.
  expect(await code).toBe(1)
})

/** For the looks: all four, when a folder is named. */
async function shoot(page: Page, name: string): Promise<void> {
  const folderOfShots = process.env['SHOTS']
  if (folderOfShots === undefined) return
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 390]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.screenshot({ path: `${folderOfShots}/${name}-${colorScheme}-${width}.png`, fullPage: width === 390 })
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}
