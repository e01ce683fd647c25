/** The page of examples/matching in a real browser, over its own command, hub, worker and a model endpoint. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { createClient, type MonofilClient } from '@monofil/client'
import { isTerminal } from '@monofil/protocol'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { runMatching } from '../examples/matching/src/command.ts'
import { PEOPLE } from '../examples/matching/src/sample-people.ts'
import { writeCv } from '../examples/matching/src/samples.ts'
import { agreeable, kindOf, personIn } from '../examples/matching/src/testing.ts'
import { type ModelServer, startModelServer } from '../examples/models/src/testing/model-server.ts'
import { expectGoodPage, SOON } from './console-hub.ts'

/** Three that p1 wants, under odd names, and one that nobody does. */
const OWN = [PEOPLE[0], PEOPLE[1], PEOPLE[9], PEOPLE[5]].filter((person) => person !== undefined)

let folder: string
let browser: Browser
let client: MonofilClient
let model: ModelServer
let home: string
let said = ''
let code: Promise<number>
const stop = new AbortController()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monofil-matching-page-'))
  for (const person of OWN) await writeCv(folder, person)
  model = await startModelServer(['small', 'large'])
  model.reply(agreeable)
  const pageDir = join(folder, 'page')
  await buildPage(pageDir)
  browser = await launchChromium()
  const out = new PassThrough().setEncoding('utf8')
  const begun = Promise.withResolvers<void>()
  out.on('data', (text: string) => {
    said += text
    if (/stays up at/.test(said)) begun.resolve()
  })
  process.env['MODEL_URL'] = model.url
  process.env['MODEL_NAME'] = 'small'
  const argv = [folder, '--port', '0', '--serve', '--model', 'offline', '--data', join(folder, 'data')]
  code = runMatching(argv, out, stop.signal, pageDir)
  await Promise.race([begun.promise, code])
  home = /stays up at (http:\S+)\/ until/.exec(said)?.[1] ?? ''
  client = createClient({ url: home })
})
afterAll(async () => {
  client?.close()
  await browser?.close()
  stop.abort()
  await code?.catch(() => undefined)
  await model?.close()
  delete process.env['MODEL_URL']
  delete process.env['MODEL_NAME']
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
})
beforeEach(() => model.reply(agreeable))

/** React's development build, in which StrictMode does every effect twice: what starts a run must not mind. */
async function buildPage(outDir: string): Promise<void> {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'development'
  const root = join(import.meta.dirname, '../examples/matching/page')
  try {
    await build({
      ...{ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn', mode: 'development' },
      build: { outDir },
    })
  } finally {
    process.env['NODE_ENV'] = before
  }
}

async function open(path = '/', options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en', ...options })
  return openIn(context, path)
}

async function openIn(context: BrowserContext, path = '/'): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(home + path)
  return page
}

const errors: string[] = []
const startButton = (page: Page) => page.locator('button.primary')
const project = (page: Page, name: string) => page.getByRole('radio', { name }).check()
const runIn = (page: Page) => /\/runs\/(.+)$/.exec(new URL(page.url()).pathname)?.[1] ?? ''
const over = (id: string) =>
  expect.poll(async () => isTerminal((await client.api.runs.get(id)).status), SOON).toBe(true)

it('the command has matched the folder, and the page shows it at its address and at the front door', async () => {
  const page = await open()
  await page.getByRole('heading', { name: 'Ferry booking on Kubernetes', level: 1 }).waitFor()
  await expect
    .poll(() => page.locator('#candidates .candidate .who b').allTextContents(), SOON)
    .toEqual(['Maren Oldekop', 'Mireille d’Artagnan', 'Baptiste Quéméneur'])
  expect(await page.locator('#candidates .file').allTextContents()).toEqual([
    'CV (1).pdf',
    "d'Artagnan, M. - CV.docx",
    'x[1717].docx',
  ])
  const first = page.locator('#candidates .candidate').first()
  await first.locator('summary').click()
  expect(await first.locator('q').first().textContent()).toContain('to Kubernetes: 40 services')
  expect(await page.locator('.tally').textContent()).toMatch(/3 passed1 eliminated/)
  expect(said).toMatch(/1 +100 +33\.\d +Maren Oldekop +CV \(1\)\.pdf/)
  await page.context().close()
})

