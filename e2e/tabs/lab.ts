import { rm } from 'node:fs/promises'
import { startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { buildTabs } from './build.ts'
import type { TabSetup } from './page.ts'

/** One stream that the hub took. */
export interface Opened {
  readonly marker: string
  readonly at: number
}

/** Short times, so that what waits for another tab's silence is seen in a second. */
export const BRISK = { silenceMs: 600, answerMs: 400, stealMs: 1000, handOverMs: 300 } as const

/** A hub, a browser, and the account of both about the streams between them. */
export class TabsLab {
  readonly hub: TestHub
  readonly browser: Browser
  readonly #own: boolean
  readonly #dir: string
  /** Streams the hub took, oldest first. */
  opened: Opened[] = []
  /** The most that were open at one moment: a count only grows where one is opened, so it is taken there. */
  peak = 0
  /** Streams the browser's network log names, by context. */
  readonly asked = new Map<BrowserContext, number>()

  private constructor(hub: TestHub, browser: Browser, { dir, own }: { dir: string; own: boolean }) {
    this.hub = hub
    this.browser = browser
    this.#own = own
    this.#dir = dir
    const { hub: inner } = hub.server
    const open = inner.open.bind(inner)
    inner.open = async (request) => {
      const opening = await open(request)
      const start: typeof opening.start = (sink) => {
        const connection = opening.start(sink)
        this.peak = Math.max(this.peak, this.live)
        this.opened.push({ marker: request.marker ?? '', at: Date.now() })
        return connection
      }
      return { ...opening, start }
    }
  }

  /** With a browser of its own unless one is given, which is then closed by whoever gave it. */
  static async start(given?: Browser): Promise<TabsLab> {
    const dir = await buildTabs()
    const hub = await startHub({ consoleDir: dir })
    const browser =
      given ??
      (await launchChromium({
        ignoreDefaultArgs: ['--disable-back-forward-cache'],
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--no-first-run'],
      }))
    return new TabsLab(hub, browser, { dir, own: given === undefined })
  }

  get live(): number {
    return this.hub.server.hub.connections().length
  }

  /** Topics of all open streams, sorted. */
  get topics(): string[] {
    const all = this.hub.server.hub.connections().flatMap(({ topics }) => topics)
    return all.toSorted()
  }

  /** A context whose streams are counted from nothing. */
  async context(): Promise<BrowserContext> {
    await expect.poll(() => this.live).toBe(0)
    this.peak = 0
    this.opened = []
    const context = await this.browser.newContext()
    this.asked.set(context, 0)
    context.on('request', (request) => {
      if (request.method() !== 'POST' || !request.url().endsWith('/v1/stream')) return
      this.asked.set(context, (this.asked.get(context) ?? 0) + 1)
    })
    return context
  }

  address(setup: TabSetup, file = ''): string {
    return `${this.hub.url}/console/${file}#${encodeURIComponent(JSON.stringify(setup))}`
  }

  /** Opens a tab; `inits` run in it before any other script. */
  async open(
    context: BrowserContext,
    setup: TabSetup,
    { inits = [], file = '' }: { readonly inits?: readonly (() => void)[]; readonly file?: string } = {},
  ): Promise<Page> {
    const page = await context.newPage()
    for (const init of inits) await page.addInitScript(init)
    await page.goto(this.address(setup, file))
    await page.waitForFunction(() => window.tab !== undefined)
    return page
  }

  /** Opens tabs one after the other, the first of which leads. */
  async openAll(context: BrowserContext, count: number, setup: TabSetup): Promise<Page[]> {
    const pages: Page[] = []
    for (let i = 0; i < count; i += 1) {
      const page = await this.open(context, setup)
      await settled(page)
      pages.push(page)
    }
    return pages
  }

  async close(): Promise<void> {
    if (this.#own) await this.browser.close()
    await this.hub.close()
    await rm(this.#dir, { recursive: true, force: true })
  }
}

/** Waits until a tab has its events by whatever way. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => window.tab.client.connection.get().status === 'open')
}

export const role = (page: Page): Promise<string> => page.evaluate(() => window.tab.client.connection.get().role)
export const rank = (page: Page): Promise<string> => page.evaluate(() => window.tab.client.debug().rank)
export const roles = async (pages: readonly Page[]): Promise<string[]> =>
  (await Promise.all(pages.map(role))).toSorted()

/** The one of these tabs that holds the stream, and the rest. @throws Error when there is none, or are two. */
export async function sides(pages: readonly Page[]): Promise<{ leader: Page; followers: Page[] }> {
  const known = await Promise.all(pages.map(async (page) => ({ page, role: await role(page) })))
  const leaders = known.filter((one) => one.role === 'leader')
  const leader = leaders[0]?.page
  if (leader === undefined || leaders.length > 1) throw new Error(`leaders: ${leaders.length} of ${pages.length}`)
  return { leader, followers: pages.filter((page) => page !== leader) }
}
