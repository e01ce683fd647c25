import {
  type ErrorCode,
  type Gap,
  isId,
  isTopic,
  kpiOfTopic,
  runOfTopic,
  type SubscriptionAnswer,
} from '@monofil/protocol'
import { can } from '../auth/index.ts'
import { logOfUser } from '../notifications/inbox-log.ts'
import type { Principal } from '../seams/auth.ts'
import type { Bus } from '../seams/bus.ts'
import type { Connection } from './connection.ts'
import type { Place } from './event-id.ts'
import { Feed } from './feed.ts'
import type { Feeds } from './feeds.ts'
import type { Dialect } from './frames.ts'
import type { KpiTopics } from './kpi-topics.ts'
import type { LogReader } from './log-reader.ts'
import type { RunsTopic } from './runs-topic.ts'
import type { StatusTopic } from './status-topic.ts'
import { type Source, Subscription } from './subscription.ts'

/** A topic somebody wants, and from where. */
export interface Wanted {
  readonly topic: string
  readonly place: Place
}

/** How a subscription begins. */
export interface Start {
  readonly source: Source
  /** Offset after which it reads; undefined: from what is new. */
  readonly from: number | undefined
  readonly needsSnapshot: boolean
  readonly gap: Gap | undefined
  readonly recovered: boolean | null
  readonly place: Subscription['place']
}

export type Judged = { readonly start: Start } | { readonly denied: ErrorCode }

export interface AccessHost {
  readonly epoch: string
  readonly bus: Bus
  readonly feeds: Feeds
  readonly reader: LogReader
  readonly runsTopic: RunsTopic
  readonly statusTopic: StatusTopic
  readonly kpiTopics: KpiTopics
}

/** Decides which topics a user gets, and where each begins. */
export class Access {
  readonly #host: AccessHost

  constructor(host: AccessHost) {
    this.#host = host
  }

  async judge(wanted: Wanted, principal: Principal): Promise<Judged> {
    const source = await this.source(wanted.topic, principal)
    if (typeof source === 'string') return { denied: source }
    if (!(source instanceof Feed)) {
      return { start: { source, from: 0, needsSnapshot: false, gap: undefined, recovered: null, place: 'none' } }
    }
    return { start: await this.#start(source, wanted.place) }
  }

  /** Where a topic's bytes come from for this user, or why there are none. What may not be seen does not exist. */
  async source(topic: string, principal: Principal): Promise<Source | ErrorCode> {
    if (!isTopic(topic)) return 'invalid_request'
    if (topic === 'runs') return this.#host.runsTopic.audience(principal)
    if (topic === 'status') return this.#host.statusTopic.audience(principal)
    if (runOfTopic(topic) !== undefined) {
      const feed = await this.#host.feeds.open(topic)
      return feed?.run !== undefined && can(principal, 'run.read', feed.run) ? feed : 'not_found'
    }
    const kpi = kpiOfTopic(topic)
    if (kpi !== undefined) {
      return isId(kpi) && can(principal, 'kpi.read', kpi) ? this.#host.kpiTopics.audience(kpi) : 'not_found'
    }
    if (topic === 'inbox') {
      // What is for roles and is not stored comes under this name.
      await this.#host.bus.join('inbox')
      return (await this.#host.feeds.open(logOfUser(principal.sub))) ?? 'not_found'
    }
    if (/^(workflow:|user:|role:|monofil:)/.test(topic)) return 'not_found'
    if (!can(principal, 'topic.read', topic)) return 'forbidden'
    return (await this.#host.feeds.open(topic)) ?? 'not_found'
  }

  /** Whether a user with other rights than before may go on reading this. */
  mayStay(sub: Subscription, principal: Principal): boolean {
    const { source } = sub
    const kpi = kpiOfTopic(source.topic)
    if (kpi !== undefined) return can(principal, 'kpi.read', kpi)
    if (!(source instanceof Feed)) return true
    if (source.user !== undefined) return source.user === principal.sub
    return source.run === undefined
      ? can(principal, 'topic.read', source.topic)
      : can(principal, 'run.read', source.run)
  }

  async #start(feed: Feed, place: Place): Promise<Start> {
    const { topic, epoch } = feed
    if (place === undefined) {
      const base = { source: feed, gap: undefined, recovered: null, from: undefined }
      return feed.hasSnapshot
        ? { ...base, needsSnapshot: true, place: 'none' }
        : { ...base, needsSnapshot: false, place: 'here' }
    }
    const lost = await this.#lost(feed, place)
    if (lost === undefined) {
      const from = place === 'start' || place === 'unknown' ? 0 : place.offset
      const recovered = await this.#holds(feed, from)
      return { source: feed, from, needsSnapshot: false, gap: undefined, recovered, place: 'here' }
    }
    const gap: Gap = { topic, epoch, from: null, to: null, reason: lost }
    const base = { source: feed, gap, recovered: false, place: 'given' } as const
    if (feed.hasSnapshot) return { ...base, from: undefined, needsSnapshot: true }
    const { oldest } = await this.#host.reader.bounds(feed.log)
    return { ...base, from: oldest - 1, needsSnapshot: false }
  }

  async #lost(feed: Feed, place: Place): Promise<'epoch' | 'unknown_cursor' | undefined> {
    if (place === 'unknown' || place === undefined) return 'unknown_cursor'
    if (place === 'start') return undefined
    if (place.epoch !== this.#host.epoch) return 'epoch'
    if (place.offset <= feed.head) return undefined
    // Another node may have told this reader more than this node has heard of yet.
    return place.offset <= (await this.#host.reader.bounds(feed.log)).head ? undefined : 'unknown_cursor'
  }

  async #holds(feed: Feed, from: number): Promise<boolean> {
    if (from >= feed.head || feed.ring.covers(from)) return true
    return (await this.#host.reader.bounds(feed.log)).oldest <= from + 1
  }
}

/** Puts a subscription on a connection. It sends nothing before the connection pumps. */
export function begin(connection: Connection, start: Start, dialect: Dialect): Subscription {
  const sub = new Subscription(connection, start.source, dialect)
  connection.add(sub)
  sub.place = start.place
  sub.gap = start.gap
  if (start.source.isState) return sub
  sub.needsSnapshot = start.needsSnapshot
  sub.cursor = start.from ?? start.source.flushed
  return sub
}

/** What a reader is told about a subscription that began. */
export function answer(start: Start, epoch: string): SubscriptionAnswer {
  const { source, recovered } = start
  return source.isState
    ? { topic: source.topic, epoch: null, offset: null, recovered: null }
    : { topic: source.topic, epoch, offset: source.flushed, recovered }
}
