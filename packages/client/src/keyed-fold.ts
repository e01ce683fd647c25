import type { ActiveRun, Keyed, Kpi, RunState, Snapshot, State } from '@monofil/protocol'
import type { Fold } from './fold.ts'
import type { KpiView, RunsView, StatusView, ViewMeta } from './types.ts'

/** A state topic: the newest value of every key. */
export class KeyedFold<T, V> implements Fold<V> {
  readonly #project: (values: readonly T[], meta: ViewMeta) => V
  readonly #order: (a: T, b: T) => number
  readonly #limit: number
  #keys = new Map<string, Keyed<T>>()
  #values: readonly T[] = []
  #stale = false
  #ready = false

  /** `limit`: how many values are kept, the first in `order`. */
  constructor(project: (values: readonly T[], meta: ViewMeta) => V, order: (a: T, b: T) => number, limit: number) {
    this.#project = project
    this.#order = order
    this.#limit = limit
  }

  get ready(): boolean {
    return this.#ready
  }

  get endedAt(): null {
    return null
  }

  snapshot(snapshot: Snapshot): void {
    this.#keys = new Map((snapshot.data as readonly Keyed<T>[]).map((keyed) => [keyed.key, keyed]))
    this.#ready = true
    this.#stale = true
  }

  state(state: State): void {
    if (!('key' in state)) return
    const { key, version, data } = state as Keyed<T>
    if ((this.#keys.get(key)?.version ?? -1) > version) return
    if (data === null) this.#keys.delete(key)
    else this.#keys.set(key, { key, version, data })
    this.#stale = true
  }

  event(): void {}

  gap(): void {}

  parts(topic: string): readonly Snapshot[] {
    return this.#ready ? [{ topic, data: [...this.#keys.values()] }] : []
  }

  word(): null {
    return null
  }

  view(meta: ViewMeta): V {
    if (this.#stale) this.#values = this.#sorted()
    this.#stale = false
    return this.#project(this.#values, meta)
  }

  #sorted(): readonly T[] {
    const entries: [Keyed<T>, T][] = []
    for (const keyed of this.#keys.values()) if (keyed.data !== null) entries.push([keyed, keyed.data])
    entries.sort((a, b) => this.#order(a[1], b[1]))
    for (const [{ key }] of entries.splice(this.#limit)) this.#keys.delete(key)
    return entries.map(([, value]) => value)
  }
}

/** As many as the hub keeps in topic `runs`. */
const RUNS = 50
/** Far more than a person looks at; a bound, so that a broken hub cannot fill memory. */
const ACTIVE = 10_000

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** The fold of topic `runs`: newest first. */
export function runsFold(): KeyedFold<RunState, RunsView> {
  return new KeyedFold(
    (runs, meta) => ({ ...meta, runs }),
    (a, b) => compare(b.createdAt, a.createdAt) || compare(b.id, a.id),
    RUNS,
  )
}

/** The fold of topic `status`: by workflow, then key. */
export function statusFold(): KeyedFold<ActiveRun, StatusView> {
  return new KeyedFold(
    (active, meta) => ({ ...meta, active }),
    (a, b) => compare(a.workflow, b.workflow) || compare(a.key ?? '', b.key ?? ''),
    ACTIVE,
  )
}

/** The fold of a topic `kpi:{name}`, whose one key is the name. */
export function kpiFold(): KeyedFold<Kpi, KpiView> {
  return new KeyedFold(
    ([kpi = null], meta) => ({ ...meta, kpi }),
    () => 0,
    1,
  )
}
