/** A hub with its worker, further workers and a client that stays, and all the ways to be bad to them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient, type MonofilClient } from '@monofil/client'
import type { Item, Run } from '@monofil/protocol'
import { isTerminal } from '@monofil/protocol'
import { type MonofilProcess, startMonofil } from '../monofil-process.ts'

const BIN = join(import.meta.dirname, '../../apps/monofil/bin/monofil.js')
const WORKER = join(import.meta.dirname, 'worker.ts')

export interface RigOptions {
  /** A file of this folder. */
  readonly workflow: string
  /** Flags of `monofil start` beside the data folder, the port and the workflows. */
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What the hub is started under; see `ProcessOptions`. */
  readonly under?: (data: string) => readonly string[]
  /** The data folder; one in the rig's own folder when left out. */
  readonly data?: string
  /** Whether the hub has a worker of its own; it has one when left out. */
  readonly local?: boolean
}

export interface WorkerOptions {
  /** What `monofil worker` takes when left out. */
  readonly leaseMs?: number
  /** 8. */
  readonly concurrency?: number
  readonly under?: readonly string[]
}

/** A worker process beside the hub. */
export interface ExtraWorker {
  readonly pid: number
  readonly output: () => string
  /** Resolves when it has ended, however that came. */
  readonly gone: Promise<void>
  signal(signal: NodeJS.Signals): void
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>
}

export class Rig {
  readonly folder: string
  readonly data: string
  /** Where handlers note what ran. */
  readonly outside: string
  readonly client: MonofilClient
  readonly #options: RigOptions
  readonly #workers = new Set<ExtraWorker>()
  readonly #logs: string[] = []
  #hub: MonofilProcess

  private constructor(folder: string, hub: MonofilProcess, options: RigOptions) {
    this.folder = folder
    this.data = options.data ?? join(folder, 'data')
    this.outside = join(folder, 'outside.txt')
    this.#hub = hub
    this.#options = options
    this.client = createClient({ url: hub.url, backoff: { minMs: 50, baseMs: 100, maxMs: 300 } })
  }

  static async open(options: RigOptions): Promise<Rig> {
    const folder = await mkdtemp(join(tmpdir(), 'monofil-chaos-'))
    return new Rig(folder, await startHub(options.data ?? join(folder, 'data'), '0', options), options)
  }

  get url(): string {
    return this.#hub.url
  }

  /** All that any hub and worker of the rig wrote so far. */
  get output(): string {
    return [...this.#logs, this.#hub.output(), ...[...this.#workers].map((worker) => worker.output())].join('\n')
  }

  get hubPid(): number {
    return this.#hub.pid
  }

  /** The hub's worker process; undefined while there is none. */
  get localWorker(): number | undefined {
    const children = readFileSync(`/proc/${this.#hub.pid}/task/${this.#hub.pid}/children`, 'utf8').trim()
    return children === '' ? undefined : Number(children.split(' ')[0])
  }

  /** `kill -9` of the hub, of its worker, or of both at once, and a new hub on the same data and port. */
  async killHub(how: 'hub' | 'both'): Promise<void> {
    const port = new URL(this.#hub.url).port
    const before = this.#hub
    if (how === 'both') await before.kill()
    else await before.killHub()
    this.#logs.push(before.output())
    this.#hub = await startHub(this.data, port, this.#options)
  }

  /** `kill -9` of the hub's worker; answers false when there was none just then. */
  killLocalWorker(): boolean {
    const pid = this.localWorker
    if (pid === undefined) return false
    process.kill(pid, 'SIGKILL')
    return true
  }

  /** A `monofil worker`; with `leaseMs` one that says so, as an application with a worker of its own can. */
  async addWorker(options: WorkerOptions = {}): Promise<ExtraWorker> {
    const { leaseMs, concurrency = 8, under = [] } = options
    const file = workflowFile(this.#options)
    const args =
      leaseMs === undefined
        ? [BIN, 'worker', '--workflows', file, '--data', this.data, '--concurrency', String(concurrency)]
        : [WORKER, this.data, file, String(concurrency), String(leaseMs)]
    const env = { ...process.env, NODE_OPTIONS: '--conditions=@monofil/source', ...this.#options.env }
    const [command = '', ...rest] = [...under, process.execPath, ...args]
    const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'], env })
    const worker = await ready(child)
    this.#workers.add(worker)
    child.once('exit', () => {
      this.#workers.delete(worker)
      this.#logs.push(worker.output())
    })
    return worker
  }

  /** The run as REST tells it; asked again while the hub is away. */
  async run(id: string): Promise<Run> {
    return this.#ask(() => this.client.api.runs.get(id))
  }

  async items(id: string): Promise<Item[]> {
    const items: Item[] = []
    let cursor: string | undefined
    do {
      const page = await this.#ask(() => this.client.api.runs.items(id, { limit: 200, cursor }))
      items.push(...page.items)
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return items
  }

  async ended(id: string, timeoutMs: number): Promise<Run> {
    await until(async () => isTerminal((await this.run(id)).status), timeoutMs, `run ${id} to end`)
    return this.run(id)
  }

  async close(): Promise<void> {
    this.client.close()
    await Promise.all([...this.#workers].map((worker) => worker.kill()))
    await this.#hub.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await question()
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'node_unreachable')) throw error
        await moment(50)
      }
    }
  }
}

function workflowFile({ workflow }: RigOptions): string {
  return join(import.meta.dirname, workflow)
}

function startHub(data: string, port: string, options: RigOptions): Promise<MonofilProcess> {
  const workflows = options.local === false ? [] : ['--workflows', workflowFile(options)]
  return startMonofil(['--data', data, '--port', port, ...workflows, ...(options.flags ?? [])], {
    env: options.env,
    under: options.under?.(data),
  })
}

async function ready(child: ChildProcess): Promise<ExtraWorker> {
  const lines: string[] = []
  const output = (): string => lines.join('\n')
  const gone = once(child, 'exit').then(() => {})
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line)
        if (line.startsWith('Monofil worker ')) resolve()
      })
    }
    child.once('exit', (code) => reject(new Error(`the worker ended with ${code}:\n${output()}`)))
  })
  return {
    pid: child.pid ?? 0,
    output,
    gone,
    signal: (signal) => void child.kill(signal),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** Waits for a condition; throws naming `what` when it does not come true. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  what: string,
): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await moment(20)
  }
}

/** Passes a random or appointed time: when something bad happens is what these tests choose. */
export function moment(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms))
}
