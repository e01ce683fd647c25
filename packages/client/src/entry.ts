import {
  type Envelope,
  type ErrorCode,
  formatCursor,
  type Gap,
  isStateTopic,
  MonofilError,
  parseCursor,
  runOfTopic,
  type Snapshot,
  type State,
  type SubscriptionAnswer,
} from '@monofil/protocol'
import type { Fold } from './fold.ts'
import { kpiFold, runsFold, statusFold } from './keyed-fold.ts'
import type { Lag } from './lag.ts'
import type { Listener } from './listener.ts'
import type { Recorder } from './notes.ts'
import { RunFold } from './run-fold.ts'
import {
  initialSubscription,
  nextSubscription,
  type SubscriptionInput,
  type SubscriptionState,
  type TopicKind,
  type Verdict,
} from './subscription-state.ts'
import type { Freshness, SubscriptionEnd, ViewMeta } from './types.ts'

/** How the stream does, as far as views care. */
export interface StreamHealth {
  readonly open: boolean
  /** Set once the client has given up. */
  readonly error: MonofilError | null
}

/** What a topic needs from its owner. */
export interface EntryOwner {
  readonly lag: Lag
  /** How many of the newest events of each topic are kept for those who come late: 0 unless tabs share. */
  readonly kept: number
  recorder(): Recorder | undefined
  /** Something about its views has changed outside of any frame. */
  onTouch(entry: Entry): void
  report(error: unknown): void
}

/** One topic of the client: its machine, what is known of it, and who listens. */
export class Entry {
  readonly topic: string
  readonly listeners = new Set<Listener>()
  readonly fold: Fold | null
  readonly kind: TopicKind
  readonly #owner: EntryOwner
  sub: SubscriptionState
  /** When it may go, since nobody listens; null while somebody does. */
  leaveAt: number | null = null
  /** Where the page before this one was in it. */
  remembered: string | undefined
  /** Must be asked for again, from its cursor. */
  repair = false
  #finished = false
  #late = 0
  #lastUpdate: number | null = null
  #lagMs: number | null = null
  /** Gaps seen and not repaired; grows, so that the repair of an older one does not hide a newer. */
  #gaps = 0
  #gapOpen = false
  readonly #recent: Envelope[] = []
  #view: ViewMeta | null = null
  /** Whether there ever was something whole to show. */
  #shown = false
  #viewStale = true

  /** `cursor`: where its first listener wants to begin. */
  constructor(topic: string, cursor: string | undefined, owner: EntryOwner) {
    this.topic = topic
    this.#owner = owner
    const run = runOfTopic(topic)
    this.kind = isStateTopic(topic) ? 'state' : run || topic === 'inbox' ? 'folded' : 'log'
    this.sub = this.#initial(cursor)
    const keyed = topic === 'runs' ? runsFold : topic === 'status' ? statusFold : kpiFold
    this.fold = run ? new RunFold(run) : this.kind === 'state' ? keyed() : null
  }

  /** Whether the hub should send it. */
  get desired(): boolean {
    return this.listeners.size > 0 || this.leaveAt !== null
  }

  /** A run that is over: its topic stays, but is no reason to come back (until its next round). */
  get finished(): boolean {
    return this.#finished
  }

  /** As the hub is asked for it. */
  get request(): { topic: string; cursor?: string } {
    const { cursor } = this.sub
    if (cursor === null) return { topic: this.topic }
    return { topic: this.topic, cursor: cursor === 'start' ? '0' : formatCursor(cursor) }
  }

  input(input: SubscriptionInput): Verdict {
    const before = this.sub
    const { state, verdict, gap } = nextSubscription(before, input)
    this.sub = state
    this.#owner.recorder()?.note('subscription', { topic: this.topic, before, input, after: state, verdict })
    if (gap) this.#announce(gap)
    if (verdict === 'repair' || verdict === 'reopen') this.repair = true
    return verdict
  }

  /** Whether the hub has taken it, so that what comes after `offset` is known to come by the stream. */
  get placed(): boolean {
    const { phase, cursor } = this.sub
    return (phase === 'on' || phase === 'repairing') && typeof cursor === 'object' && cursor !== null
  }

  /** The place of the stream as a number; listeners up to there have everything. */
  get offset(): number {
    const { cursor } = this.sub
    return cursor === null || cursor === 'start' ? 0 : cursor.offset
  }

