import type { ConnectionStatus, MonofilClient, SubscribeOptions, TopicView, Watched } from '@monofil/client'

/** How long a fetch waits for its topic where nothing says whether it will come. */
const PATIENCE_MS = 3000

const HOPELESS: ReadonlySet<ConnectionStatus> = new Set(['waiting', 'failed', 'closed'])

/**
 * A topic, as one sees it who fetches beside it: what is fetched once `joined` misses nothing, since every later
 * change comes as an event or is announced as a gap.
 */
export class Footing {
  readonly #client: MonofilClient
  readonly #watched: Watched<TopicView>
  readonly #onChange: () => void
  readonly #waiting = new Set<() => void>()
  #stops: (() => void)[] = []
  #patience: ReturnType<typeof setTimeout> | null = null
  #joined = false
  #impatient = false

  constructor(client: MonofilClient, topic: string, handlers: SubscribeOptions, onChange: () => void) {
    this.#client = client
    this.#watched = client.follow(topic, handlers)
    this.#onChange = onChange
  }

  get view(): TopicView {
    return this.#watched.get()
  }

  initial(): TopicView {
    return this.#watched.initial()
  }

  /** Whether the topic has been followed up to its end, and its place was not lost since. */
  get joined(): boolean {
    return this.#joined
  }

  /** Joined, or nothing says that it soon will be: a fetch need not wait. */
  get decided(): boolean {
    const { status } = this.view
    const over = status === 'gone' || status === 'error'
    return this.#joined || over || this.#impatient || HOPELESS.has(this.#client.connection.get().status)
  }

  start(): void {
    const look = () => this.#look()
    this.#patience = setTimeout(() => {
      this.#impatient = true
      look()
    }, PATIENCE_MS)
    this.#stops = [this.#watched.subscribe(look), this.#client.connection.subscribe(look)]
    look()
  }

  /** Resolves once decided, or stopped. */
  ready(): Promise<void> {
    if (this.decided || this.#stops.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  stop(): void {
    if (this.#patience !== null) clearTimeout(this.#patience)
    for (const stop of this.#stops.splice(0)) stop()
    this.#joined = this.#impatient = false
    this.#wake()
  }

  #look(): void {
    const { status, freshness } = this.view
    if (status !== 'ready') this.#joined = false
    else if (freshness === 'live' || freshness === 'gap') this.#joined = true
    if (this.decided) this.#wake()
    this.#onChange()
  }

  #wake(): void {
    if (this.#patience !== null) clearTimeout(this.#patience)
    this.#patience = null
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
