import { once } from 'node:events'
import type { Server } from 'node:http'
import type { NewEvent } from '@monofil/protocol/schemas'
import { developmentAuthenticator, Revocations, Tickets, withTickets } from '../auth/index.ts'
import { EXPORT_SETTINGS, type ExportSettings } from '../exports/index.ts'
import { HUB_SETTINGS, Hub, type HubSettings, newConnectionId, type RolesOf } from '../hub/index.ts'
import { DEFAULT_RETENTION, DEFAULT_RUN_RETENTION, Upkeep } from '../log/index.ts'
import { userOfLog } from '../notifications/inbox-log.ts'
import {
  type Directory,
  KnownUsers,
  NoticeKeeper,
  type NoticeTemplates,
  type Notification,
  type NotificationTarget,
  Notifier,
} from '../notifications/index.ts'
import type { Authenticator, Principal } from '../seams/auth.ts'
import type { Bus } from '../seams/bus.ts'
import type { PushSender } from '../seams/push-sender.ts'
import type { Retention, RunRetention, Store } from '../seams/store.ts'
import { type Clock, type Logger, type Random, silentLogger, systemClock } from '../seams/system.ts'
import { clientAddresses, httpsByProxy, type TrustProxy } from './client-address.ts'
import { consoleRoutes } from './console.ts'
import type { RouteContext } from './context.ts'
import { Cors } from './cors.ts'
import { withDocs } from './docs.ts'
import { inboxRoutes } from './inbox.ts'
import { kpiRoutes } from './kpis.ts'
import { DEVELOPMENT_LIMITS, LIMITS, type Limits, RateLimits } from './limits.ts'
import { createNodeServer } from './node-server.ts'
import { notificationRoutes } from './notifications.ts'
import { operationRoutes } from './operation.ts'
import { preferenceRoutes } from './preferences.ts'
import { type Published, publishEvents, publishRoutes } from './publish.ts'
import { pushRoutes } from './push.ts'
import { revocationRoutes } from './revocations.ts'
import { createRouter } from './router.ts'
import { runRoutes } from './runs.ts'
import { scheduleRoutes } from './schedules.ts'
import { sessionRoutes } from './session.ts'
import { streamRoutes } from './stream.ts'
import { ticketRoutes } from './tickets.ts'
import { TIMEOUTS, type Timeouts } from './timeouts.ts'
import { topicRoutes } from './topics.ts'
import { usageRoutes } from './usage.ts'

export interface ServeOptions {
  /** Its `onCommit` must publish to `bus`. */
  readonly store: Store
  readonly bus: Bus
  /** Left out: development mode, for this machine only. */
  readonly authenticator?: Authenticator | undefined
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** What the key of tickets is made from, the same for all hubs of one store; left out: one that the store keeps. */
  readonly secret?: string | undefined
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
  /** What is left out is the default: none but `connections` without an authenticator, see `LIMITS` with one. */
  readonly limits?: Partial<Limits> | undefined
  /** Of exports; what is left out is the default. */
  readonly exports?: Partial<ExportSettings> | undefined
  /** How long connections may keep the hub waiting; what is left out is the default. */
  readonly timeouts?: Partial<Timeouts> | undefined
  /** Whose forwarding headers count: so many proxies in a row, or these addresses and subnets; left out: nobody's. */
  readonly trustProxy?: TrustProxy | undefined
  /** What of one text of an external run is kept, in UTF-16 characters; 1,048,576 when left out. */
  readonly maxTextChars?: number | undefined
  /** How many KPIs there may be; 10,000 when left out. */
  readonly maxKpis?: number | undefined
  /** Named texts of notifications, by language; none when left out. */
  readonly templates?: NoticeTemplates | undefined
  /** Names holders of roles whom this hub has not seen lately; left out: they get it with their next request. */
  readonly directory?: Directory | undefined
  /** Sends pushes; left out: none is tried. The store must know too that there is one (`notices.push`). */
  readonly push?: PushSender | undefined
}

/** A hub that listens. */
export interface HubServer {
  /** `http://host:port`. */
  readonly url: string
  readonly port: number
  readonly hub: Hub
  /**
   * Sends a notification from server code, which may notify everybody, and answers its id.
   * @throws `invalid_request` with the field, `id_taken`, `store_unavailable`.
   */
  sendNotification(notification: Notification, to: NotificationTarget): Promise<string>
  /**
   * Publishes events from server code, which may write every topic without a meaning of its own; answers after the commit.
   * @throws `invalid_request` with the field, `forbidden`, `too_large`, `store_unavailable`.
   */
  publish(events: NewEvent | readonly NewEvent[]): Promise<readonly Published[]>
  /** Refuses what is new, sends open streams away and resolves when they are gone and running requests answered. */
  drain(): Promise<void>
  /** Cuts everything. The store and the bus stay open: they are the caller's. */
  close(): Promise<void>
}

/** What a hub without HTTP is made of; figures that are left out are the defaults. */
export type HubChoices = Pick<ServeOptions, 'store' | 'bus' | 'logger' | 'clock' | 'random' | 'node' | 'settings'>

