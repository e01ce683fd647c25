/** A start button in two tabs and in another browser, pressed at the same moment: one run, which all of them show. */
import { rm } from 'node:fs/promises'
import { startHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'

const ROUNDS = 50

let browser: Browser
let consoleDir: string

beforeAll(async () => {
  consoleDir = await buildApp('start-app')
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  if (consoleDir !== undefined) await rm(consoleDir, { recursive: true, force: true })
})

it(`pressed ${ROUNDS} times by three pages at once it starts ${ROUNDS} runs`, async () => {
  const hub = await startHub({ consoleDir })
  const backoff = { minMs: 0, maxMs: 0, factor: 1 }
  const limits = { weight: 1, concurrency: 1, attempts: 1, timeoutMs: 60_000 }
  const steps = [{ name: 'work', each: null, after: [], backoff, ...limits }]
  await hub.store.workflows.register([{ name: 'photos', steps, inputSchemaJson: null, exclusive: false }])
  const [here, elsewhere] = await Promise.all([browser.newContext(), browser.newContext()])
  const pages = await Promise.all([here.newPage(), here.newPage(), elsewhere.newPage()])
  const starts: string[] = []
  for (const page of pages) {
    page.on('request', (request) => {
      if (request.method() === 'POST' && new URL(request.url()).pathname === '/v1/runs') starts.push(request.url())
    })
    await page.goto(`${hub.url}/console/`)
  }
  const shown = (page: Page) => page.locator('p').textContent()
  const showAll = (text: string) => expect.poll(() => Promise.all(pages.map(shown))).toEqual(pages.map(() => text))
  await showAll('free none unknown fine')

  const ids = new Set<string>()
  for (let round = 1; round <= ROUNDS; round += 1) {
    const at = Date.now() + 100
    await Promise.all(pages.map((page) => page.evaluate((time) => window.pressAt(time), at)))
    await expect.poll(async () => (await shown(pages[0] as Page))?.startsWith('running ')).toBe(true)
    const [active, ...others] = await hub.store.runs.active()
    expect(others).toEqual([])
    ids.add(active?.id ?? '')
    await showAll(`running ${active?.id} queued fine`)
    for (const page of pages) expect(await page.getByRole('button').textContent()).toBe('Running…')
    const [lease] = await hub.store.work.claim({ worker: 'w', workflows: ['photos'], max: 1, leaseMs: 60_000 })
    await hub.store.work.settle([{ fence: lease?.fence ?? 0, kind: 'completed', resultJson: '1' }])
    await showAll(`free ${active?.id} completed fine`)
  }
  const made = await hub.call<{ items: { id: string }[] }>('GET', '/v1/runs?workflow=photos&limit=200')
  expect([ids.size, made.body.items.length]).toEqual([ROUNDS, ROUNDS])
  // They did meet: otherwise the hub had nothing to decide.
  expect(starts.length).toBeGreaterThan(ROUNDS)
  console.info(`${starts.length} requests of three pages for ${made.body.items.length} runs`)
  await Promise.all([here.close(), elsewhere.close()])
  await hub.close()
})
