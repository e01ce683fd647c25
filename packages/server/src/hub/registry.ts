import type { Connection } from './connection.ts'
import { Feed } from './feed.ts'

/** One connection as the operator sees it. */
export interface ConnectionView {
  readonly connection: string
  readonly marker: string
  readonly user: string
  readonly topics: readonly string[]
  readonly openedAt: string
  readonly address: string
  readonly node: string
  readonly queuedBytes: number
  /** Events in the log that were not handed to it yet, over all its topics. */
  readonly lagEvents: number
  readonly mode: 'live' | 'catching_up'
}

/** The open streams of this node, by id and by user and marker. */
export class Registry {
  readonly #byId = new Map<string, Connection>()
  readonly #byMarker = new Map<string, Connection>()

  get size(): number {
    return this.#byId.size
  }

  get(id: string): Connection | undefined {
    return this.#byId.get(id)
  }

  all(): IterableIterator<Connection> {
    return this.#byId.values()
  }

  /** Adds a connection; an older one of the same user and marker is told that it was replaced. */
  add(connection: Connection): void {
    this.#byId.set(connection.facts.id, connection)
    if (connection.facts.kind !== 'post') return
    const key = markerKey(connection)
    this.#byMarker.get(key)?.goodbye('replaced')
    this.#byMarker.set(key, connection)
  }

  remove(connection: Connection): void {
    this.#byId.delete(connection.facts.id)
    const key = markerKey(connection)
    if (this.#byMarker.get(key) === connection) this.#byMarker.delete(key)
  }

  view(node: string): ConnectionView[] {
    const views: ConnectionView[] = []
    for (const connection of this.#byId.values()) if (connection.isOpen) views.push(viewOf(connection, node))
    return views
  }
}

function markerKey({ facts }: Connection): string {
  return `${facts.principal.sub}\n${facts.marker}`
}

function viewOf(connection: Connection, node: string): ConnectionView {
  const { facts, subs, sink } = connection
  let lagEvents = 0
  for (const { source, mode, cursor } of subs) {
    if (source instanceof Feed && mode !== 'live') lagEvents += Math.max(0, source.head - cursor)
  }
  return {
    connection: facts.id,
    marker: facts.marker,
    user: facts.principal.sub,
    topics: subs.map((sub) => sub.source.topic),
    openedAt: new Date(facts.openedAt).toISOString(),
    address: facts.address,
    node,
    queuedBytes: sink.writableLength,
    lagEvents,
    mode: subs.some((sub) => sub.mode === 'catching') ? 'catching_up' : 'live',
  }
}
