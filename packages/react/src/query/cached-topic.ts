import type { MonofilClient } from '@monofil/client'
import { type Envelope, parseCursor } from '@monofil/protocol'
import type { Query, QueryClient } from '@tanstack/react-query'
import { Footing } from '../footing.ts'
import { Pace } from '../pace.ts'
import { QueryLife } from './query-life.ts'
import type { Keeper } from './registry.ts'

/** Events kept for the answer of a fetch; more than that is fetched again. */
const HELD = 1000

/** How a topic's events change what was fetched. */
export interface TopicUpdates {
  /** Answers undefined where only another fetch can tell. */
  update(data: unknown, event: Envelope): unknown
  /** Where in the topic's log the fetched data is true, if it says. */
  cursorOf(data: unknown): string | number | null
  readonly everyMs: number
}

/** One run of the query's function: the events since it began, and whether what it answers can be trusted. */
interface Mark {
  events: Envelope[]
  readonly joined: boolean
  readonly losses: number
  whole: boolean
}

/** Keeps a query's cached data current by a topic: fetched once the topic is followed, then changed by its events. */
export class CachedTopic implements Keeper {
  readonly client: MonofilClient
  readonly topic: string
  readonly #queryClient: QueryClient
  readonly #query: Query
  readonly #footing: Footing
  readonly #life: QueryLife
  updates: TopicUpdates
  #pace: Pace | null = null
  #mark: Mark | null = null
  /** The cache is true but for events that came since. */
  #covered = false
  #losses = 0
  #repairs: (() => void)[] = []
  #queue: Envelope[] = []
  /** Fetches that wait for the topic. */
  readonly #waiting = new Set<() => void>()
  /** Events up to here are in what was fetched last. */
  #from: string | number | null = null

  constructor(
    client: MonofilClient,
    topic: string,
    query: Query,
    of: { queryClient: QueryClient; updates: TopicUpdates },
  ) {
    this.client = client
    this.topic = topic
    this.#query = query
    this.#queryClient = of.queryClient
    this.updates = of.updates
    const handlers = { onEvent: (event: Envelope) => this.#event(event), onGap: () => this.#gap() }
    this.#footing = new Footing(client, topic, handlers, () => this.#look())
    this.#life = new QueryLife(of.queryClient, query, {
      start: () => this.#start(),
      stop: () => this.#stop(),
      onUpdated: (action) => {
        if (action.type === 'success' && action.manual !== true) this.#fetched()
        else if (action.type === 'error' || action.type === 'setState') this.#mark = null
      },
    })
  }

  /** Whether nothing but the topic need be asked. */
  get current(): boolean {
    const { freshness } = this.#footing.view
    return this.covered && (freshness === 'live' || freshness === 'replaying')
  }

  /** Whether the topic will bring whatever the cache does not hold, now or once the stream is back. */
  get covered(): boolean {
    return this.#life.on && this.#covered
  }

  begin(): void {
    this.#life.begin()
  }

  close(): void {
    this.#life.end()
  }

  /** Runs the query's function once the topic is followed; what comes meanwhile is applied to the answer in the cache. */
  async fetch(run: () => unknown): Promise<unknown> {
    this.begin()
    // Its end says so, too: nobody waits longer than the topic is followed.
    while (this.#life.on && !this.#footing.decided) await new Promise<void>((resolve) => this.#waiting.add(resolve))
    this.#mark = { events: [], joined: this.#footing.joined, losses: this.#losses, whole: true }
    return run()
  }

  #start(): void {
    this.#pace = new Pace(this.updates.everyMs, () => this.#refetch())
    this.#footing.start()
  }

  #stop(): void {
    this.#pace?.close()
    this.#pace = null
    this.#mark = null
    this.#queue = []
    this.#covered = false
    this.#footing.stop()
    this.#repaired()
    this.#wake()
  }

  get #idle(): boolean {
    return this.#query.state.fetchStatus === 'idle'
  }

  #look(): void {
    if (this.#footing.decided) this.#wake()
    if (!this.#footing.joined) {
      this.#covered = false
      // What a fetch under way answers may be from before the topic is joined again.
      this.#losses += 1
    } else if (!this.#covered && this.#idle && this.#query.state.data !== undefined) this.#pace?.ask()
  }

  #event(event: Envelope): void {
    const mark = this.#mark
    if (mark !== null && mark.events.push(event) > HELD) {
      mark.events = []
      mark.whole = false
    }
    // Before the topic is joined no fetch has begun that counts: the first one will hold what the event tells.
    if (!this.#covered) {
      if (this.#footing.joined && this.#idle) this.#look()
      return
    }
    if (this.#queue.push(event) === 1) queueMicrotask(() => this.#flush())
  }

  /** All events of a turn are one change of the cache. */
  #flush(): void {
    const events = this.#queue
    this.#queue = []
    if (this.#covered) this.#apply(events)
  }

  #apply(events: readonly Envelope[]): void {
    const { data } = this.#query.state
    if (data === undefined) return
    let next = data
    let whole = true
    for (const event of events) {
      if (!isNewer(event, this.#from)) continue
      const changed = this.#changed(next, event)
      if (changed === undefined) whole = false
      else next = changed
    }
    if (next !== data) this.#queryClient.setQueryData(this.#query.queryKey, next)
    // A fetch under way holds these events too, and sees for itself.
    if (!whole && this.#mark === null) this.#pace?.ask()
  }

  #changed(data: unknown, event: Envelope): unknown {
    try {
      return this.updates.update(data, event)
    } catch (error) {
      // The application's mistake must not stop the query: it is reported, and fetching anew is always right.
      ;(globalThis as { reportError?: (error: unknown) => void }).reportError?.(error)
      return undefined
    }
  }

  #gap(): Promise<void> {
    this.#losses += 1
    this.#covered = false
    const repair = new Promise<void>((resolve) => this.#repairs.push(resolve))
    this.#look()
    return repair
  }

  /** The query's function has answered and the cache has it. */
  #fetched(): void {
    const mark = this.#mark
    this.#mark = null
    if (mark === null) return
    this.#covered = mark.joined && mark.losses === this.#losses
    this.#from = this.updates.cursorOf(this.#query.state.data)
    // What waits to be applied came before the answer: it is in it, or in the mark.
    this.#queue = []
    if (this.#covered) this.#repaired()
    this.#apply(mark.events)
    if (!mark.whole || (!this.#covered && this.#footing.joined)) this.#pace?.ask()
  }

  #refetch(): void {
    // One that is under way began after what asks for it, or will ask again when it is done.
    if (!this.#idle) return
    const filters = { queryKey: this.#query.queryKey, exact: true }
    void this.#queryClient.invalidateQueries(filters).catch(() => {})
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }

  #repaired(): void {
    for (const resolve of this.#repairs.splice(0)) resolve()
  }
}

function isNewer({ epoch, offset }: Envelope, from: string | number | null): boolean {
  if (from === null || offset === null) return true
  if (typeof from === 'number') return offset > from
  const at = parseCursor(from)
  // A cursor of another log says nothing about this one.
  return typeof at !== 'object' || at.epoch !== epoch || offset > at.offset
}
