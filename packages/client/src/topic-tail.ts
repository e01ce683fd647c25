import { type Cursor, type Envelope, formatCursor, type Gap } from '@monofil/protocol'
import type { Core } from './core.ts'
import { NOTHING, type TopicView, type ViewMeta, type Watched } from './types.ts'

const EVENTS = 100

/** The newest events of a topic, collected while somebody watches. */
export class TopicTail implements Watched<TopicView> {
  readonly #topic: string
  readonly #core: Core
  readonly #follow: Core['subscribe']
  readonly #watchers = new Set<() => void>()
  readonly #from: string | undefined
  #last: Cursor | null = null
  #events: Envelope[] = []
  #gap: Gap | null = null
  #stop: (() => void) | null = null
  #seen: object | null = null
  readonly #initial: TopicView
  #view: TopicView
  #stale = false

  constructor(topic: string, cursor: string | undefined, core: Core, follow: Core['subscribe']) {
    this.#topic = topic
    this.#from = cursor
    this.#core = core
    this.#follow = follow
    this.#initial = { ...NOTHING, events: [], gap: null }
    this.#view = this.#initial
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

  /** Goes on where it left off if that is near, as after a remount; else begins anew rather than with a hole. */
  #start(): () => void {
    const now = this.#core.topics.entry(this.#topic)?.sub.cursor
    const last = this.#last
    const near =
      last !== null && typeof now === 'object' && now?.epoch === last.epoch && now.offset - last.offset <= EVENTS
    if (!near) {
      this.#events = []
      this.#gap = null
      this.#stale = true
    }
    const options = {
      cursor: near ? formatCursor(last) : this.#from,
      onEvent: (event: Envelope) => {
        this.#events = [...this.#events.slice(1 - EVENTS), event]
        const { epoch, offset } = event
        if (epoch !== null && offset !== null) this.#last = { epoch, offset }
        this.#stale = true
      },
    }
    const onGap = (gap: Gap) => {
      this.#gap = gap
      this.#stale = true
    }
    const onChange = () => {
      for (const watcher of this.#watchers) watcher()
    }
    return this.#follow(this.#topic, options, { onGap, onChange })
  }
}
