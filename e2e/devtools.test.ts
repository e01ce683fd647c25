/** The development tools and the panel in Chromium, from real builds of Vite and esbuild. */
import { readFile } from 'node:fs/promises'
import AxeBuilder from '@axe-core/playwright'
import { startHub, type TestHub } from '@monofil/testkit'
import { launchChromium } from '@monofil/testkit/chromium'
import { replayRecording } from '@monofil/testkit/replay'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { esbuild, scriptOf, viteBuild, viteServer } from './devtools/builds.ts'

let browser: Browser
let context: BrowserContext
const closing: { close(): Promise<void> }[] = []

beforeAll(async () => {
  browser = await launchChromium()
})

afterAll(() => browser?.close())

beforeEach(async () => {
  context = await browser.newContext()
})

afterEach(async () => {
  await context.close()
  for (const one of closing.splice(0)) await one.close()
})

async function hubWith(consoleDir?: string): Promise<TestHub> {
  const hub = await startHub(consoleDir === undefined ? {} : { consoleDir })
  closing.unshift(hub)
  return hub
}

interface Visit {
  readonly page: Page
  readonly hub: TestHub
  /** Lines of the console that are ours. */
  readonly lines: string[]
}

async function visit(url: string, hub: TestHub): Promise<Visit> {
  const page = await context.newPage()
  const lines: string[] = []
  page.on('console', (message) => {
    if (message.text().includes('monofil')) lines.push(message.text())
  })
  await page.goto(url)
  await page.getByText('stock: 0 events, live').waitFor()
  return { page, hub, lines }
}

const visitBuild = async (folder: string): Promise<Visit> => {
  const hub = await hubWith(folder)
  return visit(`${hub.url}/console/`, hub)
}

async function visitVite(): Promise<Visit> {
  const hub = await hubWith()
  const vite = await viteServer(hub.url)
  closing.unshift(vite)
  return visit(vite.url, hub)
}

const told = (page: Page) => page.evaluate(() => window.__monofil?.())

describe('window.__monofil and the log', () => {
  const development = [
    ["from Vite's development server", visitVite],
    ['from esbuild', async () => visitBuild(await esbuild(false))],
  ] as const

  it.each(development)('are there in development, %s, and a second stream is warned of', async (_, open) => {
    const { page, lines } = await open()
    await expect.poll(async () => (await told(page))?.length).toBe(2)
    expect(await told(page)).toMatchObject([
      { marker: 'the-other', open: false, activeConnections: 0 },
      { open: true, role: 'leader', activeConnections: 1, refs: { orders: 1, stock: 1 }, timersPending: 1 },
    ])
    const marker = (await told(page))?.[1]?.marker
    expect(lines.some((line) => line.startsWith(`[monofil ${marker}] connect #1`))).toBe(true)
    expect(lines.filter((line) => line.includes('second stream'))).toEqual([])
    for (let i = 0; i < 3; i += 1) await page.getByRole('button', { name: 'A naive stream' }).click()
    await expect.poll(() => lines.filter((line) => line.includes('second stream')).length).toBe(1)
    const warning = lines.find((line) => line.includes('second stream'))
    expect(warning).toContain("new EventSource opens a second stream to the hub's origin")
    expect(warning).toMatch(/at onClick .*main/)
    expect(warning).not.toContain('?topics=')
  })

  const production = [
    ['Vite', viteBuild],
    ['esbuild', () => esbuild(true)],
  ] as const

  it.each(production)('are not in a production build by %s', async (_, make) => {
    const folder = await make()
    const script = await scriptOf(folder)
    expect(script.includes('/v1/stream')).toBe(true)
    const words = ['__monofil', 'second stream', 'connect refused']
    expect(words.filter((word) => script.includes(word))).toEqual([])
    const { page, hub, lines } = await visitBuild(folder)
    expect(await page.evaluate(() => '__monofil' in window)).toBe(false)
    await page.getByRole('button', { name: 'A naive stream' }).click()
    await expect.poll(() => hub.server.hub.connections().length).toBe(2)
    expect(lines).toEqual([])
  })
})

