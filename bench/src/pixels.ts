import { rm } from 'node:fs/promises'
import { launchChromium } from '@monofil/testkit/chromium'
import { at, buildConsole, type Page, post, startScript } from './measured-hub.ts'
import { spread } from './table.ts'

const ITEMS = 100
const RUNS = 40
const WATCHERS = 100

interface Item {
  readonly id: string
  readonly step: string
  readonly result: { readonly at: number } | null
}

/**
 * From the moment at which a handler in a worker process is done to the frame in which Chromium shows it, in the console:
 * lone items on a run's page, and ends of runs on the list of runs, while 100 further streams watch.
 */
export async function pixels(rounds: number): Promise<string[][]> {
  const folder = await buildConsole()
  const hub = await startScript('servers/pixel-hub.ts', { BENCH_PAGE: folder })
  const url = `http://127.0.0.1:${hub.port}`
  const browser = await launchChromium()
  const lone: number[][] = []
  const ends: number[][] = []
  try {
    for (let round = 0; round < rounds; round += 1) {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      await page.addInitScript(watch)
      lone.push(await items(page, url))
      ends.push(await runs(page, url))
      await page.close()
    }
  } finally {
    await browser.close()
    hub.process.stdin?.end()
    await rm(folder, { recursive: true, force: true })
  }
  const row = (name: string, seen: readonly number[][]) => [
    name,
    spread(
      seen.map((delays) => at(delays, 0.5)),
      0,
    ),
    spread(
      seen.map((delays) => at(delays, 0.99)),
      0,
    ),
  ]
  return [
    [`worker to frame, ${WATCHERS} further streams`, 'p50, ms', 'p99, ms'],
    row(`a lone item of ${ITEMS} is done`, lone),
    row(`the end of each of ${RUNS} runs`, ends),
  ]
}

/** One run of many items, each further from the next than anything gathers. */
async function items(page: Page, url: string): Promise<number[]> {
  const { id } = await post<{ id: string }>(`${url}/v1/runs`, { workflow: 'pixels', input: { count: ITEMS } })
  const stop = follow(url, [`run:${id}`])
  // The last changed first: what changes is in sight.
  await page.goto(`${url}/console/runs/${id}?sort=-changed`)
  await page.locator('.run-end').waitFor({ timeout: 120_000 })
  const shown = await shownOf(page)
  stop.abort()
  const page1 = await fetch(`${url}/v1/runs/${id}/items?step=settle&limit=200`)
  const { items } = (await page1.json()) as { items: readonly Item[] }
  const first = await page.evaluate(() => (window as unknown as { openedAt: number }).openedAt)
  return items
    .filter(({ result }) => (result?.at ?? 0) > first + 2000)
    .map(({ id, result }) => (shown[id] ?? Number.NaN) - (result?.at ?? 0))
    .toSorted((a, b) => a - b)
}

/** Runs of one item, one after the other. */
async function runs(page: Page, url: string): Promise<number[]> {
  await page.goto(`${url}/console/runs`)
  await page.locator('.run-row').first().waitFor()
  const stop = follow(url, ['runs'])
  const delays: number[] = []
  for (let run = 0; run < RUNS; run += 1) {
    const { id } = await post<{ id: string }>(`${url}/v1/runs`, { workflow: 'pixels', input: { count: 1 } })
    await page.waitForFunction((wanted) => (window as unknown as Shown).shown[wanted] !== undefined, id)
    const answer = await fetch(`${url}/v1/runs/${id}/items?step=settle`)
    const { items } = (await answer.json()) as { items: readonly Item[] }
    const shown = await shownOf(page)
    delays.push((shown[id] ?? Number.NaN) - (items[0]?.result?.at ?? Number.NaN))
  }
  stop.abort()
  return delays.toSorted((a, b) => a - b)
}

interface Shown {
  readonly shown: Readonly<Record<string, number>>
}

function shownOf(page: Page): Promise<Readonly<Record<string, number>>> {
  return page.evaluate(() => (window as unknown as Shown).shown)
}

/** Opens streams that read whatever comes. */
function follow(url: string, topics: readonly string[]): AbortController {
  const stop = new AbortController()
  for (let watcher = 0; watcher < WATCHERS; watcher += 1) {
    const read = async () => {
      const response = await fetch(`${url}/v1/stream`, {
        method: 'POST',
        headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
        body: JSON.stringify({ topics: topics.map((topic) => ({ topic })) }),
        signal: stop.signal,
      })
      for await (const _ of response.body ?? []);
    }
    read().catch((error: unknown) => {
      if (!stop.signal.aborted) throw error
    })
  }
  return stop
}

/** In the page, before its scripts: when each item and run was first painted as completed, ms since 1970. */
function watch(): void {
  const shown: Record<string, number> = {}
  Object.assign(window, { shown, openedAt: Date.now() })
  const seen = new Set<string>()
  const look = () => {
    for (const row of document.querySelectorAll('.item-row, .run-row')) {
      if (!row.textContent.includes('Completed')) continue
      const id = row.querySelector('code[title]')?.getAttribute('title') ?? row.querySelector('code')?.textContent ?? ''
      if (id === '' || seen.has(id)) continue
      seen.add(id)
      // A task after the next frame has begun: that frame has been painted.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => {
          shown[id] = Date.now()
          port1.close()
        }
        port2.postMessage(null)
      })
    }
  }
  new MutationObserver(look).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  })
}
