import { type Cursor, type Envelope, formatCursor, type Gap } from '@monofil/protocol'
import type { Core } from './core.ts'
import { NOTHING, type SubscribeOptions, type TopicView, type ViewMeta, type Watched } from './types.ts'

/** How many events of a topic are shown. */
export const SHOWN = 100

/** Who makes tails: a client. */
interface TailOwner {
  readonly core: Core
  readonly follow: Core['subscribe']
}

/** A topic while somebody watches: its newest events, or handlers that are called with each of them. */
export class TopicTail implements Watched<TopicView> {
  readonly #topic: string
  readonly #options: SubscribeOptions
  readonly #core: Core
  readonly #follow: Core['subscribe']
  /** How many events are kept; with none, a change of the events is no change of the view. */
  readonly #kept: number
  readonly #watchers = new Set<() => void>()
  #last: Cursor | null = null
  #events: Envelope[] = []
  #gap: Gap | null = null
  #stop: (() => void) | null = null
  #seen: object | null = null
  readonly #initial: TopicView
  #view: TopicView
  /** What the watchers were told last. */
  #told: TopicView
  #stale = false

  /** `kept`: `SHOWN`, or 0 for handlers alone. */
  constructor(topic: string, options: SubscribeOptions, kept: number, owner: TailOwner) {
    this.#topic = topic
    this.#options = options
    this.#kept = kept
    this.#core = owner.core
    this.#follow = owner.follow
    this.#initial = { ...NOTHING, events: [], gap: null }
    this.#view = this.#told = this.#initial
  }

  get(): TopicView {
    const meta = this.#core.topics.entry(this.#topic)?.view(this.#core.health()) as ViewMeta | undefined
    if (!this.#stale && (meta === undefined || meta === this.#seen)) return this.#view
    this.#seen = meta ?? null
    this.#stale = false
    const { status, freshness, lagMs, error, lastUpdate } = meta ?? this.#view
    this.#view = { events: this.#events, gap: this.#gap, status, freshness, lagMs, error, lastUpdate }
    return this.#view
  }

  initial(): TopicView {
    return this.#initial
  }

  subscribe(onChange: () => void): () => void {
    const watcher = () => onChange()
    this.#watchers.add(watcher)
    this.#stop ??= this.#start()
    return () => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size > 0) return
      this.#stop?.()
      this.#stop = null
    }
  }

  #start(): () => void {
    const options: SubscribeOptions = {
      ...this.#options,
      cursor: this.#begin(),
      onEvent: (event) => this.#event(event),
    }
    const onGap = (gap: Gap) => {
      this.#gap = gap
      this.#stale = true
    }
    return this.#follow(this.#topic, options, { onGap, onChange: () => this.#tell() })
  }

  /** Where it left off if that is near, as after a remount; else anew rather than with a hole. */
  #begin(): string | undefined {
    const { cursor } = this.#options
    const last = this.#last
    // Handlers that began at a cursor are not handed twice what they had; others begin with what is new.
    if (this.#kept === 0) return last === null || cursor === undefined ? cursor : formatCursor(last)
    const now = this.#core.topics.entry(this.#topic)?.sub.cursor
    const near =
      last !== null && typeof now === 'object' && now?.epoch === last.epoch && now.offset - last.offset <= this.#kept
    if (near) return formatCursor(last)
    this.#events = []
    this.#gap = null
    this.#stale = true
    return cursor
  }

  #event(event: Envelope): void {
    const { epoch, offset } = event
    if (epoch !== null && offset !== null) this.#last = { epoch, offset }
    if (this.#kept > 0) {
      this.#events = [...this.#events.slice(1 - this.#kept), event]
      this.#stale = true
    }
    this.#options.onEvent?.(event)
  }

  #tell(): void {
    const old = this.#told
    const { status, freshness, error, gap } = this.get()
    this.#told = this.#view
    const same = status === old.status && freshness === old.freshness && error === old.error && gap === old.gap
    // A flood of events must cost its reader no more than the handler's call.
    if (same && this.#kept === 0) return
    for (const watcher of this.#watchers) watcher()
  }
}
