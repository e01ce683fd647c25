/** Pages of other origins, in a real browser: what the list allows works, what it does not is closed. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MonofilError } from '@monofil/protocol'
import type { Authenticator } from '@monofil/server'
import { startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** By a bearer, or by a cookie: both are what a page of another origin may send. */
const byEither: Authenticator = {
  authenticate({ authorization, cookie }) {
    if (authorization !== 'Bearer ann' && cookie !== 'who=ann') throw new MonofilError('unauthorized', 'Who is it?')
    return { sub: 'ann', roles: [], topics: ['orders'], publish: ['orders'], expiresAtMs: null }
  },
}

let browser: Browser
let context: BrowserContext
let hub: TestHub
const servers: Server[] = []
let allowed: Page
let refused: Page

async function site(): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>an application</title>')
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeAll(async () => {
  const app = await site()
  const other = await site()
  hub = await startHub({ authenticator: byEither, corsOrigins: [app] })
  browser = await launchChromium()
  context = await browser.newContext()
  // A cookie is of a host, whatever the port: both applications would send it.
  await context.addCookies([{ name: 'who', value: 'ann', url: hub.url }])
  allowed = await context.newPage()
  await allowed.goto(app)
  refused = await context.newPage()
  await refused.goto(other)
})
afterAll(async () => {
  await browser?.close()
  await hub?.close()
  for (const server of servers) server.close()
})

/** A POST stream, its connection as the page may read it, then a PATCH of it; or how it failed. */
const postAndPatch = (page: Page) =>
  page.evaluate(async (url) => {
    const json = { Authorization: 'Bearer ann', 'Content-Type': 'application/json', 'Cache-Control': 'no-cache' }
    try {
      const stream = await fetch(`${url}/v1/stream`, {
        method: 'POST',
        headers: { ...json, Accept: 'text/event-stream' },
        body: JSON.stringify({ topics: [{ topic: 'orders' }] }),
      })
      const connection = stream.headers.get('Monofil-Connection')
      const node = stream.headers.get('Monofil-Node')
      const patched = await fetch(`${url}/v1/stream/${connection}`, {
        method: 'PATCH',
        headers: json,
        body: JSON.stringify({ seq: 1 }),
      })
      const { value } = (await stream.body?.getReader().read()) ?? {}
      return { connection, node, patched: patched.status, first: new TextDecoder().decode(value) }
    } catch (error) {
      return { failed: String(error) }
    }
  }, hub.url)

/** A native EventSource with the cookie: its first event, or that it gave up. */
const follow = (page: Page, path: string) =>
  page.evaluate(
    (url) =>
      new Promise<string>((resolve) => {
        const source = new EventSource(url, { withCredentials: true })
        source.addEventListener('hello', (event) => {
          resolve(`hello ${(JSON.parse((event as MessageEvent<string>).data) as { connection: string }).connection}`)
          source.close()
        })
        source.onerror = () => {
          if (source.readyState === EventSource.CLOSED) resolve('closed')
        }
      }),
    hub.url + path,
  )

it('a page on the list opens the one stream, reads its connection and changes it', async () => {
  const got = await postAndPatch(allowed)
  expect(got).toMatchObject({
    connection: expect.stringMatching(/^c/),
    node: expect.any(String),
    patched: 200,
    first: expect.stringContaining('event: hello'),
  })
})

it('a page on the list follows by EventSource with its cookie', async () => {
  expect(await follow(allowed, '/v1/stream?topics=orders')).toMatch(/^hello c/)
})

it('a page on the list reads problems, and when to come back', async () => {
  const got = await allowed.evaluate(async (url) => {
    const response = await fetch(`${url}/v1/runs/none`, { credentials: 'include' })
    return [response.status, ((await response.json()) as { code: string }).code]
  }, hub.url)
  expect(got).toEqual([404, 'not_found'])
})

it('another page can read nothing, open nothing and change nothing, cookie or not', async () => {
  expect(await postAndPatch(refused)).toEqual({ failed: 'TypeError: Failed to fetch' })
  expect(await follow(refused, '/v1/stream?topics=orders')).toBe('closed')
  const read = await refused.evaluate(
    (url) => fetch(`${url}/v1/runs`, { credentials: 'include' }).then(String, String),
    hub.url,
  )
  expect(read).toBe('TypeError: Failed to fetch')
  // Without a reader a request may be sent blind: as text it is refused, as JSON it is asked about first.
  for (const type of ['text/plain', 'application/json']) {
    await refused.evaluate(
      async ([url, contentType]) => {
        const body = JSON.stringify({ topic: 'orders', type: 'forged', data: 1 })
        const headers = { 'Content-Type': contentType as string }
        const mode = contentType === 'text/plain' ? 'no-cors' : 'cors'
        await fetch(`${url}/v1/publish`, { method: 'POST', credentials: 'include', mode, headers, body }).catch(() => 0)
      },
      [hub.url, type],
    )
  }
  expect((await hub.store.log.bounds('orders')).head).toBe(0)
})

it('no page puts one of ours into a frame', async () => {
  const url = await allowed.evaluate(async (address) => {
    const frame = document.createElement('iframe')
    frame.src = `${address}/docs`
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve))
    document.body.append(frame)
    await loaded
    // A refused frame holds an error page of the browser, which nobody can look into.
    return frame.contentDocument === null ? 'refused' : frame.contentDocument.URL
  }, hub.url)
  expect(url).toBe('refused')
  const framed = allowed.frames().find((frame) => frame !== allowed.mainFrame())
  expect(framed?.url()).toContain('chrome-error')
})
