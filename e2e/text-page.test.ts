/** Texts and KPIs of a real worker in Chromium: tabs that share a stream, reloads and closed tabs in the middle. */
import { createWorker, defineWorkflow, type Worker } from '@monofil/server/worker'
import { startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'
import { expectGoodPage } from './console-hub.ts'

const TOKENS = 120
const token = (n: number) => `${n} über 😀 `
const WHOLE = Array.from({ length: TOKENS }, (_, n) => token(n)).join('')
const SOON = { timeout: 30_000 }

let hub: TestHub
let browser: Browser
let worker: Worker
/** The worker says a token for each that the test lets go. */
let allowed = 0
let go: () => void = () => {}

beforeAll(async () => {
  hub = await startHub({ consoleDir: await buildApp('text-app') })
  browser = await launchChromium()
  const flow = defineWorkflow({
    name: 'answers',
    steps: (step) => [
      step('answer', { retry: { retries: 1, minMs: 1, maxMs: 1 } }, async (ctx) => {
        const text = ctx.text()
        for (let n = 0; n < TOKENS; n += 1) {
          while (n >= allowed) await new Promise<void>((resolve) => (go = resolve))
          if (ctx.attempt === 1 && n === 60) throw new Error('the model went away')
          text.write(token(n))
          ctx.kpi('tokens', n + 1)
        }
        ctx.kpi('spent', 1.5, { unit: 'EUR' })
        return null
      }),
    ],
  })
  worker = createWorker({ store: hub.store, bus: hub.bus, workflows: [flow], id: 'w1' })
  await worker.start()
})
afterAll(async () => {
  await worker?.stop({ graceMs: 0 })
  await browser?.close()
  await hub?.close()
})

const upTo = (count: number) => {
  allowed = count
  go()
}
const textOf = (page: Page) => page.locator('.monofil-text-body').textContent()
async function tab(context: BrowserContext, more = ''): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${hub.url}/console/?run=a1${more}`)
  return page
}
const said = (count: number) =>
  WHOLE.slice(
    0,
    Array.from({ length: count }, (_, n) => token(n).length).reduce((a, b) => a + b, 0),
  )

it('comes whole to every tab, through reloads, a leader that closes, and an attempt that fails', async () => {
  await hub.call('POST', '/v1/runs', { id: 'a1', workflow: 'answers' })
  const context = await browser.newContext()
  const first = await tab(context)
  upTo(20)
  await expect.poll(() => textOf(first), SOON).toBe(said(20))
  const second = await tab(context)
  await expect.poll(() => textOf(second), SOON).toBe(said(20))
  upTo(40)
  await second.reload()
  for (const page of [first, second]) await expect.poll(() => textOf(page), SOON).toBe(said(40))
  expect(hub.server.hub.connections()).toHaveLength(1)
  await first.close()
  // The 61st fails: the second attempt says all of it anew.
  upTo(80)
  await expect.poll(() => textOf(second), SOON).toBe(said(80))
  await second.getByText('The text begins anew.').waitFor({ state: 'attached' })
  const third = await tab(context)
  upTo(TOKENS)
  for (const page of [second, third]) {
    await expect.poll(() => textOf(page), SOON).toBe(WHOLE)
    await page.getByText('The text is complete.').waitFor({ state: 'attached' })
    await page.getByText('€1.50').waitFor()
    await page.getByText(String(TOKENS), { exact: true }).waitFor()
  }
  await context.close()
})

it.each([
  ['light', 1440, 'en'],
  ['dark', 390, 'fr'],
] as const)('is accessible and fits: %s at %d in %s', async (scheme, width, locale) => {
  const context = await browser.newContext({ viewport: { width, height: 800 } })
  const page = await tab(context, `&scheme=${scheme}&locale=${locale}`)
  await expect.poll(() => textOf(page), SOON).toBe(WHOLE)
  await page.getByText(locale === 'fr' ? '1,50' : '€1.50').waitFor()
  await expectGoodPage(page)
  await context.close()
})
