import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { createClient, type MonofilClient } from '@monofil/client'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { runCatalogue } from '../examples/catalogue/src/command.ts'
import { SAMPLES } from '../examples/catalogue/src/sample-products.ts'
import { expectGoodPage, SOON } from './console-hub.ts'

const START = { 'catalogue-extract': 'Extract products', 'catalogue-enrich': 'Enrich products' } as const

let folder: string
let browser: Browser
let client: MonofilClient
let home: string
let code: Promise<number>
const stop = new AbortController()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monofil-catalogue-page-'))
  const pageDir = join(folder, 'page')
  await buildPage(pageDir)
  browser = await launchChromium()
  const out = new PassThrough().setEncoding('utf8')
  const begun = Promise.withResolvers<void>()
  let said = ''
  out.on('data', (text: string) => {
    said += text
    if (/The console: +http\S+\n/.test(said)) begun.resolve()
  })
  const argv = ['--page', '--port', '0', '--data', join(folder, 'data'), '--out', join(folder, 'out')]
  code = runCatalogue(argv, out, stop.signal, {}, pageDir)
  await Promise.race([begun.promise, code])
  home = /in the browser: (http\S+)/.exec(said)?.[1] ?? ''
  client = createClient({ url: /The console: +(http\S+?)\/console\//.exec(said)?.[1] ?? '' })
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
})
afterAll(async () => {
  client?.close()
  await browser?.close()
  stop.abort()
  expect(await code).toBe(0)
  await rm(folder, { recursive: true, force: true })
})

/** As it ships: the test runner's NODE_ENV would choose React's development build. */
async function buildPage(outDir: string): Promise<void> {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  const root = join(import.meta.dirname, '../examples/catalogue/page')
  try {
    await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'error', build: { outDir } })
  } finally {
    process.env['NODE_ENV'] = before
  }
}

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: 'en', viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  await page.goto(home + path)
  return page
}

type Stage = keyof typeof START

const stageOf = (page: Page, stage: Stage) =>
  page.getByRole('region', { name: stage === 'catalogue-extract' ? 'Extraction' : 'Enrichment', exact: true })
const buttonOf = (page: Page, stage: Stage) => stageOf(page, stage).locator('.start')
/** What the buttons say and whether they can be pressed. */
const buttons = (page: Page) =>
  page
    .locator('.start')
    .evaluateAll((all) =>
      all.map((button) => [button.textContent, button.getAttribute('aria-disabled') === 'true'] as const),
    )

const FREE = [
  ['Extract products', false],
  ['Enrich products', false],
] as const

/** From now on notes when the button of a stage was first blocked, by the machine's clock. */
async function watchButton(page: Page, stage: Stage): Promise<void> {
  const button = await buttonOf(page, stage).elementHandle()
  await page.evaluate((element) => {
    const look = () => {
      if (element?.getAttribute('aria-disabled') === 'true') document.body.dataset['blockedAt'] ??= String(Date.now())
    }
    delete document.body.dataset['blockedAt']
    new MutationObserver(look).observe(element as Node, { attributes: true })
  }, button)
}

const blockedAt = (page: Page) => page.evaluate(() => Number(document.body.dataset['blockedAt'] ?? 0))

