import { type KpiChange, topicOfKpi } from '@monofil/protocol'
import type { Bus } from '../seams/bus.ts'
import type { KpiStore } from '../seams/store.ts'
import type { Clock, Logger } from '../seams/system.ts'
import { Audience } from './audience.ts'
import { shared } from './log-reader.ts'

/** Between two looks at the store: a change whose message was lost is shown by then. */
const LOOK_MS = 1_000

interface Topic {
  readonly audience: Audience
  /** The newest change, shown or not yet. */
  newest: KpiChange | undefined
  /** Monotonic ms of the last change that was shown. */
  shownAt: number
  waits: boolean
  ready: boolean
}

export interface KpiTopicsOptions {
  readonly kpis: KpiStore
  readonly bus: Bus
  readonly clock: Clock
  readonly logger: Logger
  /** A KPI is shown at most once in so long; the last change always. */
  readonly intervalMs: number
}

/**
 * The state topics `kpi:{name}` that somebody watches. Who may read one sees what all others see, so each has one
 * audience. Messages of the bus may be lost, and state has no offsets to show it: the store is asked once a second
 * whether any KPI changed.
 */
export class KpiTopics {
  readonly #options: KpiTopicsOptions
  readonly #topics = new Map<string, Topic>()
  readonly #opening = new Map<string, Promise<Audience>>()
  /** What the store said last: equal means that nothing was missed. */
  #checked = -1
  #stopLook: (() => void) | undefined = undefined
  #stopTimer: (() => void) | undefined = undefined
  #closed = false

  constructor(options: KpiTopicsOptions) {
    this.#options = options
  }

  /** The topic of this KPI, whether it was set yet or not, once it is known. */
  async audience(name: string): Promise<Audience> {
    const known = this.#topics.get(name)
    if (known?.ready === true) {
      if (known.audience.count === 0) known.audience.idleSince = Number.MAX_SAFE_INTEGER
      return known.audience
    }
    return shared(this.#opening, name, () => this.#open(name))
  }

  /** A KPI was set or deleted. */
  changed(change: KpiChange): void {
    const topic = this.#topics.get(change.name)
    if (topic === undefined || (topic.newest?.version ?? -1) >= change.version) return
    topic.newest = change
    if (topic.ready) this.#pace(topic)
  }

  sweep(now: number, lingerMs: number): void {
    for (const [name, { audience, ready }] of this.#topics) {
      if (!ready) continue
      if (audience.count > 0 || audience.idleSince > now) audience.idleSince = now
      else if (now - audience.idleSince > lingerMs) this.#drop(name)
    }
  }

  close(): void {
    this.#closed = true
    this.#stopTimer?.()
    this.#stopLook?.()
    for (const name of [...this.#topics.keys()]) this.#drop(name)
  }

  // The bus confirms first and the store is read after, so that no change is in neither.
  async #open(name: string): Promise<Audience> {
    const audience = new Audience(topicOfKpi(name))
    audience.idleSince = Number.MAX_SAFE_INTEGER
    const topic: Topic = { audience, newest: undefined, shownAt: 0, waits: false, ready: false }
    this.#topics.set(name, topic)
    try {
      await this.#options.bus.join(topicOfKpi(name))
      await this.#read([name])
    } catch (error) {
      this.#drop(name)
      throw error
    }
    topic.ready = true
    this.#show(topic)
    this.#lookLater()
    return audience
  }

  #drop(name: string): void {
    const topic = this.#topics.get(name)
    if (topic === undefined) return
    this.#topics.delete(name)
    topic.audience.isDropped = true
    this.#options.bus.leave(topicOfKpi(name))
  }

  async #read(names: readonly string[]): Promise<number> {
    const { version, items } = await this.#options.kpis.read(names)
    const found = new Map(items.map((kpi) => [kpi.name, kpi]))
    for (const name of names) {
      const kpi = found.get(name) ?? null
      // What was told meanwhile is newer than the reading; what is missing was not there at its version.
      if (kpi !== null || this.#topics.get(name)?.newest?.kpi != null) {
        this.changed({ name, version: kpi?.version ?? version, kpi })
      }
    }
    return version
  }

  #pace(topic: Topic): void {
    const left = this.#options.intervalMs - (this.#options.clock.monotonic() - topic.shownAt)
    if (topic.shownAt === 0 || left <= 0) {
      this.#show(topic)
      return
    }
    topic.waits = true
    this.#stopTimer ??= this.#options.clock.after(Math.max(1, left), () => this.#showWaiting())
  }

  #showWaiting(): void {
    this.#stopTimer = undefined
    for (const topic of this.#topics.values()) if (topic.waits) this.#pace(topic)
  }

  #show(topic: Topic): void {
    topic.waits = false
    const { newest } = topic
    if (newest === undefined) return
    topic.shownAt = this.#options.clock.monotonic()
    topic.audience.set(newest.name, newest.version, newest.kpi === null ? null : JSON.stringify(newest.kpi))
  }

  #lookLater(): void {
    if (this.#closed) return
    this.#stopLook ??= this.#options.clock.after(LOOK_MS, () => {
      this.#look().catch((error: unknown) => this.#options.logger.warn('the KPIs could not be read', { error }))
    })
  }

  async #look(): Promise<void> {
    try {
      if (this.#topics.size === 0) return
      const version = await this.#options.kpis.version()
      if (version !== this.#checked) this.#checked = await this.#read([...this.#topics.keys()])
    } finally {
      this.#stopLook = undefined
      if (this.#topics.size > 0) this.#lookLater()
    }
  }
}