it('a double click, and one in another tab, start one run; each CV is filtered once; all tabs are blocked', async () => {
  const context = await browser.newContext({ locale: 'en' })
  const [page, other] = [await openIn(context), await openIn(context)]
  const before = model.asked.length
  model.reply((asked) => ({ kind: 'slow', later: agreeable(asked) }))
  const starts: string[] = []
  for (const one of [page, other]) {
    one.on('request', (request) => {
      if (request.method() === 'POST' && new URL(request.url()).pathname === '/v1/runs') starts.push(request.url())
    })
    await expect.poll(() => startButton(one).textContent(), SOON).toBe('Match 4 CVs')
  }
  // In the page itself: between two clicks by hand the button may be blocked already.
  const press = () => {
    const button = document.querySelector<HTMLButtonElement>('button.primary')
    button?.click()
    button?.click()
  }
  await Promise.all([page.evaluate(press), other.evaluate(press)])
  await expect.poll(() => startButton(other).textContent(), SOON).toBe('Running…')
  await expect.poll(() => startButton(page).textContent(), SOON).toBe('Running…')
  expect(await startButton(other).isDisabled()).toBe(true)
  await expect.poll(() => model.waiting, SOON).toBeGreaterThan(0)
  const active = await client.api.runs.list({ workflow: 'matching', status: ['queued', 'running'] })
  expect(active.items).toHaveLength(1)
  // Another project may be started meanwhile: only what would do the same twice is blocked.
  await project(other, 'Waiting times of hospitals')
  await expect.poll(() => startButton(other).isEnabled(), SOON).toBe(true)
  model.wake()
  const id = active.items[0]?.id ?? ''
  await over(id)
  await page.locator('.chip[data-status="completed"]').waitFor()
  // A tab that the other one's run had blocked before the press shows that run all the same, without its address.
  const places = [page, other].map(runIn)
  expect(places).toContain(id)
  expect(places.every((place) => place === id || place === '')).toBe(true)
  expect(starts.length).toBeLessThanOrEqual(2)
  const filtered = model.asked
    .slice(before)
    .filter((asked) => kindOf(asked) === 'filter')
    .map(personIn)
  expect(filtered.toSorted()).toEqual(OWN.map(({ name }) => name).toSorted())
  await page.getByText('Has done just this, for years.').first().waitFor()
  expect(await page.locator('.steps li').allTextContents()).toEqual([
    ...['ListDone', 'Read4 of 4', 'Filter4 of 4', 'Score4 of 4', 'ShortlistDone', 'Read closely3 of 3', 'ResultDone'],
  ])
  await context.close()
})

