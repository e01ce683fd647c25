/**
 * Debian's nginx in front of the hub, as it is after installation and with the lines of docs/PROXIES.md: each line that
 * the page names is here with what happens without it. All of nginx is its own: folder, ports, certificate.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@monofil/client'
import type { Envelope } from '@monofil/protocol'
import { type HubServer, serve } from '@monofil/server'
import { SseReader, type StartHub, startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import { FaultProxy } from '@monofil/testkit/fault-proxy'
import { type Nginx, type NginxOptions, startNginx } from '@monofil/testkit/nginx'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { firstDifference, HASTY, Patient, readLog, SOON } from './network-lab.ts'
import { bundleClient, openPage } from './nginx-page.ts'

/** The lines of docs/PROXIES.md for a hub with keys. */
const TUNED = {
  http: (hub: TestHub) => [`upstream monofil { server 127.0.0.1:${hub.server.port}; keepalive 16; }`],
  location: [
    'proxy_http_version 1.1;',
    'proxy_set_header Connection "";',
    'proxy_set_header Host $host;',
    'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
    'proxy_set_header X-Forwarded-Proto $scheme;',
    'proxy_buffering off;',
  ],
}
/** What a plain EventSource needs to survive a hub that is away. */
const away = (hub: TestHub) => [
  `location = /v1/stream { proxy_pass ${hub.url}; error_page 502 504 = @away; }`,
  `location ~ ^/v1/runs/[^/]+/events$ { proxy_pass ${hub.url}; error_page 502 504 = @away; }`,
  'location @away { default_type text/event-stream; return 200 "retry: 200\\n\\n"; }',
]
const EVERYBODY = {
  authenticate: () => ({ sub: 'u', roles: ['admin'], topics: ['*'], publish: ['*'], expiresAtMs: null }),
}

/** With keys, as every hub behind a proxy should be, and without limits, which are not what is tested here. */
const KEYS: StartHub = {
  authenticator: EVERYBODY,
  limits: { streamsUser: 0, streamsAddress: 0, publish: 0, requests: 0, failures: 0 },
}

const closing: (() => Promise<void>)[] = []
let folder: string
let browser: Browser
let bundle: string
/** For the tests that do nothing to it; their topics are their own. */
let shared: TestHub
let topic: string
let tests = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'monofil-nginx-test-'))
  bundle = await bundleClient()
  browser = await launchChromium()
  shared = await startHub({ ...KEYS, settings: { retryMs: 5 } })
})

beforeEach(() => {
  tests += 1
  topic = `orders-${tests}`
})

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

afterAll(async () => {
  await browser?.close()
  await shared?.close()
  await rm(folder, { recursive: true, force: true })
})

/** A hub of the test's own. */
async function ownHub(options: StartHub = {}): Promise<TestHub> {
  const hub = await startHub({ ...KEYS, ...options, settings: { retryMs: 5, ...options.settings } })
  closing.push(() => hub.close())
  return hub
}

async function nginxFor(hub: TestHub, options: Omit<NginxOptions, 'upstream'> = {}): Promise<Nginx> {
  const nginx = await startNginx({ upstream: hub.url, ...options })
  closing.push(() => nginx.close())
  return nginx
}

async function tunedNginx(hub: TestHub): Promise<Nginx> {
  const nginx = await startNginx({ upstream: 'http://monofil', http: TUNED.http(hub), location: TUNED.location })
  closing.push(() => nginx.close())
  return nginx
}

async function patientOf(
  nginx: Nginx,
  hub: TestHub,
  options: Parameters<typeof Patient.open>[2] = {},
): Promise<Patient> {
  const patient = await Patient.open(nginx.url, hub.server, options, topic)
  closing.push(() => patient.close())
  return patient
}

/** Milliseconds from publishing to the application, the middle of 21; one after the other, so that nothing pushes. */
async function latency(url: string, hub: TestHub): Promise<number> {
  const client = createClient({ url, share: 'none' })
  let arrived: () => void = () => undefined
  client.subscribe(topic, { onEvent: () => arrived() })
  await expect.poll(() => client.debug().open, SOON).toBe(true)
  const took: number[] = []
  for (let i = 0; i < 21; i += 1) {
    const event = new Promise<void>((resolve) => (arrived = resolve))
    const began = performance.now()
    await hub.publish(topic, i)
    await event
    took.push(performance.now() - began)
  }
  client.close()
  return took.toSorted((a, b) => a - b)[10] ?? Number.NaN
}

