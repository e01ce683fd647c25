import { type Denied, MonofilError, type PatchAnswer, type SubscriptionAnswer } from '@monofil/protocol'
import type { Principal } from '../seams/auth.ts'
import { type Access, answer, begin, type Judged } from './access.ts'
import type { Connection } from './connection.ts'
import { controlText } from './control.ts'
import { placeOf } from './event-id.ts'
import { ENVELOPE } from './frames.ts'
import type { Source, Subscription } from './subscription.ts'

/** Body of `PATCH /v1/stream/{connection}`. */
export interface Patch {
  readonly seq: number
  readonly subscribe?: readonly { readonly topic: string; readonly cursor?: string | undefined }[] | undefined
  readonly unsubscribe?: readonly string[] | undefined
}

export interface PatchingHost {
  readonly epoch: string
  readonly maxTopics: number
  readonly access: Access
  wallNow(): number
}

/** Changes of an open stream, one at a time for each connection. */
export class Patching {
  readonly #host: PatchingHost
  readonly #running = new Map<Connection, Promise<unknown>>()

  constructor(host: PatchingHost) {
    this.#host = host
  }

  /** @throws `out_of_order` for a skipped `seq`, `invalid_state` for subscriptions on a GET stream. */
  apply(connection: Connection, principal: Principal, patch: Patch): Promise<PatchAnswer> {
    const before = this.#running.get(connection) ?? Promise.resolve()
    const result = before.then(() => this.#apply(connection, principal, patch))
    const settled = result.then(
      () => undefined,
      () => undefined,
    )
    this.#running.set(connection, settled)
    void settled.then(() => {
      if (this.#running.get(connection) === settled) this.#running.delete(connection)
    })
    return result
  }

  async #apply(connection: Connection, principal: Principal, patch: Patch): Promise<PatchAnswer> {
    const { seq, subscribe = [], unsubscribe = [] } = patch
    if (!connection.isOpen) throw unknownConnection(connection.facts.id)
    if (connection.facts.kind !== 'post' && subscribe.length + unsubscribe.length > 0) {
      throw new MonofilError('invalid_state', 'The topics of a GET stream are those of its URL: open another stream.')
    }
    if (seq <= connection.seq) return this.#present(connection)
    if (seq > connection.seq + 1) {
      throw new MonofilError(
        'out_of_order',
        `The next seq is ${connection.seq + 1}, not ${seq}: send what is missing first.`,
      )
    }
    const wanted = withoutRepeats(subscribe)
    // What is over the limit anyway is not looked up.
    const judged = await Promise.all(
      wanted
        .slice(0, this.#host.maxTopics)
        .map(({ topic, cursor }) => this.#host.access.judge({ topic, place: placeOf(cursor) }, principal)),
    )
    const views = await this.#viewsOf(connection, principal)
    if (!connection.isOpen) throw unknownConnection(connection.facts.id)
    this.#renew(connection, principal, views)
    for (const topic of unsubscribe) {
      const sub = connection.subs.find((known) => known.source.topic === topic)
      if (sub !== undefined) connection.drop(sub)
    }
    const topics: SubscriptionAnswer[] = []
    const denied: Denied[] = []
    wanted.forEach(({ topic, cursor }, index) => {
      const code = this.#subscribe(
        connection,
        judged[index] ?? { denied: 'too_many_topics' },
        { topic, again: cursor !== undefined },
        topics,
      )
      if (code !== undefined) denied.push({ topic, code })
    })
    connection.seq = seq
    connection.lastDenied = denied.length > 0 ? denied : undefined
    connection.pump()
    return { seq, topics, denied, expiresAt: expiryOf(principal) }
  }

  #subscribe(
    connection: Connection,
    judged: Judged,
    wanted: { topic: string; again: boolean },
    topics: SubscriptionAnswer[],
  ): Denied['code'] | undefined {
    if ('denied' in judged) return judged.denied
    const known = connection.subs.find((sub) => sub.source.topic === wanted.topic)
    if (known === undefined && connection.subs.length >= this.#host.maxTopics) return 'too_many_topics'
    topics.push(answer(judged.start, this.#host.epoch))
    if (known !== undefined && !wanted.again) return undefined
    if (known !== undefined) connection.drop(known)
    begin(connection, judged.start, ENVELOPE)
    return undefined
  }

  /** What of `runs` and `status` these rights show: another view of them, where the rights are others. */
  async #viewsOf(connection: Connection, principal: Principal): Promise<ReadonlyMap<Subscription, Source>> {
    const views = new Map<Subscription, Source>()
    for (const sub of connection.subs.filter(({ source }) => source.isState)) {
      const source = await this.#host.access.source(sub.source.topic, principal)
      if (typeof source !== 'string') views.set(sub, source)
    }
    return views
  }

  #renew(connection: Connection, principal: Principal, views: ReadonlyMap<Subscription, Source>): void {
    connection.principal = principal
    connection.rightsSince = this.#host.wallNow()
    connection.expiryWarned = false
    for (const sub of [...connection.subs]) {
      const view = views.get(sub)
      if (view !== undefined && view !== sub.source) {
        // It goes on with what may be seen now, from a snapshot.
        const start = {
          source: view,
          from: 0,
          needsSnapshot: false,
          gap: undefined,
          recovered: null,
          place: 'none',
        } as const
        connection.drop(sub)
        begin(connection, start, sub.dialect)
        continue
      }
      if (this.#host.access.mayStay(sub, principal)) continue
      connection.drop(sub)
      connection.write(controlText('dropped', { topic: sub.source.topic, code: 'revoked' }))
    }
  }

  // The answer to a PATCH was lost and it came again: what holds now is what it asked for.
  #present(connection: Connection): PatchAnswer {
    const topics = connection.subs.map(({ source }) => ({
      topic: source.topic,
      epoch: source.isState ? null : this.#host.epoch,
      offset: source.isState ? null : source.flushed,
      recovered: null,
    }))
    return {
      seq: connection.seq,
      topics,
      denied: connection.lastDenied ?? [],
      expiresAt: expiryOf(connection.principal),
    }
  }
}

/** When a credential ends, as the wire says it. */
export function expiryOf(principal: Principal): string | null {
  return principal.expiresAtMs === null ? null : new Date(principal.expiresAtMs).toISOString()
}

export function unknownConnection(id: string): MonofilError {
  return new MonofilError('unknown_connection', `No stream ${id} is open here: open a new one.`)
}

// The last mention of a topic counts, as if the mentions had come one after the other.
function withoutRepeats<T extends { readonly topic: string }>(wanted: readonly T[]): readonly T[] {
  return [...new Map(wanted.map((one) => [one.topic, one])).values()]
}
