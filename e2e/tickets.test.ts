/** A ticket in a browser: EventSource opens a stream with it, is cut off, and comes back by itself. */
import { MonofilError } from '@monofil/protocol'
import type { Authenticator } from '@monofil/server'
import { startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import { FaultProxy } from '@monofil/testkit/fault-proxy'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'

const byToken: Authenticator = {
  authenticate({ authorization }) {
    if (authorization !== 'Bearer alice') throw new MonofilError('unauthorized', 'Send a Bearer token.')
    return { sub: 'alice', roles: [], topics: ['*'], publish: ['*', 'workflow:*'], expiresAtMs: null }
  },
}
const alice = { Authorization: 'Bearer alice' }

let browser: Browser
let hub: TestHub
let proxy: FaultProxy
beforeAll(async () => {
  hub = await startHub({ authenticator: byToken, settings: { retryMs: 200 } })
  proxy = await FaultProxy.open(hub.url)
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await proxy?.close()
  await hub?.close()
})

interface Seen {
  readonly data: string[]
  opens: number
  state: number
}
type Watched = typeof globalThis & { seen: Seen; source: EventSource }

async function openPage(): Promise<{ page: Page; statuses: number[] }> {
  const page = await browser.newPage({ bypassCSP: true })
  const statuses: number[] = []
  page.on('response', (response) => {
    if (response.url().includes('ticket=')) statuses.push(response.status())
  })
  await page.goto(`${proxy.url}/healthz`)
  return { page, statuses }
}
const listen = (page: Page, path: string, names: readonly string[]) =>
  page.evaluate(
    ({ path, names }) => {
      const scope = globalThis as Watched
      const source = new EventSource(path)
      scope.source = source
      scope.seen = { data: [], opens: 0, state: 0 }
      source.onopen = () => {
        scope.seen.opens += 1
      }
      for (const name of names) {
        source.addEventListener(name, (event) => scope.seen.data.push((event as MessageEvent<string>).data))
      }
    },
    { path, names },
  )
const seen = (page: Page) =>
  page.evaluate(() => ({ ...(globalThis as Watched).seen, state: (globalThis as Watched).source.readyState }))
async function takeTicket(): Promise<string> {
  const { status, body } = await hub.call<{ ticket: string }>('POST', '/v1/tickets', undefined, alice)
  expect(status).toBe(201)
  return body.ticket
}

it('EventSource misses nothing over three cuts, and whoever finds its URL gets nothing', async () => {
  const { page, statuses } = await openPage()
  const path = `/v1/stream?topics=a&topics=b&ticket=${await takeTicket()}`
  await listen(page, path, ['message'])
  await expect.poll(async () => (await seen(page)).opens).toBe(1)
  const offsets = async () =>
    (await seen(page)).data.map((text) => JSON.parse(text) as { topic: string; offset: number })
  for (let n = 1; n <= 4; n += 1) {
    for (const topic of ['a', 'b']) await hub.publish(topic, n)
    await expect.poll(async () => (await offsets()).filter((one) => one.offset === n).length).toBe(2)
    if (n === 4) break
    proxy.cut()
    await hub.publish('c', 'meanwhile')
    await expect.poll(async () => (await seen(page)).opens, { timeout: 15_000 }).toBe(n + 1)
  }
  for (const topic of ['a', 'b']) {
    expect((await offsets()).filter((one) => one.topic === topic).map((one) => one.offset)).toEqual([1, 2, 3, 4])
  }
  expect(statuses).toEqual([200, 200, 200, 200])
  // As from an access log: the URL alone, in another browser.
  const thief = await openPage()
  await listen(thief.page, path, ['message'])
  await expect.poll(async () => (await seen(thief.page)).state).toBe(2)
  expect(thief.statuses).toEqual([401])
  expect((await seen(page)).state).toBe(1)
  await thief.page.close()
  await page.close()
})

it("a run's own stream by ticket survives a cut, tells the end once, and is over", async () => {
  const start = await hub.call('POST', '/v1/runs', { id: 'r', workflow: 'w', external: true, total: 3 }, alice)
  expect(start.status).toBe(201)
  const { page, statuses } = await openPage()
  await listen(page, `/v1/runs/r/events?ticket=${await takeTicket()}`, ['item', 'complete'])
  await expect.poll(async () => (await seen(page)).opens).toBe(1)
  const report = (id: string, more: object) =>
    hub.call('POST', '/v1/runs/r/reports', { reports: [{ id, ...more }] }, alice)
  await report('1', { item: 'one', status: 'completed' })
  await expect.poll(async () => (await seen(page)).data.length).toBe(1)
  proxy.cut()
  await report('2', { item: 'two', status: 'completed' })
  await expect.poll(async () => (await seen(page)).data.length, { timeout: 15_000 }).toBe(2)
  await report('3', { item: 'three', status: 'completed' })
  await report('4', { status: 'completed' })
  await expect.poll(async () => (await seen(page)).state, { timeout: 15_000 }).toBe(2)
  const { data } = await seen(page)
  expect(data.filter((text) => text.includes('"status":"completed"') && text.includes('"workflow"'))).toHaveLength(1)
  expect(data).toHaveLength(4)
  expect(statuses).toEqual([200, 200, 204])
  await page.close()
})