describe.each(['default', 'tuned'] as const)('%s', (kind) => {
  const start = async () => {
    const hub = await ownHub()
    return { hub, nginx: kind === 'tuned' ? await tunedNginx(hub) : await nginxFor(hub) }
  }

  it('HTTP/1.1: events at once, PATCH, and a hub that restarts behind it', async () => {
    const { hub, nginx } = await start()
    // The first measurement warms everything up and would make the proxy look fast.
    await latency(hub.url, hub)
    const [direct, through] = [await latency(hub.url, hub), await latency(nginx.url, hub)]
    topic = 'after'
    process.stdout.write(`latency ${kind}: direct ${direct.toFixed(2)} ms, nginx ${through.toFixed(2)} ms\n`)
    expect(through).toBeLessThan(direct + 100)

    const patient = await patientOf(nginx, hub, { silenceMs: 60_000 })
    await patient.opened()
    const other: Envelope[] = []
    patient.client.subscribe('other', { cursor: '0', onEvent: (event) => other.push(event) })
    await hub.publish('other', 1)
    await expect.poll(() => other.length, SOON).toBe(1)
    for (let n = 0; n < 50; n += 1) await hub.publish(topic, n)
    await patient.expectLog(hub.url)

    await hub.server.close()
    await expect.poll(() => patient.client.connection.get().lastError?.message, SOON).toContain('502')
    for (let n = 50; n < 100; n += 1) await hub.publish(topic, n)
    const server = await serveAgain(hub)
    const upAt = performance.now()
    await patient.expectLog(server.url)
    process.stdout.write(`back after a restart behind nginx (${kind}): ${Math.round(performance.now() - upAt)} ms\n`)
    expect(patient.seen).toHaveLength(100)
    patient.expectOneStream()
  })

  it.each(['HTTP/1.1', 'HTTP/2'] as const)(
    'Chromium over %s: the client, and a native EventSource',
    async (version) => {
      const { hub, nginx } = await start()
      const page = await openPage(browser, bundle, version === 'HTTP/2' ? nginx.tlsUrl : nginx.url)
      await page.evaluate((name) => window.follow(name), topic)
      await expect.poll(() => page.evaluate(() => window.opened()), SOON).toBe(2)
      for (let n = 0; n < 15; n += 1) {
        await hub.publish(topic, Date.now())
        const heard = () => page.evaluate(() => [window.arrived.length, window.native.length])
        await expect.poll(heard, SOON).toEqual([n + 1, n + 1])
      }
      const { seen, native, tookMs } = await page.evaluate(() => ({
        seen: window.arrived as Envelope[],
        native: window.native as Envelope[],
        tookMs: window.tookMs,
      }))
      const log = await readLog(hub.url, topic)
      expect(firstDifference(seen, log)).toBeUndefined()
      expect(firstDifference(native, log)).toBeUndefined()
      const median = tookMs.toSorted((a, b) => a - b)[7] ?? Number.NaN
      process.stdout.write(`latency ${kind}, Chromium, ${version}: ${median} ms (first event ${tookMs[0]} ms)\n`)
      expect(Math.max(...tookMs)).toBeLessThan(1_000)
      await page.context().close()
      const spoken = version === 'HTTP/2' ? 'HTTP/2.0' : 'HTTP/1.1'
      await expect.poll(() => nginx.requests(), SOON).toContain(`200 ${spoken} POST /v1/stream`)
      await expect.poll(() => nginx.requests(), SOON).toContain(`200 ${spoken} GET /v1/stream`)
    },
  )
})

describe('proxy_read_timeout', () => {
  const location = ['proxy_read_timeout 1s;']

  it('longer than the heartbeat: an idle stream stays', async () => {
    const hub = await ownHub({ settings: { heartbeatMs: 400, sweepMs: 50 } })
    const patient = await patientOf(await nginxFor(hub, { location }), hub)
    await patient.opened()
    const until = performance.now() + 1_600
    await expect.poll(() => performance.now(), SOON).toBeGreaterThan(until)
    expect(patient.client.debug()).toMatchObject({ connects: 1, tries: 1 })
  })

  it('shorter than the heartbeat: the stream is cut again and again, and still nothing is lost', async () => {
    const hub = shared
    const patient = await patientOf(await nginxFor(hub, { location }), hub)
    await expect.poll(() => patient.client.debug().connects, SOON).toBeGreaterThanOrEqual(2)
    for (let n = 0; n < 20; n += 1) await hub.publish(topic, n)
    await patient.expectLog(hub.url)
    patient.expectOneStream()
  })
})

