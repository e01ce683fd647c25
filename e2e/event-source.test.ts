/** Our EventSource and the browser's own, side by side: the same servers, the same steps, the same to be seen. */
import { join } from 'node:path'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, Page } from 'playwright-core'
import { build, defaultClientConditions, type Rolldown } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Case, SAME } from './event-source-cases.ts'
import type { Outcome, Steps, Who } from './event-source-page.ts'
import { CaseServer } from './event-source-server.ts'

let browser: Browser
let page: Page
let server: CaseServer
let other: CaseServer

beforeAll(async () => {
  const script = await bundle()
  server = await CaseServer.start(script)
  other = await CaseServer.start(script)
  browser = await launchChromium({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })
  page = await browser.newPage()
  await page.goto(`${server.origin}/page`)
  await page.waitForFunction(() => window.runCase !== undefined)
})

afterAll(async () => {
  await browser?.close()
  await server?.close()
  await other?.close()
})

async function bundle(): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'warn',
    resolve: { conditions: ['@monofil/source', ...defaultClientConditions] },
    build: {
      write: false,
      minify: false,
      lib: { entry: join(import.meta.dirname, 'event-source-page.ts'), formats: ['es'], fileName: 'script' },
    },
  })) as Rolldown.RolldownOutput[]
  const code = built[0]?.output[0].code
  if (code === undefined) throw new Error('nothing was built')
  return code
}

const run = (who: Who, steps: Steps): Promise<Outcome> =>
  page.evaluate(([name, what]) => window.runCase(name, what), [who, steps] as const)

/** What one implementation showed of a case: its events, and what it asked for. */
async function show(who: Who, { answer, isCross = false, name: _name, ...steps }: Case, number: number) {
  const host = isCross ? other : server
  const path = `case-${number}/${who}`
  host.add(`case-${number}`, answer)
  const outcome = await run(who, { ...steps, url: `${host.origin}/${path}` })
  await expect.poll(() => host.open.get(path)).toBe(0)
  const asked = host.asked.get(path) ?? []
  const text = JSON.stringify({ outcome, asked: asked.map(({ at: _, ...rest }) => rest), peak: host.peak.get(path) })
  return { shown: JSON.parse(text.replaceAll(path, 'path')) as unknown, outcome, asked }
}

describe('does the same as the browser', () => {
  it.each(SAME.map((each, index) => ({ ...each, index })))('$name', async ({ index, ...each }) => {
    const native = await show('native', each, index)
    const ours = await show('ours', each, index)
    expect(ours.shown).toEqual(native.shown)
    expect(native.asked.length).toBeGreaterThan(0)
    expect(native.outcome.events.length).toBeGreaterThan(0)
    if (each.name !== 'waits as told') return
    for (const { asked } of [native, ours]) {
      const [first, second] = asked
      const waited = (second?.at ?? 0) - (first?.at ?? 0)
      expect(waited, `${waited} ms`).toBeGreaterThan(650)
      expect(waited, `${waited} ms`).toBeLessThan(1500)
    }
  })

  it.each(['http://[bogus', 'http://host:99999/'])('for the url %s', async (url) => {
    const names = await page.evaluate((bad) => {
      const name = (who: Who) => {
        try {
          new window.sources[who](bad)
          return 'none'
        } catch (error) {
          return [error instanceof DOMException, (error as Error).name]
        }
      }
      return [name('native'), name('ours')]
    }, url)
    expect(names[1]).toEqual(names[0])
    expect(names[0]).toEqual([true, 'SyntaxError'])
  })

  it('for urls that are objects, numbers, nothing, empty or of another scheme', async () => {
    const seen = await page.evaluate(async () => {
      const of = async (who: Who) => {
        const list: unknown[] = []
        for (const url of [{ toString: () => 'object' }, 1, null, undefined, '', '#hash', 'ftp://x/', 'mailto:a@b']) {
          const source = new window.sources[who](url as string)
          const before = source.readyState
          const type = await new Promise((resolve) => {
            source.onerror = (event) => resolve(`${event.type} ${event.constructor.name}`)
          })
          list.push([source.url, before, type, source.readyState])
        }
        return list
      }
      return [await of('native'), await of('ours')]
    })
    expect(seen[1]).toEqual(seen[0])
    expect(seen[0]).toHaveLength(8)
  })

  it('for its shape', async () => {
    const shapes = await page.evaluate((url) => {
      const of = (who: Who) => {
        const Source = window.sources[who]
        const source = new Source(url)
        const shape = [
          [Source.CONNECTING, Source.OPEN, Source.CLOSED, Source.length],
          [source.CONNECTING, source.OPEN, source.CLOSED, source.readyState, source.url, source.withCredentials],
          [source.onopen, source.onmessage, source.onerror, String(source), source instanceof EventTarget],
          ['close', 'url', 'readyState', 'onopen', 'CLOSED', 'addEventListener'].map(
            (name) => name in Source.prototype,
          ),
          Object.keys(source),
        ]
        source.close()
        return shape
      }
      return [of('native'), of('ours')]
    }, `${server.origin}/nothing`)
    expect(shapes[1]).toEqual(shapes[0])
  })

  it('for cookies of another origin, which go only with credentials', async () => {
    await page.context().addCookies([{ name: 'a', value: 'b', url: other.origin }])
    const each = SAME.filter(({ isCross }) => isCross)
    const cookies = async (who: Who) => {
      const list: unknown[] = []
      for (const one of each) list.push((await show(who, one, 900 + list.length)).asked.map(({ cookie }) => cookie))
      return list
    }
    const native = await cookies('native')
    expect(await cookies('ours')).toEqual(native)
    expect(native[0]).toEqual(['a=b'])
  })
})

