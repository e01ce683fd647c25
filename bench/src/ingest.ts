import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Served, startServer } from './server-process.ts'
import { slowDisk } from './slow-disk.ts'

const run = promisify(execFile)

export interface IngestResult {
  readonly eventsPerSecond: number
  readonly loopP99Ms: number
}

/** The same, with the CPU cores that the server used. */
export interface HttpIngestResult extends IngestResult {
  readonly cores: number
}

/** 64 publishers in one process, each awaiting the commit of its one event before the next. */
export async function ingestInProcess(slowMs: number): Promise<IngestResult> {
  const env = { ...process.env, NODE_OPTIONS: '', ...(slowMs > 0 ? slowDisk(slowMs) : {}) }
  const script = join(import.meta.dirname, 'servers', 'ingest.ts')
  const { stdout } = await run(process.execPath, ['--conditions=@monofil/source', script], { env })
  return JSON.parse(stdout) as IngestResult
}

/** 64 keep-alive connections that each POST one event and wait for the answer. */
export async function ingestOverHttp(
  loader: string,
  slowMs: number,
  { batch, served = {} }: { readonly batch: number; readonly served?: Served | undefined },
): Promise<HttpIngestResult> {
  const env = { ...served.env, ...(slowMs > 0 ? slowDisk(slowMs) : {}) }
  const server = await startServer('monofil', { ...served, env })
  try {
    await fetch(`http://127.0.0.1:${server.control}/start?burst=0`)
    const args = [
      `port=${server.port}`,
      'n=1',
      'path=/v1/stream?topics=idle',
      'pub=64',
      'pubpath=/v1/publish',
      'pubjson=1',
      ...(served.token === undefined ? [] : [`hdr=Authorization: Bearer ${served.token}`]),
    ]
    const { stdout } = await run('taskset', [
      '-c',
      '1',
      loader,
      ...args,
      `batch=${batch}`,
      'dur=3',
      'warm=1',
      `pids=${server.pid}`,
    ])
    const load = JSON.parse(stdout) as { pub_s: number; pub_err: number; srv: number }
    if (load.pub_err > 0) throw new Error(`${load.pub_err} publish requests failed`)
    const delay = (await (await fetch(`http://127.0.0.1:${server.control}/stop`)).json()) as { p99: number }
    return { eventsPerSecond: load.pub_s * batch, loopP99Ms: delay.p99, cores: load.srv }
  } finally {
    await server.stop()
  }
}
