import { type MonofilClient, NOTHING, type TopicView, type ViewMeta, type Watched } from '@monofil/client'
import type { Envelope } from '@monofil/protocol'
import { Footing } from './footing.ts'
import { Pace } from './pace.ts'

/** The topic as it stands, and how the fetches do. */
export interface TopicRefetchView extends ViewMeta {
  readonly isRefetching: boolean
  /** What the last fetch threw; null once one succeeds. `error` is the subscription's own. */
  readonly refetchError: unknown
  /** When the newest fetch that succeeded began, in ms since 1970. */
  readonly refetchedAt: number | null
}

export interface RefetchOwner {
  refetch(): unknown
  /** Whether what was fetched is no longer true after this event. */
  wants(event: Envelope): boolean
}

export interface RefetchSettings {
  readonly initial: boolean
  readonly everyMs: number
}

interface Fetches {
  readonly isRefetching: boolean
  readonly refetchError: unknown
  readonly refetchedAt: number | null
}

/** Before anything. */
export const NO_FETCH: TopicRefetchView = { ...NOTHING, isRefetching: false, refetchError: null, refetchedAt: null }

/** Fetches anew when a topic says so, one fetch at a time. */
export class TopicRefetch implements Watched<TopicRefetchView> {
  readonly #owner: RefetchOwner
  /** Whether the first fetch is made here. */
  readonly #first: boolean
  readonly #footing: Footing
  readonly #pace: Pace
  #fetches: Fetches = NO_FETCH
  #repairs: (() => void)[] = []
  #running: Promise<void> | null = null
  #tried = false
  /** The first fetch is not ours. */
  #waived = false
  /** What was fetched last is true but for events that came since. */
  #covered = false
  /** How often events were missed: what was fetched before the last time does not count. */
  #losses = 0
  /** Something has changed since the running fetch began. */
  #again = false
  #of: { readonly topic: TopicView; readonly fetches: Fetches } | null = null
  #view = NO_FETCH
  /** The component's: it has one place here. */
  #onChange = () => {}

  constructor(client: MonofilClient, topic: string, owner: RefetchOwner, settings: RefetchSettings) {
    this.#owner = owner
    this.#first = settings.initial
    this.#pace = new Pace(settings.everyMs, () => this.#request())
    const handlers = { onEvent: (event: Envelope) => this.#event(event), onGap: () => this.#gap() }
    this.#footing = new Footing(client, topic, handlers, () => this.#look())
  }

  get(): TopicRefetchView {
    const topic = this.#footing.view
    const fetches = this.#fetches
    if (this.#of?.topic !== topic || this.#of.fetches !== fetches) {
      this.#of = { topic, fetches }
      const { status, freshness, lagMs, error, lastUpdate } = topic
      this.#view = { ...fetches, status, freshness, lagMs, error, lastUpdate }
    }
    return this.#view
  }

  initial(): TopicRefetchView {
    return NO_FETCH
  }

  subscribe(onChange: () => void): () => void {
    this.#onChange = onChange
    this.#start()
    return () => {
      this.#onChange = () => {}
      this.#stop()
    }
  }

  /** Fetches now, or joins the fetch under way. Never rejects: `refetchError` tells. */
  readonly refetch = (): Promise<void> => {
    this.#running ??= this.#run()
    return this.#running
  }

  #start(): void {
    this.#waived = !this.#first
    this.#tried = false
    this.#footing.start()
  }

  #stop(): void {
    this.#pace.close()
    this.#footing.stop()
    this.#covered = this.#again = false
    // A fetch under way will not know what is missed from here on.
    this.#losses += 1
    this.#repaired()
  }

  #look(): void {
    const { joined, decided } = this.#footing
    if (!joined) {
      this.#losses += 1
      this.#covered = false
    }
    if (this.#waived) {
      // The first fetch is the application's own, and counts as made after the topic was joined.
      this.#covered = joined
      this.#waived = !joined
    } else if (decided && !this.#covered && this.#running === null && (joined || !this.#tried)) this.#pace.ask()
    this.#onChange()
  }

  #event(event: Envelope): void {
    // Before the topic is joined no fetch has begun that counts: the first one will show what the event tells.
    if (!this.#footing.joined || !this.#owner.wants(event)) return
    if (this.#running !== null) this.#again = true
    else this.#pace.ask()
  }

  #gap(): Promise<void> {
    this.#covered = this.#waived = false
    this.#losses += 1
    const repair = new Promise<void>((resolve) => this.#repairs.push(resolve))
    // Before that, the first fetch is still to come.
    if (this.#footing.joined) this.#request()
    return repair
  }

  #request(): void {
    if (this.#running !== null) this.#again = true
    else void this.refetch()
  }

  async #run(): Promise<void> {
    const since = Date.now()
    const { joined } = this.#footing
    const losses = this.#losses
    this.#tried = true
    this.#covered = this.#again = false
    this.#tell({ isRefetching: true })
    let ended: Partial<Fetches> = { refetchError: null, refetchedAt: since }
    try {
      await this.#owner.refetch()
      this.#covered = joined && this.#losses === losses
    } catch (refetchError) {
      ended = { refetchError }
    }
    this.#running = null
    if (this.#covered) this.#repaired()
    this.#tell({ ...ended, isRefetching: false })
    if (this.#again || (ended.refetchError === null && !this.#covered && this.#footing.joined)) this.#pace.ask()
  }

  #tell(change: Partial<Fetches>): void {
    this.#fetches = { ...this.#fetches, ...change }
    this.#onChange()
  }

  #repaired(): void {
    for (const resolve of this.#repairs.splice(0)) resolve()
  }
}
