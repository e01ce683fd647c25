// biome-ignore-all lint/correctness/noUndeclaredDependencies: only tests import this, and it is not built
import { afterEach, beforeEach, vi } from 'vitest'
import { EventSource, type EventSourceOptions } from '../sse/event-source.ts'
import { SseServer } from './sse-server.ts'

/** What a source said. */
export interface Seen {
  readonly type: string
  readonly data?: string
  readonly id?: string
}

/** A server for each test of a file, and sources that are closed after it. */
export function eventSourceLab() {
  let server: SseServer
  const sources: EventSource[] = []

  beforeEach(async () => {
    server = await SseServer.start()
  })

  afterEach(async () => {
    for (const source of sources.splice(0)) source.close()
    vi.unstubAllGlobals()
    await server.close()
  })

  return {
    get server(): SseServer {
      return server
    },

    make(options: EventSourceOptions | null = {}, url: string | URL = server.url): EventSource {
      const source = new EventSource(url, options)
      sources.push(source)
      return source
    },
  }
}

/** Everything a source says under these names, in order. */
export function record(source: EventSource, ...names: string[]): Seen[] {
  const seen: Seen[] = []
  for (const name of ['message', ...names]) {
    source.addEventListener(name, (event: Event) => {
      if (event instanceof MessageEvent) seen.push({ type: event.type, data: event.data, id: event.lastEventId })
      else seen.push({ type: event.type })
    })
  }
  return seen
}

export const until = (condition: () => void): Promise<void> => vi.waitFor(condition, { timeout: 8000, interval: 2 })

/** Long enough for whatever was begun in this turn to reach the server, if it does. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
}
