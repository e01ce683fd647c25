import { isTerminal, type Run, runOfTopic } from '@monofil/protocol'
import { topicOfLog, userOfLog } from '../notifications/inbox-log.ts'
import {
  DIALECTS,
  type Dialect,
  ENVELOPE,
  ENVELOPE_WITH_ID,
  endsRound,
  eventsBuffer,
  isLogged,
  type LiveEvent,
  RUN_STREAM,
  RUN_STREAM_BARE,
  runStateJson,
  sizeOf,
  stateText,
} from './frames.ts'
import { Piece } from './log-reader.ts'
import { Ring, type RingBudget } from './ring.ts'
import type { RunSnapshot } from './run-snapshot.ts'
import type { HubSettings } from './settings.ts'
import { LiveSet, type Source, type Subscription } from './subscription.ts'

/** Events of an inbox whose commit took the words of older ones out of the log. */
const REWRITING: ReadonlySet<string> = new Set(['removed', 'updated'])

/** What a feed needs of its hub. */
export interface FeedHost {
  readonly settings: HubSettings
  readonly epoch: string
  readonly budget: RingBudget
  /** Number of the loop's turn, as far as the hub counts them. */
  readonly turn: number
  /** Settles this feed when the turn ends; undefined: only let the turn end. */
  endTurn(feed: Feed | undefined): void
  /** Monotonic ms as of this turn, and as of this very moment. */
  readonly now: number
  monotonic(): number
  /** Flushes this feed after `ms`. */
  later(feed: Feed, ms: number): void
  /** Writes the next piece of the log for a subscription of this feed. */
  advance(feed: Feed, sub: Subscription): Promise<void> | undefined
  /** A GET stream may be over now that this run is. */
  ended(sub: Subscription): void
}

/**
 * One topic that somebody reads. Its events are framed once and one buffer goes to every live subscription. The first
 * event of a quiet topic goes out at once; what follows in the same turn of the loop is handed over together at the
 * turn's end, since the number of writes is what fan-out costs.
 */
export class Feed implements Source {
  /** As readers know it, and as the store does: `inbox` is everybody's name for a log of their own. */
  readonly topic: string
  readonly log: string
  readonly isState = false
  /** The newest of the run this topic belongs to. */
  run: Run | undefined = undefined
  /** Grows with each state that was sent. */
  stateNo = 0
  /** Offset of the newest event this node knows of, and of the newest that live subscriptions have. */
  head = 0
  flushed = 0
  /** Subscriptions, live or not, and when the last one left (monotonic ms). */
  count = 0
  idleSince = 0
  isDropped = false
  /** Grows when words left the log: what was read before may still have them, and is kept for nobody. */
  rewrites = 0
  /** Its run was deleted: whoever still reads is told so. */
  isRemoved = false
  /** Offset of the event that ended the run's last round; 0: not looked for yet. */
  endOffset = 0
  /** The last snapshot of the run, for whoever comes next. */
  snapshot: RunSnapshot | undefined = undefined
  readonly ring: Ring
  readonly #host: FeedHost
  readonly #live = [new LiveSet(), new LiveSet(), new LiveSet(), new LiveSet()] as const
  #parked: Subscription[] = []
  #pending: LiveEvent[] = []
  #pendingBytes = 0
  #turn = -1
  /** Monotonic ms until which this topic has had its share of the loop; whether a flush is due then. */
  #restUntil = 0
  #isResting = false
  #ready = false
  #replay: { readonly key: string; readonly piece: Piece } | undefined = undefined
  #stateJson: { readonly run: Run; readonly json: string } | undefined = undefined

  constructor(host: FeedHost, log: string) {
    this.#host = host
    this.log = log
    this.topic = topicOfLog(log)
    this.ring = new Ring(host.budget, host.settings.ringEvents, host.settings.ringBytes)
  }

  get epoch(): string {
    return this.#host.epoch
  }

  /** Its head is known and it may be subscribed to. */
  get isReady(): boolean {
    return this.#ready
  }

  get isRun(): boolean {
    return runOfTopic(this.topic) !== undefined
  }

  /** Whose inbox it is; undefined for every other topic. */
  get user(): string | undefined {
    return userOfLog(this.log)
  }

  /** A reader without a usable cursor is shown what is there rather than all that led to it. */
  get hasSnapshot(): boolean {
    return this.isRun || this.user !== undefined
  }

  get isFinished(): boolean {
    return this.run !== undefined && isTerminal(this.run.status)
  }

  /** The head as the store says, read after the bus confirmed that later events will be told. */
  ready(head: number, run: Run | undefined): void {
    this.head = Math.max(this.head, head)
    this.flushed = this.head
    // What the bus told meanwhile is no older at the same offset, for it tells everything in the end.
    if (this.run === undefined || (run !== undefined && run.offset > this.run.offset)) this.run = run
    this.#ready = true
  }

