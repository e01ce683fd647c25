import {
  type Dropped,
  type Envelope,
  type Gap,
  isTopic,
  MonofilError,
  type PatchAnswer,
  parseCursor,
  type Snapshot,
  type State,
} from '@monofil/protocol'
import { Entry, type EntryOwner, type StreamHealth } from './entry.ts'
import { catchUp, type ReadPage } from './history.ts'
import { Lag } from './lag.ts'
import { Listener, type ListenerHooks } from './listener.ts'
import type { Recorder } from './notes.ts'
import type { SubscribeOptions } from './types.ts'

/** What the topics need from their owner. */
export interface TopicsOwner {
  readonly lingerMs: number
  readonly read: ReadPage
  now(): number
  health(): StreamHealth
  /** Where the page before this one was in an application topic. */
  remembered(topic: string): string | undefined
  /** What is wanted has changed. */
  onDemand(): void
  /** A hole that resubscribing did not close. */
  onReopen(topic: string): void
  recorder(): Recorder | undefined
  report(error: unknown): void
}

/** What the hub must be told to send what is wanted, and nothing else. */
export interface TopicsDiff {
  readonly subscribe: readonly { readonly topic: string; readonly cursor?: string }[]
  readonly unsubscribe: readonly string[]
}

/** All topics of the client, with who listens to each. */
export class Topics implements EntryOwner {
  readonly #owner: TopicsOwner
  readonly lag = new Lag()
  kept = 0
  readonly #entries = new Map<string, Entry>()
  readonly #changed = new Set<Entry>()
  readonly #reading = new Set<Listener>()
  #flushing = false

  constructor(owner: TopicsOwner) {
    this.#owner = owner
  }