describe('the panel', () => {
  let seen: Visit

  beforeEach(async () => {
    seen = await visitVite()
    await expect.poll(async () => (await told(seen.page))?.length).toBe(2)
  })

  const badge = () => seen.page.getByRole('button', { name: /monofil open/ })
  const panel = () => seen.page.getByRole('region', { name: 'Monofil devtools' })
  const fact = (name: string) => panel().locator('dl > div', { hasText: name }).locator('dd')

  it('tells role, status and streams, and everything that debug() tells', async () => {
    await expect.poll(() => badge().textContent()).toMatch(/^monofil openleader, alone · 1 stream$/)
    await badge().click()
    const debug = (await told(seen.page))?.[1]
    await expect.poll(() => fact('Marker').textContent()).toBe(debug?.marker)
    expect(await fact('Attempts, opened').textContent()).toBe('1, 1')
    expect(await fact('Timers pending').textContent()).toBe('1')
    expect(await fact('readyState').textContent()).toBe('1 (open)')
    const second = await context.newPage()
    await second.goto(seen.page.url())
    await second.bringToFront()
    await expect
      .poll(() => second.getByRole('button', { name: /follower of/ }).textContent())
      .toContain('no stream here')
    await expect.poll(() => fact('Role').textContent()).toBe('leader of 1 tab')
  })

  it('shows topics with subscribers, cursors and freshness as they change', async () => {
    await badge().click()
    await panel().getByRole('tab', { name: 'Topics' }).click()
    const row = (name: string) => panel().getByRole('row', { name: new RegExp(`^${name} `) })
    await expect.poll(() => row('stock').textContent()).toMatch(/^stock1\w+:0 live$/)
    await seen.hub.publish('stock', 1)
    await expect.poll(() => row('stock').textContent()).toMatch(/^stock1\w+:1 live$/)
    await panel().getByRole('button', { name: 'Disconnect' }).click()
    await expect.poll(() => row('stock').textContent()).toMatch(/:1 stale$/)
  })

  it('shows and filters what the flight recorder has', async () => {
    await badge().click()
    await panel().getByRole('tab', { name: 'Recorder' }).click()
    await seen.hub.publish('orders', { secret: 1 })
    const entries = panel().getByRole('listitem')
    await expect.poll(() => entries.first().textContent()).toMatch(/subscription orders: t 1 → shown$/)
    await panel().getByRole('button', { name: 'Reconnect' }).click()
    await panel().getByLabel('Filter by kind').selectOption('connection')
    await expect.poll(() => entries.first().textContent()).toMatch(/ connection hello → open$/)
    const texts = await entries.allTextContents()
    expect(texts.every((text) => text.includes(' connection '))).toBe(true)
    expect(texts.some((text) => text.endsWith(' connection restart → connecting'))).toBe(true)
    await panel().getByLabel('Filter by kind').selectOption('all')
    await panel().getByLabel('Filter by words').fill('orders: T 1')
    await expect.poll(() => entries.count()).toBe(1)
    await panel().getByRole('button', { name: 'Clear' }).click()
    await expect.poll(() => panel().getByText('No entry is like that.').count()).toBe(1)
  })

  it('reconnects, disconnects, connects, and never holds two streams', async () => {
    let peak = 0
    const watch = setInterval(() => {
      peak = Math.max(peak, seen.hub.server.hub.connections().length)
    }, 5)
    await badge().click()
    await panel().getByRole('button', { name: 'Reconnect' }).click()
    await expect.poll(() => fact('Attempts, opened').textContent()).toBe('2, 2')
    await panel().getByRole('button', { name: 'Disconnect' }).click()
    await expect.poll(() => seen.hub.server.hub.connections().length).toBe(0)
    await expect.poll(() => fact('Status').textContent()).toBe('idle')
    await panel().getByRole('button', { name: 'Connect', exact: true }).click()
    await expect.poll(() => fact('Attempts, opened').textContent()).toBe('3, 3')
    await expect.poll(() => seen.hub.server.hub.connections().length).toBe(1)
    clearInterval(watch)
    expect(peak).toBe(1)
  })

  it('copies a report that replays, without data of events', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    await seen.hub.publish('orders', { secret: 'of the user' })
    await seen.page.getByText('orders: 1 events').waitFor()
    await badge().click()
    await panel().getByRole('button', { name: 'Reconnect' }).click()
    await expect.poll(() => fact('Attempts, opened').textContent()).toBe('2, 2')
    await panel().getByRole('button', { name: 'Copy report' }).click()
    await panel()
      .getByText(/^Report copied, \d+ kB$/)
      .waitFor()
    const text = await seen.page.evaluate(() => navigator.clipboard.readText())
    expect(text).not.toContain('of the user')
    const { steps, ends } = await replayRecording(JSON.parse(text))
    expect(steps).toBeGreaterThan(10)
    expect(ends['connection connection']).toMatchObject({ status: 'open', connects: 2 })
  })

  it('saves the report as a file where the page may not use the clipboard', async () => {
    await seen.page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }))
    await badge().click()
    const [download] = await Promise.all([
      seen.page.waitForEvent('download'),
      panel().getByRole('button', { name: 'Copy report' }).click(),
    ])
    const report = JSON.parse(await readFile(await download.path(), 'utf8'))
    expect(report).toMatchObject({ format: 'monofil-recording', clients: [{ status: 'open' }] })
  })

  it('is used with the keyboard alone', async () => {
    const { page } = seen
    await badge().focus()
    await page.keyboard.press('Enter')
    const focused = () =>
      page.evaluate(() => document.querySelector('[data-monofil-devtools]')?.shadowRoot?.activeElement?.textContent)
    await expect.poll(focused).toContain('Collapse')
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('Tab')
    expect(await focused()).toBe('Connection')
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toMatch(/^Topics/)
    expect(
      await panel()
        .getByRole('tab', { name: /Topics/ })
        .getAttribute('aria-selected'),
    ).toBe('true')
    await page.keyboard.press('End')
    expect(await focused()).toBe('Recorder')
    await page.keyboard.press('Escape')
    await expect.poll(() => panel().count()).toBe(0)
    await expect.poll(focused).toMatch(/^monofil/)
  })

  it.each(['light', 'dark'] as const)(
    'is accessible in %s, wide and narrow, untouched by the page',
    async (colorScheme) => {
      const { page } = seen
      await page.emulateMedia({ colorScheme })
      await badge().click()
      for (const [width, height] of [
        [1280, 800],
        [390, 780],
      ] as const) {
        await page.setViewportSize({ width, height })
        for (const tab of ['Connection', 'Topics', 'Recorder']) {
          await panel().getByRole('tab', { name: tab }).click()
          const { violations } = await new AxeBuilder({ page }).include('[data-monofil-devtools]').analyze()
          expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
          const box = await panel().boundingBox()
          expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= width).toBe(true)
          const sideways = await panel()
            .getByRole('tabpanel')
            .evaluate((element) => element.scrollWidth - element.clientWidth)
          expect(sideways).toBe(0)
        }
      }
      const button = panel().getByRole('button', { name: 'Reconnect' })
      expect(await button.evaluate((element) => getComputedStyle(element).fontSize)).toBe('13px')
      const page1 = page.getByRole('button', { name: 'A naive stream' })
      expect(await page1.evaluate((element) => getComputedStyle(element).borderRadius)).toBe('0px')
    },
  )
})