describe('buffering', () => {
  const ignored = 'proxy_ignore_headers X-Accel-Buffering;'

  it('a proxy that is told to ignore X-Accel-Buffering holds back even the head', async () => {
    const hub = shared
    const nginx = await nginxFor(hub, { location: [ignored] })
    const patient = await patientOf(nginx, hub)
    await expect.poll(() => hub.server.hub.connections().length, SOON).toBe(1)
    await hub.publish(topic, 1)
    const until = performance.now() + 700
    await expect.poll(() => performance.now(), SOON).toBeGreaterThan(until)
    expect([patient.seen.length, patient.client.connection.get().status]).toEqual([0, 'connecting'])
  })

  it('unless proxy_buffering is off', async () => {
    const hub = shared
    const nginx = await nginxFor(hub, { location: [ignored, 'proxy_buffering off;'] })
    const patient = await patientOf(nginx, hub)
    await patient.opened()
    await hub.publish(topic, 1)
    await patient.expectLog(hub.url)
  })

  it('gzip of everything does not hold events back', async () => {
    const hub = shared
    const http = ['gzip on;', 'gzip_types *;', 'gzip_min_length 0;', 'gzip_proxied any;']
    const nginx = await nginxFor(hub, { http })
    expect(await latency(nginx.url, hub)).toBeLessThan(100)
    const headers = { Accept: 'text/event-stream', 'Accept-Encoding': 'gzip' }
    const abort = new AbortController()
    const response = await fetch(`${nginx.url}/v1/stream?topics=a`, { headers, signal: abort.signal })
    // Else it would not have been tried.
    expect(response.headers.get('content-encoding')).toBe('gzip')
    abort.abort()
  })

  it('a cache never answers for the hub, even one that ignores Cache-Control', async () => {
    const hub = shared
    const http = [`proxy_cache_path ${join(folder, 'cache')} keys_zone=all:1m;`]
    const cache = ['proxy_cache all;', 'proxy_cache_valid any 1m;', 'proxy_cache_lock on;']
    const nginx = await nginxFor(hub, { http, location: [...cache, 'proxy_ignore_headers Cache-Control;'] })
    const readers: SseReader[] = []
    for (let i = 0; i < 3; i += 1) readers.push(await SseReader.open(`${nginx.url}/v1/stream?topics=${topic}`))
    await hub.publish(topic, 1)
    for (const reader of readers) await reader.event('message')
    const hellos = readers.map((reader) => reader.all<{ connection: string }>('hello')[0]?.connection)
    expect(new Set(hellos).size).toBe(3)
    for (const reader of readers) reader.destroy()
  })
})

describe('limits', () => {
  it('a body as large as the hub takes it passes, and a smaller limit is told as what it is', async () => {
    const hub = shared
    const publish = (nginx: Nginx) => {
      const events = Array.from({ length: 100 }, () => ({ topic: 'big', type: 't', data: 'x'.repeat(10_000) }))
      return createClient({ url: nginx.url, share: 'none' }).api.publish(events)
    }
    expect((await publish(await nginxFor(hub))).length).toBe(100)
    const tight = await nginxFor(hub, { location: ['client_max_body_size 100k;'] })
    await expect(publish(tight)).rejects.toMatchObject({ code: 'too_large' })
  })

  it('without keepalive every request is a new connection to the hub', async () => {
    const hub = await ownHub()
    const count = async (options: Omit<NginxOptions, 'upstream'>, name?: string) => {
      const counter = await FaultProxy.open(hub.url)
      closing.push(() => counter.close())
      const http = [`upstream monofil { server 127.0.0.1:${counter.port}; keepalive 16; }`]
      const nginx = await startNginx({ ...options, http, upstream: name ?? counter.url })
      closing.push(() => nginx.close())
      for (let i = 0; i < 10; i += 1) expect((await fetch(`${nginx.url}/v1/runs`)).status).toBe(200)
      return counter.ever
    }
    expect([await count({}), await count({ location: TUNED.location }, 'http://monofil')]).toEqual([10, 1])
  })

  it('a stream takes two of worker_connections', async () => {
    const hub = shared
    const count = async (nginx: Nginx, streams: number) => {
      const abort = new AbortController()
      const body = JSON.stringify({ topics: [{ topic: 'a' }] })
      const headers = { Accept: 'text/event-stream', 'Content-Type': 'application/json' }
      const ask = () =>
        fetch(`${nginx.url}/v1/stream`, { method: 'POST', headers, body, signal: abort.signal }).then(
          ({ status }) => status === 200,
          () => false,
        )
      const open = (await Promise.all(Array.from({ length: streams }, ask))).filter(Boolean).length
      abort.abort()
      return open
    }
    expect(await count(await nginxFor(hub, { connections: 32 }), 20)).toBeLessThan(16)
    expect(await count(await nginxFor(hub), 20)).toBe(20)
  })

  it('40 streams of one browser: all over HTTP/2, six over HTTP/1.1', async () => {
    const hub = shared
    const nginx = await nginxFor(hub)
    const open = async (url: string) => {
      const page = await openPage(browser, bundle, url)
      await page.evaluate((name) => window.followMany(name, 40), topic)
      return page
    }
    const two = await open(nginx.tlsUrl)
    await expect.poll(() => hub.server.hub.connections().length, SOON).toBe(40)
    await hub.publish(topic, Date.now())
    await expect.poll(() => two.evaluate(() => window.arrived.length), SOON).toBe(40)
    await two.context().close()
    await expect.poll(() => hub.server.hub.connections().length, SOON).toBe(0)
    const one = await open(nginx.url)
    await expect.poll(() => hub.server.hub.connections().length, SOON).toBe(6)
    const until = performance.now() + 500
    await expect.poll(() => performance.now(), SOON).toBeGreaterThan(until)
    expect(hub.server.hub.connections()).toHaveLength(6)
    await one.context().close()
  })
})

