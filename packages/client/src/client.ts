import { type ActiveRun, MonofilError, topicOfKpi, topicOfRun } from '@monofil/protocol'
import type { Core, MakeRoute } from './core.ts'
import { diagnose } from './diagnose.ts'
import { ItemList } from './item-list.ts'
import type { ListenerHooks } from './listener.ts'
import type { ClientOptions } from './options.ts'
import { takeCore } from './registry.ts'
import { SHOWN, TopicTail } from './topic-tail.ts'
import {
  type Diagnostics,
  type KpiView,
  type MonofilClient,
  NOTHING,
  type RunsView,
  type RunView,
  type StatusView,
  type SubscribeOptions,
  type TopicView,
  type Watched,
} from './types.ts'

/** Watched objects kept so that the same question gets the same object; the oldest go first. */
const KEPT = 256

/** Makes a client; `makeRoute`: how its tab comes by its frames where tabs share (`share: 'browser'`). */
export function makeClient(options: ClientOptions, makeRoute?: MakeRoute): MonofilClient {
  const page = (globalThis as { location?: { origin?: string } }).location?.origin
  const origin = page?.startsWith('http') ? page : 'http://127.0.0.1:4000'
  const url = (options.url || origin).replace(/\/+$/, '')
  return new Client(url, takeCore(url, options, makeRoute))
}

class Client implements MonofilClient {
  readonly url: string
  readonly #core: Core
  readonly #release: () => void
  readonly #leaves = new Set<() => void>()
  readonly #watched = new Map<string, Watched<unknown>>()
  #closed = false

  constructor(url: string, { core, release }: ReturnType<typeof takeCore>) {
    this.url = url
    this.#core = core
    this.#release = release
    core.recorder?.note('client', { debug: () => this.debug() })
  }

  get api(): MonofilClient['api'] {
    return this.#core.api
  }

  get connection(): MonofilClient['connection'] {
    return this.#core.info
  }

  get recorder(): MonofilClient['recorder'] {
    return this.#core.recorder
  }

  get activeConnections(): number {
    return this.#core.route.active
  }

  subscribe<T = unknown>(topic: string, options: SubscribeOptions<T> = {}): () => void {
    return this.#follow(topic, options as SubscribeOptions)
  }

  connect({ force = false }: { readonly force?: boolean } = {}): void {
    this.#open()
    this.#core.connect(force)
  }

  reconnect(reason: string): void {
    this.#open()
    this.#core.reconnect(reason)
  }

  disconnect(): void {
    if (!this.#closed) this.#core.disconnect()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const leave of [...this.#leaves]) leave()
    this.#release()
  }

  logout(): void {
    if (!this.#closed) this.#core.logout()
  }

  debug(): Diagnostics {
    return diagnose(this.#core)
  }

  run(id: string): Watched<RunView> {
    const empty: RunView = { ...NOTHING, id, run: null, items: new ItemList(), logs: [], gap: null }
    return this.#watch(topicOfRun(id), empty)
  }

  runs(): Watched<RunsView> {
    return this.#watch<RunsView>('runs', { ...NOTHING, runs: [] })
  }

  kpi(name: string): Watched<KpiView> {
    return this.#watch(topicOfKpi(name), { ...NOTHING, kpi: null })
  }

  statusView(): Watched<StatusView> {
    return this.#watch<StatusView>('status', { ...NOTHING, active: [] })
  }

  status(): Watched<readonly ActiveRun[]> {
    const view = this.statusView()
    return this.#keep('active', () => ({
      get: () => view.get().active,
      initial: () => view.initial().active,
      subscribe: (onChange) => view.subscribe(onChange),
    }))
  }

  topic<T = unknown>(name: string, { cursor }: { readonly cursor?: string | undefined } = {}): Watched<TopicView<T>> {
    const tail = () => new TopicTail(name, { cursor }, SHOWN, { core: this.#core, follow: this.#follow })
    return this.#keep(`tail ${cursor ?? ''} ${name}`, tail) as Watched<TopicView<T>>
  }

  follow<T = unknown>(topic: string, options: SubscribeOptions<T> = {}): Watched<TopicView<T>> {
    const owner = { core: this.#core, follow: this.#follow }
    return new TopicTail(topic, options as SubscribeOptions, 0, owner) as Watched<TopicView<T>>
  }

  /** What the core has folded of a topic, kept alive by whoever watches. */
  #watch<V>(topic: string, empty: V): Watched<V> {
    const core = this.#core
    return this.#keep(`view ${topic}`, () => ({
      get: () => (core.topics.entry(topic)?.view(core.health()) as V | undefined) ?? empty,
      initial: () => empty,
      subscribe: (onChange) => this.#follow(topic, {}, { onChange }),
    }))
  }

  #keep<V>(key: string, make: () => Watched<V>): Watched<V> {
    const known = this.#watched.get(key)
    if (known) return known as Watched<V>
    for (const oldest of this.#watched.keys()) {
      if (this.#watched.size < KEPT) break
      this.#watched.delete(oldest)
    }
    const made = make()
    this.#watched.set(key, made)
    return made
  }

  readonly #follow = (topic: string, options: SubscribeOptions, hooks?: ListenerHooks): (() => void) => {
    this.#open()
    const stop = this.#core.subscribe(topic, options, hooks)
    const leave = () => {
      this.#leaves.delete(leave)
      stop()
    }
    this.#leaves.add(leave)
    return leave
  }

  #open(): void {
    if (this.#closed) throw new MonofilError('invalid_state', 'this client is closed: make another with createClient')
  }
}
