import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { issueToken, jwtAuthenticator, newSecret } from '@monofil/server'
import { startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'

/** A name that leads to this machine, as one does after DNS rebinding. */
const EVIL = 'evil.test'
const event = { topic: 'orders', type: 't', data: 'forged' }

let browser: Browser
const hubs: TestHub[] = []
const servers: Server[] = []

beforeAll(async () => {
  browser = await launchChromium({
    args: ['--no-sandbox', '--disable-gpu', `--host-resolver-rules=MAP ${EVIL} 127.0.0.1`],
  })
})
afterAll(() => browser?.close())
afterEach(async () => {
  for (const hub of hubs.splice(0)) await hub.close()
  for (const server of servers.splice(0)) await close(server)
})

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

/** A web site of somebody else's, on a port of its own. */
async function site(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>evil</title><body>')
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  servers.push(server)
  return { server, port: (server.address() as AddressInfo).port }
}

async function open(options: Parameters<typeof startHub>[0] = {}): Promise<TestHub> {
  const hub = await startHub(options)
  hubs.push(hub)
  return hub
}

const published = async (hub: TestHub) => (await hub.store.log.bounds('orders')).head

/** Statuses of what the browser was answered under a path, in order. */
function answers(page: Page, path: string): number[] {
  const seen: number[] = []
  page.on('response', (response) => {
    if (new URL(response.url()).pathname === path) seen.push(response.status())
  })
  return seen
}

/** Everything a page can send to another origin without being allowed to; whether any of it could be read. */
function attack(page: Page, target: string): Promise<string[]> {
  return page.evaluate(
    async ([url, body]) => {
      const read: string[] = []
      const send = (init: RequestInit) =>
        fetch(`${url}/v1/publish`, { method: 'POST', credentials: 'include', body, ...init }).then(
          (response) => response.type !== 'opaque' && read.push(`publish ${response.status}`),
          () => undefined,
        )
      await send({ mode: 'no-cors' })
      await send({ mode: 'no-cors', headers: { 'content-type': 'text/plain;application/json' } })
      await send({ headers: { 'content-type': 'application/json' } })
      await fetch(`${url}/v1/runs`, { credentials: 'include' }).then(
        (response) => read.push(`runs ${response.status}`),
        () => undefined,
      )
      // A form: its one field's name and value together are the JSON.
      const form = document.createElement('form')
      Object.assign(form, { action: `${url}/v1/publish`, method: 'post', enctype: 'text/plain', target: 'hidden' })
      const [name, value] = [`${body.slice(0, -1)},"x":"`, '"}']
      const field = Object.assign(document.createElement('input'), { name, value })
      const frame = Object.assign(document.createElement('iframe'), { name: 'hidden' })
      form.append(field)
      document.body.append(frame, form)
      const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
      form.submit()
      await loaded
      return read
    },
    [target, JSON.stringify(event)] as const,
  )
}

it('cookie mode: a page of another port, which browsers send the cookie from, changes and reads nothing', async () => {
  const secret = newSecret()
  const hub = await open({ authenticator: jwtAuthenticator({ secret }) })
  const token = await issueToken({ sub: 'ann', publish: ['*'], lifeMs: 60_000 }, { secret })
  const { port } = await site()
  // Of the hub's own page below: its policy lets scripts reach nothing.
  const context = await browser.newContext({ bypassCSP: true })
  const page = await context.newPage()
  // The same host: for a browser the same site, whatever the port.
  await context.addCookies([{ name: 'monofil', value: token, url: hub.url, sameSite: 'Lax', httpOnly: true }])
  await page.goto(`http://127.0.0.1:${port}/`)
  const statuses = answers(page, '/v1/publish')
  let asked = 0
  page.on('request', (request) => {
    if (request.url().includes('/v1/publish')) asked += 1
  })
  expect(await attack(page, hub.url)).toEqual([])
  expect(await published(hub)).toBe(0)
  // They went out, three at least with the cookie; answers that a page may not even load, browsers do not show.
  expect(asked).toBeGreaterThanOrEqual(4)
  expect(statuses.length).toBeGreaterThanOrEqual(1)
  expect(statuses.filter((status) => status !== 204)).toSatisfy((all: number[]) => all.every((one) => one === 403))
  // The same cookie on a page of the hub's own origin does count: it was no missing cookie that stopped the others.
  await page.goto(`${hub.url}/healthz`)
  const own = await page.evaluate(
    async (body) =>
      (await fetch('/v1/publish', { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status,
    JSON.stringify(event),
  )
  expect([own, await published(hub)]).toEqual([200, 1])
  await context.close()
})

it('cookie mode: from another site the cookie is not even sent', async () => {
  const secret = newSecret()
  const hub = await open({ authenticator: jwtAuthenticator({ secret }) })
  const token = await issueToken({ sub: 'ann', publish: ['*'], lifeMs: 60_000 }, { secret })
  const { port } = await site()
  const context = await browser.newContext()
  const page = await context.newPage()
  await context.addCookies([{ name: 'monofil', value: token, url: hub.url, sameSite: 'Lax', httpOnly: true }])
  await page.goto(`http://${EVIL}:${port}/`)
  const statuses = answers(page, '/v1/publish')
  expect(await attack(page, hub.url)).toEqual([])
  expect(await published(hub)).toBe(0)
  expect(new Set(statuses.filter((status) => status !== 204))).toEqual(new Set([401]))
  await context.close()
})

it('development mode: a page of another site changes, reads and shows nothing', async () => {
  const hub = await open()
  const { port } = await site()
  const page = await browser.newPage()
  await page.goto(`http://${EVIL}:${port}/`)
  const statuses = answers(page, '/v1/publish')
  expect(await attack(page, hub.url)).toEqual([])
  expect(await published(hub)).toBe(0)
  expect(new Set(statuses.filter((status) => status !== 204))).toEqual(new Set([403]))
  // What is not fetched, such as a link, comes without an Origin.
  const followed = page.waitForResponse(`${hub.url}/v1/status`)
  await page.evaluate((url) => window.location.assign(url), `${hub.url}/v1/status`)
  expect((await followed).status()).toBe(403)
  await page.close()
})

it('development mode: DNS rebinding, where the page’s own name leads to the hub, reads and changes nothing', async () => {
  const { server, port } = await site()
  const page = await browser.newPage()
  await page.goto(`http://${EVIL}:${port}/`)
  // The attacker's server goes, and the hub answers under its name and port: for the browser the same origin.
  await close(servers.splice(servers.indexOf(server), 1)[0] as Server)
  const hub = await open({ port })
  const seen = await page.evaluate(async (body) => {
    const status = async (path: string, init?: RequestInit) => (await fetch(path, init)).status
    const json = { 'content-type': 'application/json' }
    const stream = new Promise<string>((resolve) => {
      const source = new EventSource('/v1/stream?topics=orders')
      source.onopen = () => resolve('open')
      source.onerror = () => resolve('refused')
    })
    return [
      await status('/v1/runs'),
      await status('/v1/connections'),
      await status('/v1/publish', { method: 'POST', headers: json, body }),
      await stream,
    ]
  }, JSON.stringify(event))
  expect(seen).toEqual([403, 403, 403, 'refused'])
  expect(await published(hub)).toBe(0)
  await page.close()
})
