import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { launchChromium } from '@monofil/testkit/chromium'
import { build } from 'vite'

export type Chromium = Awaited<ReturnType<typeof launchChromium>>
export type Page = Awaited<ReturnType<Chromium['newPage']>>

/** A process of a benchmark that said it is ready, with what it said. */
export interface Child {
  readonly port: number
  readonly process: ChildProcess
}

/** Starts a script beside this file and waits for its first line, JSON with a `port`. */
export async function startScript(name: string, env: Readonly<Record<string, string>>): Promise<Child> {
  const child = spawn(process.execPath, ['--conditions=@monofil/source', join(import.meta.dirname, name)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { port: (JSON.parse(line) as { port: number }).port, process: child }
}

/** The console as it ships, built from the working tree into a folder that the caller removes. */
export async function buildConsole(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'monofil-bench-console-'))
  await build({
    root: join(import.meta.dirname, process.env['BENCH_CONSOLE'] ?? '../../apps/console'),
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  })
  return outDir
}

/** Sends JSON and answers JSON; throws on any other status than 2xx. */
export async function post<T>(url: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

/** The value below which `part` (0 to 1) of the sorted ones lie; NaN of none. */
export function at(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}