/** Runs both stages to their end, so that there are products. */
async function stages(): Promise<void> {
  const page = await open('/')
  for (const stage of ['catalogue-extract', 'catalogue-enrich'] as const) {
    await expect.poll(() => buttonOf(page, stage).getAttribute('aria-disabled'), SOON).toBe('false')
    await buttonOf(page, stage).click()
    await page.waitForURL(/\/runs\//)
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/')[2] ?? '')
    await expect.poll(async () => (await client.api.runs.get(id)).finishedAt, SOON).not.toBeNull()
    await page.getByRole('link', { name: 'Catalogue', exact: true }).click()
  }
  await page.context().close()
}

it('goes from nothing to a catalogue: enrichment waits for products, each run has a page, the KPI moves at the end', async () => {
  const page = await open('/')
  const other = await open('/', { locale: 'fr' })
  await page.getByText('No product was extracted yet.').waitFor()
  await other.getByText('Aucun produit n’est encore extrait.').waitFor()
  await expect
    .poll(() => buttons(page), SOON)
    .toEqual([
      ['Extract products', false],
      ['Enrich products', true],
    ])
  expect(await stageOf(page, 'catalogue-enrich').textContent()).toContain('Extract products first')
  await buttonOf(page, 'catalogue-extract').click()
  await page.waitForURL(/\/runs\//)
  await page.getByRole('region', { name: 'Steps' }).getByText('keep').first().waitFor()
  await expect.poll(() => page.getByText('no text, as a scan').count(), SOON).toBeGreaterThan(0)
  await page.goBack()
  await page.getByText('2 could not be read').waitFor()
  await expect.poll(() => page.locator('tbody tr').count(), SOON).toBe(SAMPLES.length)
  expect(await page.getByRole('region', { name: 'Catalogue complete' }).textContent()).toContain('Not known')

  await expect.poll(() => buttons(page), SOON).toEqual(FREE)
  await buttonOf(page, 'catalogue-enrich').click()
  await page.waitForURL(/\/runs\//)
  await page.goBack()
  const kpi = (at: Page, name: string) => at.getByRole('region', { name }).locator('strong').textContent()
  await expect
    .poll(() => page.getByRole('region', { name: 'Catalogue complete' }).locator('strong').count(), SOON)
    .toBe(1)
  const shown = (await kpi(page, 'Catalogue complete')) ?? ''
  expect(shown).toMatch(/^\d\d%$/)
  // The other browser has seen no click and no reload.
  await expect.poll(() => kpi(other, 'Catalogue complet'), SOON).toMatch(new RegExp(`^${shown.slice(0, 2)}\\s%$`))
  await page.getByText('no shelf fits').waitFor()
  await shoot(page, 'done')
})

it('blocks the button while the click is on its way, and two clicks are one run', async () => {
  await stages()
  const page = await open('/')
  await expect.poll(() => buttons(page), SOON).toEqual(FREE)
  const asked = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  let count = 0
  await page.route('**/v1/runs', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    count += 1
    asked.resolve()
    await answered.promise
    return route.fallback()
  })
  await buttonOf(page, 'catalogue-extract').dblclick()
  await asked.promise
  await expect.poll(() => buttons(page), SOON).toContainEqual(['Running…', true])
  // A person can press what only says that it is disabled.
  await buttonOf(page, 'catalogue-extract').click({ force: true })
  answered.resolve()
  await page.waitForURL(/\/runs\//)
  expect(count).toBe(1)
})

it('blocks the buttons of every tab of every browser, also by a run started elsewhere, and not by another workflow', async () => {
  await stages()
  const pages = [await open('/'), await open('/'), await open('/')]
  const tab = await pages[0]?.context().newPage()
  await tab?.goto(home)
  if (tab !== undefined) pages.push(tab)
  for (const page of pages) await expect.poll(() => buttons(page), SOON).toEqual(FREE)

  const unrelated = await client.api.runs.start({ workflow: 'something-else', external: true })
  for (const page of pages) await watchButton(page, 'catalogue-extract')
  const input = { folder: join(folder, 'data', 'sample-data-sheets'), out: join(folder, 'out') }
  const run = await client.api.runs.start({ workflow: 'catalogue-extract', input, exclusive: true })
  const started = Date.now()
  await client.api.runs.pause(run.id, { hard: true })
  for (const page of pages) {
    await expect
      .poll(() => buttons(page), SOON)
      .toEqual([
        ['Running…', true],
        ['Enrich products', true],
      ])
    expect(await stageOf(page, 'catalogue-enrich').textContent()).toContain('The extraction runs')
  }
  const took = await Promise.all(pages.map(async (page) => (await blockedAt(page)) - started))
  process.stdout.write(`blocked in ${pages.length} tabs ${took.join(', ')} ms after the start's answer\n`)
  expect(Math.max(...took)).toBeLessThan(2_000)
  expect((await client.api.runs.get(unrelated.id)).status).toBe('queued')
  await client.api.runs.cancel(run.id)
  // The other workflow's run goes on, and blocks nothing.
  for (const page of pages) await expect.poll(() => buttons(page), SOON).toEqual(FREE)
})

it.each([
  ['light', 1440, '/'],
  ['dark', 390, '/'],
  ['dark', 1440, '/runs'],
  ['light', 390, '/runs'],
] as const)('is accessible and fits: %s at %d, %s', async (colorScheme, width, path) => {
  const { items } = await client.api.runs.list({ workflow: 'catalogue-extract', status: ['partial'], limit: 1 })
  const page = await open(path === '/' ? '/' : `/runs/${items[0]?.id}`, {
    colorScheme,
    viewport: { width, height: 844 },
  })
  await page.locator('h1').waitFor()
  await page.getByText('100%').or(page.getByText('100 %')).first().waitFor()
  await expectGoodPage(page)
  await shoot(page, `${path === '/' ? 'home' : 'run'}-${colorScheme}-${width}`)
})

/** For the looks, when a folder is named. */
async function shoot(page: Page, name: string): Promise<void> {
  const shots = process.env['SHOTS']
  if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true })
}
