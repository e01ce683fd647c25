import type { ConnectionStatus, MonofilClient, SubscribeOptions, TopicView, ViewStatus, Watched } from '@monofil/client'

/** How long a fetch waits for its topic where nothing says whether it will come. */
const PATIENCE_MS = 3000

/** Of a view or of the connection: nothing will come soon. */
const HOPELESS: readonly (ConnectionStatus | ViewStatus)[] = ['gone', 'error', 'waiting', 'failed', 'closed']

/**
 * A topic, as one sees it who fetches beside it: what is fetched once `joined` misses nothing, since every later
 * change comes as an event or is announced as a gap.
 */
export class Footing {
  readonly #client: MonofilClient
  readonly #watched: Watched<TopicView>
  readonly #onChange: () => void
  #stops: (() => void)[] = []
  #patience: ReturnType<typeof setTimeout> | undefined
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

  /** Whether the topic has been followed up to its end, and its place was not lost since. */
  get joined(): boolean {
    return this.#joined
  }

  /** Joined, or nothing says that it soon will be: a fetch need not wait. */
  get decided(): boolean {
    const hopeless = HOPELESS.includes(this.view.status) || HOPELESS.includes(this.#client.connection.get().status)
    return this.#joined || this.#impatient || hopeless
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

  stop(): void {
    this.#calm()
    for (const stop of this.#stops.splice(0)) stop()
    this.#joined = this.#impatient = false
  }

  #look(): void {
    const { status, freshness } = this.view
    if (status !== 'ready') this.#joined = false
    else if (freshness === 'live' || freshness === 'gap') this.#joined = true
    if (this.decided) this.#calm()
    this.#onChange()
  }

  #calm(): void {
    clearTimeout(this.#patience)
  }
}
