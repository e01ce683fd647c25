import { type GoodbyeReason, MonofilError, type PatchAnswer, topicOfRun } from '@monofil/protocol'
import type { Principal } from '../seams/auth.ts'
import type { Bus, BusMessage, EphemeralEvent } from '../seams/bus.ts'
import type { Commit } from '../seams/commit.ts'
import type { NotificationStore } from '../seams/notification-store.ts'
import type { RunStore, Store } from '../seams/store.ts'
import type { Clock, Logger, Random } from '../seams/system.ts'
import { Access } from './access.ts'
import { Admission } from './admission.ts'
import { CatchUp } from './catch-up.ts'
import type { Connection } from './connection.ts'
import { controlText } from './control.ts'
import { Feed } from './feed.ts'
import { Feeds } from './feeds.ts'
import { KpiTopics } from './kpi-topics.ts'
import { LogReader } from './log-reader.ts'
import { newConnectionId } from './new-id.ts'
import { OpenNotices } from './open-notices.ts'
import { type Opening, type OpenRequest, type OpenRunRequest, openRunStream, openStream } from './opening.ts'
import { type Patch, Patching, unknownConnection } from './patching.ts'
import { Places } from './places.ts'
import { isAmong, type RolesOf } from './recipients.ts'
import { type ConnectionView, Registry } from './registry.ts'
import type { RingBudget } from './ring.ts'
import { RunStates } from './run-states.ts'
import { RunsTopic } from './runs-topic.ts'
import type { HubSettings } from './settings.ts'
import { StatusTopic } from './status-topic.ts'
import type { Subscription } from './subscription.ts'
import { Sweep } from './sweep.ts'

export interface HubOptions {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** The name of this node, as `hello` says it. */
  readonly node: string
  readonly settings: HubSettings
  /** Left out: nobody is known, and the roles are those of the open tabs. */
  readonly rolesOf?: RolesOf | undefined
}

/**
 * The streams of one node: takes what the bus tells, and hands every event to whoever reads its topic. Knows no HTTP:
 * a stream is opened in two steps, judged first (which may refuse) and started on a sink after.
 */
export class Hub {
  readonly settings: HubSettings
  readonly node: string
  readonly bus: Bus
  readonly runs: RunStore
  readonly notifications: NotificationStore
  readonly reader: LogReader
  readonly feeds: Feeds
  readonly access: Access
  readonly catchUp: CatchUp
  readonly runsTopic: RunsTopic
  readonly statusTopic: StatusTopic
  readonly kpiTopics: KpiTopics
  readonly epoch: string
  readonly budget: RingBudget = { used: 0 }
  /** Counts the turns of the loop in which something was sent. */
  turn = 0
  /** Monotonic ms, as of this turn. */
  now: number
  readonly maxTopics: number
  readonly #clock: Clock
  readonly #random: Random
  readonly #logger: Logger
  readonly #registry: Registry
  readonly #admission: Admission
  readonly #patching: Patching
  readonly #states: RunStates
  readonly #sweep: Sweep
  readonly #openNotices: OpenNotices
  readonly #unlisten: () => void
  readonly #rolesOf: RolesOf
  #touched: Feed[] = []
  #atTurnsEnd: Feed[] = []
  #turnEnds = false
  readonly #resting = new Map<Feed, () => void>()
  readonly #ids: Connection[] = []
  #draining = false
  #closed = false
  #emptied: (() => void) | undefined = undefined