/** Makes a hub without HTTP. */
export function createHub(options: HubChoices, rolesOf?: RolesOf): Hub {
  const random = options.random ?? Math.random
  return new Hub({
    store: options.store,
    bus: options.bus,
    random,
    clock: options.clock ?? systemClock,
    logger: options.logger ?? silentLogger,
    node: options.node ?? newConnectionId('n', random).slice(0, 8),
    settings: { ...HUB_SETTINGS, ...options.settings },
    rolesOf,
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
  const limits = { ...(options.authenticator === undefined ? DEVELOPMENT_LIMITS : LIMITS), ...options.limits }
  const { streamsUser, streamsAddress } = limits
  const settings = { streamsUser, streamsAddress, ...options.settings }
  const addressOf = clientAddresses(options.trustProxy, () => {
    if (options.authenticator === undefined) return
    logger.warn('requests come through a proxy that is not trusted: limits by address do not hold, see trustProxy')
  })
  const known = new KnownUsers(store.notifications, () => clock.now(), logger)
  // Who could not be written down holds no role until they are: the credential at hand may be an older one.
  const hub = createHub({ ...options, logger, clock, random, settings }, (sub) => known.rolesOf(sub) ?? [])
  const revocations = await openRevocations(options, { hub, clock, logger })
  // No request comes before the upkeep is there: the server listens first.
  const scheduled = () => upkeep.wake()
  const { templates, directory } = options
  const notifier = new Notifier({ store, bus, clock, random, templates, directory, logger })
  const { authenticator, consoleDir, maxTextChars, maxKpis } = options
  const exports = { ...EXPORT_SETTINGS, ...options.exports }
  const base = { store, bus, hub, clock, random, logger }
  const context: RouteContext = {
    ...base,
    scheduled,
    notifier,
    authenticator,
    consoleDir,
    exports,
    maxTextChars,
    maxKpis,
  }
  const tickets = new Tickets({ store: store.tickets, clock, secret: options.secret })
  const answering = {
    router: createRouter(routesOf(context, { tickets, push: options.push })),
    authenticator: authenticator === undefined ? developmentAuthenticator() : withTickets(authenticator, tickets),
    logger,
    limits: new RateLimits(limits, clock, authenticator?.cookieName),
    addressOf,
    cameByHttps: httpsByProxy(options.trustProxy),
    refuseRevoked: revocations && ((principal: Principal) => revocations.refuse(principal)),
    meet: (principal: Principal) => known.meet(principal),
    surrounding: { cors, hstsSeconds: options.hstsSeconds ?? 0 },
  }
  const timeouts = { ...TIMEOUTS, ...options.timeouts }
  const server = createNodeServer(answering, { timeouts, maxConnections: limits.connections, clock })
  try {
    await listen(server, options.port, host)
  } catch (error) {
    revocations?.close()
    hub.close()
    throw error
  }
  const upkeep = startUpkeep(options, { clock, logger })
  const port = portOf(server)
  const stop = () => {
    upkeep.close()
    revocations?.close()
  }
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    hub,
    sendNotification: (notification, to) => notifier.sendNotification(notification, to),
    publish: (events) => publishEvents(context, events),
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

/** What the store needs done beside requests: schedules, retention, the queue of notifications. */
function startUpkeep(
  { store, bus, retention = DEFAULT_RETENTION, runRetention, push }: ServeOptions,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): { wake(): void; close(): void } {
  const kept = { retention, runRetention: { ...DEFAULT_RUN_RETENTION, ...runRetention } }
  const upkeep = new Upkeep({ store, clock, logger, ...kept })
  const keeper = new NoticeKeeper({ store: store.notifications, clock, logger, push })
  const unlisten = bus.listen((message) => {
    if (message.kind !== 'commit') return
    const { events, runs, removedRuns } = message.commit
    const last = events.at(-1)
    if (last !== undefined && userOfLog(last.topic) !== undefined) keeper.wake()
    if (runs.length > 0) upkeep.wake()
    if (removedRuns.length > 0) upkeep.wakeTrim()
  })
  return {
    wake: () => upkeep.wake(),
    close() {
      upkeep.close()
      keeper.close()
      unlisten()
    },
  }
}

/** Nobody gets in before all that is revoked is known. In development mode credentials are ignored, and so are these. */
async function openRevocations(
  { authenticator, store, bus }: ServeOptions,
  { hub, clock, logger }: { readonly hub: Hub; readonly clock: Clock; readonly logger: Logger },
): Promise<Revocations | undefined> {
  if (authenticator === undefined) return undefined
  try {
    const onRevoked = () => hub.endRevoked((principal) => revocations.isRevoked(principal))
    const revocations = await Revocations.open({ store: store.revocations, bus, clock, logger, onRevoked })
    return revocations
  } catch (error) {
    hub.close()
    throw error
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/

function routesOf(context: RouteContext, { tickets, push }: { tickets: Tickets; push: PushSender | undefined }) {
  return withDocs([
    ...streamRoutes(context),
    ...publishRoutes(context),
    ...topicRoutes(context),
    ...runRoutes(context),
    ...scheduleRoutes(context),
    ...usageRoutes(context),
    ...kpiRoutes(context),
    ...notificationRoutes(context),
    ...inboxRoutes(context),
    ...preferenceRoutes(context),
    ...pushRoutes(push?.browsers),
    ...operationRoutes(context),
    ...ticketRoutes(tickets),
    ...sessionRoutes(context),
    ...revocationRoutes(context),
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
