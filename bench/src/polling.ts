import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { launchChromium } from '@monofil/testkit/chromium'
import { build, defaultClientConditions } from 'vite'
import { Wire } from './polling-wire.ts'
import { spread } from './table.ts'

/** `poll`: run and items every 2 s. `run`: the run alone every 2 s. `stream`: Monofil's hook. */
type Mode = 'poll' | 'run' | 'stream'

interface Result {
  readonly requests: number
  readonly up: number
  readonly down: number
  /** From sending a report to the page showing it, commit included, sorted. */
  readonly delays: readonly number[]
}

type Chromium = Awaited<ReturnType<typeof launchChromium>>

const ITEMS = 500
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 20)
const VARIANTS: readonly (readonly [Mode, number])[] = [
  ['poll', 1],
  ['poll', 10],
  ['poll', 50],
  ['run', 1],
  ['stream', 1],
  ['stream', 10],
  ['stream', 50],
]
const NAMES: Readonly<Record<Mode, string>> = {
  poll: 'polling run and items',
  run: 'polling the run only',
  stream: 'one stream',
}

/** A page watches a run of 500 items: requests, bytes and the time from change to screen; a row for each variant. */
export async function polling(rounds: number): Promise<string[][]> {
  const folder = await buildPage()
  const hub = await startHub(folder)
  const browser = await launchChromium()
  const results = new Map<string, Result[]>()
  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const [mode, watchers] of VARIANTS) {
        const name = `${NAMES[mode]}, ${watchers} watching`
        const result = await watch(browser, hub.port, mode, watchers)
        results.set(name, [...(results.get(name) ?? []), result])
      }
    }
  } finally {
    await browser.close()
    hub.process.kill()
    await rm(folder, { recursive: true, force: true })
  }
  const head = [`500 items over ${SECONDS} s`, 'requests', 'kB sent', 'kB received', 'to screen p50, ms', 'p99, ms']
  return [head, ...[...results].map(([name, seen]) => row(name, seen))]
}

function row(name: string, seen: readonly Result[]): string[] {
  const of = (figure: (result: Result) => number, digits = 0) => spread(seen.map(figure), digits)
  return [
    name,
    of(({ requests }) => requests),
    of(({ up }) => up / 1000, 1),
    of(({ down }) => down / 1000, 1),
    of(({ delays }) => at(delays, 0.5)),
    of(({ delays }) => at(delays, 0.99)),
  ]
}

function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

async function watch(browser: Chromium, port: number, mode: Mode, watchers: number): Promise<Result> {
  const api = `http://127.0.0.1:${port}/v1/runs`
  const run = await post<{ id: string }>(api, { workflow: 'bench', external: true, total: ITEMS })
  const wire = new Wire(port)
  await wire.listen()
  const page = await browser.newPage()
  let requests = 0
  page.on('request', (request) => {
    if (request.url().includes('/v1/')) requests += 1
  })
  await page.goto(`${wire.url}/console/?run=${run.id}&mode=${mode}&watchers=${watchers}`)
  await page.waitForFunction((count) => window.watching >= count, watchers)
  const sent = await report(`${api}/${run.id}/reports`)
  await page.waitForFunction(() => window.ended)
  const { up, down } = wire
  const shown = await page.evaluate(() => window.shown)
  await page.close()
  await wire.close()
  const delays = sent.map((from, item) => (shown[item] ?? Number.NaN) - from).toSorted((a, b) => a - b)
  if (delays.some(Number.isNaN)) throw new Error(`${mode}: the page did not show every item`)
  return { requests, up, down, delays }
}

/** Reports the items one by one, evenly over the time, then the end; answers when each was sent, ms since 1970. */
async function report(url: string): Promise<number[]> {
  const began = Date.now()
  const sent: number[] = []
  for (let item = 0; item < ITEMS; item += 1) {
    const wait = began + (item * SECONDS * 1000) / ITEMS - Date.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    sent.push(Date.now())
    await post(url, {
      reports: [{ id: `r${item}`, item: `i${item}`, status: 'completed', result: { score: item / 7 } }],
    })
  }
  await post(url, { reports: [{ id: 'end', status: 'completed' }] })
  return sent
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

async function buildPage(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'monofil-bench-page-'))
  await build({
    configFile: false,
    logLevel: 'warn',
    base: '/console/',
    root: import.meta.dirname,
    resolve: { conditions: ['@monofil/source', ...defaultClientConditions] },
    build: {
      outDir,
      emptyOutDir: true,
      rollupOptions: {
        input: join(import.meta.dirname, 'polling-page.ts'),
        output: { entryFileNames: 'assets/page.js' },
      },
    },
  })
  const html =
    '<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/console/assets/page.js">'
  await writeFile(join(outDir, 'index.html'), `${html}</script>\n`)
  return outDir
}

async function startHub(folder: string): Promise<{ readonly port: number; readonly process: ChildProcess }> {
  const script = join(import.meta.dirname, 'polling-hub.ts')
  const child = spawn(process.execPath, ['--conditions=@monofil/source', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', BENCH_PAGE: folder },
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = (await once(lines, 'line')) as [string]
  return { port: (JSON.parse(line) as { port: number }).port, process: child }
}
