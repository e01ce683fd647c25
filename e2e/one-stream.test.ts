/** The founding promise, counted by the browser's network log and by the hub. */
import { createClient } from '@monofil/client'
import { startHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'

/** A minute when everything is tested; shorter in the everyday run. */
const WATCH_MS = process.env['TEST_LONG'] === undefined ? 8000 : 60_000

let browser: Browser
let hub: Awaited<ReturnType<typeof startHub>>

beforeAll(async () => {
  const consoleDir = await buildApp()
  hub = await startHub({ consoleDir })
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  await hub?.close()
})

it('a page under StrictMode with 200 components holds one stream and asks for nothing else', async () => {
  const client = createClient({ url: hub.url })
  const run = await client.api.runs.start({ workflow: 'anything', external: true, total: 100 })
  const page = await browser.newPage()
  const requests: { url: string; method: string; at: number }[] = []
  page.on('request', (request) => requests.push({ url: request.url(), method: request.method(), at: Date.now() }))
  await page.goto(`${hub.url}/console/?run=${run.id}`)
  await expect.poll(() => hub.server.hub.connections().length).toBe(1)
  await page.getByText('queued').first().waitFor()

  const settled = Date.now()
  let published = 0
  while (Date.now() - settled < WATCH_MS) {
    published += 1
    await client.api.publish({ topic: 'orders', type: 'created', data: published })
    await client.api.runs.report(run.id, [{ id: `r${published}`, item: `i${published % 90}`, status: 'completed' }])
    expect(hub.server.hub.connections().length).toBeLessThanOrEqual(1)
    await page.waitForTimeout(100)
  }
  await client.api.runs.report(run.id, [{ id: 'end', status: 'completed' }]).catch(() => undefined)
  client.close()

  const streams = requests.filter((request) => request.method === 'POST' && request.url.endsWith('/v1/stream'))
  expect(streams).toHaveLength(1)
  const later = requests.filter((request) => request.at > settled + 1500 && !request.url.includes('/console/'))
  expect(later.filter((request) => request.method !== 'PATCH')).toEqual([])
  const seen = await page.evaluate(() => window.seen['steady'])
  expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b))
  expect(seen?.length).toBe(published)
  await page.close()
  await expect.poll(() => hub.server.hub.connections().length).toBe(0)
})
