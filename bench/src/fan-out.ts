import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { LoadResult } from './loader.ts'
import { type Served, startServer } from './server-process.ts'

export type Peer = 'monofil' | 'better-sse' | 'plain'

const PATHS: Record<Peer, string> = {
  monofil: '/v1/stream?topics=bench-%d',
  'better-sse': '/sse/t%d',
  plain: '/sse/t%d',
}

/** One figure of one server, from a fresh process. */
export type Measure = (peer: Peer, loader: string, served?: Served) => Promise<{ value: number; load: LoadResult }>

const run = promisify(execFile)

async function drive(
  { peer, loader, served = {} }: { readonly peer: Peer; readonly loader: string; readonly served?: Served | undefined },
  options: Readonly<Record<string, string | number>>,
): Promise<LoadResult> {
  const server = await startServer(peer, served)
  try {
    const bearer = served.token === undefined ? {} : { hdr: `Authorization: Bearer ${served.token}` }
    const settings = {
      path: PATHS[peer],
      ...bearer,
      ...options,
      port: server.port,
      cport: server.control,
      pids: server.pid,
    }
    const args = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    const { stdout } = await run('taskset', ['-c', '1', loader, ...args], { maxBuffer: 1 << 24 })
    return JSON.parse(stdout) as LoadResult
  } finally {
    await server.stop()
  }
}

/** Deliveries a second with `subscribers` of one topic and `burst` events a turn of the loop. */
export function fanOut(subscribers: number, burst: number): Measure {
  return async (peer, loader, served) => {
    const options = { n: subscribers, start: `/start?burst=${burst}`, stop: '/stop', dur: 1.5, warm: 1, lazy: 2000 }
    const load = await drive({ peer, loader, served }, options)
    return { value: load.del_s, load }
  }
}

/** Resident kB for each idle connection. */
export function memory(connections: number): Measure {
  return async (peer, loader, served) => {
    const load = await drive({ peer, loader, served }, { n: connections, gc: '/gc', dur: 0.2, warm: 0.1, settle: 1 })
    return { value: load.kb_conn, load }
  }
}

/** Connections a second when each wants 20 events replayed. */
export function storm(connections: number): Measure {
  return async (peer, loader, served) => {
    const path = peer === 'monofil' ? { path: '/v1/stream?topics=bench-%d&lastEventId=0' } : {}
    const load = await drive({ peer, loader, served }, { n: connections, replay: 20, dur: 0.2, warm: 0.1, ...path })
    return { value: load.conn_s, load }
  }
}