  constructor({ store, bus, clock, random, logger, node, settings, rolesOf }: HubOptions) {
    this.#rolesOf = rolesOf ?? (() => undefined)
    this.settings = settings
    const places = new Places(settings)
    this.#registry = new Registry(places)
    this.#admission = new Admission(places, this.#registry, settings, (ms) => this.#jitter(ms))
    this.node = node
    this.bus = bus
    this.runs = store.runs
    this.notifications = store.notifications
    this.epoch = store.epoch
    this.maxTopics = settings.maxTopics
    this.now = clock.monotonic()
    this.#clock = clock
    this.#random = random
    this.#logger = logger
    this.reader = new LogReader(store.log, settings.pageEvents, settings.pageBytes)
    this.feeds = new Feeds(this)
    this.runsTopic = new RunsTopic(store.runs)
    this.statusTopic = new StatusTopic(store.runs)
    this.kpiTopics = new KpiTopics({ kpis: store.kpis, bus, clock, logger, intervalMs: settings.stateIntervalMs })
    this.access = new Access(this)
    this.catchUp = new CatchUp(this)
    this.#patching = new Patching(this)
    this.#states = new RunStates(clock, settings.stateIntervalMs, (run, seq) => {
      this.feeds.get(topicOfRun(run.id))?.sendState()
      this.runsTopic.changed(run, seq)
    })
    this.#openNotices = new OpenNotices({
      notifications: store.notifications,
      logger,
      wallNow: () => clock.now(),
      push: (event) => this.#push(event),
      settle: () => {
        this.now = clock.monotonic()
        if (!this.#closed) this.#settleTouched()
      },
    })
    this.#sweep = new Sweep(clock, settings, () => this.#sweepAll())
    this.#sweep.by(settings.sweepMs)
    this.#unlisten = bus.listen((message) => this.deliver(message))
  }

  get isDraining(): boolean {
    return this.#draining || this.#closed
  }

  /** Hands on what the bus tells. Never throws: a listener of the bus must not. */
  deliver(message: BusMessage): void {
    if (this.#closed) return
    this.now = this.#clock.monotonic()
    try {
      if (message.kind === 'commit') this.#commit(message.commit)
      else for (const event of message.events) this.#ephemeral(event)
      this.#settleTouched()
    } catch (error) {
      this.#logger.error('delivery failed', { error })
    }
  }

  /** Judges a stream. @throws `draining`, `store_unavailable`, `too_many_connections`. */
  async open(request: OpenRequest): Promise<Opening> {
    this.#refuseIfDraining()
    const opening = await openStream(this, request)
    // One that nothing is granted to is refused for good, which is not for a limit to hide.
    if (opening.granted === 0 && request.kind === 'get') return this.#watched(opening)
    const topics = request.topics.map(({ topic }) => topic)
    return this.#admission.admit(this.#watched(opening), request, topics)
  }

  /** Judges a run's own stream. @throws `draining`, `store_unavailable`, `not_found`, `too_many_connections`. */
  async openRun(request: OpenRunRequest): Promise<Opening> {
    this.#refuseIfDraining()
    const opening = await openRunStream(this, request)
    if (opening.isOver) return this.#watched(opening)
    const asked = { ...request, kind: 'run' } as const
    return this.#admission.admit(this.#watched(opening), asked, [topicOfRun(request.runId)])
  }

  /** Changes an open stream. @throws `unknown_connection`, `out_of_order`, `invalid_state`. */
  async patch(id: string, principal: Principal, patch: Patch): Promise<PatchAnswer> {
    const connection = this.#registry.get(id)
    if (connection === undefined || connection.facts.principal.sub !== principal.sub) throw unknownConnection(id)
    const answer = await this.#patching.apply(connection, principal, patch)
    this.#sweep.by(this.#sweep.leftOf(connection))
    return answer
  }

  connections(): ConnectionView[] {
    return this.#registry.view(this.node)
  }

  /** Ends a stream for good. @throws `unknown_connection`. */
  kick(id: string): void {
    const connection = this.#registry.get(id)
    if (connection === undefined) throw unknownConnection(id)
    connection.goodbye('kicked')
  }

  /** Ends the streams of users whose credential was revoked; with another one they may come back. */
  endRevoked(isRevoked: (principal: Principal) => boolean): void {
    for (const connection of this.#registry.all()) {
      if (connection.isOpen && isRevoked(connection.principal)) connection.goodbye('revoked')
    }
  }

  /**
   * Takes no new streams and sends the open ones away with times to come back that are spread out. Resolves when all
   * are closed; a reader that does not drain is cut off after `closeGraceMs`.
   */
  drain(): Promise<void> {
    this.#draining = true
    this.#flushAll()
    for (const connection of this.#registry.all()) connection.goodbye('drain')
    if (this.#registry.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#emptied = resolve
    })
  }

  /** Cuts every stream and forgets everything. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#unlisten()
    this.#sweep.close()
    this.#states.close()
    this.kpiTopics.close()
    this.#rouse()
    for (const connection of [...this.#registry.all()]) {
      connection.sink.destroy()
      connection.closed()
    }
    this.feeds.close()
  }

  // ------------------------------------------------------------ what connections and feeds ask of their hub

  wallNow(): number {
    return this.#clock.now()
  }

  newId(prefix: string): string {
    return newConnectionId(prefix, this.#random)
  }

  retryMs(): number {
    return this.#jitter(this.settings.retryMs)
  }

  reconnectMs(reason: GoodbyeReason): number | null {
    if (reason === 'drain') return 100 + Math.floor(this.#random() * this.settings.drainSpreadMs)
    // Tokens tell the second they were issued in: one that is asked for sooner might look older than the revocation.
    if (reason === 'revoked') return 1_000 + Math.floor(this.#random() * 1_000)
    return reason === 'slow' || reason === 'lifetime' || reason === 'internal' ? this.retryMs() : null
  }

  added(connection: Connection): void {
    this.#registry.add(connection)
    this.#sweep.by(this.#sweep.leftOf(connection))
  }

  removed(connection: Connection): void {
    this.#registry.remove(connection)
    if (this.#registry.size > 0) return
    this.#emptied?.()
    this.#emptied = undefined
  }

  failed(connection: Connection, error: unknown): void {
    this.#logger.error('stream failed', { connection: connection.facts.id, marker: connection.facts.marker, error })
    connection.goodbye('internal')
  }

  /** A run's end was sent: a GET stream that has nothing but ended runs is over. */
  ended({ connection }: Subscription): void {
    if (connection.facts.kind !== 'get') return
    const isOver = connection.subs.every(
      ({ source, mode }) => source instanceof Feed && source.isFinished && mode === 'live',
    )
    if (isOver) connection.goodbye('finished')
  }

  gone(feed: Feed, sub: Subscription): void {
    const { connection } = sub
    connection.drop(sub)
    connection.write(controlText('dropped', { topic: feed.topic, code: 'deleted' }))
    if (connection.subs.length === 0 && connection.facts.kind !== 'post') connection.goodbye('finished')
  }

  // A connection's id block comes after all that is written in this go, so that it claims no less than that.
  idLater(connection: Connection): void {
    if (this.#ids.length === 0) queueMicrotask(() => this.#writeIds())
    this.#ids.push(connection)
  }

  endTurn(feed: Feed | undefined): void {
    if (feed !== undefined) this.#atTurnsEnd.push(feed)
    if (this.#turnEnds) return
    this.#turnEnds = true
    setImmediate(() => {
      this.#turnEnds = false
      this.turn += 1
      if (this.#closed || this.#atTurnsEnd.length === 0) return
      this.now = this.#clock.monotonic()
      const feeds = this.#atTurnsEnd
      this.#atTurnsEnd = []
      for (const feed of feeds) feed.settle()
    })
  }

  monotonic(): number {
    return this.#clock.monotonic()
  }

  later(feed: Feed, ms: number): void {
    const stop = this.#clock.after(ms, () => {
      this.#resting.delete(feed)
      this.now = this.#clock.monotonic()
      feed.flush()
    })
    this.#resting.set(feed, stop)
  }

  advance(feed: Feed, sub: Subscription): Promise<void> | undefined {
    return this.catchUp.advance(feed, sub)
  }

  // ------------------------------------------------------------ delivery

  #commit({ seq, events, runs, removedRuns, kpis = [] }: Commit): void {
    for (const run of runs) {
      const feed = this.feeds.get(topicOfRun(run.id))
      if (feed !== undefined && (feed.run === undefined || feed.run.offset <= run.offset)) feed.run = run
      // An end is sent before its event, so that the last state precedes the last event.
      if (feed !== undefined || this.runsTopic.isWatched) this.#states.changed(run, seq)
      this.statusTopic.changed(run, seq)
    }
    for (const event of events) this.#push(event)
    for (const id of removedRuns) this.#removed(id, seq)
    for (const change of kpis) this.kpiTopics.changed(change)
  }

  #ephemeral(event: EphemeralEvent): void {
    const { audience } = event
    if (audience === undefined) {
      this.#push(event)
      return
    }
    const feeds = [...this.feeds.all()].filter(({ user }) => user !== undefined)
    this.#openNotices.take(
      event,
      feeds.filter((feed) => isAmong(feed, audience, this.#rolesOf)),
    )
  }

  #settleTouched(): void {
    const touched = this.#touched
    if (touched.length === 0) return
    this.#touched = []
    for (const feed of touched) feed.settle()
  }

  #push(event: Parameters<Feed['push']>[0]): void {
    const feed = this.feeds.get(event.topic)
    if (feed === undefined) return
    feed.push(event)
    if (this.#touched.at(-1) !== feed) this.#touched.push(feed)
  }

  #removed(id: string, seq: number): void {
    this.#states.removed(id)
    this.runsTopic.removed(id, seq)
    this.statusTopic.removed(id, seq)
    const feed = this.feeds.get(topicOfRun(id))
    if (feed === undefined) return
    feed.isRemoved = true
    this.feeds.drop(feed)
    for (const sub of feed.readers()) this.gone(feed, sub)
  }

  #flushAll(): void {
    const feeds = [...this.#atTurnsEnd, ...this.#resting.keys()]
    this.#atTurnsEnd = []
    this.#rouse()
    for (const feed of feeds) feed.flush()
  }

  #rouse(): void {
    for (const stop of this.#resting.values()) stop()
    this.#resting.clear()
  }

  #writeIds(): void {
    for (const connection of this.#ids.splice(0)) connection.writeId()
  }

  #sweepAll(): void {
    this.now = this.#clock.monotonic()
    const nextEnd = this.#sweep.run(this.#registry.all(), this.now)
    this.feeds.sweep(this.now)
    for (const topics of [this.runsTopic, this.statusTopic, this.kpiTopics])
      topics.sweep(this.now, this.settings.lingerMs)
    this.#sweep.by(Math.min(nextEnd, this.settings.sweepMs))
  }

  // Draining or closing may have begun while the stream was judged: it must not outlive the others.
  #watched(opening: Opening): Opening {
    return {
      ...opening,
      start: (sink) => {
        const connection = opening.start(sink)
        if (this.#closed) {
          sink.destroy()
          connection.closed()
        } else if (this.#draining) {
          connection.goodbye('drain')
        }
        return connection
      },
    }
  }

  #jitter(ms: number): number {
    return Math.floor(ms * (0.5 + this.#random()))
  }

  #refuseIfDraining(): void {
    if (this.isDraining) {
      throw new MonofilError('draining', 'This hub is shutting down: come back in a moment.', { retryAfterMs: 1_000 })
    }
  }
}
