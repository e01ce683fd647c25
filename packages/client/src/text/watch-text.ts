import {
  type Envelope,
  type Item,
  type ItemText,
  isItemTerminal,
  MonofilError,
  type Snapshot,
  topicOfRun,
} from '@monofil/protocol'
import { type MonofilClient, NOTHING, type TopicView, type ViewMeta, type Watched } from '../types.ts'
import { TextFold, type TextKey } from './text-fold.ts'

/** Between two tries to read a text, in ms; doubled up to the other. */
const RETRY_MS = 1_000
const MAX_RETRY_MS = 30_000

/** A text while it is said, and after. */
export interface TextView extends ViewMeta {
  readonly text: string
  /** Nothing follows in this attempt. */
  readonly done: boolean
  /** It was longer than a text may be. */
  readonly cut: boolean
  /** The attempt that says it: with another one the text begins anew. 0 before anything was said. */
  readonly attempt: number
}

const EMPTY: TextView = { ...NOTHING, text: '', done: false, cut: false, attempt: 0 }

/**
 * Watches a text of a run's item, on the one stream: what was said so far is read once, what follows comes as it is
 * said. Survives lost connections without a character doubled or missing. `text` is empty until something was said.
 */
export function watchText(client: MonofilClient, runId: string, key: TextKey): Watched<TextView> {
  return new TextWatch(client, runId, key)
}

class TextWatch implements Watched<TextView> {
  readonly #client: MonofilClient
  readonly #runId: string
  readonly #key: TextKey
  readonly #fold: TextFold
  readonly #tail: Watched<TopicView>
  readonly #watchers = new Set<() => void>()
  #stop: (() => void) | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #retryMs = RETRY_MS
  /** Grows with each asking; the answer to an older one is thrown away. */
  #asking = 0
  #answered = false
  #isOver = false
  #error: MonofilError | null = null
  #lastUpdate: number | null = null
  #view = EMPTY
  #stale = false
  #telling = false

  constructor(client: MonofilClient, runId: string, key: TextKey) {
    this.#client = client
    this.#runId = runId
    this.#key = key
    this.#fold = new TextFold(key)
    this.#tail = client.follow(topicOfRun(runId), {
      onEvent: (event) => this.#event(event),
      onSnapshot: (snapshot) => this.#snapshot(snapshot),
    })
  }

  get(): TextView {
    if (!this.#stale) return this.#view
    this.#stale = false
    const { status, freshness, lagMs, error } = this.#tail.get()
    const { known } = this.#fold
    const lastUpdate = this.#lastUpdate
    const text = known === null ? EMPTY : known
    this.#view = {
      status: status === 'ready' && !this.#answered ? (this.#error === null ? 'loading' : 'error') : status,
      freshness,
      lagMs,
      error: error ?? this.#error,
      lastUpdate,
      text: text.text,
      done: text.done || (known !== null && this.#isOver),
      cut: text.cut,
      attempt: text.attempt,
    }
    return this.#view
  }

  initial(): TextView {
    return EMPTY
  }

  subscribe(onChange: () => void): () => void {
    const watcher = () => onChange()
    this.#watchers.add(watcher)
    this.#stop ??= this.#tail.subscribe(() => this.#tell())
    return () => {
      this.#watchers.delete(watcher)
      if (this.#watchers.size > 0) return
      this.#stop?.()
      this.#stop = null
      this.#asking += 1
      this.#fold.forget()
      clearTimeout(this.#timer)
    }
  }

  #event(event: Envelope): void {
    if (event.type === 'item') this.#items(event.data as readonly Item[])
    else if (event.type === 'complete' || event.type === 'failed') this.#isOver = true
    const before = this.#fold.known
    if (!this.#fold.event(event)) this.#ask()
    if (before === this.#fold.known && event.type === 'text') return
    this.#tell()
  }

  /** Here the stream stands: what was said before is read, what follows comes. */
  #snapshot({ data, more }: Snapshot): void {
    this.#items((data as { items: readonly Item[] }).items)
    if (more !== true) this.#ask()
  }

  #items(items: readonly Item[]): void {
    const { item, step = this.#fold.known?.step } = this.#key
    for (const one of items) {
      if (one.id === item && (step === undefined || one.step === step)) this.#isOver = isItemTerminal(one.status)
    }
  }

  #ask(): void {
    clearTimeout(this.#timer)
    this.#fold.ask()
    this.#asking += 1
    const { item, step, name } = this.#key
    const asking = this.#asking
    this.#client.api.runs.text(this.#runId, item, { step, name }).then(
      (text) => this.#take(asking, text),
      (error: unknown) => {
        if (MonofilError.is(error) && error.code === 'not_found') this.#take(asking, null)
        else this.#failed(asking, error)
      },
    )
  }

  #take(asking: number, text: ItemText | null): void {
    if (asking !== this.#asking) return
    this.#retryMs = RETRY_MS
    this.#answered = true
    this.#error = null
    if (!this.#fold.answer(text)) this.#again()
    this.#tell()
  }

  #failed(asking: number, error: unknown): void {
    if (asking !== this.#asking) return
    this.#error = MonofilError.is(error) ? error : new MonofilError('internal', String(error))
    this.#again()
    this.#tell()
  }

  #again(): void {
    this.#fold.ask()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ask(), this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, MAX_RETRY_MS)
  }

  /** Once per turn, as every view. */
  #tell(): void {
    this.#stale = true
    this.#lastUpdate = Date.now()
    if (this.#telling) return
    this.#telling = true
    queueMicrotask(() => {
      this.#telling = false
      for (const watcher of [...this.#watchers]) watcher()
    })
  }
}
