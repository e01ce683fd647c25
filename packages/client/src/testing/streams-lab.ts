// biome-ignore-all lint/correctness/noUndeclaredDependencies: only tests import this, and it is not built
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { createSseStreams } from '../sse/streams.ts'
import type { SseAttachOptions, SseStreams, SseStreamsOptions } from '../sse/types.ts'
import { until } from './event-source-lab.ts'
import { FakeClock } from './fake-clock.ts'
import { SseServer } from './sse-server.ts'

/** A server and a clock for each test of a file, and managers that are closed after it. */
export function streamsLab() {
  let server: SseServer
  let clock: FakeClock
  const managers: SseStreams[] = []

  beforeEach(async () => {
    server = await SseServer.start()
    clock = new FakeClock()
  })

  afterEach(async () => {
    for (const manager of managers.splice(0)) manager.closeAll()
    vi.unstubAllGlobals()
    await server.close()
  })

  return {
    get server(): SseServer {
      return server
    },

    get clock(): FakeClock {
      return clock
    },

    make(options: SseStreamsOptions = {}): SseStreams {
      const manager = createSseStreams({ clock, random: () => 0.5, ...options })
      managers.push(manager)
      return manager
    },

    /** Attaches, and records everything that is told, as words. */
    follow(manager: SseStreams, options: SseAttachOptions = {}, url = server.url) {
      const told: string[] = []
      const states: string[] = []
      const detach = manager.attach(
        url,
        {
          onOpen: () => told.push('open'),
          onMessage: ({ event, data }) => told.push(`${event} ${data}`),
          onError: (error, willRetry) => told.push(`${error.code} ${willRetry ? 'again' : 'over'}`),
          onState: ({ status }) => states.push(status),
        },
        options,
      )
      return { told, states, detach }
    },
  }
}

export const opened = ({ told }: { readonly told: readonly string[] }): Promise<void> =>
  until(() => expect(told).toContain('open'))
