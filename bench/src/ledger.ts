import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Finished, inspect } from './ledger-check.ts'
import type { Usage } from './servers/usage.ts'

const ITEMS = Number(process.env['BENCH_ITEMS'] ?? 100_000)
/** One run may take so long. */
const PATIENCE_MS = 240_000

interface Case {
  readonly workflow: string
  readonly count: number
  /** What of the items fails for good. */
  readonly failed: number
}

interface Used {
  readonly hub: Usage
  readonly worker: Usage
}

/** What one run showed. */
export interface LedgerResult extends Finished, Used {
  readonly name: string
  readonly wallMs: number
  readonly fileMb: number
  readonly streamMb: number
}

const CASES: Readonly<Record<string, Case>> = {
  'no-op': { workflow: 'noop', count: ITEMS, failed: 0 },
  'failures, retries, two limits': { workflow: 'mixed', count: ITEMS, failed: Math.floor(ITEMS / 100) },
  '2,000/s': { workflow: 'paced-2000', count: Math.min(ITEMS, 10_000), failed: 0 },
  '20,000/s': { workflow: 'paced-20000', count: ITEMS, failed: 0 },
}

/** Each case once, each in a new data folder with new processes. */
export async function ledger(only?: string): Promise<LedgerResult[]> {
  const results: LedgerResult[] = []
  for (const [name, entry] of Object.entries(CASES)) {
    if (only === undefined || name.startsWith(only)) results.push(await measure(name, entry))
  }
  return results
}

/** How long a cancel and a retry of a run with this many open items take, from the request to its answer, in ms. */
export async function controls(count = ITEMS): Promise<{ cancelMs: number; retryMs: number } & Used> {
  return withHub(async ({ base, hub }) => {
    await post(`${base}/runs`, { id: 'bench', workflow: 'held', input: { count, paged: true } })
    await until(base, ({ counts, totalIsFinal }) => totalIsFinal && counts.total === count + 2)
    await ask(hub, 'usage')
    const timed = async (action: string): Promise<number> => {
      const began = performance.now()
      await post(`${base}/runs/bench/${action}`, {})
      return performance.now() - began
    }
    const cancelMs = await timed('cancel')
    const retryMs = await timed('retry')
    return { cancelMs, retryMs, ...(await ask<Used>(hub, 'usage')) }
  })
}

async function measure(name: string, { workflow, count, failed }: Case): Promise<LedgerResult> {
  return withHub(async ({ base, hub, dir }) => {
    const began = performance.now()
    await post(`${base}/runs`, { id: 'bench', workflow, input: { count, paged: true } })
    const watched = new Watcher(`${base}/stream`)
    await ask(hub, 'usage')
    const { status } = await until(base, (run) => !['queued', 'running', 'paused'].includes(run.status))
    const wallMs = performance.now() - began
    const used = await ask<Used>(hub, 'usage')
    watched.close()
    const gone = once(hub, 'exit')
    hub.send('stop')
    await gone
    const file = join(dir, 'monofil.db')
    const finished = inspect(file, { failed, status })
    return { name, wallMs, ...used, fileMb: (await stat(file)).size / 1e6, streamMb: watched.bytes / 1e6, ...finished }
  })
}

interface Bench {
  readonly base: string
  readonly hub: ChildProcess
  readonly dir: string
}

async function withHub<T>(work: (bench: Bench) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'monofil-bench-ledger-'))
  const hub = fork(fileURLToPath(new URL('./servers/ledger-hub.ts', import.meta.url)), [dir])
  try {
    const { port } = await answer<{ port: number }>(hub)
    return await work({ base: `http://127.0.0.1:${port}/v1`, hub, dir })
  } finally {
    hub.kill('SIGKILL')
    await rm(dir, { recursive: true, force: true })
  }
}

/** One stream that follows the run, as an open page does; only counts what comes. */
class Watcher {
  bytes = 0
  readonly #abort = new AbortController()

  constructor(url: string) {
    this.#read(url).catch((error: unknown) => {
      if (!this.#abort.signal.aborted) throw error
    })
  }

  close(): void {
    this.#abort.abort()
  }

  async #read(url: string): Promise<void> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json' },
      body: JSON.stringify({ topics: [{ topic: 'run:bench' }, { topic: 'runs' }] }),
      signal: this.#abort.signal,
    })
    for await (const chunk of response.body ?? []) this.bytes += chunk.length
  }
}

interface Seen {
  readonly status: string
  readonly counts: { readonly total: number }
  readonly totalIsFinal: boolean
}

async function until(base: string, isSo: (run: Seen) => boolean): Promise<Seen> {
  const patience = performance.now() + PATIENCE_MS
  for (;;) {
    const run = (await (await fetch(`${base}/runs/bench`)).json()) as Seen
    if (isSo(run)) return run
    if (performance.now() > patience) throw new Error(`the run is still ${run.status}: ${JSON.stringify(run.counts)}`)
    await pause(100)
  }
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
}

async function ask<T>(child: ChildProcess, what: string): Promise<T> {
  const answered = answer<T>(child)
  child.send(what)
  return answered
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const gone = once(child, 'exit').then(() => {
    throw new Error('the hub ended before it answered')
  })
  gone.catch(() => {})
  const [message] = await Promise.race([once(child, 'message'), gone])
  return message as T
}