describe('differs where script cannot do what a browser does', () => {
  it('a refusal by CORS closes the native one; ours cannot tell it from a lost network and tries again', async () => {
    const each: Case = {
      name: 'refused by CORS',
      answer: (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data:x\n\n'),
      events: 1,
      isCross: true,
    }
    const native = await show('native', each, 950)
    const ours = await show('ours', each, 950)
    expect([native.outcome.state, ours.outcome.state]).toEqual([2, 0])
  })

  it('an id that goes to another origin costs ours a preflight', async () => {
    const methods: Record<Who, string[]> = { native: [], ours: [] }
    for (const who of ['native', 'ours'] as const) {
      const each: Case = {
        name: 'an id cross-origin',
        answer: (response, number, { method, headers }) => {
          methods[who].push(method ?? '')
          const allow = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'last-event-id' }
          if (method === 'OPTIONS') response.writeHead(204, allow).end()
          else if (number === 1)
            response.writeHead(200, { ...allow, 'content-type': 'text/event-stream' }).end('retry:50\nid:1\n\n')
          else
            response
              .writeHead(200, { ...allow, 'content-type': 'text/event-stream' })
              .write(`data:${headers['last-event-id']}\n\n`)
        },
        events: 4,
        isCross: true,
      }
      const { outcome } = await show(who, each, 951)
      expect(outcome.events.at(-1)).toMatchObject({ type: 'message', data: '1' })
    }
    expect(methods).toEqual({ native: ['GET', 'GET'], ours: ['GET', 'OPTIONS', 'GET'] })
  })
})

it('a socket cut before its answer is a lost network for both', async () => {
  const each: Case = { name: 'cut', answer: (response) => void response.destroy(), events: 1 }
  const native = await show('native', each, 960)
  const ours = await show('ours', each, 960)
  expect(ours.outcome.events).toEqual(native.outcome.events)
  expect(native.outcome).toMatchObject({ state: 0, events: [{ type: 'error' }] })
})

it('lets its page into the back/forward cache, asks for nothing there, and goes on when restored', async () => {
  server.add('kept', (response, number) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`id:${number}\ndata:${number}\n\n`)
  })
  let report: unknown
  // The page tells it by itself: the driver loses sight of a page that was restored.
  server.add('report', (response, _, { url = '' }) => {
    report = JSON.parse(decodeURIComponent(url.split('?')[1] ?? ''))
    response.end()
  })
  const path = 'kept/ours'
  await page.evaluate(async (url) => {
    const source = new window.sources.ours(url)
    const told: string[] = []
    for (const name of ['open', 'message', 'error']) {
      source.addEventListener(name, (event: Event) => told.push(`${event.type} ${(event as MessageEvent).data ?? ''}`))
    }
    window.addEventListener('pageshow', ({ persisted }) => {
      told.push(`persisted ${persisted}`)
      source.onmessage = () => void fetch(`/report/ours?${encodeURIComponent(JSON.stringify(told))}`)
    })
    await new Promise((resolve) => source.addEventListener('message', resolve))
  }, `/${path}`)
  await page.goto(`${server.origin}/elsewhere`)
  await expect.poll(() => server.open.get(path)).toBe(0)
  await page.evaluate(() => history.back()).catch(() => {})
  await expect
    .poll(() => report, { timeout: 20_000 })
    .toEqual(['open ', 'message 1', 'persisted true', 'open ', 'message 2'])
  expect(server.asked.get(path)?.map(({ lastEventId }) => lastEventId)).toEqual([undefined, '1'])
  expect(server.peak.get(path)).toBe(1)
})
