import { rm } from 'node:fs/promises'
import { launchChromium } from '@monofil/testkit/chromium'
import { type Tasks, traceTasks } from './main-thread.ts'
import { at, buildConsole, type Chromium, type Page, post, startScript } from './measured-hub.ts'
import { spread } from './table.ts'

type Session = Awaited<ReturnType<ReturnType<Page['context']>['newCDPSession']>>

const ITEMS = Number(process.env['BENCH_ITEMS'] ?? 100_000)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 10)
/** Items that change in a second, and in how many reports' requests. */
const RATE = 1000
const REQUESTS = 20

/** A part of the measurement: the main thread's tasks, and the time from frame to frame, ms. */
interface Seen extends Tasks {
  readonly frames: readonly number[]
}

interface Result {
  readonly head: number
  readonly whole: number
  readonly heapMb: number
  readonly still: Seen
  readonly live: Seen
  readonly scrolled: Seen
}

/**
 * The console's page of a live run with many items: when it shows the run, when all items, its memory, and how long
 * its main thread is held while nothing happens, while 1,000 items change a second, and while one scrolls meanwhile.
 */
export async function screen(rounds: number): Promise<string[][]> {
  const folder = await buildConsole()
  const hub = await startScript('polling-hub.ts', { BENCH_PAGE: folder })
  const browser = await launchChromium()
  const results: Result[] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      const run = await fill(`http://127.0.0.1:${hub.port}`)
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      results.push(await look(browser, page, `http://127.0.0.1:${hub.port}/`, run))
      await page.close()
    }
  } finally {
    await browser.close()
    hub.process.kill()
    await rm(folder, { recursive: true, force: true })
  }
  return rows(results)
}

/** An external run whose items all wait; what each brings is as long as a photo's facts. */
async function fill(url: string): Promise<string> {
  const { id } = await post<{ id: string }>(`${url}/v1/runs`, { workflow: 'bench', external: true, total: ITEMS })
  for (let from = 0; from < ITEMS; from += 1000) {
    const reports = Array.from({ length: Math.min(1000, ITEMS - from) }, (_, i) => ({
      id: `q${from + i}`,
      item: `photo-${String(from + i).padStart(6, '0')}.jpg`,
      status: 'queued',
    }))
    await post(`${url}/v1/runs/${id}/reports`, { reports })
  }
  return id
}

async function look(browser: Chromium, page: Page, url: string, run: string): Promise<Result> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable')
  await page.addInitScript(countFrames)
  const began = Date.now()
  await page.goto(`${url}console/runs/${run}`)
  await page.locator('.run-hero').waitFor({ timeout: 180_000 })
  const head = Date.now() - began
  await page.locator(`[aria-rowcount="${ITEMS + 1}"]`).waitFor({ timeout: 180_000 })
  const whole = Date.now() - began
  await cdp.send('HeapProfiler.enable')
  await cdp.send('HeapProfiler.collectGarbage')
  const heapMb = (await metric(cdp, 'JSHeapUsedSize')) / 1e6
  const during = async (act: () => Promise<unknown>): Promise<Seen> => {
    await frames(page)
    const tasks = await traceTasks(browser, page, act)
    return { ...tasks, frames: await frames(page) }
  }
  const still = await during(() => new Promise((resolve) => setTimeout(resolve, SECONDS * 1000)))
  const live = await during(() => change(url, run, 0))
  const scrolled = await during(() => Promise.all([scroll(page), change(url, run, RATE * SECONDS)]))
  return { head, whole, heapMb, still, live, scrolled }
}

/** `RATE` items a second from `first` on, evenly, for `SECONDS`. */
async function change(url: string, run: string, first: number): Promise<void> {
  const began = Date.now()
  const many = RATE / REQUESTS
  for (let turn = 0; turn < SECONDS * REQUESTS; turn += 1) {
    const wait = began + (turn * 1000) / REQUESTS - Date.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const reports = Array.from({ length: many }, (_, i) => {
      const item = first + turn * many + i
      const id = `photo-${String(item % ITEMS).padStart(6, '0')}.jpg`
      return {
        id: `d${item}`,
        item: id,
        status: 'completed',
        result: { width: 4000, height: 3000, sharpness: item / 7 },
      }
    })
    await post(`${url}v1/runs/${run}/reports`, { reports })
  }
}

/** Turns the wheel over the table, a screenful every 100 ms. */
async function scroll(page: Page): Promise<void> {
  await page.locator('.item-scroller').hover()
  for (let turn = 0; turn < SECONDS * 10; turn += 1) {
    await page.mouse.wheel(0, 600)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Runs in the page, before its scripts. */
function countFrames(): void {
  const kept: number[] = []
  Object.assign(window, { kept })
  let last = performance.now()
  const frame = (now: number): void => {
    kept.push(now - last)
    last = now
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}

/** Times between frames since it was last asked, sorted. */
async function frames(page: Page): Promise<readonly number[]> {
  const kept = await page.evaluate(() => (window as unknown as { kept: number[] }).kept.splice(0))
  return kept.toSorted((a, b) => a - b)
}

async function metric(cdp: Session, name: string): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  return metrics.find((known) => known.name === name)?.value ?? Number.NaN
}

function rows(results: readonly Result[]): string[][] {
  const of = (figure: (result: Result) => number, digits = 0) => spread(results.map(figure), digits)
  const long = (tasks: readonly number[]) => tasks.filter((ms) => ms > 50).length
  const part = (name: string, seen: (result: Result) => Seen): string[] => [
    name,
    of((result) => long(seen(result).cpu)),
    of((result) => seen(result).cpu.at(-1) ?? 0),
    of((result) => long(seen(result).wall)),
    of((result) => at(seen(result).frames, 0.5)),
    of((result) => at(seen(result).frames, 0.99)),
    of((result) => (seen(result).cpu.reduce((sum, ms) => sum + ms, 0) / seen(result).lastedMs) * 100),
  ]
  const head = [
    'tasks over 50 ms of CPU',
    'longest, ms of CPU',
    'over 50 ms of time',
    'frame p50, ms',
    'p99, ms',
    'CPU, %',
  ]
  return [
    [`${ITEMS} items, ${RATE} changes/s for ${SECONDS} s`, ...head],
    part('nothing happens', ({ still }) => still),
    part('items change', ({ live }) => live),
    part('items change, one scrolls', ({ scrolled }) => scrolled),
    ['run shown after, ms', of(({ head }) => head)],
    ['all items shown after, ms', of(({ whole }) => whole)],
    ['heap, MB', of(({ heapMb }) => heapMb)],
  ]
}
