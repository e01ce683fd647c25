import { addressKey } from './address-key.ts'
import type { Asked } from './admission.ts'
import type { Connection, ConnectionFacts } from './connection.ts'
import { Feed } from './feed.ts'
import type { Holder, Places } from './places.ts'

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
  readonly #places: Places
  readonly #byId = new Map<string, Connection>()
  readonly #byMarker = new Map<string, Connection>()

  constructor(places: Places) {
    this.#places = places
  }

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
    connection.hasPlace = true
    this.#places.take(holderOf(connection.facts))
    const key = markerKey(connection.facts)
    if (key === undefined) return
    const older = this.#byMarker.get(key)
    if (older !== undefined) this.end(older, 'replaced')
    this.#byMarker.set(key, connection)
  }

  remove(connection: Connection): void {
    this.#byId.delete(connection.facts.id)
    this.#leave(connection)
    const key = markerKey(connection.facts)
    if (key !== undefined && this.#byMarker.get(key) === connection) this.#byMarker.delete(key)
  }

  /** Ends a stream for another one, which has its place at once and not only when the socket is gone. */
  end(connection: Connection, reason: 'replaced' | 'lifetime'): void {
    this.#leave(connection)
    connection.goodbye(reason)
  }

  /** The stream that one with these facts would replace. */
  replacedBy(asked: Asked): Connection | undefined {
    const key = markerKey(asked)
    return key === undefined ? undefined : this.#byMarker.get(key)
  }

  /** The oldest open stream of a user that reads nothing but some of these topics by GET. */
  oldestGet(sub: string, topics: readonly string[]): Connection | undefined {
    for (const connection of this.#byId.values()) {
      const { kind, principal } = connection.facts
      if (kind === 'post' || principal.sub !== sub || !connection.hasPlace || !connection.isOpen) continue
      if (connection.subs.every(({ source }) => topics.includes(source.topic))) return connection
    }
    return undefined
  }

  #leave(connection: Connection): void {
    if (!connection.hasPlace) return
    connection.hasPlace = false
    this.#places.leave(holderOf(connection.facts))
  }

  view(node: string): ConnectionView[] {
    const views: ConnectionView[] = []
    for (const connection of this.#byId.values()) if (connection.isOpen) views.push(viewOf(connection, node))
    return views
  }
}

// A stream by ticket stands for the one that this ticket opened before; other GET streams stand for themselves.
function markerKey({ kind, principal, marker }: Asked): string | undefined {
  const { sub, ticket } = principal
  if (ticket !== undefined) return `${sub}\n\n${ticket.id}`
  return kind === 'post' && marker !== undefined ? `${sub}\n${marker}` : undefined
}

/** Who counts as having a stream. */
export function holderOf({ principal, address }: Pick<ConnectionFacts, 'principal' | 'address'>): Holder {
  return { sub: principal.sub, address: addressKey(address) }
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
