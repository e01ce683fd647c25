import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { createClient, type MonofilClient } from '@monofil/client'
import type { Report, Run } from '@monofil/protocol'
import {
  type Authenticator,
  createLocalBus,
  type ExportSettings,
  type HubServer,
  type PushSender,
  type Store,
  serve,
} from '@monofil/server'
import { openSqliteStore } from '@monofil/server/sqlite'
import { launchChromium } from '@monofil/testkit/chromium'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { build } from 'vite'
import { expect } from 'vitest'

/** How long a busy machine may take to show what is already on its way. */
export const SOON = { timeout: 20_000 }

/** The console in a real browser over a real hub whose data the test changes from outside. */
export interface ConsoleHub {
  readonly url: string
  readonly client: MonofilClient
  /** For tests that are the worker themselves. */
  readonly store: Store
  /** A page in a context of its own. */
  open(path: string, options?: BrowserContextOptions): Promise<Page>
  /** An external run that has begun. */
  startRun(run: { id: string; workflow?: string; total?: number; tags?: string[] }): Promise<Run>
  report(id: string, reports: readonly Omit<Report, 'id'>[]): Promise<void>
  /** Cuts every stream and stops listening; the data stays. */
  stop(): Promise<void>
  /** Listens again on the same port. */
  resume(): Promise<void>
  close(): Promise<void>
}

/** Builds the console as it is in the working tree, as it ships: the test runner's NODE_ENV would choose React's development build. */
async function buildConsole(outDir: string): Promise<void> {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    await build({
      root: join(import.meta.dirname, '../apps/console'),
      logLevel: 'warn',
      build: { outDir, emptyOutDir: true },
    })
  } finally {
    process.env['NODE_ENV'] = before
  }
}

/** Builds the console and opens it over a hub of its own, in development mode without `keys`. The caller closes it. */
export async function openConsole(
  keys: {
    readonly authenticator?: Authenticator
    readonly token?: string
    readonly exports?: Partial<ExportSettings>
    /** Makes what sends pushes, of the hub's own store; they are due at once. */
    readonly push?: (store: Store) => Promise<PushSender>
  } = {},
): Promise<ConsoleHub> {
  const folder = await mkdtemp(join(tmpdir(), 'monofil-console-'))
  const consoleDir = join(folder, 'console')
  await buildConsole(consoleDir)
  const bus = createLocalBus()
  const store = await openSqliteStore({
    dir: join(folder, 'data'),
    durability: 'normal',
    onCommit: (commit) => bus.publish({ kind: 'commit', commit }),
    notices: keys.push && { push: true, pushBackoffMs: 100, liveWaitMs: 0 },
  })
  const { authenticator, exports, push: pushOf, ...credential } = keys
  const push = await pushOf?.(store)
  const listen = (port: number): Promise<HubServer> =>
    serve({ store, bus, host: '127.0.0.1', port, consoleDir, authenticator, exports, push })
  let server = await listen(0)
  const { url, port } = server
  const browser = await launchChromium()
  const client = createClient({ url, ...credential })
  let reports = 0
  return {
    url,
    client,
    store,
    async open(path, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...options })
      const page = await context.newPage()
      await page.goto(`${url}/console${path}`)
      return page
    },
    startRun: ({ workflow = 'photos', ...run }) => client.api.runs.start({ workflow, external: true, ...run }),
    async report(id, given) {
      await client.api.runs.report(
        id,
        given.map((report) => ({ id: `report-${++reports}`, ...report })),
      )
    },
    stop: () => server.close(),
    async resume() {
      server = await listen(port)
    },
    async close() {
      client.close()
      await browser.close()
      await server.close()
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Reports of items that are over, `from` up to but not including `to`. */
export function itemsDone(
  from: number,
  to: number,
  status: 'completed' | 'failed' = 'completed',
): Omit<Report, 'id'>[] {
  return Array.from({ length: to - from }, (_, place) => ({
    item: `item-${from + place}`,
    status,
    ...(status === 'failed'
      ? { error: { code: 'broken_image', message: `the JPEG ends at byte ${from + place}` } }
      : { result: { sharpness: from + place } }),
  }))
}

/** Fails on accessibility findings that matter, and on sideways scrolling. */
export async function expectGoodPage(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)).toEqual(
    [],
  )
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
}

/** What the shell's bell and toasts ask once, when they are loaded: a moment after the page. */
const SHELL = /^(PATCH \/v1\/stream\/|GET \/v1\/(inbox|session)\b)/

/** Requests of a page that are neither its files nor of its shell, from now on. */
export function countCalls(page: Page): string[] {
  const calls: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    const call = `${request.method()} ${pathname}`
    if (!pathname.startsWith('/console/') && !SHELL.test(call)) calls.push(call)
  })
  return calls
}
