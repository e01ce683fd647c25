import { once } from 'node:events'
import type { Server } from 'node:http'
import { developmentAuthenticator } from '../auth/index.ts'
import { HUB_SETTINGS, Hub, type HubSettings, newConnectionId } from '../hub/index.ts'
import { DEFAULT_RETENTION, DEFAULT_RUN_RETENTION, Upkeep } from '../log/index.ts'
import type { Authenticator } from '../seams/auth.ts'
import type { Bus } from '../seams/bus.ts'
import type { Retention, RunRetention, Store } from '../seams/store.ts'
import { type Clock, type Logger, type Random, silentLogger, systemClock } from '../seams/system.ts'
import { consoleRoutes } from './console.ts'
import type { RouteContext } from './context.ts'
import { Cors } from './cors.ts'
import { withDocs } from './docs.ts'
import { createNodeServer } from './node-server.ts'
import { operationRoutes } from './operation.ts'
import { publishRoutes } from './publish.ts'
import { createRouter } from './router.ts'
import { runRoutes } from './runs.ts'
import { scheduleRoutes } from './schedules.ts'
import { streamRoutes } from './stream.ts'
import { topicRoutes } from './topics.ts'

export interface ServeOptions {
  /** Its `onCommit` must publish to `bus`. */
  readonly store: Store
  readonly bus: Bus
  /** Left out: development mode, for this machine only. */
  readonly authenticator?: Authenticator | undefined
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** The console's build. */
  readonly consoleDir?: string | undefined
  readonly logger?: Logger | undefined
  readonly clock?: Clock | undefined
  readonly random?: Random | undefined
  /** The node's name in `hello`; left out: a random one. */
  readonly node?: string | undefined
  readonly settings?: Partial<HubSettings> | undefined
  /** Origins whose pages may call the hub, each exactly as a browser writes it; none when left out. */
  readonly corsOrigins?: readonly string[] | undefined
  /** Seconds for which browsers use https only, said to those who came by it through a proxy; 0, none, when left out. */
  readonly hstsSeconds?: number | undefined
  readonly retention?: Retention | undefined
  /** Of finished runs and logs; what is left out is the default: 90 days, 100,000 runs, 100,000 lines a run. */
  readonly runRetention?: Partial<RunRetention> | undefined
}

/** A hub that listens. */
export interface HubServer {
  /** `http://host:port`. */
  readonly url: string
  readonly port: number
  readonly hub: Hub
  /** Refuses what is new, sends open streams away and resolves when they are gone and running requests answered. */
  drain(): Promise<void>
  /** Cuts everything. The store and the bus stay open: they are the caller's. */
  close(): Promise<void>
}

/** What a hub without HTTP is made of; figures that are left out are the defaults. */
export type HubChoices = Pick<ServeOptions, 'store' | 'bus' | 'logger' | 'clock' | 'random' | 'node' | 'settings'>

/** Makes a hub without HTTP. */
export function createHub(options: HubChoices): Hub {
  const random = options.random ?? Math.random
  return new Hub({
    store: options.store,
    bus: options.bus,
    random,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    node: options.node ?? newConnectionId('n', random).slice(0, 8),
    settings: { ...HUB_SETTINGS, ...options.settings },
  })
}

/**
 * Starts a hub on an address.
 * @throws the `EADDRINUSE` and `EACCES` of `listen` as they are; TypeError without an authenticator on an address
 * that others can reach, and for an origin that is none.
 */
export async function serve(options: ServeOptions): Promise<HubServer> {
  const { store, bus, host, logger = silentLogger, clock = systemClock, random = Math.random } = options
  if (options.authenticator === undefined && !LOOPBACK.test(host)) {
    throw new TypeError(`without an authenticator the hub listens on this machine only, not on ${host}`)
  }
  const cors = new Cors(options.corsOrigins ?? [])
  const hub = createHub({ ...options, logger, clock, random })
  // No request comes before the upkeep is there: the server listens first.
  const scheduled = () => upkeep.wake()
  const context: RouteContext = { store, bus, hub, clock, random, logger, scheduled, consoleDir: options.consoleDir }
  const server = createNodeServer({
    router: createRouter(routesOf(context)),
    authenticator: options.authenticator ?? developmentAuthenticator(),
    logger,
    surrounding: { cors, hstsSeconds: options.hstsSeconds ?? 0 },
  })
  try {
    await listen(server, options.port, host)
  } catch (error) {
    hub.close()
    throw error
  }
  const upkeep = new Upkeep({
    store,
    clock,
    logger,
    retention: options.retention ?? DEFAULT_RETENTION,
    runRetention: { ...DEFAULT_RUN_RETENTION, ...options.runRetention },
  })
  const unlisten = bus.listen((message) => {
    if (message.kind === 'commit' && message.commit.runs.length > 0) upkeep.wake()
    if (message.kind === 'commit' && message.commit.removedRuns.length > 0) upkeep.wakeTrim()
  })
  const port = portOf(server)
  const stop = () => {
    upkeep.close()
    unlisten()
  }
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    hub,
    async drain() {
      // It listens until the last stream is gone, so that whoever comes is told to come back rather than refused.
      await hub.drain()
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      await closed
      stop()
    },
    async close() {
      stop()
      hub.close()
      if (!server.listening) {
        server.closeAllConnections()
        return
      }
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/

function routesOf(context: RouteContext) {
  return withDocs([
    ...streamRoutes(context),
    ...publishRoutes(context),
    ...topicRoutes(context),
    ...runRoutes(context),
    ...scheduleRoutes(context),
    ...operationRoutes(context),
    ...consoleRoutes(context.consoleDir),
  ])
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  // A burst of reconnects after a restart is longer than the default backlog of 511.
  server.listen({ port, host, backlog: 4_096 })
  await once(server, 'listening')
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
