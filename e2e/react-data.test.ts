/** Data kept current by topics, in Chromium against a real hub: what is on the page, and what was asked for it. */
import { createClient } from '@monofil/client'
import { startHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildApp } from './build-app.ts'

let browser: Browser
let consoleDir: string

beforeAll(async () => {
  consoleDir = await buildApp('react-app')
  browser = await launchChromium()
})

afterAll(() => browser?.close())

/** A hub with a run, a page that shows it, and the requests of the page. */
async function open(hash = '') {
  const hub = await startHub({ consoleDir })
  const client = createClient({ url: hub.url })
  const run = await client.api.runs.start({ workflow: 'anything', external: true, total: 3 })
  const page = await browser.newPage()
  const requests: string[] = []
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`))
  await page.goto(`${hub.url}/console/?run=${run.id}${hash}`)
  const shows = (text: string) => page.getByText(text, { exact: true }).waitFor({ timeout: 15_000 })
  const fetches = () => requests.filter((request) => request.startsWith('GET /v1/')).length
  const streams = () => requests.filter((request) => request === 'POST /v1/stream').length
  return { hub, client, run, page, shows, fetches, streams }
}

it('a query is fetched once, changed by events, and fetched again by a gap only', async () => {
  const { hub, client, run, page, shows, fetches, streams } = await open()
  await shows('one live ')
  await shows('run live queued 0')
  for (const data of ['a', 'b', 'c']) await hub.publish('orders', data)
  await shows('two live a,b,c')
  await client.api.runs.report(run.id, [{ id: 'r1', item: 'i1', status: 'completed' }])
  await shows('run live running 1')
  expect([fetches(), streams()]).toEqual([1, 1])

  await page.evaluate(() => window.reconnect('test'))
  await hub.publish('orders', 'd')
  await shows('two live a,b,c,d')
  expect([fetches(), streams()]).toEqual([1, 2])

  // Another hub at the same place has another log: what was missed cannot be told event by event.
  const { port } = new URL(hub.url)
  await hub.close()
  await shows('one stale a,b,c,d')
  const next = await startHub({ consoleDir, port: Number(port) })
  await next.publish('orders', 'z')
  await shows('one live z')
  await shows('two live z')
  await shows('the run is gone')
  expect(fetches()).toBe(2)
  await page.close()
  await expect.poll(() => next.server.hub.connections().length).toBe(0)
  client.close()
  await next.close()
})

it('a list that is refetched by events is asked for far less often than events come', async () => {
  const { hub, client, page, shows, fetches, streams } = await open('#refetched')
  await shows('count live 0')
  for (let i = 0; i < 100; i += 1) await hub.publish('orders', i)
  await shows('count live 100')
  expect(fetches()).toBeLessThan(40)
  expect(streams()).toBe(1)
  await page.close()
  client.close()
  await hub.close()
})