  /** Takes one event; `settle` when the delivery it came with is over. */
  push(event: LiveEvent): void {
    if (isLogged(event)) {
      if (!this.#ready) {
        this.head = Math.max(this.head, event.offset)
        return
      }
      if (event.offset <= this.head) return
      if (event.offset !== this.head + 1) {
        this.#missed(event.offset)
        return
      }
      this.head = event.offset
      if (this.user !== undefined && REWRITING.has(event.type)) this.#forgetWords()
      this.ring.append(event)
    }
    this.#pending.push(event)
    this.#pendingBytes += sizeOf(event)
    if (this.#pendingBytes >= this.#host.settings.flushBytes) this.flush()
  }

  /**
   * Sends what was pushed: now, if the topic was quiet in this turn of the loop, else when the turn ends. A topic whose
   * flush took long rests as long, so that a hot topic leaves half of the loop to the others; what comes meanwhile
   * goes out together, which costs one write for each reader instead of one for each event.
   */
  settle(): void {
    if (this.#pending.length === 0 || this.#isResting) return
    if (this.#turn === this.#host.turn) {
      this.#host.endTurn(this)
      return
    }
    const rest = this.#restUntil - this.#host.now
    if (rest < 1) {
      this.flush()
      return
    }
    this.#isResting = true
    this.#host.later(this, rest)
  }

  /** Hands what is pending to every live subscription. */
  flush(): void {
    this.#isResting = false
    if (this.#pending.length === 0) return
    const began = this.#host.monotonic()
    this.#flush()
    const ended = this.#host.monotonic()
    this.#restUntil = ended + Math.min(ended - began, this.#host.settings.restMs)
  }

  #flush(): void {
    const events = this.#pending
    this.#turn = this.#host.turn
    this.#host.endTurn(undefined)
    this.#pending = []
    this.#pendingBytes = 0
    this.#replay = undefined
    for (const dialect of DIALECTS) {
      const live = this.#live[dialect]
      if (live.subs.length === 0) continue
      const bytes = eventsBuffer(dialect, events)
      if (bytes !== undefined) live.push(bytes, true)
    }
    this.flushed = this.head
    const end = this.isRun ? events.findLast((event) => endsRound(event.type)) : undefined
    if (end !== undefined && isLogged(end)) {
      this.endOffset = end.offset
      if (this.isFinished) this.#endRun()
    }
    this.#unpark()
  }

  /** What is taken back or changed is taken out of the log: this node's memory of it goes with it. */
  #forgetWords(): void {
    this.rewrites += 1
    this.ring.clear()
    this.#replay = undefined
  }

  /** Sends a run's state to every live subscription; the others get the newest when they are live. */
  sendState(): void {
    this.stateNo += 1
    for (const dialect of DIALECTS) {
      const live = this.#live[dialect]
      const text = live.subs.length === 0 ? undefined : this.stateText(dialect)
      if (text !== undefined) live.push(Buffer.from(text), false)
    }
  }

  /** The run's newest state in a dialect. */
  stateText(dialect: Dialect): string | undefined {
    const run = this.run
    if (run === undefined) return undefined
    if (this.#stateJson?.run !== run) this.#stateJson = { run, json: runStateJson(run) }
    return stateText(dialect, run, this.#stateJson.json)
  }

  /** A piece of the ring, framed once for all who stand at the same place. */
  recent(after: number): Piece | undefined {
    if (!this.ring.covers(after)) return undefined
    const key = `${after} ${this.flushed}`
    if (this.#replay?.key !== key) {
      const events = this.ring.slice(after, this.flushed, this.#host.settings.flushBytes)
      this.#replay = { key, piece: new Piece(events, after + 1) }
    }
    return this.#replay.piece
  }

  attach(sub: Subscription): void {
    this.count += 1
    sub.mode = 'catching'
  }

  detach(sub: Subscription): void {
    this.count -= 1
    if (sub.mode === 'live') this.#live[sub.dialect].remove(sub)
    if (sub.mode === 'parked') this.#parked = this.#parked.filter((parked) => parked !== sub)
  }

  suspend(sub: Subscription): void {
    if (sub.mode !== 'live') return
    this.#live[sub.dialect].remove(sub)
    sub.mode = 'catching'
    sub.cursor = this.flushed
    sub.stateNo = this.stateNo
  }

  advance(sub: Subscription): Promise<void> | undefined {
    return this.#host.advance(this, sub)
  }

  /** The subscription has everything that was flushed: it is pushed to from here on. */
  goLive(sub: Subscription): void {
    const state = this.isRun && sub.stateNo !== this.stateNo ? this.stateText(sub.dialect) : undefined
    sub.place = 'here'
    this.#live[sub.dialect].add(sub)
    if (state !== undefined) sub.connection.write(state)
  }

  /** The subscription is ahead of what this node was told: it goes on after the next flush. */
  park(sub: Subscription): void {
    sub.mode = 'parked'
    this.#parked.push(sub)
  }

  /** Every live and parked subscription, to be told something of its own. */
  readers(): readonly Subscription[] {
    return [...this.#live.flatMap((live) => live.subs), ...this.#parked]
  }

  // A message of the bus was lost. The log has what is missing: everybody reads it from where they are.
  #missed(offset: number): void {
    this.flush()
    const readers = this.readers()
    for (const sub of readers) this.suspend(sub)
    this.ring.clear()
    this.#replay = undefined
    this.head = offset
    this.flushed = offset
    this.#unpark()
    for (const sub of readers) sub.connection.pump()
  }

  #unpark(): void {
    if (this.#parked.length === 0) return
    const parked = this.#parked
    this.#parked = []
    for (const sub of parked) {
      sub.mode = 'catching'
      sub.connection.pump()
    }
  }

  #endRun(): void {
    for (const dialect of [RUN_STREAM, RUN_STREAM_BARE] as const) {
      for (const sub of [...this.#live[dialect].subs]) sub.connection.finish()
    }
    for (const dialect of [ENVELOPE, ENVELOPE_WITH_ID] as const) {
      for (const sub of [...this.#live[dialect].subs]) this.#host.ended(sub)
    }
  }
}