  onEvent(event: Envelope, now: number): Verdict {
    const verdict = this.input({ type: 'event', event, now })
    if (verdict !== 'show') return verdict
    const { lag } = this.#owner
    // What is replayed was long under way: it says nothing about the clocks.
    if (!this.#behind) lag.sample(event.at, now)
    this.#lagMs = lag.of(event.at, now)
    this.fold?.event(event)
    if (this.#owner.kept > 0) {
      this.#recent.push(event)
      if (this.#recent.length > this.#owner.kept) this.#recent.shift()
    }
    this.#touch(now)
    this.#tell((listener) => listener.event(event))
    this.#settle()
    return verdict
  }

  onSnapshot(snapshot: Snapshot, now: number): void {
    if (this.input({ type: 'snapshot', snapshot }) !== 'show') return
    this.fold?.snapshot(snapshot)
    if (snapshot.more !== true) this.#gapOpen = false
    this.#touch(now)
    this.#tell((listener) => listener.snapshot(snapshot))
    this.#settle()
  }

  onState(state: State, now: number): void {
    const at = 'epoch' in state ? { epoch: state.epoch, offset: state.offset } : null
    if (this.input({ type: 'state', at }) !== 'show') return
    this.fold?.state(state)
    this.#touch(now)
    this.#tell((listener) => listener.state(state))
    this.#settle()
  }

  onGap(gap: Gap, now: number): void {
    if (this.input({ type: 'gap', gap }) !== 'show') return
    this.fold?.gap(gap)
    this.#recent.length = 0
    this.#touch(now)
    // The places of a lost log mean nothing in the one that follows it.
    if (gap.reason !== 'retention') for (const listener of this.listeners) listener.after = 0
    this.#announce(gap)
  }

  /** Refused by the hub, or ended by it. */
  onOver(end: SubscriptionEnd & { readonly code: ErrorCode | 'revoked' | 'deleted' }): void {
    if (this.input({ type: 'end', code: end.code }) !== 'show') return
    this.#viewStale = true
    for (const listener of this.listeners) listener.end(end)
  }

  /** Takes a listener in; `first`: the entry was made for it. */
  join(listener: Listener, first: boolean): void {
    this.listeners.add(listener)
    this.leaveAt = null
    // Subscribing again is how one asks again, as after the run was made.
    if (this.sub.phase === 'over') this.#restart(listener.cursor)
    const { kind, head, phase, cursor } = this.sub
    const same = listener.cursor === this.request.cursor && (kind === 'log' || this.#lastUpdate === null)
    const placed = same && listener.cursor !== undefined
    if (listener.cursor !== undefined && (kind === 'state' || same)) {
      listener.cursor = undefined
      listener.synced = first || kind !== 'state' || this.#lastUpdate === null
    } else if (listener.cursor === undefined) {
      listener.synced = this.fold === null || this.#lastUpdate === null
    }
    // Begins with the stream, from a place that both have: what is replayed from there is for it too.
    if (kind === 'log' && listener.synced && !first && placed) listener.after = this.offset
    else if (kind === 'log' && listener.synced && !first) {
      listener.after = Math.max(head ?? 0, this.offset)
      listener.fromHead = head === null && (phase === 'off' || phase === 'asking') && cursor !== null
    }
    if (!listener.synced) this.#late += 1
    if (phase === 'on' || phase === 'repairing') this.#take(listener)
  }

  /** Brings a listener with a cursor of its own along without a call, if it is ahead or but a few events behind. */
  meet(listener: Listener): void {
    const from = parseCursor(listener.cursor)
    const { cursor } = this.sub
    if (typeof from !== 'object' || typeof cursor !== 'object' || cursor?.epoch !== from.epoch) return
    const missed = this.#recent.filter((event) => event.offset !== null && event.offset > from.offset)
    const whole = from.offset >= cursor.offset || missed.at(0)?.offset === from.offset + 1
    if (!whole || missed.some((event) => event.epoch !== from.epoch)) return
    listener.cursor = undefined
    listener.after = from.offset
    listener.synced = true
    for (const event of missed) listener.event(event)
    this.tellState(listener)
  }

  /** The present state of a run for one who follows its events from a cursor: state is not among them. */
  tellState(listener: Listener): void {
    const word = this.fold?.ready ? this.fold.word(this.topic) : null
    if (word !== null) listener.state(word)
  }

  /** The hub took the subscription; who began with its head now knows where that is. */
  onAnswer(answer: SubscriptionAnswer, late: boolean): void {
    this.input({ type: 'answer', answer, late })
    this.#viewStale = true
    for (const listener of this.listeners) {
      if (listener.fromHead && answer.offset !== null && !late) listener.after = answer.offset
      listener.fromHead = false
      this.#take(listener)
    }
  }

  /** Lets a listener know where it begins: with the events after the offset it is told. */
  #take(listener: Listener): void {
    const { cursor } = this.sub
    const at = typeof cursor === 'object' && cursor !== null && this.kind !== 'state' ? cursor : null
    const offset = at && (this.kind === 'log' ? Math.max(at.offset, listener.after) : at.offset)
    listener.taken({ topic: this.topic, epoch: at?.epoch ?? null, offset, recovered: listener.cursor ? true : null })
  }

  /** Brings those who came late to where the stream stands, if what is known is whole. */
  syncLate(): void {
    if (this.#late === 0 || this.fold?.ready !== true) return
    const at = typeof this.sub.cursor === 'object' ? this.sub.cursor : null
    // After a gap nothing says which events what is known holds: the snapshot that follows does.
    if (at === null && this.kind === 'folded') return
    this.#late = 0
    for (const listener of this.listeners) {
      if (listener.synced || listener.closed) continue
      if (listener.cursor !== undefined) {
        this.#late += 1
        continue
      }
      listener.synced = true
      for (const part of this.fold.parts(this.topic, at)) listener.snapshot(part)
      if (this.#finished) listener.end({ reason: 'finished' })
    }
  }

  /** Makes the next `view` look again: the connection has changed. */
  invalidate(): void {
    this.#viewStale = true
  }

  /** What is known now; the same object until something changes. */
  view(health: StreamHealth): unknown {
    if (!this.#viewStale && this.#view) return this.#view
    this.#viewStale = false
    const meta = this.#meta(health)
    // A new snapshot is on its way: what was known is shown until it is whole.
    const keep = this.#view !== null && this.fold?.ready === false
    this.#view = keep ? { ...this.#view, ...meta } : ((this.fold?.view(meta) ?? meta) as ViewMeta)
    return this.#view
  }

  #meta({ open, error }: StreamHealth): ViewMeta {
    const { phase, code } = this.sub
    const base = { freshness: this.#freshness(open), lagMs: this.#lagMs, lastUpdate: this.#lastUpdate }
    if (phase === 'over') {
      const gone = code === 'not_found' || code === 'deleted'
      return { ...base, status: gone ? 'gone' : 'error', error: overError(this.topic, code) }
    }
    const known = this.fold ? this.fold.ready : phase === 'on' || this.#lastUpdate !== null
    this.#shown ||= known
    if (!this.#shown) return { ...base, status: error ? 'error' : 'loading', error, lastUpdate: null }
    return { ...base, status: 'ready', error: base.freshness === 'stale' ? error : null }
  }

  #freshness(open: boolean): Freshness {
    const { phase } = this.sub
    if (this.#gapOpen) return 'gap'
    if (this.#finished) return 'live'
    if (!open || phase === 'off' || phase === 'over') return 'stale'
    return phase === 'on' && !this.#behind && this.fold?.ready !== false ? 'live' : 'replaying'
  }

  /** Whether events that the hub had before it took the subscription are still to come. */
  get #behind(): boolean {
    const { head, cursor } = this.sub
    return head !== null && typeof cursor === 'object' && cursor !== null && cursor.offset < head
  }

  #announce(gap: Gap): void {
    this.#gapOpen = true
    this.#gaps += 1
    const repairs: Promise<boolean>[] = []
    for (const listener of this.listeners) {
      const repair = listener.synced ? listener.gap(gap) : undefined
      if (repair) repairs.push(repair)
    }
    if (repairs.length > 0) void this.#repaired(this.#gaps, repairs)
  }

  async #repaired(gaps: number, repairs: readonly Promise<boolean>[]): Promise<void> {
    const done = await Promise.all(repairs)
    // A newer gap has repairs of its own.
    if (gaps !== this.#gaps || done.includes(false)) return
    this.#gapOpen = false
    this.#viewStale = true
    this.#owner.onTouch(this)
  }

  #initial(cursor: string | undefined): SubscriptionState {
    const from = parseCursor(cursor) ?? null
    // A run is followed from its snapshot or from its first event, so that what is known of it is always whole.
    const usable = this.kind === 'log' || (this.kind === 'folded' && from === 'start')
    return initialSubscription(this.kind, usable ? from : null)
  }

  #restart(cursor: string | undefined): void {
    this.sub = this.#initial(cursor)
    this.#viewStale = true
  }

  #touch(now: number): void {
    this.#viewStale = true
    this.#lastUpdate = now
  }

  #tell(call: (listener: Listener) => void): void {
    for (const listener of this.listeners) if (listener.synced) call(listener)
  }

  #settle(): void {
    const end = this.fold?.endedAt ?? null
    const { cursor } = this.sub
    const there = typeof cursor === 'object' && cursor !== null && end !== null && cursor.epoch === end.epoch
    const finished = there && cursor.offset >= end.offset
    if (finished !== this.#finished) {
      this.#finished = finished
      if (finished) this.#tell((listener) => listener.end({ reason: 'finished' }))
    }
    // Who came between two parts of a snapshot has missed some: it is given the whole.
    this.syncLate()
  }
}

function overError(topic: string, code: SubscriptionState['code']): MonofilError {
  const known: ErrorCode = code === 'deleted' ? 'not_found' : code === 'revoked' || code === null ? 'forbidden' : code
  const text = known === 'not_found' ? 'is not there, or not for you' : `is not sent by the hub: ${code}`
  return new MonofilError(known, `${topic} ${text}`)
}