describe('a hub that is away, and a native EventSource', () => {
  it.each([
    ['gives up for good', false],
    ['returns with the lines for it', true],
  ] as const)('%s', async (_, isHelped) => {
    const hub = await ownHub()
    const nginx = await nginxFor(hub, { server: isHelped ? away(hub) : [] })
    const page = await openPage(browser, bundle, nginx.url)
    await page.evaluate((name) => window.followNative(name), topic)
    await hub.publish(topic, 1)
    await expect.poll(() => page.evaluate(() => window.native.length), SOON).toBe(1)
    const patient = await patientOf(nginx, hub)
    await patient.opened()
    await hub.server.close()
    const readyState = () => page.evaluate(() => window.readyState())
    if (isHelped) {
      const streams = async () => (await nginx.requests()).filter((line) => line.endsWith('GET /v1/stream'))
      await expect.poll(async () => (await streams()).length, SOON).toBeGreaterThan(2)
      const answers = ['/v1/stream', '/v1/runs/a/events', '/v1/runs'].map((path) => fetch(nginx.url + path))
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 502])
    } else await expect.poll(readyState, SOON).toBe(2)
    await hub.publish(topic, 2)
    const server = await serveAgain(hub)
    // Monofil's client takes both for what they are.
    await patient.expectLog(server.url)
    if (isHelped) await expect.poll(() => page.evaluate(() => window.native.length), SOON).toBe(2)
    else expect(await readyState()).toBe(2)
    await page.context().close()
  })
})

describe('a hub without keys', () => {
  it('refuses what says that it was forwarded', async () => {
    const hub = await ownHub({ authenticator: undefined })
    const nginx = await nginxFor(hub, { location: ['proxy_set_header X-Forwarded-For $remote_addr;'] })
    const client = createClient({ url: nginx.url, share: 'none', backoff: HASTY })
    client.subscribe(topic, {})
    await expect.poll(() => client.connection.get().reason, SOON).toBe('forbidden')
    expect(client.connection.get().lastError?.message).toContain('development mode')
    client.close()
  })

  it('refuses an nginx that says nothing of itself, by the HTTP/1.0 that it speaks', async () => {
    const hub = await ownHub({ authenticator: undefined })
    const nginx = await nginxFor(hub)
    for (const path of ['/v1/connections', '/v1/stream?topics=a', '/v1/runs']) {
      const answer = await fetch(nginx.url + path)
      expect([path, answer.status]).toEqual([path, 403])
      expect(await answer.text()).toContain('development mode')
    }
    expect((await fetch(`${nginx.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${hub.url}/v1/connections`)).status).toBe(200)
  })

  it('cannot tell that one which speaks HTTP/1.1 and says nothing is a proxy: who reaches it is the developer', async () => {
    const hub = await ownHub({ authenticator: undefined })
    const nginx = await nginxFor(hub, { location: ['proxy_http_version 1.1;', 'proxy_set_header Connection "";'] })
    expect((await fetch(`${nginx.url}/v1/connections`)).status).toBe(200)
  })
})

async function serveAgain(hub: TestHub): Promise<HubServer> {
  const { store, bus, server } = hub
  const again = await serve({ store, bus, host: '127.0.0.1', port: server.port, ...KEYS })
  closing.push(() => again.close())
  return again
}
