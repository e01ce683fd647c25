/** The public test helper on real Chromium, as a user's own test would use it. */
import { expectSingleConnection, watchConnections } from '@monofil/client/testing'
import { startHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'

let browser: Browser
let context: BrowserContext
let hub: Awaited<ReturnType<typeof startHub>>
let app: string

beforeAll(async () => {
  hub = await startHub({ consoleDir: await buildApp() })
  app = `${hub.url}/console/`
  browser = await launchChromium()
})

afterAll(async () => {
  await browser?.close()
  await hub?.close()
})

beforeEach(async () => {
  context = await browser.newContext()
})

afterEach(() => context.close())

it('is green for an application under StrictMode, over reloads, and in three tabs', async () => {
  const watch = watchConnections(context, { hub: hub.url, toleranceMs: 200 })
  const page = await context.newPage()
  await page.goto(app)
  await watch.expectSingle()
  for (let i = 0; i < 3; i += 1) {
    await page.reload()
    await watch.expectSingle()
  }
  expect(watch.streams.length).toBeGreaterThanOrEqual(4)
  const others = [await context.newPage(), await context.newPage()]
  for (const other of others) await other.goto(app)
  const roles = () => Promise.all(context.pages().map((one) => one.evaluate(() => window.__monofil?.()[0]?.role)))
  await expect.poll(async () => (await roles()).toSorted()).toEqual(['follower', 'follower', 'leader'])
  await watch.expectSingle()
  await expectSingleConnection({ url: hub.url })
  for (const one of context.pages()) await one.close()
  await watch.expectNone()
  watch.stop()
})

it('is red, with both streams and who opened them, when the page has a naive EventSource too', async () => {
  const page = await context.newPage()
  const watch = watchConnections(page, { hub: hub.url })
  await page.goto(app)
  await watch.expectSingle()
  await page.evaluate(function aNaiveHook() {
    const source = new EventSource('/v1/stream?topics=orders&ticket=secret')
    return new Promise((resolve) => source.addEventListener('open', resolve, { once: true }))
  })
  const failure: Error = await watch.expectSingle().then(
    () => new Error('it was green'),
    (error) => error,
  )
  expect(failure.message).toMatch(/^expected one stream at a time, and there were 2:/)
  expect(failure.message).toMatch(
    /1\. POST \/v1\/stream by fetch, \d\d:\d\d:\d\d\.\d{3}, still there, page http.*\/console\//,
  )
  expect(failure.message).toMatch(/2\. GET \/v1\/stream\?… by EventSource/)
  expect(failure.message).toMatch(/at aNaiveHook \(/)
  expect(failure.message).not.toContain('secret')
  expect(watch.peak).toBe(2)
  await page.reload()
  // What happened once is not forgotten.
  await expect(watch.expectSingle()).rejects.toThrow('there were 2')
  watch.stop()
})

it('is red when there is none, and when a page is looked at during an action that opens two', async () => {
  const page = await context.newPage()
  const watch = watchConnections(page, { hub: hub.url })
  await page.goto(`${hub.url}/v1/health`)
  await expect(watch.expectSingle({ timeoutMs: 300 })).rejects.toThrow('one stream, and there is none after 300 ms')
  watch.stop()
  await expectSingleConnection(page, { hub: hub.url, during: () => page.goto(app) })
  const twice = async () => {
    await page.reload()
    await page.evaluate(() => void fetch('/v1/stream?topics=a', { headers: { accept: 'text/event-stream' } }))
  }
  await expect(expectSingleConnection(page, { hub: hub.url, during: twice, forMs: 1000 })).rejects.toThrow(
    'there were 2',
  )
})