it('nobody passes: a banner with the eliminated, a red 0, and no link to what is empty', async () => {
  const page = await open()
  await project(page, 'Whales near wind farms')
  await page.getByLabel('Read by').selectOption('offline')
  await expect.poll(() => startButton(page).isEnabled(), SOON).toBe(true)
  await startButton(page).click()
  const banner = page.getByRole('alert').filter({ hasText: 'Nobody has everything' })
  await banner.waitFor()
  await expect.poll(() => banner.locator('li').count(), SOON).toBe(4)
  expect(await banner.locator('li').filter({ hasText: 'Tamsin Gooch' }).textContent()).toContain(
    'lacks Passive acoustic monitoring, Offshore safety certificate, Norwegian',
  )
  const zero = page.locator('.tally li').first()
  expect(await zero.textContent()).toBe('0 passed')
  expect(await zero.getByRole('link').count()).toBe(0)
  await page.locator('.chip[data-status="completed"]').waitFor()
  const row = page.locator('.runs tbody tr').filter({ hasText: 'Whales' })
  await expect.poll(() => row.locator('td').last().textContent(), SOON).toBe('0')
  expect(await row.locator('td').last().getByRole('link').count()).toBe(0)
  for (const figure of [row.locator('.nobody'), zero.locator('b')]) {
    const colour = await figure.evaluate((cell) => getComputedStyle(cell).color)
    const [red = 0, green = 0, blue = 0] = (colour.match(/\d+/g) ?? []).map(Number)
    expect(red, colour).toBeGreaterThan(2 * Math.max(green, blue))
  }
  expect(await page.locator('#candidates').count()).toBe(0)
  const passed = page.locator('.runs tbody tr').filter({ hasText: 'Ferry' }).first().locator('td').last()
  expect(await passed.getByRole('link').getAttribute('href')).toMatch(/^\/runs\/.+#candidates$/)
  await expectGoodPage(page)
  await page.context().close()
})

it('a used-up quota is shown as such with what to do, also in the badge; paid, a retry does the rest', async () => {
  const page = await open()
  await page.locator('.badge', { hasText: 'small' }).waitFor()
  model.reply({ kind: 'quota' })
  await project(page, 'Waiting times of hospitals')
  await page.getByLabel('Read by').selectOption('small')
  await expect.poll(() => startButton(page).isEnabled(), SOON).toBe(true)
  await startButton(page).click()
  const banner = page.locator('.banner[data-code="quota_exhausted"]')
  await banner.waitFor()
  await expect
    .poll(() => banner.textContent(), SOON)
    .toMatch(/quota is used up.*Top up the account.*4 CVs were not judged/)
  await page.locator('.badge', { hasText: 'Quota used up' }).waitFor()
  await expectGoodPage(page)
  await page.getByRole('button', { name: 'Choose the offline scorer' }).click()
  expect(await page.getByLabel('Read by').inputValue()).toBe('offline')
  model.reply(agreeable)
  await page.getByRole('button', { name: 'Retry 4 failed' }).click()
  await page.locator('.chip[data-status="completed"]').waitFor()
  await expect.poll(() => banner.count(), SOON).toBe(0)
  // Whoever comes later finds the form set to what was run last.
  const later = await openIn(page.context())
  await expect.poll(() => later.getByRole('radio', { name: 'Waiting times of hospitals' }).isChecked(), SOON).toBe(true)
  await page.locator('.badge', { hasText: 'Reachable' }).waitFor()
  await page.locator('.badge-box summary').click()
  expect(await page.locator('.badge-more').textContent()).toMatch(/2 models.*large.*small/)
  await page.context().close()
})

it('a model whose answers are cut off is tried again, then named; the badge says when the endpoint is away', async () => {
  const page = await open()
  model.reply((asked) =>
    kindOf(asked) === 'rerank' ? { kind: 'cut', text: 'Half of it\nSCORE: 1' } : agreeable(asked),
  )
  await page.getByLabel('Read by').selectOption('large')
  await page.getByRole('button', { name: 'None' }).click()
  expect(await startButton(page).isDisabled()).toBe(true)
  await page.getByRole('checkbox', { name: 'CV (1).pdf' }).check()
  await expect.poll(() => startButton(page).textContent(), SOON).toBe('Match 1 CV')
  await startButton(page).click()
  await page.locator('.banner[data-code="stream_cut"]').waitFor()
  expect(await page.locator('#candidates .candidate .who b').allTextContents()).toEqual(['Maren Oldekop'])
  const { items } = await client.api.runs.items(runIn(page), { step: 'rerank', limit: 10 })
  expect(items.map(({ attempts }) => attempts)).toEqual([3])
  model.replyToNames({ kind: 'unauthorized' })
  await page.locator('.badge-box summary').click()
  await page.getByRole('button', { name: 'Ask again' }).click()
  await page.locator('.badge', { hasText: 'Key refused' }).waitFor()
  model.replyToNames(null)
  await page.context().close()
})

it('uploads are kept under their own names; what is no document is refused in words', async () => {
  const page = await open()
  await writeCv(folder, { ...(OWN[0] as (typeof PEOPLE)[0]), file: 'Ünïcode [2] & 50%.pdf' })
  const upload = page.locator('input[type="file"]')
  await upload.setInputFiles([join(folder, 'Ünïcode [2] & 50%.pdf')])
  await page.getByRole('checkbox', { name: 'Ünïcode [2] & 50%.pdf' }).waitFor()
  await upload.setInputFiles([{ name: 'text.pdf', mimeType: 'application/pdf', buffer: Buffer.from('only text') }])
  await page.getByRole('alert').filter({ hasText: 'text.pdf is not a PDF document' }).waitFor()
  expect(await startButton(page).textContent()).toBe('Match 1 CV')
  await page.getByLabel('Read by').selectOption('offline')
  await project(page, 'Ferry booking on Kubernetes')
  await startButton(page).click()
  await page.locator('#candidates .file', { hasText: 'Ünïcode [2] & 50%.pdf' }).waitFor()
  await rm(join(folder, 'Ünïcode [2] & 50%.pdf'))
  await page.context().close()
})

it.each([
  ['light', 1440, 'en'],
  ['dark', 768, 'fr'],
  ['dark', 390, 'en'],
] as const)('is accessible and fits: %s at %d in %s', async (colorScheme, width, locale) => {
  const page = await open('/', { colorScheme, locale, viewport: { width, height: 844 } })
  await page.locator('.candidate').first().waitFor()
  await page.locator('.verdicts summary').first().click()
  await page.getByRole('button', { name: locale === 'en' ? 'FR' : 'EN' }).click()
  await page.getByRole('heading', { name: locale === 'en' ? 'Candidats' : 'Candidates' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale === 'en' ? 'fr' : 'en')
  await expectGoodPage(page)
  await page.context().close()
})

it('has thrown nothing, and the command ends well', async () => {
  expect(errors).toEqual([])
  stop.abort()
  expect(await code).toBe(0)
})