  /** @throws MonofilError `invalid_request` for what is no topic or cursor. */
  join(topic: string, options: SubscribeOptions, hooks?: ListenerHooks): () => void {
    if (!isTopic(topic)) throw new MonofilError('invalid_request', `"${topic}" is not a topic`, { field: 'topic' })
    if (options.cursor !== undefined && parseCursor(options.cursor) === undefined) {
      throw new MonofilError('invalid_request', `"${options.cursor}" is not a cursor: epoch:offset, or 0`, {
        field: 'cursor',
      })
    }
    const listener = new Listener(options, this.#owner.report, hooks)
    const known = this.#entries.get(topic)
    const entry = known ?? this.#make(topic, options.cursor)
    // All who come before the hub has answered go on from where the page before this one was, StrictMode's second too.
    if (!entry.placed) listener.cursor ??= entry.remembered
    entry.join(listener, known === undefined)
    if (!listener.synced) queueMicrotask(() => this.#bringUp(entry, listener))
    this.#owner.onDemand()
    return () => this.#leave(topic, listener)
  }

  entry(topic: string): Entry | undefined {
    return this.#entries.get(topic)
  }

  entries(): IterableIterator<Entry> {
    return this.#entries.values()
  }

  /** Whether any topic is a reason to have a stream. */
  get wanted(): boolean {
    for (const entry of this.#entries.values()) if (entry.desired && !entry.finished) return true
    return false
  }

  /** When `expire` must be called, or null. */
  deadline(): number | null {
    let first: number | null = null
    for (const { leaveAt } of this.#entries.values()) {
      if (leaveAt !== null && (first === null || leaveAt < first)) first = leaveAt
    }
    return first
  }

  /** Lets go of topics whose linger is over; answers whether any topic is left. */
  expire(now: number): boolean {
    let left = false
    for (const entry of this.#entries.values()) {
      if (entry.leaveAt !== null && entry.leaveAt <= now) entry.leaveAt = null
      if (!entry.desired && (entry.sub.phase === 'off' || entry.sub.phase === 'over')) this.#entries.delete(entry.topic)
      left ||= entry.desired
    }
    return left
  }

  /** Every topic, to open a stream with. */
  open(): TopicsDiff['subscribe'] {
    const wanted = [...this.#entries.values()].filter((entry) => entry.desired && entry.sub.code !== 'deleted')
    return wanted.map(ask)
  }

  /** What the hub must be told while a stream is open. */
  diff(): TopicsDiff {
    const subscribe: Entry[] = []
    const unsubscribe: string[] = []
    for (const entry of this.#entries.values()) {
      const held = entry.sub.phase !== 'off' && entry.sub.phase !== 'over'
      if (entry.desired ? entry.sub.phase === 'off' || (entry.repair && held) : false) subscribe.push(entry)
      else if (!entry.desired && held) unsubscribe.push(entry.topic)
    }
    return { subscribe: subscribe.map(ask), unsubscribe }
  }

  /** The hub has taken the topics of a new stream, or a diff of an open one; `late`: at the second try. */
  answered(answer: Pick<PatchAnswer, 'topics' | 'denied'>, unsubscribed: readonly string[] = [], late = false): void {
    for (const topic of unsubscribed) this.#entries.get(topic)?.input({ type: 'lost' })
    for (const one of answer.topics) {
      const entry = this.#entries.get(one.topic)
      entry?.onAnswer(one, late)
      if (entry) for (const listener of entry.listeners) if (!listener.synced) this.#bringUp(entry, listener)
    }
    for (const { topic, code } of answer.denied) this.#entries.get(topic)?.onOver({ reason: 'denied', code })
    this.invalidate()
  }

  /** Forgets everything that was said; who listens goes on listening, from nothing. */
  forget(): void {
    for (const [topic, old] of this.#entries) {
      const entry = new Entry(topic, undefined, this)
      this.#entries.set(topic, entry)
      for (const listener of old.listeners) {
        listener.reset()
        entry.join(listener, entry.listeners.size === 0)
      }
      entry.leaveAt = old.leaveAt
    }
    this.invalidate()
  }

  /** The stream is gone; cursors stay. */
  lost(): void {
    this.lag.reset()
    for (const entry of this.#entries.values()) {
      entry.input({ type: 'lost' })
      entry.repair = false
    }
  }

  /** One frame of the stream: its event's name and its data. */
  message(event: string, frame: { readonly topic: string }): void {
    const now = this.#owner.now()
    const entry = this.#entries.get(frame.topic)
    if (entry === undefined) return
    if (event === 'message') this.#event(entry, frame as Envelope, now)
    else if (event === 'snapshot') entry.onSnapshot(frame as Snapshot, now)
    else if (event === 'state') entry.onState(frame as State, now)
    else if (event === 'gap') entry.onGap(frame as Gap, now)
    else if (event === 'dropped') entry.onOver({ reason: 'dropped', code: (frame as Dropped).code })
    for (const listener of entry.listeners) if (!listener.synced) this.#bringUp(entry, listener)
    this.onTouch(entry)
  }

  report(error: unknown): void {
    this.#owner.report(error)
  }

  recorder(): Recorder | undefined {
    return this.#owner.recorder()
  }

  /** Every view must look again: the connection has changed. */
  invalidate(): void {
    for (const entry of this.#entries.values()) {
      entry.invalidate()
      this.onTouch(entry)
    }
  }

  #event(entry: Entry, event: Envelope, now: number): void {
    const verdict = entry.onEvent(event, now)
    if (verdict === 'repair') this.#owner.onDemand()
    if (verdict === 'reopen') this.#owner.onReopen(entry.topic)
  }

  #make(topic: string, cursor: string | undefined): Entry {
    const remembered = cursor === undefined ? this.#owner.remembered(topic) : undefined
    const entry = new Entry(topic, cursor ?? remembered, this)
    entry.remembered = remembered
    this.#entries.set(topic, entry)
    return entry
  }

  #leave(topic: string, listener: Listener): void {
    const entry = this.#entries.get(topic)
    if (listener.closed || entry === undefined) return
    listener.closed = true
    entry.listeners.delete(listener)
    if (entry.listeners.size === 0) entry.leaveAt = this.#owner.now() + this.#owner.lingerMs
    this.#owner.onDemand()
  }

  #bringUp(entry: Entry, listener: Listener): void {
    if (listener.closed || listener.synced) return
    if (listener.cursor !== undefined) entry.meet(listener)
    if (listener.cursor === undefined) entry.syncLate()
    else if (this.#owner.health().open && entry.placed && !this.#reading.has(listener)) {
      this.#reading.add(listener)
      // A call that fails is made again with the next event or connection.
      catchUp(entry, listener, this.#owner.read)
        .catch(this.#owner.report)
        .finally(() => this.#reading.delete(listener))
    }
  }

  onTouch(entry: Entry): void {
    this.#changed.add(entry)
    if (this.#flushing) return
    this.#flushing = true
    queueMicrotask(() => {
      this.#flushing = false
      const changed = [...this.#changed]
      this.#changed.clear()
      for (const { listeners } of changed) for (const listener of listeners) listener.change()
    })
  }
}

function ask(entry: Entry): { topic: string; cursor?: string } {
  entry.input({ type: 'ask' })
  entry.repair = false
  return entry.request
}
