import { Worker } from 'node:worker_threads'
import { MonofilError } from '@monofil/protocol'
import type { Clock, Logger } from '../seams/system.ts'
import type { BeatNews, BeatOrders, BeatSettings } from './beat-messages.ts'
import type { Keeper, KeeperEvents } from './keeper.ts'

const RESTART_MS = 1_000
const READY_MS = 10_000

export interface BeatThreadOptions extends BeatSettings {
  readonly events: KeeperEvents
  readonly clock: Clock
  readonly logger: Logger
}

interface Held {
  timeoutMs: number
  /** When the handler began (monotonic ms), or infinity before and after it. */
  startedAt: number
}

/** The keeper in a thread of its own. Orders of one turn go in one message; a thread that dies is replaced and told all again. */
export class BeatThread implements Keeper {
  readonly #options: BeatThreadOptions
  readonly #held = new Map<number, Held>()
  readonly #ready = Promise.withResolvers<void>()
  #thread: Worker
  #orders = new Orders()
  #closed = false

  constructor(options: BeatThreadOptions) {
    this.#options = options
    this.#thread = this.#spawn()
  }

  ready(): Promise<void> {
    const { dir, clock } = this.#options
    const stop = clock.after(READY_MS, () => {
      const message = `The worker's beat found nobody at the local socket of ${dir} within ${READY_MS} ms: is serveSocket running there?`
      this.#ready.reject(new MonofilError('store_unavailable', message))
    })
    return this.#ready.promise.finally(stop)
  }

  hold(fences: readonly number[]): void {
    for (const fence of fences) this.#held.set(fence, { timeoutMs: 0, startedAt: Number.POSITIVE_INFINITY })
    this.#orders.hold.push(...fences)
    this.#post()
  }

  start(fence: number, timeoutMs: number): void {
    const held = this.#held.get(fence)
    if (held === undefined) return
    held.timeoutMs = timeoutMs
    held.startedAt = this.#options.clock.monotonic()
    this.#orders.start.push([fence, timeoutMs])
    this.#post()
  }

  finish(fence: number): void {
    const held = this.#held.get(fence)
    if (held === undefined) return
    held.startedAt = Number.POSITIVE_INFINITY
    this.#orders.finish.push(fence)
    this.#post()
  }

  drop(fences: readonly number[]): void {
    for (const fence of fences) this.#held.delete(fence)
    this.#orders.drop.push(...fences)
    this.#post()
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const thread = this.#thread
    const gone = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    if (thread.threadId === -1) return
    thread.postMessage({ ...new Orders(), close: true })
    const stop = this.#options.clock.after(RESTART_MS, () => {
      thread.terminate().catch((error: unknown) => this.#options.logger.error('The beat did not end.', { error }))
    })
    await gone
    stop()
  }

  #post(): void {
    if (this.#orders.posted) return
    this.#orders.posted = true
    // Handlers begin after an await, so that this message leaves before one of them can block the loop.
    queueMicrotask(() => {
      const { hold, start, finish, drop } = this.#orders
      this.#orders = new Orders()
      if (!this.#closed) this.#thread.postMessage({ hold, start, finish, drop, close: false } satisfies BeatOrders)
    })
  }

  #spawn(): Worker {
    const { dir, worker, leaseMs, logger, clock } = this.#options
    const isSource = import.meta.url.endsWith('.ts')
    const thread = new Worker(new URL(isSource ? './beat.ts' : './beat.js', import.meta.url), {
      name: 'monofil-beat',
      workerData: { dir, worker, leaseMs } satisfies BeatSettings,
      execArgv: isSource ? ['--conditions=@monofil/source'] : [],
    })
    thread.on('message', (news: BeatNews) => this.#hear(news))
    thread.on('error', (error) => logger.error('The beat thread failed.', { worker, error }))
    thread.on('exit', () => {
      if (!this.#closed) clock.after(RESTART_MS, () => this.#replace())
    })
    return thread
  }

  #hear(news: BeatNews): void {
    const { events } = this.#options
    if (news.kind === 'ready') {
      this.#ready.resolve()
      return
    }
    const fences = news.kind === 'lost' ? news.fences : [news.fence]
    for (const fence of fences) this.#held.delete(fence)
    if (news.kind === 'lost') events.lost(fences)
    else events.timedOut(news.fence)
  }

  #replace(): void {
    if (this.#closed) return
    this.#options.logger.warn('The beat thread ended; a new one takes over.', { worker: this.#options.worker })
    this.#thread = this.#spawn()
    const now = this.#options.clock.monotonic()
    this.#orders.hold.push(...this.#held.keys())
    for (const [fence, { timeoutMs, startedAt }] of this.#held) {
      if (startedAt <= now) this.#orders.start.push([fence, Math.max(0, startedAt + timeoutMs - now)])
    }
    this.#post()
  }
}

class Orders {
  readonly hold: number[] = []
  readonly start: [number, number][] = []
  readonly finish: number[] = []
  readonly drop: number[] = []
  posted = false
}
